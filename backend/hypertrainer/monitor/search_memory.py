"""What the engine keeps in memory of a search between its passes; all of it can be read again."""

from dataclasses import dataclass, field
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.hpsearch.closing import Failure
from hypertrainer.hpsearch.curves import CurveFile
from hypertrainer.hpsearch.fact_rows import read_facts
from hypertrainer.hpsearch.facts import Fact
from hypertrainer.hpsearch.history import History
from hypertrainer.hpsearch.spec import Spec
from hypertrainer.hpsearch.tables import Search, saved_search_id


@dataclass(slots=True)
class SearchMemory:
    """The fold of a search's facts, and the metric files being followed."""

    search_id: int
    history: History
    num_facts: int = 0  # of those folded, so many are in the database
    curves: dict[tuple[int, str], CurveFile] = field(default_factory=dict)  # by task and metric
    failure_reasons: list[Failure] = field(default_factory=list)
    # What trials' rows hold, by number: most do not change from one look to the next.
    rows: dict[int, dict[str, Any]] = field(default_factory=dict)

    async def catch_up(self, session: AsyncSession) -> bool:
        """Take in the facts that others added; whether they leave the search as it was meant."""
        before = self.history.revision
        async for facts in read_facts(session, self.search_id, after=self.num_facts):
            self.take(facts)
        return self.history.revision == before

    def take(self, facts: list[Fact]) -> None:
        """Take in facts that are in the database; those folded already are only kept."""
        self.num_facts += len(facts)
        self.history.extend(fact for fact in facts if fact.seq > self.history.seq)
        self.failure_reasons.extend(
            Failure(fact.number or 0, str(fact.data.get("reason", "")))
            for fact in facts
            if fact.data.get("state") == "failed"
        )


def remember(search: Search) -> SearchMemory:
    """The memory of a search of which nothing was read yet."""
    return SearchMemory(saved_search_id(search), History(Spec(), search.seed))
