"""Each rule by example: whom it stops, whom not, and in which words."""

from math import inf, nan

import pytest

from hypertrainer.hpsearch.early_stopping.base import Verdict
from hypertrainer.hpsearch.facts import FactKind, TrialState
from hypertrainer.hpsearch.spec import Direction, StoppingRule
from tests.hpsearch.logs_of_facts import FactLog, follow, spec_with, stopping, stops_of

ASHA = StoppingRule(rule="asha")


def test_a_rung_keeps_its_best_third_and_says_why() -> None:
    log = FactLog(spec_with(stopping(ASHA, min_epochs=9)))
    log.ask_all(20)
    values = [0.1, 0.2, 0.3, 0.35, 0.36, 0.37, 0.38, 0.39, 0.4, 0.401, 0.402, 0.403, 0.404]
    for number, value in enumerate([*values, *(0.5 + number for number in range(6))]):
        log.report(number, 9, value)
    assert log.report(19, 9, 0.412) == Verdict(
        rule="asha",
        words="stopped at epoch 9: val_loss 0.412 is 14th of 20 at this rung; the best 6 go on",
        rank=14,
        of=20,
        kept=6,
    )


def test_where_one_goes_on_it_is_said_so() -> None:
    verdicts = _report_all(FactLog(spec_with(stopping(ASHA))), [0.3, 0.2, 0.25])
    assert verdicts[2] is not None
    assert verdicts[2].words == (
        "stopped at epoch 1: val_loss 0.25 is 2nd of 3 at this rung; only the best goes on"
    )


def test_nobody_is_stopped_before_enough_trials_have_come_to_the_rung() -> None:
    early = stopping(StoppingRule(rule="asha", min_trials=5))
    verdicts = _report_all(FactLog(spec_with(early)), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    assert [verdict is not None for verdict in verdicts] == [False] * 4 + [True] * 2


def test_equal_values_share_a_rank() -> None:
    verdicts = _report_all(FactLog(spec_with(stopping(ASHA))), [0.5, 0.5, 0.5, 0.5])
    assert verdicts == [None] * 4


def test_more_is_better_where_the_direction_says_so() -> None:
    early = stopping(ASHA, direction=Direction.MAXIMIZE)
    verdicts = _report_all(FactLog(spec_with(early)), [0.9, 0.8, 0.95, 0.7])
    assert [verdict.rank if verdict else None for verdict in verdicts] == [None, None, None, 4]


def test_the_best_value_up_to_the_rung_counts() -> None:
    log = follow(stopping(ASHA, min_epochs=3), [[0.5] * 3, [0.4, 0.3, 0.9], [0.6] * 3])
    assert stops_of(log) == {2: 3}


def test_the_value_at_the_rung_counts_where_the_objective_wants_the_last() -> None:
    curves = [[0.5] * 3, [0.6] * 3, [0.4, 0.3, 0.9]]
    assert stops_of(follow(stopping(ASHA, min_epochs=3), curves, summary="last")) == {2: 3}
    assert stops_of(follow(stopping(ASHA, min_epochs=3), curves, summary="best")) == {}


def test_between_rungs_nothing_is_said() -> None:
    log = FactLog(spec_with(stopping(ASHA, min_epochs=3)))
    assert _report_all(log, [1.0, 2.0, 3.0, 4.0], epoch=4) == [None] * 4


def test_brackets_do_not_compete() -> None:
    rule = StoppingRule(rule="hyperband", brackets=2)
    log = FactLog(spec_with(stopping(rule)))
    for number in range(8):
        log.ask(number, bracket=number % 2)
    firsts = [log.report(number, 1, float(number)) is not None for number in range(8)]
    assert firsts == [False] * 4 + [True, False, True, False]  # epoch 1 is no rung of bracket 1
    thirds = {number: log.report(number, 3, float(number)) for number in (1, 3, 5, 7)}
    stopped = thirds[5]
    assert stopped is not None
    assert (stopped.rule, stopped.rank, stopped.of) == ("hyperband", 3, 3)


@pytest.mark.parametrize("value", [nan, inf, -inf])
def test_a_value_that_is_not_finite_stops_at_once(value: float) -> None:
    log = FactLog(spec_with(stopping(ASHA, min_epochs=9)))
    log.ask(0)
    verdict = log.report(0, 2, value)
    assert verdict is not None
    assert verdict.rule == "nan"
    assert verdict.words.startswith("stopped at epoch 2: val_loss is ")


def test_without_stop_on_nan_it_is_the_worst_of_its_rung() -> None:
    early = stopping(ASHA, stop_on_nan=False)
    log = FactLog(spec_with(early, summary="last"))
    verdicts = _report_all(log, [1e300, nan, 2.0, -inf, 3.0])
    assert [verdict.rank if verdict else None for verdict in verdicts] == [None, None, None, 3, 2]


def test_without_stop_on_nan_the_best_of_a_curve_still_counts() -> None:
    curves = [[0.5] * 3, [0.3, nan, nan], [0.4] * 3]
    log = follow(stopping(ASHA, min_epochs=3, stop_on_nan=False), curves)
    assert stops_of(log) == {2: 3}


def test_at_the_last_epoch_nobody_is_stopped() -> None:
    rules = (ASHA, StoppingRule(rule="threshold", above=0.0))
    log = FactLog(spec_with(stopping(*rules, max_epochs=9)))
    assert _report_all(log, [1.0, 2.0, 3.0, nan], epoch=9) == [None] * 4


def test_a_trial_that_was_stopped_is_not_stopped_again() -> None:
    log = FactLog(spec_with(stopping(StoppingRule(rule="threshold", above=1.0))))
    log.ask(0)
    assert log.report(0, 1, 2.0) is not None
    assert log.report(0, 2, 2.0) is None


def test_a_trial_that_runs_again_is_judged_again_but_not_at_old_rungs() -> None:
    log = FactLog(spec_with(stopping(ASHA)))
    _report_all(log, [1.0, 2.0, 3.0])
    log.tell(2, [3.0], TrialState.STOPPED)
    log.add(FactKind.REOPENED, 2)
    _report_all_at(log, {0: 1.0, 1: 2.0}, epoch=3)
    verdict = log.report(2, 3, 3.0)
    assert verdict is not None
    assert verdict.of == 3
    assert len(log.history.standings.bests[0, 1]) == 3


def test_the_median_waits_for_complete_curves() -> None:
    rule = StoppingRule(rule="median", min_trials=2)
    log = FactLog(spec_with(stopping(rule)))
    log.ask_all(4)
    for number in (0, 1):
        _report_all_at(log, {number: 1.0 + number}, epoch=1)
    assert log.report(2, 1, 9.0) is None
    for number in (0, 1):
        log.tell(number, [1.0])
    verdict = log.report(3, 1, 8.0)
    assert verdict == Verdict(
        "median",
        "stopped at epoch 1: the best val_loss so far, 8, is worse than 2, the median of 3 other "
        "trials' averages up to this epoch: 3rd of 4",
        rank=3,
        of=4,
    )


def test_the_median_compares_the_best_with_running_averages() -> None:
    rule = StoppingRule(rule="median", min_trials=1)
    log = FactLog(spec_with(stopping(rule)))
    log.ask_all(2)
    for epoch, value in enumerate((3.0, 1.0), 1):  # 2 on average
        log.report(0, epoch, value)
    log.tell(0, [1.0])
    assert log.report(1, 1, 2.9) is None
    assert log.report(1, 2, 1.9) is None
    log.ask(2)
    assert log.report(2, 1, 3.05) is not None


def test_a_low_percentile_stops_more() -> None:
    rule = StoppingRule(rule="median", min_trials=1, percentile=25)
    log = FactLog(spec_with(stopping(rule, direction=Direction.MAXIMIZE)))
    log.ask_all(6)
    for number in range(5):
        log.report(number, 1, float(number))
    log.tell(0, [0.0])
    verdict = log.report(5, 1, 2.9)
    assert verdict is not None
    assert "is worse than 3, the 25% percentile of 5 other trials'" in verdict.words


def test_patience_ends_a_curve_that_stands_still() -> None:
    rule = StoppingRule(rule="patience", epochs=3)
    log = FactLog(spec_with(stopping(rule)))
    log.ask(0)
    verdicts = [log.report(0, epoch, value) for epoch, value in enumerate([5, 4, 6, 7, 4], 1)]
    assert verdicts[:4] == [None] * 4
    assert verdicts[4] == Verdict(
        "patience",
        "stopped at epoch 5: the best val_loss, 4, has not improved since epoch 2",
    )


def test_patience_wants_more_than_its_least_improvement() -> None:
    rule = StoppingRule(rule="patience", epochs=2, min_delta=0.1)
    log = FactLog(spec_with(stopping(rule, direction=Direction.MAXIMIZE)))
    log.ask(0)
    values = [0.1, 0.3, 0.5, 0.52, 0.55]
    verdicts = [log.report(0, epoch, value) for epoch, value in enumerate(values, 1)]
    assert verdicts[:4] == [None] * 4
    assert verdicts[4] is not None
    assert verdicts[4].words == (
        "stopped at epoch 5: the best val_loss, 0.55, has not improved by more than 0.1 "
        "since epoch 3"
    )


def test_a_threshold_may_hold_always_or_at_one_epoch() -> None:
    always = StoppingRule(rule="threshold", above=10)
    once = StoppingRule(rule="threshold", below=0.2, at_epoch=2)
    log = FactLog(spec_with(stopping(always, once)))
    log.ask_all(3)
    assert [log.report(0, epoch, 0.1) is None for epoch in (1, 2)] == [True, False]
    assert [log.report(1, epoch, value) for epoch, value in ((1, 9.0), (2, 0.3), (3, 0.1))] == [
        None
    ] * 3
    verdict = log.report(2, 1, 12.3)
    assert verdict is not None
    assert verdict.words == "stopped at epoch 1: val_loss 12.3 is above 10, the limit"


def test_no_rule_looks_before_the_first_epochs_are_over() -> None:
    rule = StoppingRule(rule="threshold", above=1, at_epoch=2)
    log = FactLog(spec_with(stopping(rule, min_epochs=4)))
    log.ask(0)
    assert [log.report(0, epoch, 5.0) is None for epoch in range(1, 5)] == [True] * 3 + [False]


def test_the_first_rule_that_stops_gives_the_words() -> None:
    rules = (StoppingRule(rule="threshold", above=1), StoppingRule(rule="threshold", above=0))
    log = FactLog(spec_with(stopping(*rules)))
    log.ask_all(2)
    first, second = log.report(0, 1, 3.0), log.report(1, 1, 0.5)
    assert first is not None
    assert second is not None
    assert first.words.endswith("above 1, the limit")
    assert second.words.endswith("above 0, the limit")


def test_without_early_stopping_everybody_goes_on() -> None:
    log = FactLog(spec_with(None))
    assert _report_all(log, [1.0, nan, 3.0, 4.0]) == [None] * 4


def _report_all(log: FactLog, values: list[float], epoch: int = 1) -> list[Verdict | None]:
    log.ask_all(len(values))
    return [log.report(number, epoch, value) for number, value in enumerate(values)]


def _report_all_at(log: FactLog, values: dict[int, float], epoch: int) -> None:
    for number, value in values.items():
        log.report(number, epoch, value)
