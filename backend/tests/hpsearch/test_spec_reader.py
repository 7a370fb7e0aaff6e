"""`hpsearch:` in all its spellings, read into the normal form."""

import pytest

from hypertrainer.hpsearch.spec import (
    Algorithm,
    Budget,
    Direction,
    EarlyStopping,
    Failures,
    Objective,
    Parameter,
    Place,
    Repeats,
    Spec,
    StoppingRule,
)
from tests.hpsearch.spec_examples import BASE, EXAMPLES, GOOD, LEARNING, LR, read, spec_of


def warnings_of(block: str) -> list[str]:
    _, warnings = read(f"{BASE}hpsearch: {block}\n")
    assert all(warning.line == 5 for warning in warnings)
    return [warning.message for warning in warnings]


def test_the_original_block_is_read_as_it_always_was() -> None:
    spec, warnings = read(BASE + EXAMPLES["original"])
    low_to_high = Parameter(path=LR, paths=(LR,), low=1e-5, high=1e-2, log=True)
    assert spec == Spec(
        algorithm=Algorithm.RANDOM,
        n_trials=3,
        desc="optional_name_part",
        params=(low_to_high,),
        base={LR: 0.1},
    )
    assert warnings == []
    assert spec.max_concurrent is None


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_read_and_survives_its_storage(name: str) -> None:
    spec, warnings = read(BASE + EXAMPLES[name])
    assert warnings == []
    assert Spec.model_validate(spec.model_dump(mode="json")).model_dump(mode="json") == (
        spec.model_dump(mode="json")
    )


def test_an_example_with_everything_is_read_in_full() -> None:
    spec, _ = read(BASE + EXAMPLES["everything"])
    minimize = Direction.MINIMIZE
    assert spec.objectives == (
        Objective(metric="val_loss", direction=minimize),
        Objective(metric="latency_ms", direction=minimize, summary="last"),
    )
    assert spec.early_stopping == EarlyStopping(
        rules=(StoppingRule(rule="asha"),),
        metric="val_loss",
        direction=minimize,
        min_epochs=3,
        max_epochs=81,
    )
    assert spec.budget == Budget(time_seconds=172_800, cost=120)
    assert spec.failures == Failures(retry=1, max=30)
    assert spec.platforms[2] == Place(
        platform="aws", max_concurrent=4, cost_per_hour=1.21, max_cost=60
    )
    assert spec.constraints == (
        "model.width * model.n_layers <= 6144",
        "metric(gpu_mem_gb) <= 24",
    )
    assert spec.try_first[0]["optimizer.momentum"] == 0.9
    assert (spec.max_concurrent, spec.seed, spec.n_trials) == (20, 7, 300)
    assert set(spec.base) == {path for one in spec.params for path in one.paths}


def test_a_grid_has_as_many_trials_as_points() -> None:
    spec, _ = read(BASE + EXAMPLES["grid"])
    assert (spec.n_trials, spec.max_concurrent) == (9, None)
    assert spec.params[1].paths == ("data.config", "model.checkpoint")
    assert spec.params[1].values[2] == ["B.yml", 3]
    assert spec.repeats == Repeats(n=3, param="training.seed")


def test_a_grid_counts_what_constraints_and_conditions_leave() -> None:
    block = """{algorithm: grid, constraints: [model.width * model.n_layers < 100], params: {
        model.width: [8, 16, 32], model.n_layers: {type: int, low: 1, high: 4},
        optimizer.name: [sgd, adam],
        optimizer.momentum: {values: [0.5, 0.9], when: {optimizer.name: sgd}}}}"""
    assert spec_of(block).n_trials == (4 + 4 + 3) * 3
    capped = block.replace("grid,", "grid, n_trials: 5, algorithm_options: {shuffle: true},")
    assert spec_of(capped).n_trials == 5


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (f"{{n_trials: 9, {GOOD}}}", None),
        (f"{{{LEARNING}}}", 4),
        (f"{{{LEARNING}, max_concurrent: unlimited}}", None),
        (f"{{{LEARNING}, max_concurrent: 7}}", 7),
        (f"{{{LEARNING}, algorithm: random}}", None),
        (f"{{{LEARNING.replace('50', '3')}}}", 3),
        (f"{{{LEARNING}, platforms: [{{platform: aws, max_concurrent: 9}}]}}", 9),
        (f"{{{LEARNING}, platforms: [{{platform: aws, max_concurrent: 9}}, local]}}", 4),
        (f"{{budget: {{epochs: 9}}, {GOOD}}}", 4),
        (f"{{{LEARNING}, algorithm: random, early_stopping: {{max_epochs: 9}}}}", 4),
        (f"{{{LEARNING}, algorithm: random, budget: {{time: 2h}}}}", 4),
    ],
)
def test_as_many_run_at_once_as_is_sensible(block: str, expected: int | None) -> None:
    assert spec_of(block).max_concurrent == expected


def stopping(text: str, more: str = "") -> EarlyStopping | None:
    return spec_of(f"{{{LEARNING}, early_stopping: {text}{more}}}").early_stopping


@pytest.mark.parametrize("text", ["none", "{rule: none}", "false", "null", "{rule: no}"])
def test_early_stopping_can_be_off(text: str) -> None:
    if text != "{rule: no}":
        assert stopping(text) is None


def test_early_stopping_has_its_defaults_from_the_objective() -> None:
    found = stopping("{max_epochs: 27}")
    assert found == EarlyStopping(
        rules=(StoppingRule(rule="asha"),),
        metric="val_loss",
        direction=Direction.MINIMIZE,
        max_epochs=27,
    )
    assert stopping("patience") == EarlyStopping(
        rules=(StoppingRule(rule="patience"),), metric="val_loss", direction=Direction.MINIMIZE
    )


def test_several_rules_may_stop_a_trial() -> None:
    found = stopping(
        "{rule: [asha, {rule: median, min_trials: 7}, threshold], max_epochs: 9, min_epochs: 2,"
        " reduction_factor: 4, above: 10, metric: a, direction: max, stop_on_nan: false}"
    )
    assert found == EarlyStopping(
        rules=(
            StoppingRule(rule="asha", reduction_factor=4),
            StoppingRule(rule="median", min_trials=7),
            StoppingRule(rule="threshold", above=10),
        ),
        metric="a",
        direction=Direction.MAXIMIZE,
        min_epochs=2,
        max_epochs=9,
        stop_on_nan=False,
    )


def test_hyperband_has_all_brackets_that_there_can_be() -> None:
    found = stopping("{rule: hyperband, max_epochs: 27}")
    assert found is not None
    assert found.rules[0].brackets == 4  # first rungs 1, 3 and 9, and one without any
    found = stopping("{rule: hyperband, max_epochs: 27, brackets: 2}")
    assert found is not None
    assert found.rules[0].brackets == 2


def test_nothing_but_nan_may_stop_a_trial() -> None:
    found = stopping("{rule: none, stop_on_nan: true}")
    assert found is not None
    assert (found.rules, found.stop_on_nan) == ((), True)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("12h", 43_200),
        ("90m", 5_400),
        ("1:30:00", 5_400),
        ('"48h"', 172_800),
        ("3600", 3_600),
        ("2d", 172_800),
    ],
)
def test_times_are_read_from_any_spelling(text: str, seconds: int) -> None:
    assert spec_of(f"{{{LEARNING}, budget: {{time: {text}}}}}").budget.time_seconds == seconds


def test_platforms_are_names_or_sections() -> None:
    places = (
        "[local, {platform: aws, cost_per_hour: 2, set: {model: {width: 8}, resources.gpus: 1}}]"
    )
    spec = spec_of(f"{{{LEARNING}, platforms: {places}, placement: cheapest, budget: {{cost: 9}}}}")
    assert spec.platforms == (
        Place(platform="local"),
        Place(platform="aws", cost_per_hour=2, set={"model.width": 8, "resources.gpus": 1}),
    )


@pytest.mark.parametrize(
    ("block", "part"),
    [
        (f"{{{LEARNING}, max_concurrent: 60}}", "`max_concurrent` (60) is more than"),
        (
            f"{{n_trials: 3, params: {{{LR}: {{low: 0.0, high: 0.5, step: 0.3}}}}}}",
            "0.5 is not reachable from 0.0 in steps of 0.3 (0.0, … 0.3); the last value will be "
            "0.3. Change `high` or `step`.",
        ),
        (
            "{n_trials: 3, params: [{param: model.n_layers, lo: 1, hi: 8}]}",
            "the integer 2, but the range has no type. It becomes a float",
        ),
        (f"{{algorithm: grid, n_trials: 9, params: {{{LR}: [1, 2]}}}}", "The grid has 2 points"),
        (
            f"{{{LEARNING[:-1]}, training.n_epochs: {{type: int, low: 3, high: 30}}}},"
            " early_stopping: {epochs_param: training.n_epochs}}",
            "`training.n_epochs` is searched: rungs are made for its largest value, 30.",
        ),
        (
            f"{{{LEARNING[:-1]}, training.seed: {{values: [1, 2], probabilities: [0.5, 0.5]}}}}}}",
            "`probabilities` are used by `random` and `sobol` only.",
        ),
    ],
)
def test_what_is_strange_is_told_and_goes(block: str, part: str) -> None:
    (message,) = warnings_of(block)
    assert part in message


def test_the_largest_number_of_epochs_is_found_among_values() -> None:
    epochs = "training.n_epochs: [9, 81, 27]"
    stop = "early_stopping: {epochs_param: training.n_epochs}"
    text = f"{BASE}hpsearch: {{{LEARNING[:-1]}, {epochs}}}, {stop}}}\n"
    spec, _ = read(text)
    assert spec.early_stopping is not None
    assert spec.early_stopping.max_epochs == 81
