"""Whole series as CSV, block by block, straight from the files."""

from collections.abc import Iterator, Sequence

import polars as pl

from hypertrainer.metrics.appended import Position, read_appended
from hypertrainer.metrics.folder import MetricFile, TaskFolder, metric_files
from hypertrainer.metrics.parse import ParserState, parse

BLOCK_BYTES = 1_048_576
_MOST_WHOLE = 2.0**53  # below it a float holds every whole number
HEADER = b"task_id,name,class,epoch,value\n"


def csv_of(folders: Sequence[TaskFolder], names: Sequence[str]) -> Iterator[bytes]:
    """Every point in the order of the file; nan and infinite values as NaN, inf and -inf."""
    yield HEADER
    for folder in folders:
        for file in metric_files(folder.path, names):
            for frame in _frames(file, is_final=folder.is_final):
                yield _csv(folder.task_id, file.name, frame)


def _frames(file: MetricFile, *, is_final: bool) -> Iterator[pl.DataFrame]:
    position, state = Position(), ParserState()
    try:
        while True:
            appended = read_appended(file.path, position, BLOCK_BYTES)
            if appended.is_anew and position.offset:
                return  # written anew meanwhile: rows of two files must not mix
            is_last = is_final and appended.is_at_end
            parsed = parse(file.source.format, appended.data, state, is_final=is_last)
            state = parsed.state
            position = appended.start.advanced(appended.data, parsed.consumed)
            if len(parsed.frame):
                yield parsed.frame
            if appended.is_at_end:
                return
    except OSError:
        return  # gone meanwhile: what was sent stands


def _csv(task_id: int, name: str, frame: pl.DataFrame) -> bytes:
    label = pl.col("label") if "label" in frame.columns else pl.lit("")
    epoch = pl.col("epoch")
    is_whole = (epoch == epoch.floor()) & (epoch.abs() < _MOST_WHOLE)
    table = frame.select(
        pl.lit(task_id).alias("task_id"),
        pl.lit(name).alias("name"),
        label.alias("class"),
        pl.when(is_whole)
        .then(epoch.cast(pl.Int64, strict=False))
        .cast(pl.String)
        .fill_null(epoch.cast(pl.String)),
        "value",
    )
    return table.write_csv(include_header=False).encode()
