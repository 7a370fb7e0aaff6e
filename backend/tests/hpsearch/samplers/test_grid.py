"""Grids: whole, each point once, in an order that nothing disturbs."""

import json
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hypertrainer.errors import InvalidInput, NoPointLeft
from hypertrainer.hpsearch.facts import FactKind, Origin
from hypertrainer.hpsearch.history import History
from hypertrainer.hpsearch.samplers.grid import grid_size
from hypertrainer.hpsearch.samplers.suggest import suggest, suggest_many
from hypertrainer.hpsearch.spec import Algorithm, Condition, Parameter, Spec
from tests.hpsearch.logs_of_facts import FactLog

NAME = Parameter(path="name", type="categorical", values=("sgd", "adam"))
LAYERS = Parameter(path="layers", type="int", low=1, high=3)
RATE = Parameter(path="rate", low=0.1, high=0.3, step=0.1)
MOMENTUM = Parameter(
    path="momentum", low=0.5, high=0.9, count=3, when=(Condition(path="name", values=("sgd",)),)
)


def grid(*params: Parameter, **changes: Any) -> Spec:
    return Spec(algorithm=Algorithm.GRID, params=params, **changes)


def values_of(spec: Spec, seed: int = 1) -> list[dict[str, Any]]:
    return [dict(found.values) for found in suggest_many(History(spec, seed), 1_000)]


def test_the_first_parameter_changes_slowest() -> None:
    expected = [
        {"name": name, "layers": layers} for name, layers in product(("sgd", "adam"), (1, 2, 3))
    ]
    assert values_of(grid(NAME, LAYERS)) == expected
    assert grid_size(grid(NAME, LAYERS)) == 6


@given(
    st.lists(st.integers(1, 4), min_size=1, max_size=4),
    st.integers(0, 12),
    st.booleans(),
    st.integers(0, 2**31),
)
def test_a_grid_is_whole_and_has_each_point_once(
    sizes: list[int], limit: int, is_shuffled: bool, seed: int
) -> None:
    params = [
        Parameter(path=f"p{index}", type="int", low=0, high=size - 1)
        for index, size in enumerate(sizes)
    ]
    total = " + ".join(parameter.path for parameter in params)
    options = {"shuffle": True} if is_shuffled else {}
    spec = grid(*params, constraints=(f"{total} <= {limit}",), algorithm_options=options)
    found = values_of(spec, seed)
    allowed = [row for row in product(*map(range, sizes)) if sum(row) <= limit]
    assert sorted(tuple(one.values()) for one in found) == allowed
    assert grid_size(spec) == len(allowed)


def test_points_that_conditions_make_equal_are_there_once() -> None:
    found = values_of(grid(NAME, MOMENTUM, RATE))
    assert len(found) == 3 * 3 + 3
    assert len({json.dumps(one) for one in found}) == len(found)


def test_shuffled_grids_differ_by_seed_and_are_the_same_for_one() -> None:
    spec = grid(NAME, LAYERS, RATE, algorithm_options={"shuffle": True})
    one, again, other = values_of(spec, 1), values_of(spec, 1), values_of(spec, 2)
    assert one == again != other
    assert one != values_of(grid(NAME, LAYERS, RATE))
    key = json.dumps
    assert sorted(map(key, one)) == sorted(map(key, other))


def test_a_number_is_a_place_in_the_grid() -> None:
    spec = grid(NAME, LAYERS)
    assert suggest(History(spec, 1), 4).values == {"name": "adam", "layers": 2}
    assert suggest(History(spec, 1), 4).origin is Origin.GRID


def test_a_used_up_grid_says_so() -> None:
    with pytest.raises(NoPointLeft, match="taken by an earlier"):
        suggest(History(grid(NAME), 1), 2)
    log = FactLog(grid(NAME))
    log.ask(0, name="sgd")
    log.ask(1, name="adam")
    with pytest.raises(NoPointLeft, match="All 2 points of the grid have been tried"):
        suggest(log.history, 2)


def test_a_point_tried_first_is_not_tried_again() -> None:
    spec = grid(NAME, LAYERS, try_first=({"name": "adam", "layers": 1},))
    found = values_of(spec)
    assert found[0] == {"name": "adam", "layers": 1}
    assert len(found) == 6
    assert len({json.dumps(one, sort_keys=True) for one in found}) == 6


def test_an_edited_grid_goes_on_with_what_was_not_tried() -> None:
    log = FactLog(grid(LAYERS))
    log.ask(0, layers=1)
    log.ask(1, layers=2)
    wider = grid(Parameter(path="layers", type="int", low=0, high=3))
    log.add(FactKind.REVISED, data={"spec": wider.model_dump(mode="json")})
    left = [found.values["layers"] for found in suggest_many(log.history, 10)]
    assert sorted(left) == [0, 3]


def test_what_is_no_grid_is_refused() -> None:
    with pytest.raises(InvalidInput, match="`step`, `count` or `values` for rate"):
        grid_size(grid(Parameter(path="rate", low=0, high=1)))
    with pytest.raises(InvalidInput, match="more than 100,000 points"):
        grid_size(grid(*(Parameter(path=f"p{i}", type="int", low=1, high=10) for i in range(6))))
