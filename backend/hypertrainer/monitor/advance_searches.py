"""Takes in what trials reported, stops those that a rule stops, and tells what became of the rest.

Everything it decides is a fact, and stands in one transaction with what follows from it: tasks to
stop and to retry. A crash leaves all of it or nothing; the metric files are read again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

from sqlmodel import col, or_, select

from hypertrainer.dependencies import Services
from hypertrainer.hpsearch.deletion import delete_emptied, find_emptied
from hypertrainer.hpsearch.facts import Fact, FactKind
from hypertrainer.hpsearch.history import History
from hypertrainer.hpsearch.reporting import report
from hypertrainer.hpsearch.statuses import SearchStatus
from hypertrainer.hpsearch.tables import Search, Trial, saved_search_id
from hypertrainer.hpsearch.telling import is_incomplete, tell
from hypertrainer.hpsearch.trial_views import Step, TrialView
from hypertrainer.monitor.search_changes import Changes, apply_step, prices_of
from hypertrainer.monitor.search_looks import (
    OPEN_STATES,
    add_runs,
    find_reopened,
    read_curves,
    view_pages,
)
from hypertrainer.monitor.search_memory import SearchMemory, remember
from hypertrainer.monitor.search_troubles import Troubles
from hypertrainer.tasks.announce import announce_changes

PAUSE_SECONDS = 15.0
TOLD_AT_ONCE = 50
SEARCHES = [["get", "/hpsearch"]]


@dataclass(slots=True)
class AdvanceSearches:
    """The pass that takes facts in."""

    services: Services
    _memories: dict[int, SearchMemory] = field(default_factory=dict)
    _troubles: Troubles = field(init=False)

    def __post_init__(self) -> None:
        self._troubles = Troubles(self.services, "Its trials could not be looked at")

    async def run_once(self) -> float:
        searches, reopened = await self._load()
        ids = {saved_search_id(search) for search in searches}
        self._memories = {key: kept for key, kept in self._memories.items() if key in ids}
        self._troubles.forget_others(ids)
        is_more = False
        for search in searches:
            search_id = saved_search_id(search)
            work = partial(self._advance, search, reopened.get(search_id, []))
            is_more |= await self._troubles.attempt(search_id, work)
        await self._delete_emptied()
        return 0.0 if is_more else min(PAUSE_SECONDS, self._troubles.pause)

    async def _delete_emptied(self) -> None:
        async with self.services.database.reading() as session:
            if not await find_emptied(session):
                return
        async with self.services.database.transaction() as session:
            emptied = await delete_emptied(session)
        if emptied:
            self.services.broker.publish("invalidate", SEARCHES)

    async def _load(self) -> tuple[Sequence[Search], dict[int, list[int]]]:
        """The searches of which anything goes on."""
        has_open = select(Trial.id).where(
            col(Trial.search_id) == col(Search.id), col(Trial.state).in_(OPEN_STATES)
        )
        going_on = (SearchStatus.RUNNING, SearchStatus.PAUSED)
        async with self.services.database.reading() as session:
            reopened = await find_reopened(session)
            query = select(Search).where(
                or_(
                    col(Search.status).in_(going_on),
                    has_open.exists(),
                    col(Search.id).in_(reopened),
                )
            )
            return (await session.exec(query.order_by(col(Search.id)))).all(), reopened

    async def _advance(self, search: Search, reopened: Sequence[int]) -> bool:
        """Whether there is more to do now: it was edited meanwhile, or there is much of it."""
        search_id = saved_search_id(search)
        memory = self._memories.setdefault(search_id, remember(search))
        try:
            views, is_rest = await self._look(memory, search)
            deciding = _Deciding(memory, views, reopened)
            changes = await apply_step(self.services, memory, views, deciding.decide)
        except BaseException:
            self._memories.pop(search_id, None)  # its fold may have facts that are in no database
            raise
        if changes is None:
            return True
        await self._announce(changes)
        return deciding.is_more or (is_rest and deciding.has_moved)

    async def _look(self, memory: SearchMemory, search: Search) -> tuple[list[TrialView], bool]:
        """The trials to decide on, with all that they wrote; whether some are left for later.

        Of those that are over it is as many as one transaction should tell of.
        """
        views: list[TrialView] = []
        num_over = 0
        async with self.services.database.reading() as session:
            await memory.catch_up(session)
            async for page in view_pages(session, memory.search_id):
                for view in _known(memory, page):
                    is_to_be_told = _is_to_be_told(memory, search, view)
                    num_over += is_to_be_told
                    if not is_to_be_told or num_over <= TOLD_AT_ONCE:
                        views.append(view)
                if num_over > TOLD_AT_ONCE:
                    break
            if prices_of(search):
                await add_runs(session, views)
        await read_curves(memory, views)
        return views, num_over > TOLD_AT_ONCE

    async def _announce(self, changes: Changes) -> None:
        services = self.services
        for platform in changes.platforms:  # alone: every epoch that a stop comes later costs one
            services.wakers.of_platform(platform).set()
        if changes.task_ids:
            await announce_changes(services.database, services.broker, changes.task_ids)
        if changes.is_any:
            services.wakers.filling.set()
            services.wakers.folders.set()
            services.broker.publish(
                "searches", [{"id": changes.search_id, "seq": changes.num_changes}]
            )
        if changes.is_status_changed:
            services.broker.publish("invalidate", SEARCHES)


@dataclass(slots=True)
class _Deciding:
    """What follows from one look.

    `is_more`: it took in a part of what was reported. `has_moved`: some trial is over, or begins
    again.
    """

    memory: SearchMemory
    views: Sequence[TrialView]
    reopened: Sequence[int]
    is_more: bool = False
    has_moved: bool = False

    def decide(self, search: Search) -> Step:
        history, step = self.memory.history, Step()
        _reopen(history, self.reopened, step)
        self.is_more = not report(history, self.views, step)
        if not self.is_more:  # a trial is told of when all that it reported is known
            tell(history, self.views, step, are_repeats_started=not _is_ending(search))
        self.has_moved = bool(step.retries) or any(
            fact.kind is FactKind.TOLD for fact in step.facts
        )
        return step


def _is_ending(search: Search) -> bool:
    """Whether no task of it is started any more."""
    return search.is_closed or SearchStatus(search.status).is_over


def _known(memory: SearchMemory, views: Iterable[TrialView]) -> list[TrialView]:
    """The trials whose facts were read: others came into being in between."""
    return [view for view in views if view.number in memory.history.trials]


def _is_to_be_told(memory: SearchMemory, search: Search, view: TrialView) -> bool:
    """Whether it is over, and does not wait for repeats."""
    return view.is_over and (_is_ending(search) or not is_incomplete(memory.history.spec, view))


def _reopen(history: History, numbers: Sequence[int], step: Step) -> None:
    for number in numbers:
        if number in history.trials and history.trials[number].state.is_over:
            fact = Fact(history.seq + 1, FactKind.REOPENED, number)
            history.add(fact)
            step.facts.append(fact)
