"""Starts trials as slots free: asks for a point then, and never ahead, so that none is stale."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from time import monotonic

from sqlmodel import col, select

from hypertrainer.dependencies import Services
from hypertrainer.errors import NoPointLeft
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
from hypertrainer.monitor.search_room import Room, find_room, is_any_incomplete
from hypertrainer.monitor.search_troubles import Troubles
from hypertrainer.tasks.announce import announce_lists

PAUSE_SECONDS = 15.0
TURN_SECONDS = 1.0  # of each search, when several have something to start
BATCH = 25  # trials of algorithms that do not learn, in one transaction


@dataclass(slots=True)
class FillSearches:
    """The pass that starts trials."""

    services: Services
    adviser: Adviser
    _facts: dict[int, list[Fact]] = field(default_factory=dict)
    _troubles: Troubles = field(init=False)

    def __post_init__(self) -> None:
        self._troubles = Troubles(self.services, "The next trial could not be started")

    async def run_once(self) -> float:
        ids = await self._load()
        self._facts = {key: kept for key, kept in self._facts.items() if key in ids}
        self._troubles.forget_others(ids)
        results = await asyncio.gather(
            *(self._troubles.attempt(one, partial(self._fill, one)) for one in ids),
            return_exceptions=True,
        )
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return 0.0 if any(results) else min(PAUSE_SECONDS, self._troubles.pause)

    async def _load(self) -> list[int]:
        async with self.services.database.reading() as session:
            query = select(Search.id).where(
                col(Search.status) == SearchStatus.RUNNING, col(Search.is_closed).is_(False)
            )
            found = await session.exec(query.order_by(col(Search.id)))
            return [search_id for search_id in found if search_id is not None]

    async def _fill(self, search_id: int) -> bool:
        """Start tasks of one search while there is room; whether its turn ended before that.

        Where trials end as quickly as they are started there always is: others have a turn, too.
        """
        ends_at = monotonic() + TURN_SECONDS
        try:
            while await self._start_next(search_id):
                if monotonic() > ends_at:
                    return True
        except NoPointLeft as error:
            if not await self._is_any_incomplete(search_id):
                await self._close(search_id, error.message)
        return False

    async def _is_any_incomplete(self, search_id: int) -> bool:
        async with self.services.database.reading() as session:
            return await is_any_incomplete(session, search_id)

    async def _close(self, search_id: int, reason: str) -> None:
        await close_search(self.services, search_id, reason)
        self.services.wakers.searches.set()

    async def _start_next(self, search_id: int) -> bool:
        """Whether something was started, so that there may be room for more."""
        platforms = {platform.name for platform in self.services.registry.all()}
        async with self.services.database.reading() as session:
            room = await find_room(session, search_id, platforms)
        if room is None:
            return False
        if room.is_spent:
            await self._close(search_id, "Every platform has used up its `max_cost`.")
            return False
        launches = room.repeats or await self._ask(room)
        started = await start_tasks(self.services, room.search, room.spec, launches)
        if started:
            if room.search.reason:
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
