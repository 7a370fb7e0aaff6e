"""Thinning out: ends and extremes are kept, in every bucket, on one grid."""

from itertools import pairwise
from math import inf, isfinite, nan

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hypertrainer.metrics import downsample
from hypertrainer.metrics.downsample import Drawing, Grid, draw, shared_grid

XS = st.lists(st.floats(-1e6, 1e6) | st.integers(0, 20).map(float), max_size=200).map(sorted)
VALUES = st.floats() | st.integers(-5, 5).map(float)
Series = tuple[list[float], list[float]]


@st.composite
def all_series(draw_: st.DrawFn) -> Series:
    xs = draw_(XS)
    return xs, draw_(st.lists(VALUES, min_size=len(xs), max_size=len(xs)))


def _columns(series: Series) -> tuple[pl.Series, pl.Series]:
    return pl.Series(series[0], dtype=pl.Float64), pl.Series(series[1], dtype=pl.Float64)


def _drawn(series: Series, max_points: int, grid: Grid | None = None) -> Drawing:
    x, value = _columns(series)
    return draw(x, value, grid or shared_grid([x], max_points), max_points)


@given(all_series(), st.integers(4, 60))
def test_ends_and_extremes_are_always_kept(series: Series, max_points: int) -> None:
    xs, values = series
    drawing = _drawn(series, max_points)
    finite = [value for value in values if isfinite(value)]
    assert drawing.count == len(xs)
    assert drawing.non_finite == len(values) - len(finite)
    assert len(drawing.points) <= max_points
    assert drawing.is_downsampled == (len(xs) > max_points)
    points = [value for _, value in drawing.points if value is not None]
    if finite:
        assert (min(points), max(points)) == (min(finite), max(finite))
    if xs:
        ends = [(xs[i], values[i] if isfinite(values[i]) else None) for i in (0, -1)]
        assert [drawing.points[0], drawing.points[-1]] == ends


@given(all_series(), st.integers(4, 60))
def test_points_are_points_of_the_series_and_ascend(series: Series, max_points: int) -> None:
    drawing = _drawn(series, max_points)
    known = {(x, v if isfinite(v) else None) for x, v in zip(*series, strict=True)}
    assert set(drawing.points) <= known
    assert all(a[0] <= b[0] for a, b in pairwise(drawing.points))


@given(all_series(), st.integers(4, 60))
def test_every_bucket_keeps_its_first_last_lowest_and_highest(
    series: Series, max_points: int
) -> None:
    x, value = _columns(series)
    grid = shared_grid([x], max_points)
    drawing = draw(x, value, grid, max_points)
    if grid is None or not drawing.is_downsampled:
        return
    bounds = [-inf, *grid.edges(), inf]
    for low, high in pairwise(bounds):
        inside = [v for at, v in zip(*series, strict=True) if low <= at < high]
        kept = [v for at, v in drawing.points if low <= at < high]
        finite = [v for v in inside if isfinite(v)]
        assert bool(inside) == bool(kept)
        if inside:
            assert kept[0] == (inside[0] if isfinite(inside[0]) else None)
            assert kept[-1] == (inside[-1] if isfinite(inside[-1]) else None)
        if finite:
            numbers = [v for v in kept if v is not None]
            assert (min(numbers), max(numbers)) == (min(finite), max(finite))


@given(all_series(), st.integers(4, 60))
def test_long_and_short_series_are_thinned_out_alike(series: Series, max_points: int) -> None:
    x, value = _columns(series)
    grid = shared_grid([x], max_points)
    if grid is None:
        return
    assert downsample._long(x, value, grid) == downsample._short(x, value, grid)


@given(all_series(), all_series(), st.integers(4, 40))
def test_the_bands_of_all_series_stand_on_one_grid(one: Series, two: Series, limit: int) -> None:
    grid = shared_grid([_columns(one)[0], _columns(two)[0]], limit)
    bands = [_drawn(series, limit, grid).bands or [] for series in (one, two)]
    if grid is not None:
        middles = set(grid.middles())
        assert all({x for x, _, _ in part} <= middles for part in bands)


def test_a_short_series_comes_as_it_is() -> None:
    drawing = _drawn(([0, 1, 1, 2], [5, nan, inf, 7]), 4)
    assert drawing.points == [(0, 5), (1, None), (1, None), (2, 7)]
    assert (drawing.bands, drawing.non_finite) == (None, 2)


def test_a_bucket_without_a_finite_value_is_a_gap() -> None:
    drawing = _drawn(([0, 1, 2, 3, 7, 8, 9], [1, 2, 3, 4, nan, nan, nan]), 4, Grid(0, 10, 2))
    assert drawing.points == [(0, 1), (3, 4), (7, None), (9, None)]
    assert drawing.bands == [(2.5, 1, 4)]


def test_many_points_at_one_x_do_not_break_the_grid() -> None:
    drawing = _drawn(([3.0] * 1000, [float(i % 7) for i in range(1000)]), 40)
    assert {x for x, _ in drawing.points} == {3}
    assert drawing.bands is not None
    assert [band[1:] for band in drawing.bands] == [(0, 6)]


def test_nothing_is_drawn_of_nothing() -> None:
    assert shared_grid([], 300) is None
    assert _drawn(([], []), 300).points == []


@pytest.mark.parametrize("rows", [20_000, 100_000])
def test_a_single_peak_in_a_long_series_is_seen(rows: int) -> None:
    values = [0.0] * rows
    values[rows // 3] = 99.0
    drawing = _drawn(([float(i) for i in range(rows)], values), 300)
    assert (float(rows // 3), 99.0) in drawing.points
    assert len(drawing.points) <= 300
