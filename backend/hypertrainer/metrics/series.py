"""From the metric files of some tasks to the lines of one chart."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import polars as pl

from hypertrainer.errors import FieldProblem, InvalidInput
from hypertrainer.metrics.columns import ColumnCache, Columns
from hypertrainer.metrics.downsample import POINTS_PER_BUCKET, Grid, draw, shared_grid
from hypertrainer.metrics.folder import MetricFile, TaskFolder, metric_files, progress_file
from hypertrainer.metrics.formats import PROGRESS, Source
from hypertrainer.metrics.schemas import SeriesQuery, SeriesRead
from hypertrainer.metrics.timeline import times_of

TOTAL_POINTS = 20_000
MOST_SERIES = TOTAL_POINTS // POINTS_PER_BUCKET

_NO_TIMES = (
    "No times: the task has no progress.log with lines that can be read, and metric files name "
    "epochs only. Draw it over epochs."
)


@dataclass(frozen=True, slots=True)
class Line:
    """One series before it is thinned out; x ascends."""

    task_id: int
    name: str
    label: str | None
    x: pl.Series
    value: pl.Series
    note: str | None = None

    def within(self, low: float | None, high: float | None) -> "Line":
        """The part with low <= x <= high."""
        start = 0 if low is None else int(self.x.search_sorted(low, "left"))
        end = len(self.x) if high is None else int(self.x.search_sorted(high, "right"))
        if start == 0 and end == len(self.x):
            return self
        length = max(end - start, 0)
        return replace(self, x=self.x.slice(start, length), value=self.value.slice(start, length))


def drawn_series(
    folders: Sequence[TaskFolder], cache: ColumnCache, query: SeriesQuery
) -> list[SeriesRead]:
    """The series of these tasks, all together at most 20,000 points.

    Raises:
        InvalidInput: there are too many series for even a few points each.
    """
    lines = [
        line.within(query.from_, query.to)
        for folder in folders
        for line in _lines(folder, cache, query)
    ]
    if len(lines) > MOST_SERIES:
        raise InvalidInput(
            f"{len(lines):,} series are more than a chart can hold ({MOST_SERIES:,}); "
            "ask for fewer tasks or metrics.",
            [FieldProblem("task_id", f"at most {MOST_SERIES:,} series in all")],
        )
    max_points = min(query.max_points, TOTAL_POINTS // max(len(lines), 1))
    grid = shared_grid((line.x for line in lines if len(line.x) > max_points), max_points)
    return [_drawn(line, grid, max_points) for line in lines]


def read_columns(folder: TaskFolder, file: MetricFile, cache: ColumnCache) -> Columns | None:
    """A metric file's columns as they are now; None when it has just gone or cannot be read."""
    try:
        return cache.read(file.path, file.source, is_final=folder.is_final)
    except OSError:
        return None


def _lines(folder: TaskFolder, cache: ColumnCache, query: SeriesQuery) -> Iterator[Line]:
    timeline = _timeline(folder, cache) if query.x == "time" else None
    for file in metric_files(folder.path, query.name):
        columns = read_columns(folder, file, cache)
        if columns is None:
            continue
        for label, frame in columns.frames.items():
            line = Line(folder.task_id, file.name, label, frame["epoch"], frame["value"])
            yield line if timeline is None else _over_time(line, timeline)


def _timeline(folder: TaskFolder, cache: ColumnCache) -> pl.DataFrame:
    """(epoch, time) of the task; empty when it is not known."""
    path = progress_file(folder.path)
    try:
        if path is not None:
            source = Source(PROGRESS, None)
            return cache.read(path, source, is_final=folder.is_final).frames[None]
    except OSError:
        pass  # gone in this moment: as if it had not been there
    return pl.DataFrame()


def _over_time(line: Line, timeline: pl.DataFrame) -> Line:
    if timeline.is_empty():
        return replace(line, x=line.x.clear(), value=line.value.clear(), note=_NO_TIMES)
    frame = pl.DataFrame({"x": times_of(line.x, timeline), "value": line.value})
    if not frame["x"].is_sorted():  # a resumed run went back
        frame = frame.sort("x", maintain_order=True)
    return replace(line, x=frame["x"], value=frame["value"])


def _drawn(line: Line, grid: Grid | None, max_points: int) -> SeriesRead:
    drawing = draw(line.x, line.value, grid, max_points)
    return SeriesRead(
        task_id=line.task_id,
        name=line.name,
        class_label=line.label,
        points=drawing.points,
        bands=drawing.bands,
        count=drawing.count,
        is_downsampled=drawing.is_downsampled,
        non_finite=drawing.non_finite,
        note=line.note,
    )
