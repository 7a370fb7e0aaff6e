"""What models are told of a history: how far each trial came, crashes, and not too much."""

import math
from typing import Any

import pytest

from hypertrainer.hpsearch.facts import FactKind, TrialState
from hypertrainer.hpsearch.samplers.lessons import KEPT_BEST, KEPT_NEWEST, Lesson, lessons_of
from hypertrainer.hpsearch.spec import Direction, Failures, Objective, Spec, StoppingRule
from tests.hpsearch.logs_of_facts import METRIC, WIDTH, FactLog, spec_with, stopping

ASHA = StoppingRule(rule="asha")
LOSS = Objective(metric=METRIC, direction=Direction.MINIMIZE)


def taught(log: FactLog) -> dict[int, tuple[float, ...] | None]:
    """By trial what is told of it; None while it runs."""
    return {one.trial.number: one.values for one in lessons_of(log.history).items}


def lesson(log: FactLog, number: int) -> Lesson:
    found = lessons_of(log.history).items
    return next(one for one in found if one.trial.number == number)


def asha_log(**changes: Any) -> FactLog:
    return FactLog(spec_with(stopping(ASHA), **changes))


def report(log: FactLog, number: int, *values: float) -> None:
    """Reports at the rungs 1, 3 and 9, without any rule that stops a trial."""
    for epoch, value in zip((1, 3, 9), values, strict=False):
        data = {"best": min(values[: (1, 3, 9).index(epoch) + 1])}
        log.add(FactKind.REPORTED, number, epoch=epoch, value=value, data=data)


def stop(log: FactLog, number: int, *values: float) -> None:
    report(log, number, *values)
    log.add(FactKind.STOPPED, number, epoch=(1, 3, 9)[len(values) - 1], data={})
    log.tell(number, [min(values)], TrialState.STOPPED)


def test_the_value_of_a_trial_is_that_at_the_highest_rung_it_came_to() -> None:
    log = asha_log()
    log.ask_all(5)
    report(log, 0, 1.0, 0.6, 0.4)
    report(log, 1, 1.1, 0.7)
    stop(log, 2, 2.0)
    log.tell(4, [0.3])  # nothing of it was looked at
    assert taught(log) == {0: (0.4,), 1: (0.7,), 2: (2.0,), 3: None, 4: (0.3,)}
    assert log.history.trials[0].state is TrialState.RUNNING
    log.tell(0, [0.35])
    assert taught(log)[0] == (0.35,)  # its end


def test_what_a_stopped_trial_wrote_before_it_was_gone_is_not_told() -> None:
    log = asha_log()
    log.ask_all(1)
    report(log, 0, 2.0)
    log.add(FactKind.STOPPED, 0, epoch=1, data={})
    assert taught(log) == {0: (2.0,)}
    log.tell(0, [1.5], TrialState.STOPPED)
    assert taught(log) == {0: (2.0,)}


def test_the_best_value_so_far_counts_unless_the_objective_says_otherwise() -> None:
    for summary, expected in (("best", 0.25), ("last", 0.75)):
        log = asha_log(summary=summary)
        log.ask_all(1)
        report(log, 0, 0.25, 0.75)
        assert taught(log) == {0: (expected,)}


def test_early_stopping_by_another_metric_is_no_stand_in_for_the_objective() -> None:
    other = Objective(metric="latency", direction=Direction.MINIMIZE)
    log = asha_log(objectives=(other,))
    log.ask_all(10)
    for number in range(9):
        report(log, number, float(number))
        log.tell(number, [100.0 - number])
    assert taught(log) == {**{number: (100.0 - number,) for number in range(9)}, 9: None}


def test_several_objectives_are_known_at_the_end_only() -> None:
    size = Objective(metric="size", direction=Direction.MAXIMIZE)
    log = asha_log(objectives=(LOSS, size))
    log.ask_all(3)
    report(log, 0, 1.0)
    log.tell(1, [1.0, 5.0])
    assert taught(log) == {0: None, 1: (1.0, 5.0), 2: None}
    log.tell(2, None, TrialState.FAILED)
    assert taught(log)[2] == (1.0, 5.0)


def test_rules_without_rungs_show_the_newest_value() -> None:
    early = stopping(StoppingRule(rule="median"), min_epochs=2)
    log = FactLog(spec_with(early))
    log.ask_all(1)
    for epoch in range(1, 8):
        log.add(FactKind.REPORTED, 0, epoch=epoch, value=1 / epoch, data={})
        assert taught(log) == {0: (1 / epoch,)}


def test_patience_cuts_no_curves_off() -> None:
    log = FactLog(spec_with(stopping(StoppingRule(rule="patience"))))
    log.ask_all(2)
    report(log, 0, 1.0)
    log.tell(1, [0.5])
    assert taught(log) == {0: None, 1: (0.5,)}


@pytest.mark.parametrize("direction", list(Direction))
def test_a_crash_is_as_bad_as_the_worst_known(direction: Direction) -> None:
    objective = Objective(metric=METRIC, direction=direction)
    log = FactLog(spec_with(None, objectives=(objective,)))
    log.ask_all(4)
    log.tell(0, None, TrialState.FAILED)
    assert lesson(log, 0).values == (0.0,)  # nothing is known yet
    log.tell(1, [3.0])
    log.tell(2, [-2.0])
    assert lesson(log, 0).values == ((3.0,) if direction is Direction.MINIMIZE else (-2.0,))
    assert dict(lesson(log, 0).violations) == {"failed": 1.0}
    assert dict(lesson(log, 1).violations) == {"failed": 0.0}


def test_a_crash_may_also_be_told_as_merely_bad_or_not_at_all() -> None:
    for tell, expected in (("worst", (3.0,)), ("ignore", None)):
        log = FactLog(spec_with(None, failures=Failures(tell=tell)))
        log.ask_all(2)
        log.tell(0, None, TrialState.FAILED)
        log.tell(1, [3.0])
        assert taught(log).get(0) == expected
        assert all(not one.violations for one in lessons_of(log.history).items)


def test_a_crash_is_as_bad_as_the_worst_that_was_seen_so_far() -> None:
    log = asha_log()
    log.ask_all(10)
    for number in range(8):
        report(log, number, 1.0 + number, 0.5 + number)
    log.tell(8, None, TrialState.FAILED)
    assert lesson(log, 8).values == (7.5,)


def test_metrics_that_must_not_be_exceeded_are_told_with_every_trial() -> None:
    log = FactLog(spec_with(None, constraints=("metric(gb) <= 24", "width < 2")))
    log.ask_all(3)
    log.tell(0, [1.0], constraints={"metric(gb) <= 24": 6.0})
    log.tell(1, [2.0], constraints={"metric(gb) <= 24": -4.0})
    assert dict(lesson(log, 0).violations) == {"metric(gb) <= 24": 6.0, "failed": 0.0}
    assert dict(lesson(log, 1).violations) == {"metric(gb) <= 24": -4.0, "failed": 0.0}


def test_a_cancelled_trial_teaches_nothing() -> None:
    for log in (asha_log(), FactLog(spec_with(None))):
        log.ask_all(2)
        report(log, 0, 1.0)
        log.tell(0, None, TrialState.CANCELLED)
        assert taught(log) == {1: None}


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_reaches_no_model(value: float) -> None:
    log = FactLog(spec_with(None))
    log.ask_all(2)
    log.tell(0, [value])
    assert taught(log) == {1: None}
    log = asha_log()
    log.ask_all(2)
    log.add(FactKind.REPORTED, 0, epoch=1, value=value, data={})
    assert taught(log) == {0: None, 1: None}


def warm(log: FactLog, *losses: float) -> None:
    for index, loss in enumerate(losses):
        data = {"values": {"width": index / 100}, "objectives": [loss]}
        log.add(FactKind.WARMED, data=data)


def test_trials_of_another_search_are_known_from_the_start() -> None:
    for log in (FactLog(spec_with(None)), asha_log()):
        warm(log, 0.3, 0.1)
        assert taught(log) == {-1: (0.3,), -2: (0.1,)}
        assert lessons_of(log.history).num_values == 2


def test_of_very_many_trials_the_best_and_the_newest_are_told() -> None:
    log = FactLog(Spec(params=(WIDTH,), objectives=(LOSS,)))
    count = KEPT_BEST + KEPT_NEWEST + 1_000
    log.ask_all(count + 1)
    for number in range(count):
        log.tell(number, [float(number % 1_000)])
    found = taught(log)
    assert len(found) == KEPT_BEST + KEPT_NEWEST + 1
    assert found[count] is None
    assert all(number in found for number in range(count - KEPT_NEWEST, count))
    oldest = [number for number in found if number < count - KEPT_NEWEST]
    assert len(oldest) == KEPT_BEST
    assert max(number % 1_000 for number in oldest) < KEPT_BEST


def test_of_several_objectives_the_best_of_each_are_told() -> None:
    gain = LOSS.model_copy(update={"metric": "gain", "direction": Direction.MAXIMIZE})
    log = FactLog(Spec(params=(WIDTH,), objectives=(LOSS, gain)))
    count = KEPT_BEST + KEPT_NEWEST + 1_000
    log.ask_all(count)
    for number in range(count):
        log.tell(number, [float(number), float(number)])  # the later, the worse and the better
    found = taught(log)
    assert len(found) == KEPT_BEST + KEPT_NEWEST
    assert 0 in found
    assert count - KEPT_NEWEST - 1 in found


def test_very_many_crashes_are_not_all_told() -> None:
    log = FactLog(spec_with(None))
    log.ask_all(KEPT_BEST + 50)
    for number in range(KEPT_BEST + 50):
        log.tell(number, None, TrialState.FAILED)
    assert set(taught(log)) == set(range(50, KEPT_BEST + 50))
