"""Every mistake in `hpsearch:`: told at its place, with what to write."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from hypertrainer.errors import FieldProblem, InvalidInput
from hypertrainer.hpsearch.spec_reader.reader import demand_search, read_spec
from hypertrainer.tasks.config import Config
from tests.hpsearch.spec_examples import BASE

PLATFORMS = ["local", "slurm", "aws"]
GOOD = "{training.learning_rate: {low: 0.1, high: 1.0}}"
LR = "training.learning_rate"
OBJECTIVE = "objective: {metric: val_loss, direction: minimize}"


def mistakes() -> list[tuple[str, str, str]]:
    """The cases of the file: path, part of the message, section."""
    text = Path(__file__).with_name("spec_mistakes.txt").read_text("utf-8")
    records = [record.strip("\n") for record in text.split("\n\n")]
    split = [record.split("\n", 2) for record in records if record.startswith("@ ")]
    return [(path[2:], part[2:], block) for path, part, block in split]


def problems_of(text: str) -> list[FieldProblem]:
    with pytest.raises(InvalidInput) as caught:
        read_spec(Config.parse(text), PLATFORMS, "local")
    assert caught.value.message == caught.value.fields[0].message
    return list(caught.value.fields)


@pytest.mark.parametrize(("path", "part", "block"), mistakes())
def test_a_mistake_is_told_alone_at_its_place_with_the_remedy(
    path: str, part: str, block: str
) -> None:
    before = f"{BASE}{block}".split("§")[0]
    (problem,) = problems_of(f"{BASE}{block}\n".replace("§", ""))
    assert part in problem.message
    assert problem.path == path
    column = len(before) - before.rfind("\n")
    assert (problem.line, problem.column) == (before.count("\n") + 1, column)
    assert problem.message[-1] in ".)`"


def search(body: str) -> str:
    return "hpsearch:\n  n_trials: 10\n" + body


@pytest.mark.skipif(find_spec("torch") is not None, reason="torch is installed: gp can be used")
def test_an_algorithm_whose_extra_is_missing_is_told() -> None:
    block = search(f"  params: {GOOD}\n  {OBJECTIVE}\n  algorithm: gp\n")
    (problem,) = problems_of(BASE + block)
    assert problem.message == (
        "Algorithm `gp` needs the extra: pip install hypertrainer[gp]. `tpe` works without it."
    )


def test_points_to_try_first_must_suit_their_parameters() -> None:
    params = """\
  params:
  - {params: [data.config, model.checkpoint], values: [[A.yml, 1], [B.yml, 2]]}
  - {param: model.n_layers, type: int, low: 1, high: 3}
  - {param: model.width, same_as: model.n_layers}
"""
    for point, part in (
        ("{data.config: A.yml}", "varies together with model.checkpoint"),
        ("{data.config: A.yml, model.checkpoint: 2}", "is none of its `values`"),
        ("{model.n_layers: 1.5}", "is no whole number"),
        ("{model.width: 1}", "is a copy of `model.n_layers`"),
        ("{model.n_layers: .inf}", "is outside low..high (1..3)"),
        ("{model.n_layers: {a: 1}}", "is outside low..high"),
    ):
        is_free = ".inf" in point or "a: 1" in point
        more = "  allow_outside: true\n" if is_free else ""
        (problem,) = problems_of(BASE + search(f"{params}  try_first: [{point}]\n{more}"))
        assert part in problem.message


def test_a_child_is_no_search() -> None:
    child = f"{BASE}hpsearch: {{is_child: true, n_trials: 3, params: {GOOD}}}\n"
    (problem,) = problems_of(child)
    assert problem.path == "hpsearch.is_child"
    assert (problem.line, problem.column) == (5, 22)
    assert "Remove `hpsearch` or `is_child` to start a new search" in problem.message
    with pytest.raises(InvalidInput, match="no `hpsearch:` section"):
        demand_search(Config.parse(BASE))


def test_all_problems_are_told_at_once_in_the_order_of_the_text() -> None:
    text = (
        f"{BASE}hpsearch:\n  n_trials: none\n  params:\n"
        f"  - {{param: {LR}, lo: 2, hi: 1}}\n  - {{param: x, lo: 1, hi: b}}\n  typ: a\n"
        "  objective: {metric: a}\n  constraints: [a <]\n  budget: {time: x}\n"
    )
    lines = [problem.line for problem in problems_of(text)]
    assert lines == [6, 8, 9, 9, 10, 11, 12, 13]


def test_a_key_that_cannot_be_taken_out_is_told() -> None:
    text = """\
d: &d {momentum: 0.5}
s: {<<: *d, name: a}
hpsearch:
  n_trials: 3
  params:
    s.name: [a, b]
    s.momentum: {low: 0, high: 1, when: {s.name: a}, inactive: remove}
"""
    (problem,) = problems_of(text)
    assert problem.path == "hpsearch.params.s.momentum.inactive"
    assert (problem.line, problem.column) == (7, 64)
    assert "cannot be taken out" in problem.message
