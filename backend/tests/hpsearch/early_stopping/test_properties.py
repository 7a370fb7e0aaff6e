"""What must be true of stopping, whatever the curves are."""

from math import inf, isfinite, nan
from time import perf_counter

import optuna
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hypertrainer.hpsearch.early_stopping.judge import judge
from hypertrainer.hpsearch.early_stopping.rungs import rungs_of
from hypertrainer.hpsearch.facts import Fact, FactKind
from hypertrainer.hpsearch.spec import Direction, EarlyStopping, StoppingRule
from tests.hpsearch.logs_of_facts import METRIC, FactLog, follow, spec_with, stopping, stops_of

EPOCHS = 28
VALUES = st.one_of(
    st.floats(-10, 10), st.sampled_from([0.0, 1.0, 2.0]), st.sampled_from([nan, inf, -inf])
)
FINITE = st.one_of(st.floats(-10, 10), st.sampled_from([0.0, 1.0, 2.0]))
DIRECTIONS = st.sampled_from(list(Direction))


def curves_of(values: st.SearchStrategy[float]) -> st.SearchStrategy[list[list[float]]]:
    curve = st.lists(values, min_size=0, max_size=EPOCHS)
    return st.lists(curve, min_size=1, max_size=14)


RULES = st.one_of(
    st.builds(
        StoppingRule,
        rule=st.sampled_from(["asha", "hyperband"]),
        reduction_factor=st.integers(2, 4),
        min_trials=st.one_of(st.none(), st.integers(1, 5)),
    ),
    st.builds(StoppingRule, rule=st.just("patience"), epochs=st.integers(1, 4)),
    st.builds(StoppingRule, rule=st.just("threshold"), above=st.floats(-5, 5)),
    st.builds(
        StoppingRule,
        rule=st.just("median"),
        min_trials=st.just(1),
        percentile=st.floats(0, 100),
    ),
)
STOPPINGS = st.builds(
    EarlyStopping,
    rules=st.lists(RULES, min_size=1, max_size=2).map(tuple),
    metric=st.just(METRIC),
    direction=DIRECTIONS,
    min_epochs=st.integers(1, 4),
    max_epochs=st.just(27),
    stop_on_nan=st.booleans(),
)


@given(STOPPINGS, curves_of(VALUES), st.sampled_from(["best", "last"]))
@settings(max_examples=60, deadline=None)
def test_decisions_do_not_depend_on_how_the_epochs_arrive(
    early: EarlyStopping, curves: list[list[float]], summary: str
) -> None:
    each = [follow(early, curves, poll, summary) for poll in (1, 3, 10)]
    assert stops_of(each[0]) == stops_of(each[1]) == stops_of(each[2])
    assert repr(each[0].facts) == repr(each[1].facts) == repr(each[2].facts)


@given(STOPPINGS, curves_of(VALUES))
@settings(max_examples=60, deadline=None)
def test_a_rung_value_never_changes(early: EarlyStopping, curves: list[list[float]]) -> None:
    log = follow(early, curves)
    before = {number: dict(trial.reports) for number, trial in log.history.trials.items()}
    sizes = {key: len(level) for key, level in log.history.standings.values.items()}
    for number, reports in before.items():
        for epoch in reports:
            log.add(FactKind.REPORTED, number, epoch=epoch, value=-99.0, data={"best": -99.0})
    after = {number: dict(trial.reports) for number, trial in log.history.trials.items()}
    assert repr(before) == repr(after)
    assert sizes == {key: len(level) for key, level in log.history.standings.values.items()}


@given(curves_of(FINITE), DIRECTIONS, st.integers(2, 4), st.sampled_from(["best", "last"]))
@settings(max_examples=60, deadline=None)
def test_the_best_at_a_rung_always_goes_on(
    curves: list[list[float]], direction: Direction, factor: int, summary: str
) -> None:
    rule = StoppingRule(rule="asha", reduction_factor=factor)
    early = stopping(rule, direction=direction)
    log = follow(early, curves, summary=summary)
    for epoch in rungs_of(early, rule):
        there = [trial for trial in log.history.trials.values() if epoch in trial.reports]
        stopped = {trial.number for trial in there if trial.stop and trial.stop.epoch == epoch}
        best = min(
            there,
            key=lambda trial: direction.sign * _counted(summary, trial.reports[epoch]),
            default=None,
        )
        assert best is None or best.number not in stopped


@given(curves_of(FINITE), DIRECTIONS, st.integers(2, 4))
@settings(max_examples=60, deadline=None)
def test_asha_stops_whom_the_pruner_of_optuna_stops(
    curves: list[list[float]], direction: Direction, factor: int
) -> None:
    rule = StoppingRule(rule="asha", reduction_factor=factor, min_trials=1)
    ours = stops_of(follow(stopping(rule, direction=direction), curves, summary="last"))
    assert ours == _stops_of_optuna(curves, direction, factor)


@given(st.lists(FINITE, min_size=1, max_size=40), FINITE, st.floats(0, 1), DIRECTIONS)
def test_the_quantile_of_the_others_is_the_one_of_a_list_without_it(
    others: list[float], value: float, share: float, direction: Direction
) -> None:
    log = FactLog(spec_with(stopping(StoppingRule(rule="median"), direction=direction)))
    log.ask_all(len(others) + 1)
    for number, one in enumerate([*others, value]):
        log.report(number, 1, one)
    level = log.history.standings.values[0, 1]
    ordered = sorted(others, key=lambda one: one * direction.sign)
    at = share * (len(ordered) - 1)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    expected = ordered[low] + (at - low) * (ordered[high] - ordered[low])
    assert level.quantile_of_others(value, share, direction) == pytest.approx(expected, abs=1e-9)


def test_a_decision_among_ten_thousand_trials_takes_microseconds() -> None:
    rules = (StoppingRule(rule="asha", min_trials=100_000), StoppingRule(rule="median"))
    log = FactLog(spec_with(stopping(*rules)))
    log.ask_all(10_000)
    seq, started = log.history.seq, perf_counter()
    for number in range(10_000):
        value = (number * 7919) % 10_007 / 10_007
        fact = Fact(seq + number + 1, FactKind.REPORTED, number, 1, value, {"best": value})
        log.history.add(fact)
        judge(log.history, number, 1)
    assert (perf_counter() - started) / 10_000 < 0.000_5


def _counted(summary: str, report: object) -> float:
    value = getattr(report, "best" if summary == "best" else "value")
    assert isinstance(value, float)
    assert isfinite(value)
    return value


def _stops_of_optuna(
    curves: list[list[float]], direction: Direction, factor: int
) -> dict[int, int | None]:
    """Every epoch of every trial is reported at once, in the same order."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    pruner = optuna.pruners.SuccessiveHalvingPruner(min_resource=1, reduction_factor=factor)
    study = optuna.create_study(direction=direction.value, pruner=pruner)
    trials = [study.ask() for _ in curves]
    stops: dict[int, int | None] = {}
    for epoch in range(1, 27):
        for number, curve in enumerate(curves):
            if number in stops or epoch > len(curve):
                continue
            trials[number].report(curve[epoch - 1], epoch)
            if trials[number].should_prune():
                stops[number] = epoch
    return stops
