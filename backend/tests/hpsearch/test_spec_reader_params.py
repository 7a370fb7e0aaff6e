"""`params:` in all its spellings, and what else names parameters."""

from typing import Any

import pytest

from hypertrainer.errors import InvalidInput
from hypertrainer.hpsearch.spec import (
    Condition,
    Parameter,
    WarmStart,
)
from tests.hpsearch.spec_examples import BASE, EXAMPLES, GOOD, LR, read, spec_of


def parameter(item: str, path: str = LR, **base: Any) -> Parameter:
    (found,) = spec_of(f"{{n_trials: 3, params: {{{path}: {item}}}}}").params
    return found


def test_parameters_of_all_kinds_are_read() -> None:
    spec, _ = read(BASE + EXAMPLES["parameters"])
    found = {one.path: one for one in spec.params}
    assert found["training.batch_size"].values == (16, 32, 64, 128)
    assert found["model.dropout"].step == 0.05
    assert (found["model.size"].type, found["model.size"].values[0]) == ("ordinal", "tiny")
    decay = found["training.weight_decay"]
    assert (decay.distribution, decay.mean, decay.std, decay.low) == ("lognormal", -9.2, 2, 1e-6)
    warmup = found["training.warmup"]
    assert (warmup.type, warmup.low, warmup.high) == ("int", 0, None)
    assert found["optimizer.momentum"].when == (Condition(path="optimizer.name", values=("sgd",)),)
    assert found["optimizer.beta2"].when == (Condition(path="optimizer.name", values=("adam",)),)
    assert found["optimizer.beta2"].inactive == "remove"
    assert spec.warm_start == WarmStart(source="old_search", max_trials=200)
    assert spec.try_first == ({LR: 3e-4, "training.batch_size": 64},)
    assert spec.base["training.n_epochs"] == 81
    assert "training.weight_decay" not in spec.base
    assert (spec.placement, spec.when_done) == ("spread", "cancel_rest")


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("{lo: 0.1, hi: 1}", {"low": 0.1, "high": 1}),
        ("{min: 0.1, max: 1}", {"low": 0.1, "high": 1}),
        ('{low: "1e-3", high: "1E+1"}', {"low": 0.001, "high": 10}),
        ("{lo: -5, hi: -2, exponent_base: 10}", {"low": 1e-5, "high": 0.01, "log": True}),
        ("{low: 1, high: 3, exponent_base: 0.5}", {"low": 0.125, "high": 0.5, "log": True}),
        ("{low: 0.1, high: 1, log: false, count: 5}", {"low": 0.1, "high": 1, "count": 5}),
        ("[1, x, null, true, [2]]", {"type": "categorical", "values": (1, "x", None, True, [2])}),
        ("{type: bool}", {"type": "categorical", "values": (False, True)}),
        ("{type: bool, values: [true]}", {"type": "categorical", "values": (True,)}),
        (
            "{values: [1, 2], probabilities: [0.25, 0.75]}",
            {"type": "categorical", "values": (1, 2), "probabilities": (0.25, 0.75)},
        ),
        (
            "{distribution: normal, mean: 0, std: 2}",
            {"distribution": "normal", "mean": 0, "std": 2},
        ),
    ],
)
def test_a_parameter_is_read_from_any_spelling(item: str, expected: dict[str, Any]) -> None:
    assert parameter(item) == Parameter(path=LR, paths=(LR,), **expected)


def test_a_list_of_lists_replaces_a_list() -> None:
    spec = spec_of("{n_trials: 2, params: {layers: [[64, 32], [128]]}}", "layers: [1]\n")
    assert spec.params[0].values == ([64, 32], [128])
    assert spec.base == {"layers": [1]}
    spec = spec_of("{n_trials: 2, params: {layers.0: [1, 2]}}", "layers: [1]\n")
    assert spec.params[0].path == "layers.0"


def test_text_that_looks_like_a_number_may_replace_such_text() -> None:
    spec = spec_of('{n_trials: 2, params: {version: ["1.0", "2.0"]}}', 'version: "1.0"\n')
    assert spec.params[0].values == ("1.0", "2.0")


def test_numbers_are_read_in_the_older_yaml_too() -> None:
    item = f"{LR}: {{low: 1e-3, high: 1E+1}}"
    block = f"hpsearch: {{n_trials: 3, budget: {{time: 12:30:00}}, params: {{{item}}}}}"
    text = f"%YAML 1.1\n---\n{BASE}{block}\n"
    spec, _ = read(text)
    assert (spec.params[0].low, spec.params[0].high) == (0.001, 10)
    assert spec.budget.time_seconds == 45_000


def test_zipped_and_tied_parameters_are_read() -> None:
    block = f"""{{n_trials: 3, params: [
        {{params: [data.config, model.checkpoint], values: [[A.yml, 1], [B.yml, 2]]}},
        {{param: {LR}, low: 0.1, high: 1, when: {{model.checkpoint: 2}}}},
        {{param: optimizer.momentum, same_as: {LR}}}]}}"""
    zipped, rate, tied = spec_of(block).params
    assert (zipped.path, zipped.paths) == ("data.config", ("data.config", "model.checkpoint"))
    assert rate.when == (Condition(path="model.checkpoint", values=(2,)),)
    assert (tied.type, tied.same_as) == ("same", LR)


def test_conditions_on_ranges_have_the_type_of_their_parameter() -> None:
    block = f"""{{n_trials: 3, params: {{
        model.n_layers: {{type: int, low: 1, high: 3}}, {LR}: {{low: 0, high: 1}},
        optimizer.momentum: {{low: 0, high: 1, when: {{model.n_layers: [2.0, 9], {LR}: 1}}}},
        optimizer.beta2: {{low: 0, high: 1, when: {{model.n_layers: {{low: 2}}}}}}}}}}"""
    momentum, beta = spec_of(block).params[2:]
    assert [condition.values for condition in momentum.when] == [(2,), (1.0,)]
    assert [type(condition.values[0]) for condition in momentum.when if condition.values] == [
        int,
        float,
    ]
    assert beta.when == (Condition(path="model.n_layers", low=2),)


def test_points_to_try_first_have_the_types_of_their_parameters() -> None:
    block = f"""{{n_trials: 3, params: {{{LR}: {{low: 0, high: 1}},
        model.n_layers: {{type: int, low: 1, high: 3}}, optimizer.name: [sgd, adam],
        optimizer.momentum: {{low: 0, high: 0.5, when: {{optimizer.name: adam}}}}}},
        try_first: [base, {{{LR}: 1, model.n_layers: 2.0}}]}}"""
    first, second = spec_of(block).try_first
    assert first == {LR: 0.1, "model.n_layers": 2, "optimizer.name": "sgd"}  # momentum is inactive
    assert (second, type(second[LR]), type(second["model.n_layers"])) == (
        {LR: 1.0, "model.n_layers": 2},
        float,
        int,
    )


def test_points_outside_of_the_ranges_are_tried_where_that_is_wanted() -> None:
    block = f"{{n_trials: 3, {GOOD}, allow_outside: true, try_first: [{{{LR}: 5}}]}}"
    assert spec_of(block).try_first == ({LR: 5},)


def test_a_range_ends_where_its_steps_do() -> None:
    spec, _ = read(
        f"{BASE}hpsearch: {{n_trials: 3, params: {{{LR}: {{low: 0.1, high: 1, step: 0.4}}}}}}\n"
    )
    assert spec.params[0].high == 0.9


@pytest.mark.parametrize("item", ["{low: 0.0, high: 1}", "[1, 2]"])
def test_a_list_is_not_searched_as_if_it_were_a_value(item: str) -> None:
    with pytest.raises(InvalidInput, match=r"is a list, not a value.*such as `layers\.0`"):
        spec_of(f"{{n_trials: 2, params: {{layers: {item}}}}}", "layers: [1]\n")
