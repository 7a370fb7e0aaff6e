"""What `resources:` may say, in a config and for a platform, and how the two are put together."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hypertrainer.errors import FieldProblem, InvalidInput
from hypertrainer.platforms.base import Resources
from hypertrainer.platforms.resource_values import (
    KEYS,
    merged,
    parse_checkpoint,
    parse_memory,
    parse_resume_on,
    parse_seconds,
    resources_of,
    why_wrong,
)
from hypertrainer.tasks.config import Config
from hypertrainer.tasks.script_environment import KEYS as ENVIRONMENT_KEYS

EXPLAINED = (Path(__file__).parents[3] / "docs" / "config.md").read_text()


def problems_of(text: str) -> list[FieldProblem]:
    with pytest.raises(InvalidInput) as caught:
        Config.parse(text)
    return list(caught.value.fields)


def test_every_key_is_read() -> None:
    text = """\
resources:
  gpus: 2
  gpu_type: a100
  cpus: 8
  memory: 64G
  time: 1d
  nodes: 3
  partition: gpu
  account: def-alice
  qos: high
  constraint: "v100|a100"
  raw: [--exclusive]
  checkpoint: SIGUSR1@90
  resume_on: [timeout, preempted]
  resume_limit: 10
"""
    config = Config.parse(text)
    assert config.resources == Resources(
        gpus=2,
        gpu_type="a100",
        cpus=8,
        memory_bytes=64 * 2**30,
        time_seconds=86_400,
        nodes=3,
        partition="gpu",
        account="def-alice",
        qos="high",
        constraint="v100|a100",
        raw=("--exclusive",),
        checkpoint_signal="USR1",
        checkpoint_seconds=90,
    )
    assert config.resume_on == ("timed_out", "preempted")
    assert config.resume_limit == 10


def test_what_is_not_said_is_left_to_the_platform() -> None:
    config = Config.parse("a: 1\n")
    assert config.resources == Resources()
    assert (config.resume_on, config.resume_limit) == (None, None)
    assert Config.parse("resources: {resume_on: []}\n").resume_on == ()
    assert Config.parse("resources: {resume_on: node_failed}\n").resume_on == ("node_failed",)


@pytest.mark.parametrize(
    ("key", "written", "part"),
    [
        ("nodes", "0", "1 or more"),
        ("gpu_type", "[a100]", "one word"),
        ("qos", '"a b"', "one word"),
        ("checkpoint", "KILL@60", "USR1, USR2, INT, HUP, TERM"),
        ("checkpoint", "USR1@0", "1 to 65535"),
        ("checkpoint", "60", "USR1@60"),
        ("resume_on", "[crashed]", "timed_out, preempted, node_failed"),
        ("resume_on", "true", "[] for never"),
        ("resume_limit", "0", "from 1 to 1000"),
        ("resume_limit", "1001", "from 1 to 1000"),
    ],
)
def test_a_wrong_value_is_told_with_its_line_and_what_to_write(
    key: str, written: str, part: str
) -> None:
    (problem,) = problems_of(f"resources:\n  cpus: 1\n  {key}: {written}\n")
    assert (problem.path, problem.line) == (f"resources.{key}", 3)
    assert part in problem.message


@pytest.mark.parametrize(
    ("key", "near"), [("gpu_typ", "gpu_type"), ("resume-on", "resume_on"), ("node", "nodes")]
)
def test_a_key_that_is_none_is_told_with_the_one_that_was_meant(key: str, near: str) -> None:
    (problem,) = problems_of(f"resources: {{{key}: 1}}\n")
    assert f"Did you mean `{near}`?" in problem.message


@pytest.mark.parametrize(
    ("written", "read"),
    [("USR1", ("USR1", 60)), ("term@30", ("TERM", 30)), ("SIGHUP@1", ("HUP", 1)), ("QUIT", None)],
)
def test_a_checkpoint_signal_comes_a_minute_before_the_end_unless_told(
    written: str, read: tuple[str, int] | None
) -> None:
    assert parse_checkpoint(written) == read


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.lists(st.text())
)


@given(st.sampled_from(KEYS), VALUES)
def test_any_value_is_either_read_or_refused_in_words(key: str, value: Any) -> None:
    if why_wrong(key, value) is None:
        resources_of({key: value})
    for parse in (parse_memory, parse_seconds, parse_checkpoint, parse_resume_on):
        parse(value)


SOME = st.one_of(st.none(), st.integers(1, 4))
WORDS = st.one_of(st.none(), st.sampled_from(["a", "b"]))
RESOURCES = st.builds(
    Resources,
    gpus=st.one_of(st.none(), st.integers(0, 2)),
    cpus=SOME,
    nodes=SOME,
    partition=WORDS,
    raw=st.sampled_from([(), ("--x",), ("--y",)]),
    checkpoint_signal=WORDS,
    checkpoint_seconds=st.integers(1, 100),
)


@given(RESOURCES, RESOURCES)
def test_the_task_s_own_word_wins_key_by_key(own: Resources, default: Resources) -> None:
    both = merged(own, default)
    for key in ("gpus", "cpus", "nodes", "partition", "raw", "checkpoint_signal"):
        said = getattr(own, key)
        assert getattr(both, key) == (getattr(default, key) if said in (None, ()) else said)
    whose = default if own.checkpoint_signal is None else own
    assert both.checkpoint_seconds == whose.checkpoint_seconds


@given(RESOURCES)
def test_what_one_side_does_not_say_the_other_does(resources: Resources) -> None:
    assert merged(resources, resources) == resources
    assert merged(Resources(), resources) == resources


@pytest.mark.parametrize("key", [*KEYS, *ENVIRONMENT_KEYS])
def test_every_key_is_explained(key: str) -> None:
    assert re.search(rf"^\|[^|]*`{key}`[^|]*\|", EXPLAINED, flags=re.M)
