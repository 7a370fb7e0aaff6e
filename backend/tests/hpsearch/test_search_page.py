"""The page on searches: every key with its default, examples that are right, everything named."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
import typer.main
from pydantic import BaseModel

from hypertrainer.cli import app as command_line
from hypertrainer.errors import InvalidInput
from hypertrainer.hpsearch.facts import FactKind, TrialState
from hypertrainer.hpsearch.samplers.choosing import MANY_OBJECTIVE_TRIALS
from hypertrainer.hpsearch.samplers.grid import MAX_GRID
from hypertrainer.hpsearch.samplers.models import MAX_GP_TRIALS
from hypertrainer.hpsearch.samplers.suggest import MAX_DRAWS, MAX_MODEL_DRAWS
from hypertrainer.hpsearch.spec import (
    Algorithm,
    EarlyStopping,
    Failures,
    Objective,
    Parameter,
    Repeats,
    Spec,
    StoppingRule,
    WarmStart,
)
from hypertrainer.hpsearch.spec_reader import keys
from hypertrainer.hpsearch.spec_reader.algorithms import MAX_TRIALS
from hypertrainer.hpsearch.spec_reader.reader import read_spec
from hypertrainer.hpsearch.spec_schema import json_schema
from hypertrainer.hpsearch.statuses import SearchStatus
from hypertrainer.tasks.config import Config
from tests.test_docs import PACKAGE, README, ROOT

PAGE = (ROOT / "docs/hpsearch.md").read_text()
SAMPLE = (PACKAGE / "sample/hp_test.yaml").read_text()
PLATFORMS = ["local", "slurm", "aws"]
BASE = """\
training: {learning_rate: 0.1, batch_size: 32, weight_decay: 0.1, num_epochs: 27, seed: 1}
model: {n_layers: 3, width: 64, dropout: 0.1, size: tiny, checkpoint: 1}
optimizer: {name: sgd, momentum: 0.9}
data: {config: A.yml}
"""
SECTIONS: dict[str, Sequence[str]] = {
    "hpsearch": keys.SEARCH,
    "algorithm_options": keys.ALL_OPTIONS,
    "objective": keys.OBJECTIVE,
    "params": keys.LISTED_PARAMETER,
    "early_stopping": keys.EARLY_STOPPING,
    "warm_start": keys.WARM_START,
    "repeats": keys.REPEATS,
    "budget": keys.BUDGET,
    "failures": keys.FAILURES,
    "platforms": keys.PLACE,
    "when": keys.CONDITION,
}


def schema_of(section: str) -> dict[str, Any]:
    """The properties that the schema has of a section."""
    schema = json_schema()
    parts, properties = schema["$defs"], schema["properties"]
    named = {"objective": "objective", "params": "listed_parameter", "platforms": "place"}
    if section == "hpsearch":
        found = schema
    elif section in named:
        found = parts[named[section]]
    elif section == "when":
        when = parts["parameter"]["properties"]["when"]
        found = when["additionalProperties"]["anyOf"][-1]
    else:
        found = properties[section]
        found = found["anyOf"][-1] if "anyOf" in found else found
    known: dict[str, Any] = found["properties"]
    return known


def table(section: str) -> dict[str, str]:
    """The keys of a section's table, each with what stands as its default."""
    (text,) = re.findall(rf"^### `{section}`\n(.*?)(?=^##)", PAGE, flags=re.M | re.S)
    return dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", text, flags=re.M))


def examples() -> list[str]:
    """Every block of YAML that is a whole section."""
    return re.findall(r"^```yaml\n(hpsearch:\n.*?)^```", PAGE, flags=re.M | re.S)


def written(value: Any) -> str:
    """A default as people write it."""
    return f"{value:g}" if isinstance(value, float) else str(value).lower()


def stated_defaults() -> Iterator[tuple[str, str, str]]:
    for section in SECTIONS:
        for key, property_schema in schema_of(section).items():
            if "default" in property_schema:
                yield section, key, written(property_schema["default"])


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_has_a_row_for_every_key_and_no_other(section: str) -> None:
    assert set(table(section)) == set(SECTIONS[section])


@pytest.mark.parametrize("section", SECTIONS)
def test_every_key_has_a_default_or_says_that_there_is_none(section: str) -> None:
    assert [key for key, default in table(section).items() if not default.strip()] == []


@pytest.mark.parametrize(("section", "key", "default"), list(stated_defaults()))
def test_a_default_is_the_one_that_holds(section: str, key: str, default: str) -> None:
    assert table(section)[key] == f"`{default}`"


MODELS = {
    "hpsearch": (Spec,),
    "objective": (Objective,),
    "params": (Parameter,),
    "early_stopping": (EarlyStopping, StoppingRule),
    "warm_start": (WarmStart,),
    "repeats": (Repeats,),
    "failures": (Failures,),
}


@pytest.mark.parametrize(("section", "model"), [(s, m) for s, ms in MODELS.items() for m in ms])
def test_a_default_of_the_normal_form_stands_in_its_row(
    section: str, model: type[BaseModel]
) -> None:
    rows = table(section)
    for name in rows.keys() & model.model_fields.keys() - {"brackets", "n"}:  # see their rows
        default = model.model_fields[name].default
        if isinstance(default, bool | str | int | float):
            assert rows[name].startswith(f"`{written(default)}`"), name


@pytest.mark.parametrize(
    "number",
    [MAX_TRIALS, MAX_GRID, MANY_OBJECTIVE_TRIALS, MAX_GP_TRIALS, MAX_DRAWS, MAX_MODEL_DRAWS],
)
def test_the_limits_are_those_of_the_code(number: int) -> None:
    assert re.search(rf"\b{number:,}\b", PAGE)


@pytest.mark.parametrize("section", examples(), ids=range(len(examples())))
def test_an_example_is_right(section: str) -> None:
    try:
        read_spec(Config.read(BASE + section), PLATFORMS, "local")
    except InvalidInput as error:
        pytest.fail("\n".join(f"{one.line}: {one.message}" for one in error.fields))


def test_the_five_lines_fit_the_tutorials_config() -> None:
    five = examples()[0]
    assert len(five.splitlines()) == 5
    text = re.sub(r"^hpsearch:\n.*", lambda _: five, SAMPLE, flags=re.M | re.S)
    spec, warnings = read_spec(Config.read(text), PLATFORMS, "local")
    assert (spec.n_trials, spec.max_concurrent, warnings) == (30, 4, [])
    assert spec.early_stopping is not None
    assert spec.early_stopping.max_epochs == 12


def test_the_readme_has_the_same_five_lines() -> None:
    assert f"```yaml\n{examples()[0]}```" in README


@pytest.mark.parametrize("algorithm", Algorithm)
def test_every_algorithm_has_a_row(algorithm: Algorithm) -> None:
    assert re.search(rf"^\| `{algorithm}` \|", PAGE, flags=re.M)


@pytest.mark.parametrize("rule", keys.EVERY_RULE)
def test_every_rule_has_a_row(rule: str) -> None:
    assert re.search(rf"^\| `{rule}` \|", PAGE, flags=re.M)


@pytest.mark.parametrize("kind", FactKind)
def test_every_kind_of_fact_has_a_row(kind: FactKind) -> None:
    assert re.search(rf"^\| `{kind}` \|", PAGE, flags=re.M)


@pytest.mark.parametrize("word", [*SearchStatus, *TrialState])
def test_every_status_is_named(word: str) -> None:
    assert f"`{word}`" in PAGE


def test_every_command_and_every_call_is_named() -> None:
    root: Any = typer.main.get_command(command_line)
    for command in root.commands["search"].commands:
        assert f"hypertrainer search {command} " in PAGE
    paths = json.loads((ROOT / "frontend/openapi.json").read_text())["paths"]
    calls = [
        f"`{method.upper()} {path}`"
        for path, methods in paths.items()
        if path.startswith("/hpsearch")
        for method in methods
    ]
    assert len(calls) > 10
    assert [call for call in calls if call not in PAGE] == []
