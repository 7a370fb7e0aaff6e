"""The task table as a file: CSV, JSON, YAML or Parquet, streamed in batches.

Values are written as they are: a spreadsheet may take a text that begins with `=` for a formula.
"""

import asyncio
import csv
import io
import json
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import polars as pl
from ruamel.yaml import YAML
from sqlmodel import col, select

from hypertrainer.clock import utc_now
from hypertrainer.database import Database
from hypertrainer.tasks.columns import id_of
from hypertrainer.tasks.filters import Matching, TaskFilters, matching
from hypertrainer.tasks.queries import read_tasks
from hypertrainer.tasks.schemas import TaskRead
from hypertrainer.tasks.tables import MetricSummary, Task, TaskParam

ExportFormat = Literal["csv", "json", "yaml", "parquet"]
Row = dict[str, Any]
Export = tuple[str, str, AsyncIterator[bytes]]

BATCH = 500
CHUNK_BYTES = 65_536
FIXED = (
    "id",
    "uuid",
    "name",
    "status",
    "reason",
    "exit_code",
    "signal",
    "script",
    "config",
    "platform",
    "host",
    "job_id",
    "project",
    "tags",
    "notes",
    "is_archived",
    "search_id",
    "cloned_from",
    "num_attempts",
    "created_at",
    "started_at",
    "ended_at",
    "output_path",
)
MEASURES = ("last", "min", "max")
MEDIA_TYPES: dict[ExportFormat, str] = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "yaml": "application/yaml",
    "parquet": "application/vnd.apache.parquet",
}


@dataclass(frozen=True, slots=True)
class Table:
    """What is exported: the columns, known beforehand, and the rows, batch by batch."""

    columns: Sequence[str]
    batches: Callable[[], AsyncIterator[list[Row]]]


async def export_tasks(
    database: Database, filters: TaskFilters, export_format: ExportFormat
) -> Export:
    """The media type, a file name and the bytes of the filter's tasks, newest first.

    Every parameter is a column `params.PATH`, every metric three: `metrics.NAME.last|min|max`.

    Raises:
        InvalidInput: a comparison of the filter cannot be understood.
    """
    matches = matching(filters)
    columns = await _columns(database, matches)
    table = Table(columns, lambda: _batches(database, matches, columns))
    writers = {"csv": _csv, "json": _json, "yaml": _yaml, "parquet": _parquet}
    name = f"tasks-{utc_now():%Y%m%d-%H%M%S}.{export_format}"
    return MEDIA_TYPES[export_format], name, writers[export_format](table)


async def _columns(database: Database, matches: Matching) -> list[str]:
    params = select(TaskParam.path).distinct()
    metrics = select(MetricSummary.name).distinct()
    if not matches.is_everything:
        params = matches.of(params.join(Task, col(Task.id) == col(TaskParam.task_id)))
        metrics = matches.of(metrics.join(Task, col(Task.id) == col(MetricSummary.task_id)))
    async with database.reading() as session:
        paths = sorted((await session.exec(params)).all())
        names = sorted((await session.exec(metrics)).all())
    measured = [f"metrics.{name}.{measure}" for name in names for measure in MEASURES]
    return [*FIXED, *(f"params.{path}" for path in paths), *measured]


async def _batches(
    database: Database, matches: Matching, columns: Sequence[str]
) -> AsyncIterator[list[Row]]:
    before: int | None = None
    while True:
        query = matches.of(select(id_of())).order_by(id_of().desc()).limit(BATCH)
        if before is not None:
            query = query.where(id_of() < before)
        async with database.reading() as session:
            ids = list((await session.exec(query)).all())
            tasks = await read_tasks(session, ids)
        if not ids:
            return
        before = ids[-1]
        yield [_row(task, columns) for task in tasks]


def _row(task: TaskRead, columns: Sequence[str]) -> Row:
    row: Row = dict.fromkeys(columns)
    row.update({name: getattr(task, name) for name in FIXED})
    row["status"] = str(task.status)
    row["tags"] = ",".join(task.tags)
    # What appeared after the columns were found has none; the next export has it.
    found = {f"params.{path}": value for path, value in task.params.items()}
    for name, values in task.metrics.items():
        found |= {f"metrics.{name}.{measure}": getattr(values, measure) for measure in MEASURES}
    row.update({name: value for name, value in found.items() if name in row})
    return row


async def _csv(table: Table) -> AsyncIterator[bytes]:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(table.columns)
    async for rows in table.batches():
        writer.writerows([[_cell(value) for value in row.values()] for row in rows])
        yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode("utf-8", "surrogatepass")


def _cell(value: Any) -> Any:
    plain = _plain(value)
    return json.dumps(plain, ensure_ascii=False) if isinstance(plain, list | dict) else plain


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


async def _json(table: Table) -> AsyncIterator[bytes]:
    separator = "[\n"
    async for rows in table.batches():
        lines = [json.dumps(_values(row), ensure_ascii=False) for row in rows]
        yield (separator + ",\n".join(lines)).encode("utf-8", "replace")
        separator = ",\n"
    yield b"[]\n" if separator == "[\n" else b"\n]\n"


def _values(row: Row) -> Row:
    return {name: _plain(value) for name, value in row.items()}


async def _yaml(table: Table) -> AsyncIterator[bytes]:
    is_empty = True
    async for rows in table.batches():
        is_empty = False
        yield await asyncio.to_thread(_yaml_text, rows)
    if is_empty:
        yield b"[]\n"


def _yaml_text(rows: list[Row]) -> bytes:
    buffer = io.BytesIO()
    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = False
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # untyped there
    writer.dump([_values(row) for row in rows], buffer)
    return buffer.getvalue()


async def _parquet(table: Table) -> AsyncIterator[bytes]:
    """Each column has one type, known only at the end: gathered, written to a file, then sent."""
    columns: dict[str, list[Any]] = {name: [] for name in table.columns}
    async for rows in table.batches():
        for row in rows:
            for name, value in row.items():
                columns[name].append(value)
    frame = pl.DataFrame([_series(name, values) for name, values in columns.items()])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tasks.parquet"
        await asyncio.to_thread(frame.write_parquet, path)
        with path.open("rb") as file:
            while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
                yield chunk


def _series(name: str, values: list[Any]) -> pl.Series:
    """A column in the narrowest type that holds all its values; text where they differ."""
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {bool}:
        return pl.Series(name, values, dtype=pl.Boolean)
    if kinds == {datetime}:
        return pl.Series(name, values, dtype=pl.Datetime("us", "UTC"))
    if kinds == {int} and all(value is None or abs(value) < 2**63 for value in values):
        return pl.Series(name, values, dtype=pl.Int64)
    if kinds <= {int, float, bool}:
        return pl.Series(name, [None if v is None else float(v) for v in values], dtype=pl.Float64)
    texts = [None if value is None else str(_cell(value)) for value in values]
    return pl.Series(name, texts, dtype=pl.String)
