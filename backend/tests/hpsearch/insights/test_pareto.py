"""The front: right by definition, and quick."""

from random import Random
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hypertrainer.hpsearch.facts import TrialState
from hypertrainer.hpsearch.insights.pareto import front, pareto
from hypertrainer.hpsearch.spec import Direction, Objective, Spec
from tests.hpsearch.logs_of_facts import FactLog

LOSS = Objective(metric="loss", direction=Direction.MINIMIZE)
SPEED = Objective(metric="speed", direction=Direction.MAXIMIZE)
NUMBERS = st.one_of(st.integers(0, 4).map(float), st.floats(-2, 2))
TABLES = st.integers(1, 5).flatmap(
    lambda width: st.lists(st.lists(NUMBERS, min_size=width, max_size=width), max_size=40)
)


@given(TABLES)
def test_the_front_is_what_no_other_row_dominates(rows: list[list[float]]) -> None:
    expected = [
        index for index, row in enumerate(rows) if not any(_dominates(other, row) for other in rows)
    ]
    assert front(rows) == expected


@pytest.mark.parametrize("width", [2, 3, 4])
def test_ten_thousand_rows_take_no_second(width: int) -> None:
    random = Random(0)
    rows = [[random.random() for _ in range(width)] for _ in range(10_000)]
    started = perf_counter()
    found = front(rows)
    assert 0 < len(found) < 1_000
    assert perf_counter() - started < 3


@pytest.mark.parametrize("width", [2, 3, 4])
def test_ten_thousand_rows_that_are_all_on_the_front_take_seconds(width: int) -> None:
    rows = [[float(index), float(-index), 0.0, 0.0][:width] for index in range(10_000)]
    started = perf_counter()
    assert len(front(rows)) == 10_000
    assert perf_counter() - started < 10


def test_trials_on_the_front_are_over_feasible_and_finite() -> None:
    log = FactLog(Spec(objectives=(LOSS, SPEED)))
    log.ask_all(8)
    log.tell(0, [0.5, 10.0])
    log.tell(1, [0.4, 9.0])
    log.tell(2, [0.6, 9.0])  # worse than 0 and 1
    log.tell(3, [0.1, 99.0], constraints={"metric(memory) <= 24": 1.0})
    log.tell(4, [0.1, 99.0], TrialState.FAILED)
    log.tell(5, [float("nan"), 99.0])
    log.tell(6, [0.5, 10.0])  # equal to 0
    assert pareto(log.history) == [0, 1, 6]


def test_with_one_objective_the_best_are_the_front() -> None:
    log = FactLog(Spec(objectives=(SPEED,)))
    log.ask_all(3)
    for number, value in enumerate((1.0, 3.0, 3.0)):
        log.tell(number, [value])
    assert pareto(log.history) == [1, 2]


def test_without_objectives_there_is_no_front() -> None:
    log = FactLog(Spec())
    log.ask(0)
    log.tell(0, [])
    assert pareto(log.history) == []


def _dominates(one: list[float], other: list[float]) -> bool:
    pairs = list(zip(one, other, strict=True))
    return all(mine <= its for mine, its in pairs) and any(mine < its for mine, its in pairs)
