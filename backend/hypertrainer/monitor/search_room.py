"""How many tasks a search may start now, and which and where."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.hpsearch.facts import TrialState
from hypertrainer.hpsearch.filling import Launch
from hypertrainer.hpsearch.placement import are_all_spent, choose_place
from hypertrainer.hpsearch.places import PlacePlan, read_places
from hypertrainer.hpsearch.spec import Spec
from hypertrainer.hpsearch.statuses import SearchStatus
from hypertrainer.hpsearch.tables import Search, Trial, TrialTask, saved_trial_id
from hypertrainer.tasks.statuses import ACTIVE_STATUSES, TaskStatus
from hypertrainer.tasks.tables import Task

MOST_AT_ONCE = 1_000


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


async def find_room(session: AsyncSession, search_id: int) -> Room | None:
    """The room of a search that is going on; None where there is none."""
    search = await session.get(Search, search_id)
    if search is None or search.status != SearchStatus.RUNNING or search.is_closed:
        return None
    spec, plans = Spec.model_validate(search.spec), read_places(search.places)
    active, costs = await _active(session, search_id), await _costs(session, search_id)
    room = Room(search, spec, is_spent=are_all_spent(plans, costs))
    if room.is_spent:
        return room
    limit = spec.max_concurrent
    slots = MOST_AT_ONCE if limit is None else limit - sum(active.values())
    if slots > 0 and spec.repeats.n > 1:
        room.repeats = await _repeats(session, search, spec, plans, slots)
    if not room.repeats:
        left = MOST_AT_ONCE if spec.n_trials is None else spec.n_trials - search.num_trials
        room.places = _places(spec, plans, active, costs, min(slots, left))
    return room if room.repeats or room.places else None


def _places(
    spec: Spec,
    plans: list[PlacePlan],
    active: Mapping[str, int],
    costs: Mapping[str, float],
    count: int,
) -> list[PlacePlan]:
    counts, found = Counter(active), []
    for _ in range(count):
        place = choose_place(spec.placement, plans, counts, costs)
        if place is None:
            break
        counts[place.platform] += 1
        found.append(place)
    return found


async def _active(session: AsyncSession, search_id: int) -> dict[str, int]:
    """How many tasks are active, by platform; those that are being stopped are."""
    query = (
        select(Task.platform, func.count())
        .where(col(Task.search_id) == search_id, col(Task.status).in_(ACTIVE_STATUSES))
        .group_by(col(Task.platform))
    )
    return {platform: int(count) for platform, count in await session.exec(query)}


async def _costs(session: AsyncSession, search_id: int) -> dict[str, float]:
    query = (
        select(Trial.platform, func.sum(Trial.cost))
        .where(col(Trial.search_id) == search_id)
        .group_by(col(Trial.platform))
    )
    return {platform: float(cost or 0.0) for platform, cost in await session.exec(query)}


async def _repeats(
    session: AsyncSession, search: Search, spec: Spec, plans: list[PlacePlan], slots: int
) -> list[Launch]:
    """Repeats that are missing; with early stopping, of trials only whose first run came through.

    All repeats of a trial run where its first one did.
    """
    counts = select(func.count()).where(col(TrialTask.trial_id) == col(Trial.id))
    query = select(Trial).where(
        col(Trial.search_id) == search.id,
        col(Trial.state) == TrialState.RUNNING,
        counts.scalar_subquery() < spec.repeats.n,
        counts.scalar_subquery() > 0,
    )
    found: list[Launch] = []
    by_name = {plan.platform: plan for plan in plans}
    for trial in await session.exec(query.order_by(col(Trial.number))):
        statuses = await _statuses(session, trial)
        place = by_name.get(trial.platform)
        is_ready = spec.early_stopping is None or statuses[0] == TaskStatus.FINISHED
        if place is None or not is_ready or _is_any_failed(statuses):
            continue
        missing = range(len(statuses), spec.repeats.n)
        found.extend(_repeat(trial, repeat, place) for repeat in missing)
    return found[:slots]


async def _statuses(session: AsyncSession, trial: Trial) -> list[TaskStatus]:
    query = (
        select(Task.status)
        .join(TrialTask, col(TrialTask.task_id) == col(Task.id))
        .where(col(TrialTask.trial_id) == trial.id)
        .order_by(col(TrialTask.repeat))
    )
    return [TaskStatus(status) for status in await session.exec(query)]


def _is_any_failed(statuses: list[TaskStatus]) -> bool:
    return any(not status.is_active and status != TaskStatus.FINISHED for status in statuses)


def _repeat(trial: Trial, repeat: int, place: PlacePlan) -> Launch:
    return Launch(
        trial.number, repeat, place, trial.params, trial.inactive, trial_id=saved_trial_id(trial)
    )
