"""One parameter as a line: inside its bounds, on its steps, and back again."""

import math
from collections import Counter
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hypertrainer.hpsearch.samplers.axes import Axis
from hypertrainer.hpsearch.samplers.space import axis_of
from hypertrainer.hpsearch.spec import Parameter
from tests.hpsearch.samplers.spaces import parameters, ranges

QUANTILES = st.floats(0, 1, exclude_max=True)
DROPOUT = Parameter(path="dropout", low=0.0, high=0.5, step=0.05)


def axis(**fields: Any) -> Axis:
    return axis_of(Parameter(path="a", **fields))


def is_inside(parameter: Parameter, value: Any) -> bool:
    """What a user would say of it, computed otherwise than an axis does."""
    if parameter.is_choice:
        return any(value is one or value == one for one in parameter.values)
    low = -math.inf if parameter.low is None else parameter.low
    high = math.inf if parameter.high is None else parameter.high
    if type(value) is not (int if parameter.type == "int" else float):
        return False
    if parameter.step is None:
        return low <= value <= high
    steps = (value - low) / parameter.step
    return low <= value <= high + 1e-9 and abs(steps - round(steps)) < 1e-6


@given(parameters(), QUANTILES)
def test_every_value_is_inside_and_on_a_step(parameter: Parameter, quantile: float) -> None:
    assert is_inside(parameter, axis_of(parameter).at(quantile))


@given(parameters(), QUANTILES)
def test_a_value_leads_to_where_it_came_from(parameter: Parameter, quantile: float) -> None:
    line = axis_of(parameter)
    value = line.at(quantile)
    at = line.coordinate(value)
    assert at is not None
    assert line.domain.low <= at <= line.domain.high
    again = line.value(at)
    is_close = isinstance(again, float) and math.isclose(again, value, rel_tol=1e-6, abs_tol=1e-6)
    assert again == value or is_close or parameter.distribution != "uniform"


@given(ranges(), QUANTILES, QUANTILES)
def test_a_higher_quantile_has_no_lower_value(parameter: Parameter, a: float, b: float) -> None:
    line = axis_of(parameter)
    assert line.at(min(a, b)) <= line.at(max(a, b))


@given(parameters())
def test_points_of_a_grid_are_inside_and_each_there_once(parameter: Parameter) -> None:
    line = axis_of(parameter)
    if line.size is None:
        line = axis_of(parameter.model_copy(update={"count": 7}))
    elif line.size > 1_000:
        return
    points = line.points()
    assert len({repr(point) for point in points}) == len(points) == line.grid_size
    assert all(is_inside(parameter, point) for point in points)


def test_steps_are_written_as_a_user_would() -> None:
    line = axis_of(DROPOUT)
    assert line.points() == [0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5]
    assert axis(low=1e-5, high=5e-5, step=1e-5).points() == [1e-5, 2e-5, 3e-5, 4e-5, 5e-5]
    assert axis(low=0.1, high=1.0, step=0.3).points() == [0.1, 0.4, 0.7, 1.0]


def test_a_count_of_points_includes_both_ends() -> None:
    assert axis(low=0.0, high=1.0, count=11).points()[3] == 0.3
    assert axis(low=1e-5, high=1e-1, log=True, count=5).points() == [1e-5, 1e-4, 1e-3, 1e-2, 1e-1]
    assert axis(type="int", low=1, high=100, count=4).points() == [1, 34, 67, 100]
    assert axis(type="int", low=1, high=1000, log=True, count=4).points() == [1, 10, 100, 1000]
    assert axis(low=0.0, high=1.0, count=1).points() == [0.5]


def test_a_continuous_range_has_no_points() -> None:
    with pytest.raises(ValueError, match=r"A grid needs `step`, `count` or `values` for a\."):
        axis(low=0.0, high=1.0).points()


def test_a_range_by_exponents_has_the_values_it_always_had() -> None:
    """A stored search must give its points again."""
    line = axis_of(
        Parameter.model_validate({"path": "a", "low": -4, "high": -2, "exponent_base": 10})
    )
    assert line.at(Random(9).random()) == 10 ** Random(9).uniform(-4, -2)


@pytest.mark.parametrize(
    "fields",
    [
        {"low": 0.0, "high": 1.0},
        {"low": 1e-6, "high": 1e-2, "log": True},
        {"type": "int", "low": 1, "high": 4},
        {"type": "categorical", "values": ("a", "b", "c", "d")},
    ],
)
def test_values_fill_their_range_evenly(fields: dict[str, Any]) -> None:
    line, random = axis(**fields), Random(1)
    quarters: Counter[int] = Counter()
    for _ in range(4_000):
        at = line.coordinate(line.at(random.random()))
        assert at is not None
        low, high = line.domain.low, line.domain.high
        if line.domain.log:
            share = math.log(at / low) / math.log(high / low)
        else:
            share = (at - low) / (high - low + line.domain.is_whole)
        quarters[min(int(share * 4), 3)] += 1
    assert all(900 < quarters[quarter] < 1_100 for quarter in range(4)), quarters


def test_likelier_candidates_are_drawn_more_often() -> None:
    line, random = axis(type="categorical", values=(1, 2, 3), probabilities=(6, 0, 2)), Random(1)
    drawn = Counter(line.at(random.random()) for _ in range(1_000))
    assert 700 < drawn[1] < 800
    assert drawn[2] == 0
    assert line.at(1 - 1e-16) == 3


def test_a_prior_has_its_median_in_the_middle() -> None:
    assert axis(distribution="normal", mean=500, std=200, type="int").at(0.5) == 500
    assert axis(distribution="normal", mean=500, std=200, low=0, type="int").at(0.5) == 502
    assert axis(distribution="lognormal", mean=-9.2, std=2.0).at(0.5) == pytest.approx(
        math.exp(-9.2)
    )
    assert axis(distribution="normal", mean=0.0, std=1.0).at(0.975) == pytest.approx(1.96, abs=1e-3)


@pytest.mark.parametrize("quantile", [0.0, 0.5, 1 - 1e-16])
def test_a_prior_whose_bounds_are_far_out_in_its_tail_stays_within_them(quantile: float) -> None:
    line = axis(distribution="normal", mean=0.0, std=1.0, low=50.0, high=60.0)
    assert 50 <= line.at(quantile) <= 60
    assert math.isfinite(axis(distribution="normal", mean=0.0, std=1.0).at(quantile))


@pytest.mark.parametrize("value", [-0.01, 0.51, math.nan, math.inf, "0.1", True, None])
def test_what_is_no_value_of_a_range_lies_nowhere(value: object) -> None:
    assert axis_of(DROPOUT).coordinate(value) is None
    assert axis(low=0.0, high=0.5).coordinate(value) is None
    assert axis(low=0.0, high=0.5, distribution="normal", mean=0.2).coordinate(value) is None


def test_true_is_not_one_among_candidates() -> None:
    line = axis(type="categorical", values=(1, True, "1"))
    assert [line.coordinate(value) for value in (1, True, "1", 1.0, False)] == [0, 1, 2, 0, None]
