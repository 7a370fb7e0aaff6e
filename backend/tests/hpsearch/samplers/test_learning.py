"""That samplers learn what they are told: where it is good, where it crashes, what is too much."""

import math
from collections.abc import Callable, Iterator, Mapping
from statistics import fmean
from typing import Any

import pytest

from hypertrainer.errors import InvalidInput
from hypertrainer.hpsearch.facts import TrialState
from hypertrainer.hpsearch.history import History, PastTrial
from hypertrainer.hpsearch.samplers.memory import Memory
from hypertrainer.hpsearch.samplers.suggest import suggest
from hypertrainer.hpsearch.spec import (
    Algorithm,
    Condition,
    Direction,
    Failures,
    Objective,
    Parameter,
    Spec,
    StoppingRule,
)
from tests.hpsearch.logs_of_facts import FactLog, spec_with, stopping
from tests.hpsearch.simulation import Crash, Simulation

LOSS = Objective(metric="loss", direction=Direction.MINIMIZE)
X = Parameter(path="x", low=0.0, high=1.0)
Y = Parameter(path="y", low=0.0, high=1.0)
NAME = Parameter(path="name", type="categorical", values=("sgd", "adam"))
Values = Mapping[str, Any]


def search(algorithm: Algorithm, *params: Parameter, **changes: Any) -> Spec:
    return Spec(**({"algorithm": algorithm, "params": params, "objectives": (LOSS,)} | changes))


def run(spec: Spec, loss: Callable[[Values], float], trials: int, seed: int = 0) -> History:
    """Two workers; trials of one epoch."""
    return (
        Simulation(spec, seed, lambda values: [loss(values)], 2, epochs_budget=trials).run().history
    )


def bowl(values: Values) -> float:
    return float((values["x"] - 0.7) ** 2 + (values["y"] - 0.2) ** 2)


def crashing(loss: Callable[[Values], float]) -> Callable[[Values], Iterator[float]]:
    """Half the space crashes."""

    def curve(values: Values) -> Iterator[float]:
        if values["x"] > 0.5:
            raise Crash("out of memory")
        yield loss(values)

    return curve


def crash_share(tell: str, loss: Callable[[Values], float], seed: int) -> float:
    """How many of the trials 20 to 59 crash."""
    spec = search(Algorithm.TPE, X, Y, n_trials=60, failures=Failures(tell=tell))
    history = Simulation(spec, seed, crashing(loss), 1, epochs_budget=10_000).run().history
    late = [trial for number, trial in history.trials.items() if 20 <= number < 60]
    assert len(late) == 40
    return fmean(trial.state is TrialState.FAILED for trial in late)


@pytest.mark.parametrize(
    "loss",
    [
        pytest.param(lambda values: (values["y"] - 0.3) ** 2, id="as good everywhere"),
        pytest.param(lambda values: abs(values["x"] - 0.5), id="best at the edge"),
    ],
)
def test_crashes_teach_where_not_to_go(loss: Callable[[Values], float]) -> None:
    assert fmean(crash_share("infeasible", loss, seed) for seed in range(3)) < 0.5


def test_crashes_that_are_ignored_teach_nothing() -> None:
    """What Optuna does by itself."""
    share = fmean(crash_share("ignore", lambda values: abs(values["x"] - 0.5), s) for s in range(2))
    assert share > crash_share("infeasible", lambda values: abs(values["x"] - 0.5), 0)


def test_a_limit_of_a_metric_is_learned() -> None:
    spec = search(Algorithm.TPE, X, Y, constraints=("metric(gb) <= 0.5",))
    history, memory = History(spec, 3), Memory()
    for number in range(50):
        values = suggest(history, number, memory).values
        trial = PastTrial(number, values, TrialState.COMPLETE, told_seq=number)
        trial.objectives = (1.0 - values["x"],)  # best where it does not fit
        trial.constraints = {"metric(gb) <= 0.5": values["x"] - 0.5}
        history.trials[number] = trial
        history.seq += 1
    late = [history.trials[number].values["x"] for number in range(20, 50)]
    assert fmean(abs(x - 0.5) for x in late) < 0.18  # at random 0.25
    assert fmean(x <= 0.5 for x in late) > 0.4
    best = history.best()
    assert best is not None
    assert 0.4 < best.values["x"] <= 0.5


def test_a_model_is_fitted_to_every_branch_of_a_condition() -> None:
    momentum = Parameter(
        path="momentum", low=0.0, high=1.0, when=(Condition(path="name", values=("sgd",)),)
    )
    spec = search(Algorithm.TPE, NAME, momentum, X)

    def loss(values: Values) -> float:
        tuned = abs(values["momentum"] - 0.9) if values["name"] == "sgd" else 0.5
        return float(tuned + abs(values["x"] - 0.3))

    trials = run(spec, loss, 80).trials.values()
    late = [trial.values for trial in trials if trial.number >= 40]
    assert fmean(values["name"] == "sgd" for values in late) > 0.6
    assert fmean(abs(one["momentum"] - 0.9) for one in late if "momentum" in one) < 0.15


def test_a_prior_is_searched_through_its_quantiles() -> None:
    rate = Parameter(path="rate", distribution="lognormal", mean=-7.0, std=2.0)
    history = run(search(Algorithm.TPE, rate), lambda values: abs(math.log(values["rate"]) + 9), 40)
    best = history.best()
    assert best is not None
    assert math.log(best.values["rate"]) == pytest.approx(-9, abs=0.3)


def test_cmaes_comes_closer_and_closer() -> None:
    steps = Parameter(path="steps", type="int", low=1, high=1_000, log=True)
    spec = search(Algorithm.CMAES, X, Y, steps)
    history = run(spec, lambda values: bowl(values) + (math.log10(values["steps"]) - 1) ** 2, 150)
    first, last = (
        fmean(
            trial.objectives[0]
            for trial in history.trials.values()
            if trial.number in part and trial.objectives
        )
        for part in (range(20), range(130, 150))
    )
    assert last < first / 20


def test_cmaes_starts_from_the_best_point_known() -> None:
    log = FactLog(search(Algorithm.CMAES, X, Y, try_first=({"x": 0.9, "y": 0.9},)))
    log.ask(0, x=0.9, y=0.9)
    log.tell(0, [0.1])
    points = [suggest(log.history, 1, Memory()).values]
    for number in range(1, 40):
        found = suggest(log.history, number)
        log.add(
            log.facts[1].kind,
            number,
            data={"values": dict(found.values), "attrs": dict(found.attrs)},
        )
        points.append(found.values)
    assert fmean(point["x"] for point in points) > 0.6
    assert fmean(point["y"] for point in points) > 0.6


def test_cmaes_learns_from_trials_that_were_stopped() -> None:
    spec = spec_with(stopping(StoppingRule(rule="asha")), params=(X, Y), algorithm=Algorithm.CMAES)

    def curve(values: Values) -> Iterator[float]:
        return (bowl(values) + 1 / epoch for epoch in range(1, 28))

    history = Simulation(spec, 1, curve, 4, epochs_budget=400).run().history
    generations = [trial.attrs["generation"] for trial in history.trials.values()]
    assert max(generations) >= 6
    last = [
        bowl(trial.values) for trial in history.trials.values() if trial.attrs["generation"] > 5
    ]
    assert fmean(last) < 0.03


def test_cmaes_goes_on_elsewhere_when_it_has_converged() -> None:
    history = run(
        search(Algorithm.CMAES, X, algorithm_options={"population": 4}), lambda _: 1.0, 60
    )
    assert len({trial.values["x"] for trial in history.trials.values()}) == 60


@pytest.mark.parametrize(
    "param", [NAME, Parameter(path="z", low=0, high=1, when=(Condition(path="x", low=0.5),))]
)
def test_cmaes_refuses_what_it_cannot_search(param: Parameter) -> None:
    with pytest.raises(InvalidInput, match="Use `tpe`"):
        suggest(History(search(Algorithm.CMAES, X, param), 1), 0)


def test_nsga2_finds_a_front() -> None:
    spec = search(
        Algorithm.NSGA2,
        X,
        Y,
        objectives=(LOSS, LOSS.model_copy(update={"metric": "size"})),
        algorithm_options={"population": 10},
    )

    def epochs(values: Values) -> list[Mapping[str, float]]:
        return [
            {"loss": values["x"] ** 2 + values["y"], "size": (values["x"] - 1) ** 2 + values["y"]}
        ]

    history = Simulation(spec, 1, epochs, 4, epochs_budget=150).run().history
    first, last = (
        fmean(history.trials[number].values["y"] for number in part)
        for part in (range(20), range(130, 150))
    )
    assert last < first / 2  # all of the front has y = 0, and any x
    assert len({round(history.trials[number].values["x"], 1) for number in range(100, 150)}) >= 5


def test_a_search_whose_range_was_moved_goes_on_with_what_still_fits() -> None:
    log = FactLog(search(Algorithm.TPE, X, Y))
    for number in range(30):
        log.ask(number, x=number / 30, y=(number * 7 % 30) / 30)
        log.tell(number, [number / 30])
    moved = search(Algorithm.TPE, Parameter(path="x", low=0.5, high=2.0), Y)
    log.add(log.facts[0].kind, data={"spec": moved.model_dump(mode="json")})
    found = suggest(log.history, 30)
    assert found.algorithm == "tpe"
    assert found.values["x"] >= 0.5


def test_trials_of_another_search_spare_the_first_points() -> None:
    log = FactLog(search(Algorithm.TPE, X, Y))
    for number in range(30):
        x, y = number / 30, (number * 7 % 30) / 30
        data = {"values": {"x": x, "y": y}, "objectives": [bowl({"x": x, "y": y})]}
        log.add(type(log.facts[0].kind).WARMED, data=data)
    points = []
    for number in range(10):
        found = suggest(log.history, number)
        assert found.algorithm == "tpe"
        points.append(found.values)
        log.ask(number, **found.values)
    assert fmean(map(bowl, points)) < 0.1
