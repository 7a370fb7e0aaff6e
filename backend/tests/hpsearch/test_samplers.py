"""Samplers: inside the bounds, repeatable, and each trial by itself."""

import math

from hypothesis import given
from hypothesis import strategies as st

from hypertrainer.hpsearch.samplers.registry import SAMPLERS, create_sampler
from hypertrainer.hpsearch.samplers.seeds import trial_seed
from hypertrainer.hpsearch.space import Parameter, SearchSpace

BOUNDS = st.floats(-1e300, 1e300)
RATE = Parameter(path="training.lr", low=-4, high=-2, exponent_base=10)
WIDTH = Parameter(path="model.width", low=1, high=2)


def space(*params: Parameter) -> SearchSpace:
    return SearchSpace(n_trials=3, params=params)


@given(BOUNDS, BOUNDS, st.integers(0, 2**31 - 1), st.integers(0, 10_000))
def test_every_value_is_within_its_bounds(one: float, other: float, seed: int, number: int) -> None:
    low, high = sorted([one, other])
    parameter = Parameter(path="a", low=low, high=high)
    assert low <= create_sampler(space(parameter), seed).suggest(number)["a"] <= high


@given(st.floats(0.1, 100).filter(lambda base: base != 1), st.integers(0, 10_000))
def test_with_a_base_the_exponent_is_within_its_bounds(base: float, number: int) -> None:
    parameter = Parameter(path="a", low=-4, high=-2, exponent_base=base)
    value = create_sampler(space(parameter), 1).suggest(number)["a"]
    assert -4 - 1e-9 <= math.log(value, base) <= -2 + 1e-9 or math.isclose(base, 1, rel_tol=1e-3)


def test_the_same_seed_gives_the_same_points_in_any_order() -> None:
    first, second = create_sampler(space(RATE), 7), create_sampler(space(RATE), 7)
    points = [first.suggest(number) for number in range(5)]
    assert [second.suggest(number) for number in (4, 0, 2)] == [points[4], points[0], points[2]]


def test_another_seed_or_trial_gives_another_point() -> None:
    points = {
        create_sampler(space(RATE), seed).suggest(number)["training.lr"]
        for seed in range(5)
        for number in range(20)
    }
    assert len(points) == 100


def test_a_parameter_more_leaves_those_before_it_as_they_are() -> None:
    alone = create_sampler(space(RATE), 7).suggest(3)
    beside = create_sampler(space(RATE, WIDTH), 7).suggest(3)
    assert alone["training.lr"] == beside["training.lr"]
    assert 1 <= beside["model.width"] <= 2


def test_values_fill_their_range_evenly() -> None:
    sampler = create_sampler(space(WIDTH), 1)
    values = [sampler.suggest(number)["model.width"] for number in range(1_000)]
    for quarter in range(4):
        within = [value for value in values if 1 + quarter / 4 <= value < 1 + (quarter + 1) / 4]
        assert 200 < len(within) < 300


def test_seeds_never_change_from_one_version_to_the_next() -> None:
    """A stored search must give its points again: these numbers are its contract."""
    # printf '0:0' | sha256sum | cut -c1-16, as a number
    assert trial_seed(0, 0) == 12426054289685354689
    assert create_sampler(space(RATE), 1).suggest(0) == {"training.lr": 0.005033349645865083}


def test_the_algorithm_that_is_read_has_a_sampler() -> None:
    assert space(RATE).algorithm in SAMPLERS
