"""Looks at the tasks of a search's trials: how far they are, and what they wrote."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from sqlalchemy.orm import load_only
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.hpsearch.curves import CurveFile, metric_path
from hypertrainer.hpsearch.expressions import parse
from hypertrainer.hpsearch.facts import TrialState
from hypertrainer.hpsearch.spec import Spec
from hypertrainer.hpsearch.tables import Trial, TrialTask
from hypertrainer.hpsearch.trial_views import TaskView, TrialView
from hypertrainer.metrics.formats import SCALAR, find_source
from hypertrainer.monitor.search_memory import SearchMemory
from hypertrainer.tasks.creation import saved_id
from hypertrainer.tasks.statuses import ACTIVE_STATUSES, TaskStatus
from hypertrainer.tasks.tables import Attempt, Task

BATCH = 500
OPEN_STATES = (TrialState.RUNNING, TrialState.STOPPING)
LOADED = (
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


async def load_views(session: AsyncSession, search_id: int) -> list[TrialView]:
    """The trials that are not over, by number, but for those of which all tasks only wait."""
    tasks = select(Task.id).join(TrialTask, col(TrialTask.task_id) == col(Task.id))
    tasks = tasks.where(col(TrialTask.trial_id) == col(Trial.id))
    is_waiting = col(Task.status) == TaskStatus.WAITING
    query = (
        select(Trial, TrialTask, Task)
        .join(TrialTask, col(TrialTask.trial_id) == col(Trial.id), isouter=True)
        .join(Task, col(Task.id) == col(TrialTask.task_id), isouter=True)
        .options(load_only(*(getattr(Task, name) for name in LOADED)))
        .options(load_only(Trial.id, Trial.number))  # type: ignore[arg-type]  # columns, once mapped
        .where(
            col(Trial.search_id) == search_id,
            col(Trial.state).in_(OPEN_STATES),
            or_(tasks.where(~is_waiting).exists(), ~tasks.exists()),
        )
        .order_by(col(Trial.number), col(TrialTask.repeat))
    )
    views: dict[int, list[TaskView]] = defaultdict(list)
    for trial, link, task in await session.exec(query):
        views[trial.number].extend([_task_view(link, task)] if task is not None else [])
    return [TrialView(number, found) for number, found in views.items()]


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


def _task_view(link: TrialTask, task: Task) -> TaskView:
    status = TaskStatus(task.status)
    is_whole = not status.is_active and task.is_output_collected and task.is_mirrored
    # What never started wrote nothing that could be waited for.
    is_whole = is_whole or (not status.is_active and task.started_at is None)
    return TaskView(
        task_id=saved_id(task),
        repeat=link.repeat,
        status=status,
        reason=task.reason,
        folder=task.output_path,
        platform=task.platform,
        is_whole=is_whole,
        retries=link.retries,
        started_at=task.started_at,
        ended_at=task.ended_at,
        epochs=_epochs_of(task),
    )


def _epochs_of(task: Task) -> int:
    epoch = (task.progress or {}).get("epoch")
    return int(epoch) + 1 if isinstance(epoch, int | float) else 0


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


async def find_reopened(session: AsyncSession) -> dict[int, list[int]]:
    """The trials that are over but of which a task goes on, by search."""
    stopping = select(Attempt.id).where(
        col(Attempt.task_id) == col(Task.id), col(Attempt.stop_requested_at).is_not(None)
    )
    query = (
        select(Trial.search_id, Trial.number)
        .join(TrialTask, col(TrialTask.trial_id) == col(Trial.id))
        .join(Task, col(Task.id) == col(TrialTask.task_id))
        .where(
            col(Task.status).in_(ACTIVE_STATUSES),
            col(Trial.state).not_in(OPEN_STATES),
            ~stopping.where(col(Attempt.ended_at).is_(None)).exists(),
        )
        .order_by(col(Trial.search_id), col(Trial.number))
    )
    found: dict[int, list[int]] = defaultdict(list)
    for search_id, number in await session.exec(query):
        if number not in found[search_id]:
            found[search_id].append(number)
    return found
