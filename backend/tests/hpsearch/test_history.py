"""The fold: what a history is after its facts, however they are handed over."""

from math import inf, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hypertrainer.hpsearch.facts import Fact, FactKind, TrialState
from hypertrainer.hpsearch.history import History, fold
from hypertrainer.hpsearch.spec import Direction, Objective, Spec, StoppingRule
from tests.hpsearch.logs_of_facts import FactLog, follow, spec_with, stopping

ASHA = StoppingRule(rule="asha")
CURVES = st.lists(st.lists(st.floats(0, 9), min_size=1, max_size=10), min_size=1, max_size=8)
OTHERS = [
    (FactKind.TOLD, {"state": "complete", "values": [0.5], "constraints": {}}),
    (FactKind.TOLD, {"state": "failed", "values": None, "reason": "it crashed"}),
    (FactKind.REOPENED, {}),
    (FactKind.REVISED, {"spec": spec_with(None, n_trials=9).model_dump(mode="json")}),
    (FactKind.WARMED, {"values": {"width": 0.5}, "objectives": [0.1]}),
]


@given(CURVES, st.lists(st.sampled_from(OTHERS), max_size=8), st.floats(0, 1))
@settings(max_examples=50, deadline=None)
def test_two_parts_folded_one_after_the_other_are_the_whole(
    curves: list[list[float]], others: list[tuple[FactKind, dict[str, object]]], share: float
) -> None:
    log = follow(stopping(ASHA), curves)
    for kind, data in others:
        log.add(kind, 0, data=data)
    cut = int(share * len(log.facts))
    in_parts = fold(0, log.facts[:cut]).extend(log.facts[cut:])
    assert in_parts == fold(0, log.facts) == log.history


@given(CURVES)
@settings(max_examples=30, deadline=None)
def test_folding_changes_no_fact(curves: list[list[float]]) -> None:
    log = follow(stopping(ASHA), curves)
    before = repr(log.facts)
    fold(0, log.facts)
    assert repr(log.facts) == before


def test_a_gap_is_refused_and_changes_nothing() -> None:
    log = FactLog(spec_with(None))
    with pytest.raises(ValueError, match="fact 3 does not follow on 1"):
        log.history.add(Fact(3, FactKind.ASKED, 0, data={"values": {}}))
    assert log.history.seq == 1


def test_what_is_said_of_unknown_trials_is_refused() -> None:
    log = FactLog(spec_with(None))
    with pytest.raises(ValueError, match="trial 7, which was not asked for"):
        log.add(FactKind.REPORTED, 7, epoch=1, value=0.5)
    with pytest.raises(ValueError, match="names no trial"):
        log.add(FactKind.TOLD, data={"state": "complete"})


def test_a_trial_is_asked_for_once() -> None:
    log = FactLog(spec_with(None))
    log.ask(0)
    with pytest.raises(ValueError, match="asks for trial 0 again"):
        log.ask(0)


def test_the_first_report_of_an_epoch_stays() -> None:
    log = FactLog(spec_with(stopping(ASHA)))
    log.ask(0)
    log.report(0, 1, 0.5)
    log.report(0, 1, 0.1)
    assert log.history.trials[0].reports[1].value == 0.5
    assert log.history.standings.values[0, 1].finite == [0.5]


def test_reports_carry_the_average_up_to_them() -> None:
    log = FactLog(spec_with(stopping(ASHA)))
    log.ask(0)
    for epoch, value in enumerate((3.0, 1.0, 2.0), 1):
        log.report(0, epoch, value)
    assert [one.mean for one in log.history.trials[0].reports.values()] == [3.0, 2.0, 2.0]


def test_a_trial_that_runs_again_forgets_its_end() -> None:
    log = FactLog(spec_with(stopping(StoppingRule(rule="threshold", above=1))))
    log.ask(0)
    log.report(0, 1, 5.0)
    log.tell(0, [5.0], TrialState.STOPPED)
    assert log.history.num_by_state[TrialState.STOPPED] == 1
    log.add(FactKind.REOPENED, 0)
    trial = log.history.trials[0]
    assert (trial.state, trial.stop, trial.objectives) == (TrialState.RUNNING, None, None)
    assert log.history.num_by_state[TrialState.STOPPED] == 0
    assert [one.number for one in log.history.open()] == [0]


def test_the_best_is_finite_feasible_and_the_earliest() -> None:
    log = FactLog(spec_with(None))
    log.ask_all(8)
    log.tell(0, [nan])
    log.tell(1, [-inf])
    log.tell(2, [0.1], constraints={"a < b": 1.0})
    log.tell(3, [0.1], TrialState.FAILED)
    log.tell(4, [0.5])
    log.tell(5, [0.3], TrialState.STOPPED)
    log.tell(6, [0.3])
    best = log.history.best()
    assert best is not None
    assert best.number == 5


def test_the_best_of_a_metric_to_maximize_is_the_largest() -> None:
    objective = Objective(metric="accuracy", direction=Direction.MAXIMIZE)
    log = FactLog(Spec(objectives=(objective,)))
    log.ask_all(2)
    log.tell(0, [0.7])
    log.tell(1, [0.9])
    best = log.history.best()
    assert best is not None
    assert best.number == 1


def test_without_an_objective_there_is_no_best() -> None:
    assert History(Spec(), 0).best() is None
