"""Starts trials as slots free: asks for a point then, and never ahead, so that none is stale."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog
from sqlmodel import col, select

from hypertrainer.dependencies import Services
from hypertrainer.errors import HyperTrainerError, NoPointLeft
from hypertrainer.hpsearch.adviser import Adviser
from hypertrainer.hpsearch.announce import announce_searches
from hypertrainer.hpsearch.early_stopping.rungs import bracket_of
from hypertrainer.hpsearch.fact_rows import load_facts
from hypertrainer.hpsearch.facts import Fact
from hypertrainer.hpsearch.filling import (
    Launch,
    close_search,
    launch_of,
    note_trouble,
    start_tasks,
)
from hypertrainer.hpsearch.samplers.base import Suggestion
from hypertrainer.hpsearch.statuses import SearchStatus
from hypertrainer.hpsearch.tables import Search, saved_search_id
from hypertrainer.monitor.search_room import Room, find_room
from hypertrainer.tasks.announce import announce_lists

log = structlog.get_logger(__name__)
PAUSE_SECONDS = 15.0
BATCH = 100  # trials of algorithms that do not learn, in one transaction


@dataclass(slots=True)
class FillSearches:
    """The pass that starts trials."""

    services: Services
    adviser: Adviser
    _facts: dict[int, list[Fact]] = field(default_factory=dict)

    async def run_once(self) -> float:
        searches = await self._load()
        ids = {saved_search_id(search) for search in searches}
        self._facts = {key: kept for key, kept in self._facts.items() if key in ids}
        results = await asyncio.gather(
            *(self._fill(search_id) for search_id in sorted(ids)), return_exceptions=True
        )
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return PAUSE_SECONDS

    async def _load(self) -> Sequence[Search]:
        async with self.services.database.reading() as session:
            query = select(Search).where(
                col(Search.status) == SearchStatus.RUNNING, col(Search.is_closed).is_(False)
            )
            return (await session.exec(query.order_by(col(Search.id)))).all()

    async def _fill(self, search_id: int) -> None:
        """Start tasks of one search until there is no room for more."""
        try:
            while await self._start_next(search_id):
                pass
        except NoPointLeft as error:
            await close_search(self.services, search_id, error.message)
            self.services.wakers.searches.set()
        except HyperTrainerError as error:
            reason = f"The next trial could not be started: {error.message}"
            log.warning("trial_not_started", search=search_id, reason=error.message)
            await note_trouble(self.services, search_id, reason)
            raise

    async def _start_next(self, search_id: int) -> bool:
        """Whether something was started, so that there may be room for more."""
        async with self.services.database.reading() as session:
            room = await find_room(session, search_id)
        if room is None:
            return False
        if room.is_spent:
            reason = "Every platform has used up its `max_cost`."
            await close_search(self.services, search_id, reason)
            self.services.wakers.searches.set()
            return False
        launches = room.repeats or await self._ask(room)
        started = await start_tasks(self.services, room.search, room.spec, launches)
        if started:
            await note_trouble(self.services, search_id, "")
            self._announce(room.search, launches)
        return bool(started)

    async def _ask(self, room: Room) -> list[Launch]:
        """As many new trials as there is room for; one, where each is to know of the one before."""
        search, spec = room.search, room.spec
        facts = await self._catch_up(saved_search_id(search))
        first, count = search.num_trials, 1 if spec.is_learning else len(room.places)
        if count == 1:
            asked = [await self.adviser.ask(search.uuid, search.seed, facts)]
        else:
            asked = await self.adviser.ask_many(search.uuid, search.seed, facts, min(count, BATCH))
        return [
            launch_of(spec, number, place, suggestion, len(facts), self._bracket(room, suggestion))
            for number, (place, suggestion) in enumerate(
                zip(room.places, asked, strict=False), start=first
            )
        ]

    def _bracket(self, room: Room, suggestion: Suggestion) -> int:
        early = room.spec.early_stopping
        return bracket_of(early, suggestion.seed) if early is not None else 0

    async def _catch_up(self, search_id: int) -> list[Fact]:
        facts = self._facts.setdefault(search_id, [])
        async with self.services.database.reading() as session:
            facts.extend(await load_facts(session, search_id, after=len(facts)))
        return facts

    def _announce(self, search: Search, launches: Sequence[Launch]) -> None:
        wakers = self.services.wakers
        for name in {launch.place.platform for launch in launches}:
            wakers.of_platform(name).set()
        wakers.searches.set()
        announce_lists(self.services.broker)
        announce_searches(self.services.broker, [search])
