"""What the routes ask of metrics. Files are the store, read anew at every request, in threads."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.errors import FieldProblem, InvalidInput, NotFound
from hypertrainer.metrics.columns import ColumnCache, Columns
from hypertrainer.metrics.export import csv_of
from hypertrainer.metrics.folder import TaskFolder, metric_files
from hypertrainer.metrics.schemas import (
    ExportQuery,
    MetricItem,
    MetricList,
    SeriesList,
    SeriesQuery,
)
from hypertrainer.metrics.series import drawn_series, read_columns
from hypertrainer.tasks.statuses import TaskStatus
from hypertrainer.tasks.tables import Task


async def list_metrics(session: AsyncSession, cache: ColumnCache, task_id: int) -> MetricList:
    """The metrics a task has written so far.

    Raises:
        NotFound: there is no such task.
    """
    [folder] = await _folders(session, [task_id])
    return await asyncio.to_thread(_metric_list, folder, cache)


async def read_series(session: AsyncSession, cache: ColumnCache, query: SeriesQuery) -> SeriesList:
    """The lines of one chart. A task that has none of the metrics adds no line.

    Raises:
        NotFound: a task does not exist.
        InvalidInput: the range is empty, or the series are too many.
    """
    if query.from_ is not None and query.to is not None and query.from_ > query.to:
        problem = FieldProblem("from", "must not be greater than `to`")
        raise InvalidInput(f"The range from {query.from_} to {query.to} is empty.", [problem])
    folders = await _folders(session, query.task_id)
    return SeriesList(series=await asyncio.to_thread(drawn_series, folders, cache, query))


async def export_series(session: AsyncSession, query: ExportQuery) -> Iterator[bytes]:
    """All points of the tasks' metrics as CSV, in blocks that are read as they are asked for.

    Raises:
        NotFound: a task does not exist.
    """
    return csv_of(await _folders(session, query.task_id), query.name)


async def _folders(session: AsyncSession, task_ids: Sequence[int]) -> list[TaskFolder]:
    """The tasks' folders, each once, in the order asked for."""
    wanted = list(dict.fromkeys(task_ids))
    query = select(Task.id, Task.output_path, Task.status).where(col(Task.id).in_(wanted))
    found = {
        task_id: TaskFolder(task_id, Path(path), not TaskStatus(status).is_active)
        for task_id, path, status in await session.exec(query)
        if task_id is not None
    }
    missing = [f"#{task_id}" for task_id in wanted if task_id not in found]
    if missing:
        raise NotFound(f"There is no task {', '.join(missing)}. It may have been deleted.")
    return [found[task_id] for task_id in wanted]


def _metric_list(folder: TaskFolder, cache: ColumnCache) -> MetricList:
    columns = [read_columns(folder, file, cache) for file in metric_files(folder.path)]
    return MetricList(items=[_item(read) for read in columns if read is not None])


def _item(columns: Columns) -> MetricItem:
    samples = list(columns.parser.bad_samples)
    return MetricItem(**columns.summary.model_dump(), bad_samples=samples)
