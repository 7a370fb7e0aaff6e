"""Properties of the round trip: every YAML text, edited in any way, means what it should."""

import contextlib
import json
import math
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from hypertrainer.errors import InvalidInput
from hypertrainer.tasks.config import Config
from hypertrainer.tasks.yaml_scalars import write_value
from tests.tasks.yaml_texts import SCALARS, read, texts

thorough = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
LISTS = st.lists(SCALARS, max_size=3)
YAML_LETTERS = st.text(st.sampled_from("ab:- \n\t#&*!|>'\"{}[],?%@`~<.1e\\x0u"))


def is_same(one: Any, other: Any) -> bool:
    """Equality by value and type, where keys are text and nan equals itself."""
    if isinstance(one, dict) and isinstance(other, dict):
        keyed = {_key(key): value for key, value in other.items()}
        ours = {_key(key): value for key, value in one.items()}
        return ours.keys() == keyed.keys() and all(is_same(ours[k], keyed[k]) for k in ours)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_same, one, other))
    if isinstance(one, float) and isinstance(other, float) and math.isnan(one):
        return math.isnan(other)
    return type(one) is type(other) and one == other


def _key(key: Any) -> str:
    return str(key).lower() if isinstance(key, bool) else str(key)


def parsed(text: str) -> Config:
    """The config, where both parsers take it: what is refused is another test's matter."""
    try:
        read(text)
        return Config.parse(text)
    except Exception:
        assume(False)
        raise


@thorough
@given(texts())
def test_an_untouched_config_is_the_same_to_the_byte(text: str) -> None:
    config = parsed(text)
    assert config.text() == text
    assert is_same(read(text), config.value_of())


@thorough
@given(texts(), st.data())
def test_other_parsers_read_an_edited_config_as_we_do(text: str, data: st.DataObject) -> None:
    config = parsed(text)
    paths = config.paths()
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(paths))
        value = data.draw(st.one_of(SCALARS, LISTS))
        try:
            config.set(path, value)
        except InvalidInput:  # a section, say
            assume(False)
        assert is_same(config.find(path), value)
        assert is_same(read(config.text()), config.value_of())


@thorough
@given(texts())
def test_a_task_s_own_config_is_the_user_s_and_its_output_path(text: str) -> None:
    config = parsed(text)
    expected = read(text)
    expected["output_path"] = "/a folder/x"
    if isinstance(expected.get("training"), dict):
        expected["training"]["output_path"] = "/a folder/x"
    task = config.for_task("/a folder/x")
    assert is_same(read(task.text()), expected)
    assert is_same(task.value_of(), expected)
    assert config.text() == text


@settings(max_examples=300, deadline=None)
@given(st.one_of(YAML_LETTERS, st.text()))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    with contextlib.suppress(InvalidInput):
        config = Config.parse(text)
        assert config.text() == text
        json.dumps(config.flat_params(), allow_nan=False)


@given(st.one_of(SCALARS, LISTS))
def test_a_written_value_means_the_same_in_every_version_of_yaml(value: Any) -> None:
    assume(not (isinstance(value, str) and "\r" in value))
    for version in ("1.1", "1.2"):
        assert is_same(read(f"key: {write_value(value)}\n", version)["key"], value)
