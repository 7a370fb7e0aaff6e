"""Looks at the tasks of a search's trials: how far they are, and what they wrote."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import update
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select, SelectOfScalar

from hypertrainer.hpsearch.curves import MAX_EPOCHS, CurveFile, metric_path
from hypertrainer.hpsearch.expressions import parse
from hypertrainer.hpsearch.facts import TrialState
from hypertrainer.hpsearch.spec import Spec
from hypertrainer.hpsearch.tables import Trial, TrialTask
from hypertrainer.hpsearch.trial_views import TaskView, TrialView
from hypertrainer.metrics.formats import SCALAR, find_source
from hypertrainer.monitor.search_memory import SearchMemory
from hypertrainer.tasks.statuses import ACTIVE_STATUSES, TaskStatus
from hypertrainer.tasks.tables import Attempt, Task

BATCH = 500
OPEN_STATES = (TrialState.RUNNING, TrialState.STOPPING)
OF_TASK = (
    "id",
    "status",
    "reason",
    "output_path",
    "platform",
    "is_output_collected",
    "is_mirrored",
    "started_at",
    "ended_at",
    "progress",
)
Row = Select[*tuple[Any, ...]]


async def view_pages(session: AsyncSession, search_id: int) -> AsyncIterator[list[TrialView]]:
    """The trials that are not over, by number, but for those of which all tasks only wait."""
    after = -1
    while True:
        numbers = (await session.exec(_numbers(search_id, after))).all()
        if numbers:
            yield await _views(session, search_id, numbers)
        if len(numbers) < BATCH:
            return
        after = numbers[-1]
        await asyncio.sleep(0)  # others are served between two pages


def _numbers(search_id: int, after: int) -> SelectOfScalar[int]:
    tasks = select(Task.id).join(TrialTask, col(TrialTask.task_id) == col(Task.id))
    tasks = tasks.where(col(TrialTask.trial_id) == col(Trial.id))
    is_waiting = col(Task.status) == TaskStatus.WAITING
    query = select(Trial.number).where(
        col(Trial.search_id) == search_id,
        col(Trial.number) > after,
        col(Trial.state).in_(OPEN_STATES),
        or_(tasks.where(~is_waiting).exists(), ~tasks.exists()),
    )
    return query.order_by(col(Trial.number)).limit(BATCH)


async def _views(session: AsyncSession, search_id: int, numbers: Sequence[int]) -> list[TrialView]:
    query = (
        Row(
            col(Trial.number),
            col(TrialTask.repeat),
            col(TrialTask.retries),
            *(col(getattr(Task, name)) for name in OF_TASK),
        )
        .join(TrialTask, col(TrialTask.trial_id) == col(Trial.id))
        .join(Task, col(Task.id) == col(TrialTask.task_id))
        .where(col(Trial.search_id) == search_id, col(Trial.number).in_(numbers))
        .order_by(col(Trial.number), col(TrialTask.repeat))
    )
    tasks: dict[int, list[TaskView]] = defaultdict(list)
    for number, repeat, retries, *values in await session.exec(query):
        row = dict(zip(OF_TASK, values, strict=True))
        tasks[number].append(_task_view(repeat, retries, row))
    return [TrialView(number, tasks[number]) for number in numbers]


async def add_runs(session: AsyncSession, views: Sequence[TrialView]) -> None:
    """Say of these trials' tasks when each of their attempts ran."""
    tasks = {task.task_id: task for view in views for task in view.tasks}
    ids = list(tasks)
    for start in range(0, len(ids), BATCH):
        query = select(Attempt.task_id, Attempt.started_at, Attempt.ended_at).where(
            col(Attempt.task_id).in_(ids[start : start + BATCH]),
            col(Attempt.started_at).is_not(None),
        )
        for task_id, started_at, ended_at in await session.exec(query):
            if started_at is not None:
                tasks[task_id].runs = (*tasks[task_id].runs, (started_at, ended_at))


def _task_view(repeat: int, retries: int, task: Mapping[str, Any]) -> TaskView:
    status = TaskStatus(task["status"])
    is_whole = task["is_output_collected"] and task["is_mirrored"]
    # What never started wrote nothing that could be waited for.
    is_whole = not status.is_active and (is_whole or task["started_at"] is None)
    return TaskView(
        task_id=task["id"],
        repeat=repeat,
        status=status,
        reason=task["reason"],
        folder=task["output_path"],
        platform=task["platform"],
        is_whole=is_whole,
        retries=retries,
        started_at=task["started_at"],
        ended_at=task["ended_at"],
        epochs=_epochs_of(task["progress"]),
    )


def _epochs_of(progress: Mapping[str, Any] | None) -> int:
    epoch = (progress or {}).get("epoch")
    if not isinstance(epoch, int | float):
        return 0
    return int(min(max(epoch, -1), MAX_EPOCHS - 1)) + 1  # scripts may write anything


def metrics_of(spec: Spec) -> list[str]:
    """The metrics that a search looks at; the first is the one that shows how far a trial is."""
    names = [spec.early_stopping.metric] if spec.early_stopping else []
    names += [objective.metric for objective in spec.objectives]
    for constraint in spec.constraints:
        names += sorted(parse(constraint).metrics)
    return list(dict.fromkeys(names))


async def read_curves(memory: SearchMemory, views: Sequence[TrialView]) -> None:
    """Read on in the metric files of these trials' tasks."""
    metrics = metrics_of(memory.history.spec)
    tasks = [task for view in views for task in view.tasks]
    kept = {(task.task_id, metric) for task in tasks for metric in metrics}
    memory.curves = {key: curve for key, curve in memory.curves.items() if key in kept}
    if tasks:
        await asyncio.to_thread(_read_all, memory, tasks, metrics)


def _read_all(memory: SearchMemory, tasks: Iterable[TaskView], metrics: Sequence[str]) -> None:
    for task in tasks:
        curves = {}
        for metric in metrics:
            key = (task.task_id, metric)
            file = memory.curves.setdefault(key, CurveFile(metric_path(task.folder, metric)))
            curves[metric] = file.read(is_final=task.is_whole)
        task.curves = curves
        if metrics:
            task.epochs = len(curves[metrics[0]].values) or task.epochs
        if task.is_whole:
            task.files = list(_metric_names(Path(task.folder)))


def _metric_names(folder: Path) -> Iterable[str]:
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError:
        return
    for name in names:
        source = find_source(name)
        if source is not None and source.metric is not None and source.format is SCALAR:
            yield source.metric


async def doubt_end(session: AsyncSession, task_id: int) -> None:
    """Let the trial of a task that was lost and is found again be told of anew, if it failed."""
    of_task = select(TrialTask.trial_id).where(col(TrialTask.task_id) == task_id)
    failed = col(Trial.id).in_(of_task), col(Trial.state) == TrialState.FAILED
    await session.exec(update(Trial).where(*failed).values(ended_at=None))


async def find_reopened(session: AsyncSession) -> dict[int, list[int]]:
    """The trials that are over but of which a task goes on, or was found again, by search."""
    stopping = select(Attempt.id).where(
        col(Attempt.task_id) == col(Task.id), col(Attempt.stop_requested_at).is_not(None)
    )
    over = (
        select(Trial.search_id, Trial.number)
        .join(TrialTask, col(TrialTask.trial_id) == col(Trial.id))
        .join(Task, col(Task.id) == col(TrialTask.task_id))
        .where(col(Trial.state).not_in(OPEN_STATES))
    )
    going_on = over.where(
        col(Task.status).in_(ACTIVE_STATUSES),
        ~stopping.where(col(Attempt.ended_at).is_(None)).exists(),
    )
    doubted = over.where(col(Trial.state) == TrialState.FAILED, col(Trial.ended_at).is_(None))
    rows = {*await session.exec(going_on), *await session.exec(doubted)}
    found: dict[int, list[int]] = defaultdict(list)
    for search_id, number in sorted(rows):
        found[search_id].append(number)
    return found
