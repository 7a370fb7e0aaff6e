"""The task table as a file: CSV, JSON, YAML or Parquet, streamed in batches.

Which tasks match is decided once, at the start; only their ids are kept in memory. Each batch is
read in a transaction of its own, so that a slow download holds up nobody.

Values are never altered. A CSV cell that begins with `=`, `+`, `-` or `@` is what the user wrote:
import it as text where a spreadsheet would take it for a formula.
"""

import asyncio
from array import array
from collections.abc import AsyncIterator, Sequence
from typing import Literal

from sqlmodel import col, select

from hypertrainer.clock import utc_now
from hypertrainer.database import Database
from hypertrainer.errors import FieldProblem, InvalidInput
from hypertrainer.tasks.columns import id_of
from hypertrainer.tasks.export_rows import (
    EXPORTED_METRIC_FIELDS,
    FIXED_COLUMNS,
    Row,
    csv_header,
    csv_rows,
    flat_rows,
    json_rows,
    yaml_rows,
)
from hypertrainer.tasks.export_table import TypedParts
from hypertrainer.tasks.filters import Matching, TaskFilters, matching
from hypertrainer.tasks.queries import read_tasks
from hypertrainer.tasks.tables import MetricSummary, Task, TaskParam

Format = Literal["csv", "json", "yaml", "parquet"]
Exported = tuple[str, str, AsyncIterator[bytes]]
BATCH = 200  # tasks; some 10 ms of work
PART = 5_000  # tasks of one part of a Parquet file
CHUNK = 1_048_576
MEDIA_TYPES: dict[Format, str] = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "yaml": "application/yaml",
    "parquet": "application/vnd.apache.parquet",
}


async def export_tasks(
    database: Database,
    filters: TaskFilters,
    format: Format,
    columns: Sequence[str] | None = None,
) -> Exported:
    """The media type, a file name and the bytes of the tasks that match, newest first.

    Columns are those of `FIXED_COLUMNS`, every parameter as `params.dotted.path` and every metric
    as `metrics.NAME.last|min|max`; `columns` chooses and orders them. JSON and YAML leave out the
    parameters and metrics that a task lacks.

    Raises:
        InvalidInput: the filter cannot be understood, or a column is none of these.
    """
    _check(columns)
    matches = matching(filters)
    ids = await _ids(database, matches)
    if format == "csv":
        header = list(columns or await _all_columns(database, matches))
        chunks = _csv(database, ids, header)
    elif format == "parquet":
        header = list(columns or await _all_columns(database, matches))
        chunks = _parquet(database, ids, header)
    elif format == "json":
        chunks = _json(database, ids, columns)
    else:
        chunks = _yaml(database, ids, columns)
    return MEDIA_TYPES[format], f"tasks-{utc_now():%Y-%m-%d}.{format}", chunks


def _check(columns: Sequence[str] | None) -> None:
    for name in columns or ():
        if name not in FIXED_COLUMNS and not name.startswith(("params.", "metrics.")):
            message = (
                f"There is no column `{name[:80]}` to export; there are params.PATH, "
                f"metrics.NAME.last and {', '.join(FIXED_COLUMNS)}."
            )
            raise InvalidInput(message, [FieldProblem("columns", message)])


async def _ids(database: Database, matches: Matching) -> "array[int]":
    ids = array("l")
    query = matches.of(select(id_of())).order_by(id_of().desc())
    async with database.reading() as session:
        found = await session.stream_scalars(query.execution_options(yield_per=PART))
        async for part in found.partitions():
            ids.extend(part)
    return ids


async def _all_columns(database: Database, matches: Matching) -> list[str]:
    """Every column that a matching task has a value in, parameters and metrics by name."""
    owner = col(TaskParam.task_id)
    params = matches.of(select(TaskParam.path).join(Task, id_of() == owner)).distinct()
    owner = col(MetricSummary.task_id)
    metrics = matches.of(select(MetricSummary.name).join(Task, id_of() == owner)).distinct()
    async with database.reading() as session:
        paths = sorted((await session.exec(params)).all())
        names = sorted((await session.exec(metrics)).all())
    return [
        *FIXED_COLUMNS,
        *(f"params.{path}" for path in paths),
        *(f"metrics.{name}.{field}" for name in names for field in EXPORTED_METRIC_FIELDS),
    ]


async def _rows(
    database: Database, ids: Sequence[int], columns: Sequence[str] | None, size: int = BATCH
) -> AsyncIterator[list[Row]]:
    for first in range(0, len(ids), size):
        async with database.reading() as session:
            tasks = await read_tasks(session, ids[first : first + size])
        yield await asyncio.to_thread(flat_rows, tasks, columns)


async def _csv(database: Database, ids: Sequence[int], columns: list[str]) -> AsyncIterator[bytes]:
    yield csv_header(columns)
    async for rows in _rows(database, ids, columns):
        yield await asyncio.to_thread(csv_rows, rows, columns)


async def _json(
    database: Database, ids: Sequence[int], columns: Sequence[str] | None
) -> AsyncIterator[bytes]:
    yield b"["
    separator = b"\n"
    async for rows in _rows(database, ids, columns):
        yield separator + await asyncio.to_thread(json_rows, rows)
        separator = b",\n"
    yield b"\n]\n"


async def _yaml(
    database: Database, ids: Sequence[int], columns: Sequence[str] | None
) -> AsyncIterator[bytes]:
    if not ids:
        yield b"[]\n"
    async for rows in _rows(database, ids, columns):
        yield await asyncio.to_thread(yaml_rows, rows)


async def _parquet(
    database: Database, ids: Sequence[int], columns: list[str]
) -> AsyncIterator[bytes]:
    """Parts go to a temporary folder, for a column's type is known only after its last value."""
    with TypedParts(columns) as parts:
        async for rows in _rows(database, ids, columns, PART):
            await asyncio.to_thread(parts.add, rows)
        path = await asyncio.to_thread(parts.write)
        with path.open("rb") as file:
            while chunk := await asyncio.to_thread(file.read, CHUNK):
                yield chunk
