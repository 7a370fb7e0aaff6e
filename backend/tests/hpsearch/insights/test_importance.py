"""Which parameters matter: the ones that do, also where some are not always there."""

from random import Random
from time import perf_counter

import pytest

from hypertrainer.hpsearch.facts import TrialState
from hypertrainer.hpsearch.insights.importance import importance
from hypertrainer.hpsearch.spec import (
    Condition,
    Direction,
    Objective,
    Parameter,
    Spec,
    StoppingRule,
)
from tests.hpsearch.logs_of_facts import METRIC, FactLog, spec_with, stopping

RATE = Parameter(path="lr", low=1e-5, high=1.0, log=True)
WIDTH = Parameter(path="width", type="int", low=1, high=64)
KIND = Parameter(path="kind", type="categorical", values=("sgd", "adam"))
MOMENTUM = Parameter(
    path="momentum", low=0.0, high=1.0, when=(Condition(path="kind", values=("sgd",)),)
)
ROW = Parameter(
    path="data", paths=("data", "steps"), type="categorical", values=(("a", 1), ("b", 2))
)
PARAMS = (RATE, WIDTH, KIND, MOMENTUM, ROW)
EVALUATORS = ["ped_anova", "fanova"]


def log_of(count: int, direction: Direction = Direction.MINIMIZE, **changes: object) -> FactLog:
    """Trials of which the learning rate, near 0.001, is what counts."""
    objective = Objective(metric=METRIC, direction=direction)
    log = FactLog(Spec(objectives=(objective,), params=PARAMS, base={"momentum": 0.9}))
    random = Random(0)
    for number in range(count):
        exponent = random.uniform(-5, 0)
        kind, row = random.choice(KIND.values), random.choice(ROW.values)
        values = {
            "lr": 10**exponent,
            "width": random.randint(1, 64),
            "kind": kind,
            "data": row[0],
            "steps": row[1],
        }
        if kind == "sgd":
            values["momentum"] = random.random()
        log.ask(number, **values)
        log.tell(number, [direction.sign * (exponent + 3) ** 2 + 0.01 * random.random()])
    return log


@pytest.mark.parametrize("evaluator", EVALUATORS)
@pytest.mark.parametrize("direction", list(Direction))
def test_what_matters_is_first_and_all_make_one(evaluator: str, direction: Direction) -> None:
    found = importance(log_of(120, direction).history, 0, evaluator)
    assert found.items[0][0] == "lr"
    assert found.items[0][1] > 0.5
    assert {path for path, _ in found.items} == {"lr", "width", "kind", "momentum", "data"}
    assert sum(share for _, share in found.items) == pytest.approx(1)
    assert (found.num_trials, found.objective, found.message) == (120, METRIC, "")


@pytest.mark.parametrize("evaluator", EVALUATORS)
def test_equal_histories_have_equal_importances(evaluator: str) -> None:
    first, second = (importance(log_of(40).history, 0, evaluator) for _ in range(2))
    assert first == second


def test_a_parameter_under_a_condition_can_matter() -> None:
    log = FactLog(Spec(objectives=spec_with(None).objectives, params=(KIND, MOMENTUM)))
    random = Random(1)
    for number in range(100):
        momentum = random.random()
        log.ask(number, kind="sgd", momentum=momentum)
        log.tell(number, [momentum])
    for number in range(100, 110):
        log.ask(number, kind="adam")
        log.tell(number, [0.5])
    assert importance(log.history).items[0][0] == "momentum"


def test_too_few_trials_say_so() -> None:
    found = importance(log_of(3).history)
    assert found.items == ()
    assert found.message == "It takes 8 trials with a value to tell; there are 3."


def test_trials_that_failed_or_have_no_finite_value_do_not_count() -> None:
    log = log_of(10)
    for number, (value, state) in enumerate(
        [(float("inf"), TrialState.COMPLETE), (0.1, TrialState.FAILED)], 10
    ):
        log.ask(number, **log.history.trials[0].values)
        log.tell(number, [value], state)
    assert importance(log.history).num_trials == 10


def test_trials_outside_the_space_as_it_is_now_do_not_count() -> None:
    log = log_of(10)
    log.ask(10, **{**log.history.trials[0].values, "width": 999})
    log.tell(10, [0.1])
    assert importance(log.history).num_trials == 10


def test_where_all_are_equal_nothing_can_be_told() -> None:
    log = FactLog(spec_with(None))
    log.ask_all(10)
    for number in range(10):
        log.tell(number, [1.0])
    assert importance(log.history).message == "All trials have the same value."


def test_an_objective_that_is_not_there_is_said_so() -> None:
    assert importance(log_of(3).history, 5).objective is None


def test_with_early_stopping_values_at_one_epoch_are_compared() -> None:
    log = FactLog(spec_with(stopping(StoppingRule(rule="asha"))))
    log.ask_all(40)
    for number in range(40):
        log.report(number, 1, number / 40)
    for number in range(6):
        log.report(number, 3, number / 100)
        log.tell(number, [0.1 * number])
    found = importance(log.history)
    assert found.num_trials == 40
    assert found.message.startswith("By the values at epoch 1: ")


@pytest.mark.parametrize(("evaluator", "seconds"), [("ped_anova", 10), ("fanova", 30)])
def test_two_thousand_trials_take_seconds(evaluator: str, seconds: float) -> None:
    history = log_of(2_000).history
    started = perf_counter()
    importance(history, 0, evaluator)
    assert perf_counter() - started < seconds
