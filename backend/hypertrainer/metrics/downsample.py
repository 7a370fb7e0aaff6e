"""From a long series to few points that draw the same picture.

Buckets of equal width on x, the same for all series of one answer; of each bucket the first, last,
lowest and highest point are kept (M4: Jugel et al., "M4: a visualization-oriented time series data
aggregation", VLDB 2014), so that no peak, start or end is ever lost.
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from math import inf, isfinite

import polars as pl

from hypertrainer.metrics.finite import are_finite

POINTS_PER_BUCKET = 4
_SHORT = 20_000  # rows; below this, plain lists are quicker than Polars

Point = tuple[float, float | None]
Band = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Grid:
    """`buckets` intervals of equal width from `low` to `high`."""

    low: float
    high: float
    buckets: int

    def edges(self) -> list[float]:
        """The inner edges; a point on an edge belongs to the bucket after it."""
        # Dividing first keeps the width finite however large the range.
        step = self.high / self.buckets - self.low / self.buckets
        return [self.low + step * index for index in range(1, self.buckets)]

    def middles(self) -> list[float]:
        step = self.high / self.buckets - self.low / self.buckets
        return [self.low + step * (index + 0.5) for index in range(self.buckets)]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A series as it is drawn. A value is None where it was nan or infinite: a gap.

    `bands` are (x, lowest, highest) at the middle of each bucket; None where nothing was left out.
    """

    points: list[Point]
    bands: list[Band] | None
    count: int
    non_finite: int

    @property
    def is_downsampled(self) -> bool:
        return self.bands is not None


def shared_grid(columns: Iterable[pl.Series], max_points: int) -> Grid | None:
    """The grid for all these sorted x columns; None when every one is empty."""
    filled = [x for x in columns if len(x)]
    if not filled:
        return None
    low, high = min(x[0] for x in filled), max(x[-1] for x in filled)
    return Grid(low, high, max(max_points // POINTS_PER_BUCKET, 1))


def draw(x: pl.Series, value: pl.Series, grid: Grid | None, max_points: int) -> Drawing:
    """The points of one series, whose finite `x` ascend: all of them, or at most `max_points`."""
    if len(x) <= max_points or grid is None:
        return _raw(x, value)
    return _short(x, value, grid) if len(x) < _SHORT else _long(x, value, grid)


def _raw(x: pl.Series, value: pl.Series) -> Drawing:
    values = _gapped(value)
    return Drawing(list(zip(x.to_list(), values, strict=True)), None, len(x), values.count(None))


def _gapped(value: pl.Series) -> list[float | None]:
    numbers = value.to_list()
    return numbers if are_finite(value) else [n if isfinite(n) else None for n in numbers]


def _short(x: pl.Series, value: pl.Series, grid: Grid) -> Drawing:
    xs, gapped = x.to_list(), _gapped(value)
    gaps = gapped.count(None)
    lows = [inf if number is None else number for number in gapped]
    highs = [-inf if number is None else number for number in gapped] if gaps else lows
    cuts = [0, *(bisect_left(xs, edge) for edge in grid.edges()), len(xs)]
    points: list[Point] = []
    bands: list[Band] = []
    for middle, start, end in zip(grid.middles(), cuts, cuts[1:], strict=False):
        if start == end:
            continue
        low, high = min(lows[start:end]), max(highs[start:end])
        kept = {start, end - 1}
        if low < inf:
            kept |= {lows.index(low, start, end), highs.index(high, start, end)}
            bands.append((middle, low, high))
        points += [(xs[index], gapped[index]) for index in sorted(kept)]
    return Drawing(points, bands, len(xs), gaps)


def _long(x: pl.Series, value: pl.Series, grid: Grid) -> Drawing:
    finite = value
    if not are_finite(value):
        finite = pl.select(pl.when(value.is_finite()).then(value)).to_series()
    cuts = [0, *x.search_sorted(pl.Series(grid.edges(), dtype=pl.Float64), "left"), len(x)]
    kept: list[int] = []
    bands: list[Band] = []
    for middle, start, end in zip(grid.middles(), cuts, cuts[1:], strict=False):
        if start == end:
            continue
        part = finite.slice(start, end - start)
        lowest, highest = part.arg_min(), part.arg_max()
        if lowest is None or highest is None:
            kept += sorted({start, end - 1})
            continue
        kept += sorted({start, end - 1, start + lowest, start + highest})
        bands.append((middle, part[lowest], part[highest]))
    index = pl.Series(kept, dtype=pl.UInt32)
    points = list(zip(x.gather(index).to_list(), finite.gather(index).to_list(), strict=True))
    return Drawing(points, bands, len(x), finite.null_count())
