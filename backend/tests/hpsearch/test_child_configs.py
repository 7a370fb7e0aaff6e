"""Configs of trials: the search's own, with values set, keys taken out, and the mark of a child."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hypertrainer.errors import InvalidInput
from hypertrainer.hpsearch.child_configs import child_config, child_template
from hypertrainer.hpsearch.spec import Condition, Parameter, Repeats, Spec
from hypertrainer.tasks.config import Config

TEXT = """\
# How I train
training:
  lr: 0.1  # fast
  batch: 32
  layers: [64, 32]
  seed: 7
optimizer:
  name: sgd
  momentum: 0.9  # of sgd only
hpsearch:           # how to search
  n_trials: 3
  params:
    # the rates
    training.lr: {low: 0.1, high: 1.0}  # wide
notes: last
"""
MARK = """\
hpsearch:
  is_child: true
  parent: exp_lr
  trial: 12
  repeat: 0
  values: {training.lr: 1.0e-05}"""


def child_of(text: str, values: dict[str, object], spec: Spec | None = None, **more: Any) -> Config:
    return child_config(Config.parse(text), spec or Spec(), "exp_lr", 12, values, **more)


def removing(path: str) -> Spec:
    when = (Condition(path="optimizer.name", values=("sgd",)),)
    parameter = Parameter(path=path, low=0, high=1, when=when, inactive="remove")
    return Spec(params=(parameter,))


def test_a_child_differs_by_its_values_and_its_mark() -> None:
    child = child_of(TEXT, {"training.lr": 0.00001})
    start, end = TEXT.index("hpsearch:"), TEXT.index("  # wide")
    expected = (TEXT[:start] + MARK + TEXT[end:]).replace("lr: 0.1 ", "lr: 1.0e-05 ", 1)
    assert child.text() == expected
    assert child.is_child
    assert not child.is_search
    assert child.hpsearch_block == {
        "is_child": True,
        "parent": "exp_lr",
        "trial": 12,
        "repeat": 0,
        "values": {"training.lr": 1e-5},
    }


def test_children_of_a_template_are_those_of_the_config() -> None:
    template = child_template(Config.parse(TEXT))
    for number in range(3):
        values = {"training.lr": number / 8, "training.batch": number}
        ours = child_config(template, Spec(), "exp_lr", number, values)
        assert (
            ours.text() == child_config(Config.parse(TEXT), Spec(), "exp_lr", number, values).text()
        )
    assert template.value_of(template.node("training")) == Config.parse(TEXT).get("training")


@pytest.mark.parametrize(
    "text",
    [
        "lr: 1\nhpsearch: {n_trials: 3, params: {lr: {low: 1, high: 2}}}\n",
        "{lr: 1, hpsearch: {n_trials: 3}, other: [1, 2]}",
        "lr: 1\nhpsearch:\n  params:\n  - {param: lr}\n  desc: |\n    long\n\n\nother: 2\n",
        "lr: 1\r\nhpsearch:\r\n  n_trials: 3\r\nother: 2\r\n",
        "lr: 1\nhpsearch:\n  n_trials: 3",
        "hpsearch: &all {n_trials: 3}\nlr: 1\n",
        "hpsearch: {n_trials: &n 3}\nlr: 1\nother: *n\n",
        "defaults: &all\n  hpsearch: {n_trials: 3}\n<<: *all\nlr: 1\n",
        "search: &all {n_trials: 3}\nhpsearch: *all\nlr: 1\n",
        '"hpsearch": {n_trials: 3}\nlr: 1\n',
    ],
)
def test_any_way_to_write_the_section_becomes_a_mark(text: str) -> None:
    config = Config.parse(text)
    child = Config.parse(child_of(text, {"lr": 0.5}).text())
    assert child.is_child
    assert child.get("hpsearch.trial") == 12
    assert child.get("hpsearch.values") == {"lr": 0.5}
    assert child.get("lr") == 0.5
    assert child.find("other") == config.find("other")


def test_a_key_that_is_not_active_is_kept_or_taken_out() -> None:
    kept = child_of(TEXT, {}, inactive=["optimizer.momentum"])
    assert kept.get("optimizer.momentum") == 0.9
    gone = child_of(
        TEXT, {"training.lr": 0.5}, removing("optimizer.momentum"), inactive=["optimizer.momentum"]
    )
    assert gone.get("optimizer") == {"name": "sgd"}
    assert "  name: sgd\nhpsearch:" in gone.text()
    assert gone.get("training.lr") == 0.5


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("a: 1\nb: 2\nc: 3\n", "b", "a: 1\nc: 3\n"),
        ("a: 1\nb: 2", "b", "a: 1\n"),
        ("s:\n  a: 1  # one\nb: 2\n", "s.a", "s:\n  {}  # one\nb: 2\n"),
        ("{a: 1, b: 2, c: 3}", "a", "{b: 2, c: 3}"),
        ("{a: 1, b: 2, c: 3}", "b", "{a: 1, c: 3}"),
        ("{a: 1, b: 2, c: 3}", "c", "{a: 1, b: 2}"),
        ("s: {a: [1, 2]}\n", "s.a", "s: {}\n"),
        ("l:\n- a: 1\n  b: 2\n- a: 3\n", "l.0.a", "l:\n- b: 2\n- a: 3\n"),
        ("l:\n- a: 1\n  b: 2\n- a: 3\n", "l.0.b", "l:\n- a: 1\n- a: 3\n"),
        ("l:\n- a: 1\n", "l.0.a", "l:\n- {}\n"),
        ("a: |\n  long\n  text\n\nb: 2\n", "a", "\nb: 2\n"),
        ("a:\n- 1\n- 2\nb: 2\n", "a", "b: 2\n"),
        ("a:\nb: 2\n", "a", "b: 2\n"),
        ("d: &d {a: 1}\ns:\n  <<: *d\n  b: 2\n", "s.b", "d: &d {a: 1}\ns:\n  <<: *d\n"),
        ("d: &d {a: 1}\ns: {<<: *d, b: 2}\n", "s.b", "d: &d {a: 1}\ns: {<<: *d, }\n"),
    ],
)
def test_a_key_is_taken_out_and_nothing_else(text: str, path: str, expected: str) -> None:
    config = Config.parse(text)
    config.remove(path)
    assert config.text() == expected
    assert config.slot(path) is None
    assert config.value_of() == Config.parse(expected).value_of()


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a: 1\n", "b"),
        ("a: [1, 2]\n", "a.0"),
        ("a: {b: 1}\n", "a"),
        ("d: &d {a: 1}\ns:\n  <<: *d\n  b: 2\n", "s.a"),
        ("d: &d {a: 1}\ns: *d\n", "s.a"),
        ("a: &x 1\nb: *x\n", "a"),
    ],
)
def test_what_is_no_key_of_its_own_is_not_taken_out(text: str, path: str) -> None:
    config = Config.parse(text)
    with pytest.raises(InvalidInput):
        config.remove(path)
    assert config.text() == text


def test_repeats_count_up_from_the_seed_in_the_config() -> None:
    spec = Spec(repeats=Repeats(n=3, param="training.seed"))
    seeds = [child_of(TEXT, {}, spec, repeat=repeat).get("training.seed") for repeat in range(3)]
    assert seeds == [7, 8, 9]
    assert child_of(TEXT, {}, spec, repeat=2).get("hpsearch.repeat") == 2
    missing = Spec(repeats=Repeats(n=3, param="training.seed2"))
    assert child_of(TEXT, {}, missing, repeat=2).get("training.seed2") == 2


def test_a_key_that_is_not_there_is_created() -> None:
    child = child_of(TEXT, {"optimizer.beta": 0.5, "new": "x"})
    assert (child.get("optimizer.beta"), child.get("new")) == (0.5, "x")
    with pytest.raises(InvalidInput, match="no `nowhere"):
        child_of(TEXT, {"nowhere.beta": 0.5})


def test_items_of_lists_and_whole_lists_are_set() -> None:
    assert child_of(TEXT, {"training.layers.1": 1.5}).get("training.layers") == [64, 1.5]
    child = child_of(TEXT, {"training.layers": [1], "training.lr": 0.5})
    assert (child.get("training.layers"), child.get("training.lr")) == ([1], 0.5)


@given(
    st.dictionaries(
        st.sampled_from(["training.lr", "training.batch", "optimizer.name"]),
        st.one_of(st.floats(), st.integers(-(2**60), 2**60), st.booleans(), st.text(max_size=20)),
    )
)
def test_any_value_can_be_written_into_a_child(values: dict[str, object]) -> None:
    child = child_of(TEXT, values)
    again = Config.parse(child.text())
    assert again.flat_params() == child.flat_params()
    assert list(again.get("hpsearch.values")) == list(values)
    assert again.is_child
