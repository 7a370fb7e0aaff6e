"""`hpsearch:` as the original had it: read in full, and every mistake told at its line."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hypertrainer.errors import FieldProblem, InvalidInput
from hypertrainer.hpsearch.space import Parameter, SearchSpace, child_config
from hypertrainer.hpsearch.space_reader import demand_search, parse_space
from hypertrainer.tasks.config import Config
from hypertrainer.tasks.yaml_scalars import write_value

BASE = "training:\n  lr: 0.1\n  batch: 32\n  layers: [64, 32]\n"
ORIGINAL = (
    BASE
    + """\
hpsearch:           # how to search
  n_trials: 3
  type: random_uniform
  desc: rates
  params:
    - param: training.lr
      exponent_base: 10
      lo: -5
      hi: -2
"""
)
GOOD = "{param: training.lr, lo: 1, hi: 2}"


def space_of(block: str) -> SearchSpace:
    return parse_space(Config.parse(f"{BASE}hpsearch: {block}\n"))


def problems_of(block: str) -> list[FieldProblem]:
    with pytest.raises(InvalidInput) as caught:
        space_of(block)
    return list(caught.value.fields)


def problem_of(block: str) -> FieldProblem:
    (problem,) = problems_of(block)
    return problem


def param_problem(item: str) -> FieldProblem:
    return problem_of(f"{{n_trials: 3, params: [{item}]}}")


def test_the_original_block_is_read_in_full() -> None:
    space = parse_space(Config.parse(ORIGINAL))
    assert space == SearchSpace(
        n_trials=3,
        desc="rates",
        params=(Parameter(path="training.lr", low=-5, high=-2, exponent_base=10),),
    )
    assert space.algorithm == "random"
    assert SearchSpace.model_validate(space.model_dump(mode="json")) == space


def test_trials_are_named_after_the_config_and_desc() -> None:
    assert space_of(f"{{n_trials: 3, params: [{GOOD}]}}").trial_name("hp_test", 0) == (
        "hp_test_hpsearch_0"
    )
    space = parse_space(Config.parse(ORIGINAL))
    assert (space.search_name("a"), space.trial_name("a", 2)) == ("a_rates", "a_rates_2")


def test_low_and_high_are_other_words_and_numbers_may_be_text() -> None:
    block = '{n_trials: "3", seed: 7, params: [{param: training.lr, low: 1e-3, high: "1e-1"}]}'
    space = space_of(block)
    assert (space.n_trials, space.seed) == (3, 7)
    assert space.params == (Parameter(path="training.lr", low=0.001, high=0.1),)


def test_a_child_differs_by_its_values_and_its_mark() -> None:
    child = child_config(Config.parse(ORIGINAL), {"training.lr": 0.00001})
    assert child.text() == (ORIGINAL.replace("lr: 0.1", "lr: 1.0e-05", 1) + "  is_child: true\n")
    assert child.is_child
    assert child.flat_params()["training.lr"] == 1e-5


def test_an_item_of_a_list_can_be_searched() -> None:
    config = Config.parse(
        f"{BASE}hpsearch: {{n_trials: 1, params: [{{param: training.layers.1, lo: 1, hi: 2}}]}}\n"
    )
    (parameter,) = parse_space(config).params
    assert child_config(config, {parameter.path: 1.5}).get("training.layers") == [64, 1.5]


@given(st.dictionaries(st.sampled_from(["training.lr", "training.batch"]), st.floats()))
def test_any_value_can_be_written_into_a_child(point: dict[str, float]) -> None:
    child = child_config(Config.parse(ORIGINAL), point)
    again = Config.parse(child.text())
    assert again.flat_params() == child.flat_params()
    assert again.is_child


def test_a_child_is_no_search() -> None:
    child = child_config(Config.parse(ORIGINAL), {})
    with pytest.raises(InvalidInput, match="Remove `is_child`") as caught:
        demand_search(child)
    assert caught.value.fields[0].path == "hpsearch.is_child"
    with pytest.raises(InvalidInput, match="no `hpsearch:` section"):
        demand_search(Config.parse(BASE))


@pytest.mark.parametrize(
    ("block", "path", "part"),
    [
        ("[1]", "hpsearch", "must be a section"),
        (f"{{n_trails: 3, n_trials: 3, params: [{GOOD}]}}", "hpsearch.n_trails", "`n_trials`?"),
        (f"{{params: [{GOOD}]}}", "hpsearch", "`n_trials` is missing"),
        (f"{{n_trials: 0, params: [{GOOD}]}}", "hpsearch.n_trials", "from 1 to 10,000"),
        (f"{{n_trials: 10001, params: [{GOOD}]}}", "hpsearch.n_trials", "from 1 to 10,000"),
        (f"{{n_trials: 1.5, params: [{GOOD}]}}", "hpsearch.n_trials", "whole number"),
        (f"{{n_trials: .inf, params: [{GOOD}]}}", "hpsearch.n_trials", "whole number"),
        (f"{{n_trials: true, params: [{GOOD}]}}", "hpsearch.n_trials", "whole number"),
        (f"{{n_trials: 1, seed: -1, params: [{GOOD}]}}", "hpsearch.seed", "from 0 to"),
        (f"{{n_trials: 1, type: tpe, params: [{GOOD}]}}", "hpsearch.type", "random_uniform"),
        (f"{{n_trials: 1, desc: [a], params: [{GOOD}]}}", "hpsearch.desc", "one line"),
        (f"{{n_trials: 1, is_child: 1, params: [{GOOD}]}}", "hpsearch.is_child", "true or false"),
        ("{n_trials: 1}", "hpsearch", "`params` is missing"),
        ("{n_trials: 1, params: []}", "hpsearch", "`params` is missing"),
        ("{n_trials: 1, params: {a: 1}}", "hpsearch.params", "must be a list"),
        ("{n_trials: 1, params: [3]}", "hpsearch.params.0", "`3`. Write it like"),
    ],
)
def test_a_wrong_block_is_told_by_path_and_remedy(block: str, path: str, part: str) -> None:
    problem = problem_of(block)
    assert problem.path == path
    assert part in problem.message
    assert problem.line == 5


@pytest.mark.parametrize(
    ("item", "key", "part"),
    [
        ("{lo: 1, hi: 2}", "", "`param` is missing"),
        ("{param: training.Lr, lo: 1, hi: 2}", ".param", "Closest: `training.lr`"),
        ("{param: training, lo: 1, hi: 2}", ".param", "is a section, not a value"),
        ("{param: training.layers, lo: 1, hi: 2}", ".param", "such as `training.layers.0`"),
        ("{param: hpsearch.n_trials, lo: 1, hi: 2}", ".param", "cannot be searched"),
        ("{param: training.lr, hi: 2}", "", "`lo` is missing"),
        ("{param: training.lr, lo: 1, high: 2}", "", "mixes `lo` and `high`"),
        ("{param: training.lr, lo: 2, hi: 1}", ".lo", "`lo` (2) must be below `hi` (1)"),
        ("{param: training.lr, lo: 1, hi: 1}", ".lo", "must be below"),
        ("{param: training.lr, lo: a, hi: 1}", ".lo", "`a`, not a number"),
        ("{param: training.lr, lo: .nan, hi: 1}", ".lo", "not a number"),
        ("{param: training.lr, lo: -1e308, hi: 1e308}", ".lo", "Narrow it"),
        ("{param: training.lr, lo: 1, hi: 2, exponent_base: 1}", ".exponent_base", "not 1"),
        ("{param: training.lr, lo: 1, hi: 2, exponent_base: -2}", ".exponent_base", "above 0"),
        ("{param: training.lr, lo: 1, hi: 400, exponent_base: 10}", ".hi", "is the exponent"),
        ("{param: training.lr, lo: 1, hi: 2, log: true}", ".log", "Unknown key `log`"),
    ],
)
def test_a_wrong_parameter_is_told_by_path_and_remedy(item: str, key: str, part: str) -> None:
    problem = param_problem(item)
    assert problem.path == f"hpsearch.params.0{key}"
    assert part in problem.message


def test_a_path_is_searched_once() -> None:
    text = f"{BASE}hpsearch:\n  n_trials: 1\n  params:\n  - {GOOD}\n  - {GOOD}\n"
    with pytest.raises(InvalidInput, match="already searched on line 8") as caught:
        parse_space(Config.parse(text))
    (problem,) = caught.value.fields
    assert (problem.path, problem.line, problem.column) == ("hpsearch.params.1.param", 9, 13)


def test_all_problems_are_told_at_once_in_the_order_of_the_text() -> None:
    text = (
        f"{BASE}hpsearch:\n  n_trials: none\n  params:\n"
        "  - {param: training.lr, lo: 2, hi: 1}\n  - {param: x, lo: 1, hi: b}\n  typ: a\n"
    )
    with pytest.raises(InvalidInput) as caught:
        parse_space(Config.parse(text))
    assert [problem.line for problem in caught.value.fields] == [6, 8, 9, 9, 10]


@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.dictionaries(
                st.sampled_from(
                    ["n_trials", "type", "seed", "desc", "params", "param", "lo", "hi", "high", "x"]
                ),
                inner,
            ),
        ),
        max_leaves=12,
    )
)
def test_any_block_is_read_or_refused(block: object) -> None:
    config = Config.parse(f"{BASE}hpsearch: {write_value(block)}\n")
    with contextlib.suppress(InvalidInput):
        assert parse_space(config).n_trials >= 1
