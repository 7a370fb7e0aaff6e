"""A metric of one task as a search sees it: in the order in which it was written.

Epoch k is the k-th distinct epoch that appeared, so that files may count from 0 or from 1, and a
script that was restarted and writes epochs again counts none twice. The value of an epoch is that
of its first line. All of it depends on the file alone, never on when it was looked at.
"""

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isfinite, nan
from pathlib import Path

from hypertrainer.hpsearch.spec import SUMMARY, Direction
from hypertrainer.metrics.appended import Position, read_appended
from hypertrainer.metrics.formats import SCALAR
from hypertrainer.metrics.parse import ParserState, parse

BLOCK_BYTES = 8_388_608
MAX_EPOCHS = 1_000_000  # of a script that never ends, the first so many count


def _numbers() -> "array[float]":
    return array("d")


@dataclass(slots=True)
class Epochs:
    """Which epochs appeared. Nearly always they only rise: a million of those are 8 MB."""

    _rising: "array[float]" = field(default_factory=_numbers)
    _others: set[float] = field(default_factory=set)

    def add(self, epoch: float) -> bool:
        """Whether it is a new one."""
        rising = self._rising
        if not rising or epoch > rising[-1]:
            rising.append(epoch)
            return True
        if rising[bisect_left(rising, epoch)] == epoch or epoch in self._others:
            return False
        self._others.add(epoch)
        return True


@dataclass(slots=True)
class Curve:
    """What a metric file said so far.

    `lowest[k]` and `highest[k]` are over all lines up to the first of epoch k + 1, as far as they
    are finite; nan before the first such. `not_finite` are the epochs whose value is not.
    """

    values: "array[float]" = field(default_factory=_numbers)
    lowest: "array[float]" = field(default_factory=_numbers)
    highest: "array[float]" = field(default_factory=_numbers)
    not_finite: "array[int]" = field(default_factory=lambda: array("q"))
    last: float | None = None
    least: float = nan
    most: float = nan
    _epochs: Epochs = field(default_factory=Epochs)

    def add(self, epoch: float, value: float) -> None:
        """Take the next line in."""
        self.last = value
        if isfinite(value):
            self.least = value if not self.least <= value else self.least
            self.most = value if not self.most >= value else self.most
        if len(self.values) >= MAX_EPOCHS or not self._epochs.add(epoch):
            return
        self.values.append(value)
        if not isfinite(value):
            self.not_finite.append(len(self.values))
        self.lowest.append(self.least)
        self.highest.append(self.most)

    def best_until(self, epoch: int, direction: Direction) -> float:
        """The best finite value up to epoch `epoch`, which counts from 1; nan without one."""
        bests = self.lowest if direction is Direction.MINIMIZE else self.highest
        return bests[epoch - 1]

    def summary(self, kind: str, direction: Direction, until: int | None = None) -> float | None:
        """One number for the whole curve, or for its first epochs; None where it has none.

        `kind` is best, last, mean_last_N or at_epoch_N.
        """
        values = self.values if until is None else self.values[:until]
        if not values:
            return None
        if kind == "best":
            found = self._best(direction) if until is None else self.best_until(until, direction)
            return found if isfinite(found) else None
        if kind == "last":
            return self.last if until is None else values[-1]
        return _of_some(values, kind)

    def _best(self, direction: Direction) -> float:
        return self.least if direction is Direction.MINIMIZE else self.most


def _of_some(values: Sequence[float], kind: str) -> float | None:
    match = SUMMARY.fullmatch(kind)
    if match is None:
        raise ValueError(f"no summary is called {kind}")
    if match[2]:
        epoch = int(match[2])
        return values[epoch - 1] if epoch <= len(values) else None
    newest = values[-int(match[1]) :]
    return sum(newest) / len(newest)


@dataclass(slots=True)
class CurveFile:
    """One metric file being followed."""

    path: Path
    curve: Curve = field(default_factory=Curve)
    _position: Position = field(default_factory=Position)
    _parser: ParserState = field(default_factory=ParserState)

    def read(self, *, is_final: bool) -> Curve:
        """The curve with what was appended since; a file that is not there says nothing. Blocks.

        With `is_final` (its task has ended) a last line without its newline counts too. A file
        that was written anew is another curve.
        """
        try:
            while self._read_block(is_final=is_final):
                pass
        except OSError:
            pass
        return self.curve

    def _read_block(self, *, is_final: bool) -> bool:
        """Whether there is more."""
        appended = read_appended(self.path, self._position, BLOCK_BYTES)
        if appended.is_anew:
            self.curve, self._parser = Curve(), ParserState()
        is_last = is_final and appended.is_at_end
        parsed = parse(SCALAR, appended.data, self._parser, is_final=is_last)
        for epoch, value in parsed.frame.iter_rows():
            self.curve.add(epoch, value)
        self._parser = parsed.state
        self._position = appended.start.advanced(appended.data, parsed.consumed)
        return not appended.is_at_end


def metric_path(folder: str, metric: str) -> Path:
    """The file that a task writes a metric into."""
    return Path(folder) / f"metric_{metric}.log"
