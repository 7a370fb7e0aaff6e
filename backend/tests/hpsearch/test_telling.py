"""What is told of a trial when its tasks have ended."""

from dataclasses import replace
from math import inf, nan
from typing import Any

import pytest

from hypertrainer.hpsearch.curves import Curve
from hypertrainer.hpsearch.facts import Fact, FactKind, TrialState
from hypertrainer.hpsearch.history import History
from hypertrainer.hpsearch.spec import (
    Direction,
    EarlyStopping,
    Failures,
    Objective,
    Repeats,
    Spec,
    StoppingRule,
)
from hypertrainer.hpsearch.telling import tell
from hypertrainer.hpsearch.trial_views import Step, TaskView, TrialView
from hypertrainer.tasks.statuses import TaskStatus

LOSS = Objective(metric="loss", direction=Direction.MINIMIZE)
SPEC = Spec(objectives=(LOSS,), n_trials=10)
ASHA = EarlyStopping(
    rules=(StoppingRule(rule="asha"),),
    metric="loss",
    direction=Direction.MINIMIZE,
    max_epochs=3,
)


def history_of(spec: Spec, *facts: tuple[FactKind, dict[str, Any]]) -> History:
    history = History(Spec(), 0)
    history.add(Fact(1, FactKind.REVISED, data={"spec": spec.model_dump(mode="json")}))
    asked = {"values": {"lr": 0.1, "width": 8}}
    history.add(Fact(2, FactKind.ASKED, 0, data=asked))
    for seq, (kind, data) in enumerate(facts, 3):
        history.add(Fact(seq, kind, 0, data.get("epoch"), data.get("value"), data))
    return history


def curve_of(*values: float) -> Curve:
    curve = Curve()
    for epoch, value in enumerate(values):
        curve.add(epoch, value)
    return curve


def task(status: TaskStatus = TaskStatus.FINISHED, repeat: int = 0, **curves: Curve) -> TaskView:
    return TaskView(
        task_id=7 + repeat,
        repeat=repeat,
        status=status,
        reason="Exit code 1." if status is TaskStatus.CRASHED else "",
        folder="/f",
        platform="local",
        is_whole=not status.is_active,
        retries=0,
        started_at=None,
        ended_at=None,
        epochs=3,
        curves=curves,
        files=sorted(curves),
    )


def told(history: History, *tasks: TaskView, are_repeats_started: bool = False) -> Step:
    step = Step()
    view = TrialView(0, list(tasks))
    tell(history, [view], step, are_repeats_started=are_repeats_started)
    return step


def outcome(spec: Spec, *tasks: TaskView) -> Any:
    (fact,) = told(history_of(spec), *tasks).facts
    return fact.data


def test_a_finished_trial_is_told_with_the_best_value() -> None:
    history = history_of(SPEC)
    step = told(history, task(loss=curve_of(3.0, 1.0, 2.0)))
    assert history.trials[0].state is TrialState.COMPLETE
    assert history.trials[0].objectives == (1.0,)
    assert step.facts[0].data["epochs"] == 3
    assert step.values == {7: [1.0]}


def test_a_trial_is_not_told_of_while_a_task_runs_or_its_output_is_on_its_way() -> None:
    assert told(history_of(SPEC), task(TaskStatus.RUNNING)).facts == []
    on_its_way = replace(task(loss=curve_of(1.0)), is_whole=False)
    assert told(history_of(SPEC), on_its_way).facts == []


def test_a_crash_is_a_failure_with_its_reason() -> None:
    data = outcome(SPEC, task(TaskStatus.CRASHED, loss=curve_of(1.0)))
    assert (data["state"], data["reason"], data["values"]) == ("failed", "Exit code 1.", None)


def test_a_missing_metric_is_a_failure_that_names_the_files_there_are() -> None:
    data = outcome(SPEC, task(acc=curve_of(1.0)))
    assert (data["state"], data["cause"]) == ("failed", "no_metric")
    assert data["reason"] == "Metric loss has not appeared; metric files seen: metric_acc.log."


def test_a_metric_without_a_value_that_counts_is_a_failure() -> None:
    spec = SPEC.model_copy(update={"objectives": (LOSS.model_copy(update={"summary": "last"}),)})
    for value in (nan, inf):
        data = outcome(spec, task(loss=curve_of(1.0, value)))
        assert (data["state"], data["cause"]) == ("failed", "diverged")
    late = SPEC.model_copy(
        update={"objectives": (LOSS.model_copy(update={"summary": "at_epoch_9"}),)}
    )
    assert "no value for `summary: at_epoch_9`" in outcome(late, task(loss=curve_of(1.0)))["reason"]


def test_a_trial_whose_task_a_user_cancelled_is_cancelled() -> None:
    assert outcome(SPEC, task(TaskStatus.CANCELLED, loss=curve_of(1.0)))["state"] == "cancelled"


def test_a_trial_whose_task_was_deleted_is_cancelled() -> None:
    assert outcome(SPEC)["reason"] == "Its task was deleted."


def test_a_failed_task_is_retried_as_often_as_allowed() -> None:
    spec = SPEC.model_copy(update={"failures": Failures(retry=1)})
    once = task(TaskStatus.CRASHED)
    step = told(history_of(spec), once, are_repeats_started=True)
    assert (step.retries, step.facts) == ([7], [])
    step = told(history_of(spec), replace(once, retries=1))
    assert (step.retries, step.facts[0].data["state"]) == ([], "failed")


@pytest.mark.parametrize(
    ("aggregate", "value"), [("mean", 2.0), ("median", 1.5), ("best", 1.0), ("worst", 3.5)]
)
def test_repeats_are_aggregated(aggregate: Any, value: float) -> None:
    spec = SPEC.model_copy(update={"repeats": Repeats(n=3, aggregate=aggregate)})
    tasks = [task(repeat=at, loss=curve_of(one)) for at, one in enumerate((1.0, 1.5, 3.5))]
    assert outcome(spec, *tasks)["values"] == [value]


def test_a_trial_waits_for_its_repeats_as_long_as_they_will_be_started() -> None:
    spec = SPEC.model_copy(update={"repeats": Repeats(n=2)})
    first = task(loss=curve_of(1.0))
    assert told(history_of(spec), first, are_repeats_started=True).facts == []
    assert told(history_of(spec), first, are_repeats_started=False).facts[0].data["values"] == [1.0]


def test_metric_constraints_are_told_with_how_far_they_are_violated() -> None:
    spec = SPEC.model_copy(
        update={"constraints": ("metric(memory) <= 2 * width", "width > 100"), "base": {}}
    )
    data = outcome(spec, task(loss=curve_of(1.0), memory=curve_of(10.0, 20.0)))
    assert data["constraints"] == {"metric(memory) <= 2 * width": 4.0}
    assert data["reason"] == "It violates `metric(memory) <= 2 * width`."


STOP = (FactKind.STOPPED, {"epoch": 1, "rule": "asha", "words": "it is 3rd of 3"})


def test_a_stopped_trial_is_told_with_what_it_had_reached_by_then() -> None:
    history = history_of(SPEC.model_copy(update={"early_stopping": ASHA}), STOP)
    told(history, task(TaskStatus.PRUNED, loss=curve_of(3.0, 1.0)))
    trial = history.trials[0]
    assert (trial.state, trial.objectives) == (TrialState.STOPPED, (3.0,))
    assert trial.reason == "it is 3rd of 3"


def test_a_trial_that_was_through_before_its_stop_reached_it_is_complete() -> None:
    history = history_of(SPEC.model_copy(update={"early_stopping": ASHA}), STOP)
    told(history, task(TaskStatus.FINISHED, loss=curve_of(3.0, 2.0, 1.0)))
    assert history.trials[0].state is TrialState.COMPLETE
    assert history.trials[0].objectives == (1.0,)


def test_a_trial_that_ended_while_being_stopped_short_of_its_end_is_stopped() -> None:
    history = history_of(SPEC.model_copy(update={"early_stopping": ASHA}), STOP)
    told(history, task(TaskStatus.FINISHED, loss=curve_of(3.0, 2.0)))
    assert history.trials[0].state is TrialState.STOPPED


def test_a_diverged_trial_failed() -> None:
    stop = (FactKind.STOPPED, {"epoch": 1, "rule": "nan", "words": "loss is nan at epoch 1"})
    history = history_of(SPEC.model_copy(update={"early_stopping": ASHA}), stop)
    told(history, task(TaskStatus.PRUNED, loss=curve_of(nan)))
    assert history.trials[0].state is TrialState.FAILED
    assert history.trials[0].cause == "diverged"
