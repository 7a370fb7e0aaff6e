"""The schema that editors complete and check with, held against the reader."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from hypertrainer.hpsearch.spec_reader import keys
from hypertrainer.hpsearch.spec_schema import json_schema
from hypertrainer.tasks.config import Config
from tests.hpsearch.spec_examples import BASE, EXAMPLES

SCHEMA = json_schema()


def keys_of(schema: dict[str, Any]) -> set[str]:
    return set(schema["properties"])


def section(name: str) -> dict[str, Any]:
    found: dict[str, Any] = SCHEMA["properties"][name]
    return found


def is_valid(block: str) -> bool:
    found = Config.read(f"hpsearch: {block}").find("hpsearch")
    return bool(Draft202012Validator(SCHEMA).is_valid(found))


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    ("schema", "known"),
    [
        (SCHEMA, keys.SEARCH),
        (SCHEMA["$defs"]["parameter"], keys.PARAMETER),
        (SCHEMA["$defs"]["listed_parameter"], keys.LISTED_PARAMETER),
        (SCHEMA["$defs"]["objective"], keys.OBJECTIVE),
        (SCHEMA["$defs"]["place"], keys.PLACE),
        (SCHEMA["$defs"]["rule"], keys.RULE),
        (section("early_stopping")["anyOf"][1], keys.EARLY_STOPPING),
        (section("algorithm_options"), keys.ALL_OPTIONS),
        (section("warm_start"), keys.WARM_START),
        (section("repeats"), keys.REPEATS),
        (section("budget"), keys.BUDGET),
        (section("failures"), keys.FAILURES),
    ],
)
def test_it_knows_the_keys_that_the_reader_knows(
    schema: dict[str, Any], known: tuple[str, ...]
) -> None:
    assert keys_of(schema) == set(known)
    assert all(one.get("description") or "$ref" in one for one in schema["properties"].values())


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_valid(name: str) -> None:
    block = Config.parse(BASE + EXAMPLES[name]).find("hpsearch")
    assert list(Draft202012Validator(SCHEMA).iter_errors(block)) == []


@pytest.mark.parametrize(
    "block",
    [
        "{n_trials: 3}",
        "{n_trails: 3, params: {a: [1]}}",
        "{n_trials: 0, params: {a: [1]}}",
        "{n_trials: x, params: {a: [1]}}",
        "{n_trials: 3, params: {}}",
        "{n_trials: 3, params: {a: []}}",
        "{n_trials: 3, params: {a: {typ: int}}}",
        "{n_trials: 3, params: [{low: 1, high: 2}]}",
        "{n_trials: 3, params: {a: [1]}, algorithm: best}",
        "{n_trials: 3, params: {a: [1]}, objective: {metric: a}}",
        "{n_trials: 3, params: {a: [1]}, objective: {metric: a, direction: up}}",
        "{n_trials: 3, params: {a: [1]}, objective: {metric: a, direction: min, summary: mean}}",
        "{n_trials: 3, params: {a: [1]}, early_stopping: {rule: asha, reduction_factor: 1}}",
        "{n_trials: 3, params: {a: [1]}, early_stopping: {rule: ahsa}}",
        "{n_trials: 3, params: {a: [1]}, platforms: [{max_concurrent: 3}]}",
        "{method: bayes, parameters: {a: {values: [1]}}}",
    ],
)
def test_what_is_wrong_in_itself_is_not_valid(block: str) -> None:
    assert not is_valid(block)


@pytest.mark.parametrize(
    "block",
    [
        '{n_trials: "3", params: {a: {low: "1e-3", high: 1}}}',
        "{n_trials: 3, max_concurrent: unlimited, params: {a: [1, x, null, [2]]}}",
        "{n_trials: 3, params: {a: [1]}, early_stopping: none}",
        "{n_trials: 3, params: {a: [1]}, early_stopping: {rule: [asha, {rule: median}]}}",
        "{n_trials: 3, params: {a: [1]}, platforms: [local, {platform: aws}]}",
        "{budget: {time: 12h}, params: {a: {low: 1, high: 2, when: {b: [1], c: {low: 3}}}}}",
    ],
)
def test_what_may_be_written_is_valid(block: str) -> None:
    assert is_valid(block)
