"""How many tasks a search may start now, and which and where."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import takewhile

from sqlmodel import col, func, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.clock import utc_now
from hypertrainer.errors import Conflict
from hypertrainer.hpsearch.facts import TrialState
from hypertrainer.hpsearch.filling import Launch
from hypertrainer.hpsearch.placement import are_all_spent, choose_place, is_spent
from hypertrainer.hpsearch.places import PlacePlan, read_places
from hypertrainer.hpsearch.spec import Spec
from hypertrainer.hpsearch.statuses import SearchStatus
from hypertrainer.hpsearch.tables import Search, Trial, TrialTask, saved_trial_id
from hypertrainer.hpsearch.telling import FAILURES
from hypertrainer.tasks.statuses import ACTIVE_STATUSES, TaskStatus
from hypertrainer.tasks.tables import Task

MOST_AT_ONCE = 10_000  # tasks of a search that sets no limit itself
RESULT_TIME = timedelta(seconds=60)  # within which what a trial came to is known as a rule


@dataclass(slots=True)
class Room:
    """What a search may start: further repeats if there are any to start, else new trials.

    `places` has one entry for each new trial that there is room for.
    """

    search: Search
    spec: Spec
    repeats: list[Launch] = field(default_factory=list)
    places: list[PlacePlan] = field(default_factory=list)
    is_spent: bool = False  # nothing of it may be started any more, for what it has cost


@dataclass(slots=True)
class Free:
    """The slots of a search's platforms, as they are taken one by one."""

    placement: str
    plans: Sequence[PlacePlan]
    active: Counter[str]
    costs: Mapping[str, float]

    def take(self, platform: str | None = None) -> PlacePlan | None:
        """A slot, of this platform if it may still be used; None where none is free."""
        only = [
            plan
            for plan in self.plans
            if plan.platform == platform and not is_spent(plan, self.costs)
        ]
        place = choose_place(self.placement, only or self.plans, self.active, self.costs)
        if place is not None:
            self.active[place.platform] += 1
        return place


async def find_room(
    session: AsyncSession, search_id: int, platforms: Collection[str]
) -> Room | None:
    """The room of a search that is going on, on platforms that there are; None: there is none.

    Raises:
        Conflict: none of its platforms is configured any more, or one is not that has its tasks.
    """
    search = await session.get(Search, search_id)
    if search is None or search.status != SearchStatus.RUNNING or search.is_closed:
        return None
    spec, plans = Spec.model_validate(search.spec), read_places(search.places)
    tasks, costs = await _active(session, search_id), await _costs(session, search_id, plans)
    active = tasks + await _to_be_retried(session, search_id, spec.failures.retry)
    active += await _to_be_told(session, search_id, spec)
    room = Room(search, spec, is_spent=are_all_spent(plans, costs))
    if room.is_spent:
        return room
    here = [plan for plan in plans if plan.platform in platforms]
    free = Free(spec.placement, here, active, costs)
    slots = (MOST_AT_ONCE if spec.max_concurrent is None else spec.max_concurrent) - active.total()
    if slots > 0 and spec.repeats.n > 1:
        room.repeats = await _repeats(session, search, spec, free, slots)
    if not room.repeats:
        left = slots if spec.n_trials is None else spec.n_trials - search.num_trials
        room.places = _places(plans, free, min(slots, left))
    if room.repeats or room.places:
        return room
    _demand_platforms(tasks, platforms)
    return None


def _demand_platforms(tasks: Mapping[str, int], platforms: Collection[str]) -> None:
    for name, count in tasks.items():
        if name not in platforms:
            words = f"{count} of its tasks are on `{name}`, which is not configured any more."
            raise Conflict(f"{words} Add it again.")


def _places(plans: Sequence[PlacePlan], free: Free, count: int) -> list[PlacePlan]:
    if count > 0 and not free.plans:
        names = ", ".join(f"`{plan.platform}`" for plan in plans)
        raise Conflict(
            f"none of its platforms is configured any more ({names}). Add it again, or edit "
            "`hpsearch.platforms`."
        )
    places = (free.take() for _ in range(count))
    return [place for place in takewhile(bool, places) if place is not None]


async def _active(session: AsyncSession, search_id: int) -> Counter[str]:
    """How many tasks are active, by platform; those that are being stopped are."""
    query = (
        select(Task.platform, func.count())
        .where(col(Task.search_id) == search_id, col(Task.status).in_(ACTIVE_STATUSES))
        .group_by(col(Task.platform))
    )
    return Counter({platform: int(count) for platform, count in await session.exec(query)})


async def _to_be_retried(session: AsyncSession, search_id: int, retry: int) -> Counter[str]:
    """How many tasks that failed keep their slot for another attempt, by platform."""
    if not retry:
        return Counter()
    query = (
        select(Task.platform, func.count())
        .join(TrialTask, col(TrialTask.task_id) == col(Task.id))
        .join(Trial, col(Trial.id) == col(TrialTask.trial_id))
        .where(
            col(Trial.search_id) == search_id,
            col(Trial.state) == TrialState.RUNNING,
            col(TrialTask.retries) < retry,
            col(Task.status).in_(FAILURES),
        )
        .group_by(col(Task.platform))
    )
    return Counter({platform: int(count) for platform, count in await session.exec(query)})


async def _to_be_told(session: AsyncSession, search_id: int, spec: Spec) -> Counter[str]:
    """How many trials have just ended and keep a slot until they are told of, by platform.

    So the next point is chosen by one who knows their result. Those that wait for repeats, or for
    another attempt, have something else to wait for.
    """
    has_task = select(TrialTask.task_id).join(Task, col(Task.id) == col(TrialTask.task_id))
    has_task = has_task.where(col(TrialTask.trial_id) == col(Trial.id))
    is_active, retries = col(Task.status).in_(ACTIVE_STATUSES), col(TrialTask.retries)
    is_tried_again = col(Task.status).in_(FAILURES) & (retries < spec.failures.retry)
    number = select(func.count()).where(col(TrialTask.trial_id) == col(Trial.id))
    query = (
        select(Trial.platform, func.count())
        .where(
            col(Trial.search_id) == search_id,
            col(Trial.state).in_((TrialState.RUNNING, TrialState.STOPPING)),
            has_task.where(col(Task.ended_at) > utc_now() - RESULT_TIME).exists(),
            ~has_task.where(or_(is_active, is_tried_again)).exists(),
            or_(
                number.scalar_subquery() >= spec.repeats.n,
                has_task.where(col(Task.status) != TaskStatus.FINISHED).exists(),
            ),
        )
        .group_by(col(Trial.platform))
    )
    return Counter({platform: int(count) for platform, count in await session.exec(query)})


async def is_any_incomplete(session: AsyncSession, search_id: int) -> bool:
    """Whether repeats of some trial that runs are still to be started."""
    search = await session.get(Search, search_id)
    number = 1 if search is None else Spec.model_validate(search.spec).repeats.n
    counts = select(func.count()).where(col(TrialTask.trial_id) == col(Trial.id))
    query = select(Trial.id).where(
        col(Trial.search_id) == search_id,
        col(Trial.state) == TrialState.RUNNING,
        counts.scalar_subquery() < number,
    )
    return number > 1 and (await session.exec(query.limit(1))).first() is not None


async def _costs(
    session: AsyncSession, search_id: int, plans: Sequence[PlacePlan]
) -> dict[str, float]:
    """What its trials have cost, by platform; of no interest where no platform has a limit."""
    if all(plan.max_cost is None for plan in plans):
        return {}
    query = (
        select(Trial.platform, func.sum(Trial.cost))
        .where(col(Trial.search_id) == search_id)
        .group_by(col(Trial.platform))
    )
    return {platform: float(cost or 0.0) for platform, cost in await session.exec(query)}


async def _repeats(
    session: AsyncSession, search: Search, spec: Spec, free: Free, slots: int
) -> list[Launch]:
    """Repeats that are missing; with early stopping, of trials only whose first run came through.

    All repeats of a trial run where its first one did, as long as the search may use that platform.
    """
    counts = select(func.count()).where(col(TrialTask.trial_id) == col(Trial.id))
    query = select(Trial).where(
        col(Trial.search_id) == search.id,
        col(Trial.state) == TrialState.RUNNING,
        counts.scalar_subquery() < spec.repeats.n,
        counts.scalar_subquery() > 0,
    )
    found: list[Launch] = []
    for trial in await session.exec(query.order_by(col(Trial.number))):
        statuses = await _statuses(session, trial)
        first = statuses.get(0, TaskStatus.FINISHED)
        is_ready = spec.early_stopping is None or first == TaskStatus.FINISHED
        if not is_ready or _is_any_failed(statuses.values()):
            continue
        for repeat in range(spec.repeats.n):
            is_missing = repeat not in statuses and len(found) < slots
            place = free.take(trial.platform) if is_missing else None
            if place is not None:
                found.append(_repeat(trial, repeat, place))
    return found


async def _statuses(session: AsyncSession, trial: Trial) -> dict[int, TaskStatus]:
    query = (
        select(TrialTask.repeat, Task.status)
        .join(Task, col(Task.id) == col(TrialTask.task_id))
        .where(col(TrialTask.trial_id) == trial.id)
    )
    return {repeat: TaskStatus(status) for repeat, status in await session.exec(query)}


def _is_any_failed(statuses: Iterable[TaskStatus]) -> bool:
    return any(not status.is_active and status != TaskStatus.FINISHED for status in statuses)


def _repeat(trial: Trial, repeat: int, place: PlacePlan) -> Launch:
    return Launch(
        trial.number, repeat, place, trial.params, trial.inactive, trial_id=saved_trial_id(trial)
    )
