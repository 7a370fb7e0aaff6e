"""A metric in a few numbers, extended by new rows only."""

from math import isfinite

import polars as pl
from pydantic import BaseModel, ConfigDict

from hypertrainer.metrics.finite import are_finite
from hypertrainer.metrics.formats import CLASSWISE

KEPT_CLASSES = 1_000


class Summary(BaseModel):
    """The numbers of one metric file so far; over all classes where there are classes.

    Of `first`, `last`, `min` and `max` none is ever nan or infinite: the first and last are null
    where the value was, the extremes pass over it. `min_epoch` and `max_epoch` are the epochs
    where the extremes were first reached. Only the first 1,000 classes are listed.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    is_classwise: bool
    classes: tuple[str, ...] = ()
    count: int = 0
    non_finite: int = 0
    first: float | None = None
    last: float | None = None
    min: float | None = None
    max: float | None = None
    min_epoch: float | None = None
    max_epoch: float | None = None
    bad_lines: int = 0

    def extended(self, frame: pl.DataFrame, bad_lines: int) -> "Summary":
        """The summary after further rows in the order of the file; `bad_lines` is the new total."""
        if frame.is_empty():
            return self.model_copy(update={"bad_lines": bad_lines})
        value = frame["value"]
        changes: dict[str, object] = {
            "bad_lines": bad_lines,
            "count": self.count + len(value),
            "last": _finite(value[-1]),
            "classes": _classes(self.classes, frame) if self.is_classwise else (),
        }
        if self.count == 0:
            changes["first"] = _finite(value[0])
        return self.model_copy(update=changes | self._extremes(frame))

    def _extremes(self, frame: pl.DataFrame) -> dict[str, object]:
        epoch, value = frame["epoch"], frame["value"]
        if not are_finite(value):
            is_finite = value.is_finite()
            epoch, value = epoch.filter(is_finite), value.filter(is_finite)
        changes: dict[str, object] = {"non_finite": self.non_finite + frame.height - len(value)}
        lowest, highest = value.arg_min(), value.arg_max()
        if lowest is not None and (self.min is None or value[lowest] < self.min):
            changes |= {"min": value[lowest], "min_epoch": epoch[lowest]}
        if highest is not None and (self.max is None or value[highest] > self.max):
            changes |= {"max": value[highest], "max_epoch": epoch[highest]}
        return changes


def empty_summary(name: str, form_name: str) -> Summary:
    """The summary of a metric without rows yet."""
    return Summary(name=name, is_classwise=form_name == CLASSWISE.name)


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None


def _classes(known: tuple[str, ...], frame: pl.DataFrame) -> tuple[str, ...]:
    """The classes in the order of their first row."""
    found = frame["label"].unique(maintain_order=True).to_list()
    new = [label for label in found if label not in set(known)]
    return (*known, *new)[:KEPT_CLASSES]
