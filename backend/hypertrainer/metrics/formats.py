"""The three line formats a script may write, and which file holds which."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import polars as pl

PROGRESS_FILE = "progress.log"
_METRIC_FILE = re.compile(r"metric_(classwise_)?(.+)\.log", re.DOTALL)


@dataclass(frozen=True)
class Column:
    """One field of a line. `is_finite`: a line where it is nan or infinite is a bad line."""

    name: str
    is_text: bool = False
    is_finite: bool = False


@dataclass(frozen=True)
class Format:
    """The fields of a line, in order."""

    name: Literal["scalar", "classwise", "progress"]
    columns: tuple[Column, ...]

    @cached_property
    def schema(self) -> dict[str, type[pl.String | pl.Float64]]:
        """The Polars types of the fields: text is String, every number Float64."""
        return {c.name: pl.String if c.is_text else pl.Float64 for c in self.columns}

    @cached_property
    def has_text(self) -> bool:
        return any(column.is_text for column in self.columns)


EPOCH = Column("epoch", is_finite=True)
SCALAR = Format("scalar", (EPOCH, Column("value")))
CLASSWISE = Format("classwise", (EPOCH, Column("label", is_text=True), Column("value")))
PROGRESS = Format(
    "progress",
    (
        EPOCH,
        Column("phase", is_text=True),
        Column("iteration", is_finite=True),
        Column("iterations", is_finite=True),
        Column("time", is_finite=True),
    ),
)


@dataclass(frozen=True)
class Source:
    """What a file's name says: its format, and the metric's name (None for `progress.log`)."""

    format: Format
    metric: str | None


def find_source(file_name: str) -> Source | None:
    """The source a file of this name is; None for any other file.

    Names that are no text (not UTF-8, control characters) could not be sent: they are no sources.
    """
    if not file_name.isprintable():
        return None
    if file_name == PROGRESS_FILE:
        return Source(PROGRESS, None)
    match = _METRIC_FILE.fullmatch(file_name)
    if match is None:
        return None
    return Source(CLASSWISE if match[1] else SCALAR, match[2])
