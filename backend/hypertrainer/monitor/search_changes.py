"""Writes down what followed from one look at a search, in one transaction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.clock import utc_now
from hypertrainer.dependencies import Services
from hypertrainer.errors import Conflict
from hypertrainer.hpsearch.closing import Spent, final_status, find_closing
from hypertrainer.hpsearch.fact_rows import add_facts
from hypertrainer.hpsearch.facts import FactKind, TrialState
from hypertrainer.hpsearch.places import read_places
from hypertrainer.hpsearch.statuses import SearchStatus
from hypertrainer.hpsearch.steering import count_pause, stop_tasks
from hypertrainer.hpsearch.tables import Search, Trial, TrialTask
from hypertrainer.hpsearch.trial_views import Step, TrialView
from hypertrainer.monitor.search_memory import SearchMemory
from hypertrainer.monitor.trial_values import trial_values, view_values
from hypertrainer.tasks.actions import resume, select_tasks
from hypertrainer.tasks.statuses import ACTIVE_STATUSES, StopBy, TaskStatus
from hypertrainer.tasks.tables import Task

BATCH = 500


@dataclass(slots=True)
class Changes:
    """What a step changed."""

    search_id: int
    task_ids: list[int] = field(default_factory=list)
    platforms: set[str] = field(default_factory=set)  # where something is to be done now
    num_changes: int = 0
    is_any: bool = False
    is_status_changed: bool = False


async def apply_step(
    services: Services,
    memory: SearchMemory,
    views: Sequence[TrialView],
    decide: Callable[[Search], Step],
) -> Changes | None:
    """Decide what follows, and write it down; nobody adds facts in between.

    None where the search is gone, or was edited since its trials were looked at.
    """
    now = utc_now()
    async with services.database.transaction() as session:
        search = await session.get(Search, memory.search_id)
        if search is None or not await memory.catch_up(session):
            return None
        step = decide(search)
        before, changes = _marks(search), Changes(memory.search_id)
        added = add_facts(session, search, step.facts)
        changes.task_ids += await stop_tasks(session, step.stops, StopBy.SEARCH)
        changes.task_ids += await _retry(session, step.retries)
        await _keep_values(session, step.values)
        await _update_trials(session, search, memory, views, step)
        changes.task_ids += await _say_why(session, views, step)
        memory.take(added)
        changes.task_ids += await _close(session, search, memory, step, now)
        changes.platforms = _platforms(search, views) if changes.task_ids else set()
        changes.num_changes, after = search.changes, _marks(search)
        changes.is_any = bool(added) or after != before
        changes.is_status_changed = after[:3] != before[:3]
        if changes.is_status_changed:
            await _mark_tasks(session, search)
    return changes


def _platforms(search: Search, views: Sequence[TrialView]) -> set[str]:
    """Where tasks of the search are, also on platforms that were edited away."""
    own = {place.platform for place in read_places(search.places)}
    return own | {task.platform for view in views for task in view.tasks}


def _marks(search: Search) -> tuple[str, bool, str, int]:
    return search.status, search.is_closed, search.reason, search.changes


async def _retry(session: AsyncSession, ids: Sequence[int]) -> list[int]:
    retried = []
    for task_id, selected in (await select_tasks(session, ids)).items():
        link = await session.get(TrialTask, task_id)
        if link is None:
            continue
        link.retries += 1  # counted even where it is not done: else it is tried for ever
        session.add(link)
        try:
            resume(session, selected)
        except Conflict:
            continue
        retried.append(task_id)
    await session.flush()  # what waits again is stopped, too, if the search ends
    return retried


async def _keep_values(session: AsyncSession, values: Mapping[int, list[float]]) -> None:
    for task_id, found in values.items():
        link = await session.get(TrialTask, task_id)
        if link is not None:
            link.values = found
            session.add(link)


def prices_of(search: Search) -> dict[str, float]:
    """What an hour costs on each of its platforms; of no interest where none has a price."""
    places = read_places(search.places)
    prices = {place.platform: place.cost_per_hour or 0.0 for place in places}
    return prices if any(prices.values()) else {}


async def _update_trials(
    session: AsyncSession,
    search: Search,
    memory: SearchMemory,
    views: Sequence[TrialView],
    step: Step,
) -> None:
    """Repeat in the trials' rows what the history and their tasks say."""
    prices = prices_of(search)
    by_number = {view.number: view for view in views}
    touched = {fact.number for fact in step.facts if fact.number is not None}
    wanted = {
        number: trial_values(memory.history.trials[number])
        | (view_values(by_number[number], memory, prices) if number in by_number else {})
        for number in sorted(by_number.keys() | touched)
    }
    new = [number for number, values in wanted.items() if memory.rows.get(number) != values]
    for row in await _rows(session, search, new):
        _change(search, row, wanted[row.number])
        session.add(row)
    memory.rows = wanted
    kinds = {fact.kind for fact in step.facts}
    if kinds & {FactKind.TOLD, FactKind.REOPENED}:
        if search.best_number is not None:
            touched.add(search.best_number)
        among = (memory.history.trials[number] for number in touched)
        best = memory.history.best(None if FactKind.REOPENED in kinds else among)
        search.best_number = best.number if best else None
        search.best_value = best.objectives[0] if best and best.objectives else None
        session.add(search)


async def _say_why(session: AsyncSession, views: Sequence[TrialView], step: Step) -> list[int]:
    """Give the tasks of stopped trials the words of the rule that stopped them."""
    why = {
        fact.number: str(fact.data["reason"])
        for fact in step.facts
        if fact.kind is FactKind.TOLD and fact.data["state"] == TrialState.STOPPED
    }
    task_ids = []
    for view in views:
        words = why.get(view.number, "")
        if words:
            ids = [task.task_id for task in view.tasks]
            stopped = col(Task.id).in_(ids), col(Task.status) == TaskStatus.PRUNED
            await session.exec(
                update(Task).where(*stopped).values(reason=f"{words[0].upper()}{words[1:]}.")
            )
            task_ids += ids
    return task_ids


async def _rows(session: AsyncSession, search: Search, numbers: Sequence[int]) -> list[Trial]:
    rows: list[Trial] = []
    for start in range(0, len(numbers), BATCH):
        query = select(Trial).where(
            col(Trial.search_id) == search.id,
            col(Trial.number).in_(numbers[start : start + BATCH]),
        )
        rows += await session.exec(query.order_by(col(Trial.number)))
    return rows


def _change(search: Search, row: Trial, wanted: Mapping[str, Any]) -> None:
    new = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    if new.get("epochs", row.epochs) < row.epochs:  # written anew, or deleted: they were used
        del new["epochs"]
    if not new:
        return
    search.changes += 1
    search.epochs += new.get("epochs", row.epochs) - row.epochs
    search.cost += new.get("cost", row.cost) - row.cost
    for name, value in new.items():
        setattr(row, name, value)
    row.changed_seq = search.changes


async def _close(
    session: AsyncSession, search: Search, memory: SearchMemory, step: Step, now: datetime
) -> list[int]:
    """Start no further trial where there is a reason, and end the search with its last one."""
    is_any_open = memory.history.num_open > 0
    if SearchStatus(search.status).is_over:
        if any(fact.kind is FactKind.REOPENED for fact in step.facts):
            _reopen(search, now)
        return []
    stopped: list[int] = []
    if not search.is_closed:
        closing = find_closing(memory.history, _spent(search, now), memory.failure_reasons)
        if closing is not None:
            search.is_closed, search.reason = True, closing.reason
            ids = await _active(session, search) if closing.cancels else []
            stopped = await stop_tasks(session, ids, StopBy.SEARCH)
    if not is_any_open and _has_started_all(search, memory):
        why = search.reason if search.is_closed else ""  # and not what was in its way
        new_status, search.reason = final_status(memory.history, why, memory.failure_reasons)
        search.status, search.ended_at = new_status, await _end_of(session, search) or now
        if search.paused_at is not None:
            count_pause(search, search.paused_at)
    session.add(search)
    return stopped


def _has_started_all(search: Search, memory: SearchMemory) -> bool:
    n_trials = memory.history.spec.n_trials
    return search.is_closed or (n_trials is not None and search.num_trials >= n_trials)


def _reopen(search: Search, now: datetime) -> None:
    """A user resumed one of its tasks; it starts no further trial because of that."""
    if search.ended_at is not None:
        search.paused_seconds += max(0.0, (now - search.ended_at).total_seconds())
    search.status, search.ended_at, search.is_closed = SearchStatus.RUNNING, None, True


def _spent(search: Search, now: datetime) -> Spent:
    paused = (now - search.paused_at).total_seconds() if search.paused_at else 0.0
    seconds = (now - search.created_at).total_seconds() - search.paused_seconds - paused
    return Spent(search.epochs, seconds, search.cost)


async def _active(session: AsyncSession, search: Search) -> list[int]:
    query = select(Task.id).where(
        col(Task.search_id) == search.id, col(Task.status).in_(ACTIVE_STATUSES)
    )
    return [task_id for task_id in await session.exec(query) if task_id is not None]


async def _end_of(session: AsyncSession, search: Search) -> datetime | None:
    ends = select(func.max(Task.ended_at)).where(col(Task.search_id) == search.id)
    return (await session.exec(ends)).one()


async def _mark_tasks(session: AsyncSession, search: Search) -> None:
    """Whether a search was stopped stands in the folders of its tasks, too."""
    changed = update(Task).where(col(Task.search_id) == search.id)
    await session.exec(changed.values(unsaved_changes=col(Task.unsaved_changes) + 1))
