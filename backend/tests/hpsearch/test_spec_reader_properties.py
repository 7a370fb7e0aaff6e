"""Any search survives being written and read, and any text is read or refused."""

import contextlib
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from hypertrainer.errors import InvalidInput
from hypertrainer.hpsearch.spec import (
    Algorithm,
    Budget,
    Condition,
    Direction,
    EarlyStopping,
    Failures,
    Objective,
    Parameter,
    Place,
    Spec,
    StoppingRule,
    WarmStart,
)
from hypertrainer.hpsearch.spec_reader import keys
from hypertrainer.hpsearch.spec_reader.reader import read_spec
from hypertrainer.hpsearch.spec_schema import json_schema
from hypertrainer.tasks.config import Config
from hypertrainer.tasks.yaml_scalars import write_value
from tests.hpsearch.spec_examples import BASE, PLATFORMS

SCHEMA = Draft202012Validator(json_schema())
PATHS = ("training.learning_rate", "model.dropout", "optimizer.momentum", "optimizer.beta2")
BASES = {"training.learning_rate": 0.1, "model.dropout": 0.0, "optimizer.momentum": 0.9}
VALUES = {**BASES, "optimizer.beta2": 0.99, "optimizer.name": "sgd"}
SCALARS = st.one_of(
    st.integers(-1000, 1000), st.booleans(), st.sampled_from(["sgd", "adam", "a b", "yes", "x: y"])
)


@st.composite
def ranges(draw: st.DrawFn, path: str) -> Parameter:
    is_int, is_log = draw(st.booleans()), draw(st.booleans())
    low = float(draw(st.integers(1 if is_log else -50, 50)))
    high = low + draw(st.integers(1, 50))
    kind = "int" if is_int else "float"
    more = {} if is_log or is_int else {"count": draw(st.none() | st.integers(1, 9))}
    return Parameter.model_validate(
        {"path": path, "type": kind, "low": low, "high": high, "log": is_log, **more}
    )


@st.composite
def stepped(draw: st.DrawFn, path: str) -> Parameter:
    low, step, count = draw(st.integers(-9, 9)), draw(st.integers(1, 9)), draw(st.integers(1, 9))
    return Parameter(path=path, low=low, high=low + step * count, step=step)


@st.composite
def priors(draw: st.DrawFn, path: str) -> Parameter:
    return Parameter(
        path=path,
        distribution=draw(st.sampled_from(["normal", "lognormal"])),
        mean=draw(st.floats(-3, 3)),
        std=draw(st.floats(0.5, 3)),
        low=draw(st.none() | st.just(0.0)),
    )


@st.composite
def choices(draw: st.DrawFn, path: str) -> Parameter:
    values = draw(st.lists(SCALARS, min_size=1, max_size=5, unique_by=lambda one: str(one)))
    kind = draw(st.sampled_from(["categorical", "ordinal"]))
    return Parameter.model_validate({"path": path, "type": kind, "values": tuple(values)})


def kinds(path: str) -> st.SearchStrategy[Parameter]:
    return st.one_of(ranges(path), stepped(path), priors(path), choices(path))


@st.composite
def parameters(draw: st.DrawFn) -> tuple[Parameter, ...]:
    parent = Parameter(path="optimizer.name", type="categorical", values=("sgd", "adam"))
    condition = Condition(path="optimizer.name", values=("sgd",))
    found = [parent]
    for path in draw(st.lists(st.sampled_from(PATHS), unique=True)):
        one = draw(kinds(path))
        if draw(st.booleans()):
            inactive = draw(st.sampled_from(["keep", "remove"]))
            one = one.model_copy(update={"when": (condition,), "inactive": inactive})
        found.append(one)
    return tuple(found)


OBJECTIVES = st.builds(
    Objective,
    metric=st.sampled_from(["val_loss", "acc", "0.5"]),
    direction=st.sampled_from(Direction),
    summary=st.sampled_from(["best", "last", "mean_last_5", "at_epoch_20"]),
    target=st.none() | st.floats(-1e9, 1e9),
)
RULES = st.one_of(
    st.builds(StoppingRule, rule=st.just("asha"), reduction_factor=st.integers(2, 9)),
    st.builds(StoppingRule, rule=st.just("hyperband"), brackets=st.integers(1, 4)),
    st.builds(StoppingRule, rule=st.just("median"), percentile=st.floats(1, 99)),
    st.builds(StoppingRule, rule=st.just("patience"), min_delta=st.floats(0, 9)),
    st.builds(StoppingRule, rule=st.just("threshold"), above=st.floats(-9, 9)),
)
STOPPING = st.builds(
    EarlyStopping,
    rules=st.lists(RULES, min_size=1, unique_by=lambda one: one.rule).map(tuple),
    metric=st.sampled_from(["val_loss", "acc"]),
    direction=st.sampled_from(Direction),
    min_epochs=st.integers(1, 9),
    max_epochs=st.integers(10, 999),
    stop_on_nan=st.booleans(),
)
PLACES = st.builds(
    Place,
    platform=st.sampled_from(PLATFORMS),
    max_concurrent=st.none() | st.integers(1, 9),
    cost_per_hour=st.floats(0, 9),
    max_cost=st.none() | st.floats(1, 9),
)


@st.composite
def specs(draw: st.DrawFn) -> Spec:
    params = draw(parameters())
    paths = [one.path for one in params]
    objectives = draw(st.lists(OBJECTIVES, max_size=2, unique_by=lambda one: one.metric))
    return Spec(
        desc=draw(st.sampled_from(["hpsearch", "lr", "1.5", "a b"])),
        algorithm=draw(st.sampled_from([Algorithm.AUTO, Algorithm.RANDOM, Algorithm.SOBOL])),
        n_trials=draw(st.integers(1, 10_000)),
        max_concurrent=draw(st.none() | st.just(1)),
        seed=draw(st.none() | st.integers(0, 2**31 - 1)),
        objectives=tuple(objectives),
        params=params,
        constraints=draw(st.sampled_from([(), ("metric(a) <= 24",)])),
        try_first=draw(st.sampled_from([(), ({"optimizer.name": "adam"},)])),
        warm_start=draw(st.none() | st.just(WarmStart(source="old", max_trials=3))),
        early_stopping=draw(st.none() | STOPPING),
        budget=draw(
            st.builds(
                Budget,
                epochs=st.none() | st.integers(1, 10**9),
                time_seconds=st.none() | st.integers(1, 10**6).map(float),
            )
        ),
        failures=draw(st.builds(Failures, retry=st.integers(0, 9))),
        platforms=tuple(draw(st.lists(PLACES, max_size=2, unique_by=lambda one: one.platform))),
        placement=draw(st.sampled_from(["fill", "spread"])),
        base={path: VALUES[path] for path in paths},
    )


def written(spec: Spec) -> dict[str, Any]:
    """The section in its normal spelling."""
    known = spec.model_dump(mode="json", exclude_defaults=True, exclude={"base", "params"})
    known["max_concurrent"] = spec.max_concurrent or "unlimited"
    known["params"] = {one.path: written_parameter(one) for one in spec.params}
    if spec.early_stopping is not None:
        known["early_stopping"]["rule"] = known["early_stopping"].pop("rules")
        for rule, one in zip(
            known["early_stopping"]["rule"], spec.early_stopping.rules, strict=True
        ):
            rule |= {"brackets": one.brackets} if one.rule == "hyperband" else {}
    if spec.warm_start is not None:
        known["warm_start"]["from"] = known["warm_start"].pop("source")
    if spec.budget.time_seconds is not None:
        known["budget"]["time"] = known["budget"].pop("time_seconds")
    return known


def written_parameter(one: Parameter) -> dict[str, Any]:
    fields = one.model_dump(mode="json", exclude_defaults=True, exclude={"path", "paths"})
    if one.when:
        fields["when"] = {condition.path: list(condition.values or ()) for condition in one.when}
    if not one.is_choice:
        fields["type"] = one.type
    return fields


@settings(deadline=None)  # how long drawing one takes depends on what else the machine does
@given(specs())
def test_a_search_that_is_written_is_read_as_it_was(spec: Spec) -> None:
    block = written(spec)
    text = f"{BASE}hpsearch: {write_value(block)}\n"
    again, _ = read_spec(Config.parse(text), PLATFORMS, "local")
    assert again.model_dump(mode="json") == spec.model_dump(mode="json")
    SCHEMA.validate(Config.parse(text).find("hpsearch"))


WORDS = st.sampled_from(
    [
        *keys.SEARCH,
        *keys.LISTED_PARAMETER,
        *keys.EARLY_STOPPING,
        *keys.PLACE,
        *keys.REPEATS,
        *keys.WARM_START,
        *keys.BUDGET,
        *PATHS,
        "optimizer.name",
    ]
)
SCALAR = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    WORDS,
    st.sampled_from(["int", "asha", "base", "grid", "tpe", "normal", "a < 1", "local", "1e-3"]),
)
ANYTHING = st.recursive(
    SCALAR,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=4)),
    max_leaves=10,
)


def is_read_or_refused(block: object) -> None:
    config = Config.parse(f"{BASE}hpsearch: {write_value(block)}\n")
    with contextlib.suppress(InvalidInput):
        spec, _ = read_spec(config, PLATFORMS, "local")
        assert Spec.model_validate(spec.model_dump(mode="json")) is not None


@given(ANYTHING)
def test_any_section_is_read_or_refused(block: object) -> None:
    is_read_or_refused(block)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(keys.SEARCH, ANYTHING)))
def test_any_values_of_its_keys_are_read_or_refused(block: dict[str, object]) -> None:
    is_read_or_refused({"n_trials": 3, "params": {"model.dropout": [1, 2]}, **block})


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(keys.PARAMETER, SCALAR)))
def test_any_values_of_a_parameter_are_read_or_refused(item: dict[str, object]) -> None:
    is_read_or_refused({"n_trials": 3, "params": {"model.dropout": item}})


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(keys.EARLY_STOPPING, ANYTHING)))
def test_any_early_stopping_is_read_or_refused(item: dict[str, object]) -> None:
    objective = {"metric": "a", "direction": "min"}
    params = {"model.dropout": [1, 2]}
    block = {"n_trials": 3, "params": params, "objective": objective, "early_stopping": item}
    is_read_or_refused(block)


@given(st.text(max_size=40))
def test_any_text_behind_the_key_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(InvalidInput):
        read_spec(Config.parse(f"{BASE}hpsearch: {text}\n"), PLATFORMS, "local")


@given(st.lists(st.dictionaries(st.sampled_from([*PATHS, "model.width"]), SCALAR)), st.booleans())
def test_any_points_to_try_first_are_read_or_refused(
    points: list[dict[str, object]], is_free: bool
) -> None:
    params = {
        "model.width": {"type": "int", "distribution": "normal", "mean": 5, "std": 9},
        "model.dropout": {"low": 0.0, "high": 1, "when": {"model.width": 5}},
        "optimizer.momentum": {"low": 0, "high": 1, "log": False},
    }
    block = {"n_trials": 3, "params": params, "try_first": points, "allow_outside": is_free}
    is_read_or_refused(block)


@given(st.lists(SCALAR, max_size=3))
def test_any_conditions_are_read_or_refused(wanted: list[object]) -> None:
    params = {
        "model.width": {"type": "int", "distribution": "normal", "mean": 5, "std": 9},
        "model.dropout": {"low": 0.0, "high": 1, "when": {"model.width": wanted}},
    }
    is_read_or_refused({"n_trials": 3, "params": params})
