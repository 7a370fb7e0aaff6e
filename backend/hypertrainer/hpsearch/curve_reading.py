"""The learning curves of all trials of a search, from their metric files."""

import asyncio
from pathlib import Path

import polars as pl
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.hpsearch.reading import read_search
from hypertrainer.hpsearch.schemas import CurveList, CurveRead, SearchRead
from hypertrainer.hpsearch.tables import Trial, TrialTask
from hypertrainer.metrics.columns import ColumnCache
from hypertrainer.metrics.downsample import draw, shared_grid
from hypertrainer.metrics.folder import TaskFolder, metric_files
from hypertrainer.metrics.series import read_columns
from hypertrainer.tasks.statuses import TaskStatus
from hypertrainer.tasks.tables import MetricSummary, Task

TOTAL_POINTS = 100_000
FEWEST_POINTS = 8


async def read_curves(
    session: AsyncSession,
    cache: ColumnCache,
    search_id: int,
    metric: str | None,
    max_points: int,
) -> CurveList:
    """One metric of the first task of every trial that has it; by default the search's own.

    Raises:
        NotFound: there is no such search.
    """
    search = await read_search(session, search_id)
    name = metric or await _own_metric(session, search, search.spec)
    query = (
        select(Trial.number, Task.id, Task.output_path, Task.status)
        .join(TrialTask, col(TrialTask.trial_id) == col(Trial.id))
        .join(Task, col(Task.id) == col(TrialTask.task_id))
        .where(col(Trial.search_id) == search_id, col(TrialTask.repeat) == 0)
        .order_by(col(Trial.number))
    )
    folders = {
        number: TaskFolder(task_id, Path(path), not TaskStatus(status).is_active)
        for number, task_id, path, status in await session.exec(query)
        if task_id is not None
    }
    if not name or not folders:
        return CurveList(metric=name, items=[])
    fitting = max(FEWEST_POINTS, min(max_points, TOTAL_POINTS // len(folders)))
    return await asyncio.to_thread(_curves, folders, cache, name, fitting)


async def _own_metric(session: AsyncSession, search: SearchRead, spec: dict[str, object]) -> str:
    """What early stopping or else the search looks at; without either the first there is."""
    stopping = spec.get("early_stopping")
    if isinstance(stopping, dict) and stopping.get("metric"):
        return str(stopping["metric"])
    if search.objectives:
        return search.objectives[0].metric
    query = (
        select(MetricSummary.name)
        .join(Task, col(Task.id) == col(MetricSummary.task_id))
        .where(col(Task.search_id) == search.id, col(MetricSummary.is_classwise).is_(False))
        .order_by(col(MetricSummary.name))
        .limit(1)
    )
    return (await session.exec(query)).first() or ""


def _curves(
    folders: dict[int, TaskFolder], cache: ColumnCache, metric: str, max_points: int
) -> CurveList:
    lines = {number: _line(folder, cache, metric) for number, folder in folders.items()}
    drawn = {number: line for number, line in lines.items() if line is not None}
    long = (line["epoch"] for line in drawn.values() if len(line) > max_points)
    grid = shared_grid(long, max_points)
    items = [
        CurveRead(
            number=number,
            task_id=folders[number].task_id,
            points=draw(line["epoch"], line["value"], grid, max_points).points,
        )
        for number, line in drawn.items()
    ]
    return CurveList(metric=metric, items=items)


def _line(folder: TaskFolder, cache: ColumnCache, metric: str) -> pl.DataFrame | None:
    for file in metric_files(folder.path, [metric]):
        columns = read_columns(folder, file, cache)
        if columns is not None and None in columns.frames and len(columns.frames[None]):
            return columns.frames[None]
    return None
