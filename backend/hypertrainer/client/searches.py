"""The part of the client that is about hyperparameter searches."""

import json
import time
from collections.abc import Iterator
from typing import Literal

from hypertrainer.client.connection import Connection, ServerUnreachable
from hypertrainer.hpsearch.schemas import (
    BestRead,
    CurveList,
    ImportanceRead,
    ParetoRead,
    ReplayRead,
    RungList,
    SearchDetail,
    SearchEdit,
    SearchExtend,
    SearchRead,
    SearchStop,
    TrialList,
)
from hypertrainer.pagination import Page

RETRY_SECONDS = 0.5


class SearchCalls:
    """What a client can do with searches. Every method raises as the client's do."""

    _connection: Connection

    def list_searches(self, *, offset: int = 0, limit: int = 100) -> Page[SearchRead]:
        params = {"offset": offset, "limit": limit}
        return self._connection.get("/hpsearch", Page[SearchRead], params)

    def get_search(self, search_id: int) -> SearchDetail:
        return self._connection.get(f"/hpsearch/{search_id}", SearchDetail)

    def list_trials(self, search_id: int, *, since: int = 0) -> TrialList:
        """The trials of a search; with `since`, only those that changed after that `seq`."""
        params = {"since": since}
        return self._connection.get(f"/hpsearch/{search_id}/trials", TrialList, params)

    def get_best(self, search_id: int) -> BestRead:
        """The best trial's config."""
        return self._connection.get(f"/hpsearch/{search_id}/best", BestRead)

    def get_importance(
        self,
        search_id: int,
        *,
        objective: int = 0,
        evaluator: Literal["ped_anova", "fanova"] = "ped_anova",
    ) -> ImportanceRead:
        """Which parameters matter for one of a search's objectives."""
        params = {"objective": objective, "evaluator": evaluator}
        return self._connection.get(f"/hpsearch/{search_id}/importance", ImportanceRead, params)

    def get_pareto(self, search_id: int) -> ParetoRead:
        """The trials that no other one beats in every objective."""
        return self._connection.get(f"/hpsearch/{search_id}/pareto", ParetoRead)

    def get_rungs(self, search_id: int) -> RungList:
        """How the trials of a search compare where early stopping looks at them."""
        return self._connection.get(f"/hpsearch/{search_id}/rungs", RungList)

    def get_curves(
        self, search_id: int, *, metric: str | None = None, max_points: int = 60
    ) -> CurveList:
        """The learning curves of a search, by default of the metric that it looks at."""
        params = {"metric": metric, "max_points": max_points}
        return self._connection.get(f"/hpsearch/{search_id}/curves", CurveList, params)

    def pause_search(self, search_id: int) -> SearchDetail:
        """Start no further trials of a search."""
        return self._connection.send("POST", f"/hpsearch/{search_id}/pause", SearchDetail)

    def resume_search(self, search_id: int) -> SearchDetail:
        """Go on with a search that was paused or stopped."""
        return self._connection.send("POST", f"/hpsearch/{search_id}/resume", SearchDetail)

    def stop_search(self, search_id: int, *, cancel: bool = True) -> SearchDetail:
        """Stop a search; with `cancel` its active tasks, too."""
        body = SearchStop(cancel=cancel)
        return self._connection.send("POST", f"/hpsearch/{search_id}/stop", SearchDetail, body)

    def extend_search(self, search_id: int, n_trials: int) -> SearchDetail:
        """Let a search have so many more trials; one that is over runs again."""
        body = SearchExtend(n_trials=n_trials)
        return self._connection.send("POST", f"/hpsearch/{search_id}/extend", SearchDetail, body)

    def edit_search(
        self, search_id: int, request: SearchEdit, *, dry_run: bool = False
    ) -> SearchDetail:
        """Change a search; with `dry_run` only say what it would be."""
        path = f"/hpsearch/{search_id}?dry_run={'true' if dry_run else 'false'}"
        return self._connection.send("PATCH", path, SearchDetail, request)

    def replay_search(self, search_id: int) -> ReplayRead:
        """Compute a search again, and say where it differs from what is recorded."""
        return self._connection.send("POST", f"/hpsearch/{search_id}/replay", ReplayRead)

    def delete_search(self, search_id: int) -> None:
        """Delete a search that is over, and whose tasks are archived or deleted."""
        self._connection.request("DELETE", f"/hpsearch/{search_id}")

    def watch_search(self, search_id: int, *, patience: float = 60.0) -> Iterator[SearchDetail]:
        """The search now, and again at every change, until it is over.

        Outlives a restart of the server that takes less than `patience` seconds.
        """
        give_up_at = time.monotonic() + patience
        while True:
            try:
                for search in self._watch_search_once(search_id):
                    give_up_at = time.monotonic() + patience
                    yield search
                    if search.status.is_over and not search.num_active:
                        return
            except ServerUnreachable:
                if time.monotonic() > give_up_at:
                    raise
            time.sleep(RETRY_SECONDS)

    def _watch_search_once(self, search_id: int) -> Iterator[SearchDetail]:
        with self._connection.events("/events") as events:
            yield self.get_search(search_id)
            for event in events:
                rows = json.loads(event.data) if event.kind == "searches" else []
                if event.kind == "invalidate" or any(row["id"] == search_id for row in rows):
                    yield self.get_search(search_id)
