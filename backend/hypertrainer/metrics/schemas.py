"""HTTP bodies of metrics. Numbers are finite: JSON knows neither nan nor infinity."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from hypertrainer.metrics.parse import BadLine
from hypertrainer.tasks.schemas import TaskId

MAX_POINTS = 500
DEFAULT_POINTS = 300
MetricName = Annotated[str, Field(min_length=1, max_length=255)]
Finite = Annotated[float, Field(allow_inf_nan=False)]


class MetricItem(BaseModel):
    """One metric of a task in a few numbers.

    `min_epoch` and `max_epoch` are the epochs where the extremes were first reached. `first` and
    `last` are null where the value was nan or infinite; `non_finite` counts such values.
    `bad_samples` are the first few lines that could not be read, `bad_lines` counts all.
    """

    name: str
    is_classwise: bool
    classes: list[str]
    count: int
    non_finite: int
    first: float | None
    last: float | None
    min: float | None
    max: float | None
    min_epoch: float | None
    max_epoch: float | None
    bad_lines: int
    bad_samples: list[BadLine]


class MetricList(BaseModel):
    """All metrics of a task."""

    items: list[MetricItem]


class SeriesQuery(BaseModel):
    """Which series, over which range of x, and in how many points each."""

    model_config = ConfigDict(extra="forbid")

    task_id: Annotated[list[TaskId], Field(min_length=1, max_length=500)]
    name: Annotated[
        list[MetricName], Field(max_length=200, description="none: all metrics of the tasks")
    ] = []
    max_points: Annotated[int, Field(ge=4, le=MAX_POINTS)] = DEFAULT_POINTS
    x: Annotated[
        Literal["epoch", "time"], Field(description="time: seconds since 1970, by progress.log")
    ] = "epoch"
    from_: Annotated[Finite | None, Field(alias="from", description="lowest x")] = None
    to: Annotated[Finite | None, Field(description="highest x")] = None


class SeriesRead(BaseModel):
    """One line of a chart: x ascends, a value is null where it was nan or infinite.

    `count` points lie in the range asked for. Where they are too many (`is_downsampled`), `points`
    holds the first, last, lowest and highest of each bucket and `bands` [x, lowest, highest] of
    each bucket. `note` says why a series is empty.
    """

    task_id: int
    name: str
    class_label: str | None
    points: list[tuple[float, float | None]]
    bands: list[tuple[float, float, float]] | None
    count: int
    is_downsampled: bool
    non_finite: int
    note: str | None


class SeriesList(BaseModel):
    """The lines of a chart; their buckets have the same edges."""

    series: list[SeriesRead]


class ExportQuery(BaseModel):
    """Which series to export, whole."""

    model_config = ConfigDict(extra="forbid")

    task_id: Annotated[list[TaskId], Field(min_length=1, max_length=500)]
    name: Annotated[list[MetricName], Field(max_length=200)] = []
    format: Literal["csv"] = "csv"
