"""From the ends of a trial's tasks to what is told of the trial: its state, values and reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite, nan
from statistics import fmean, median
from typing import Any

from hypertrainer.hpsearch.expressions import parse
from hypertrainer.hpsearch.facts import Fact, FactKind, TrialState
from hypertrainer.hpsearch.history import History, PastTrial
from hypertrainer.hpsearch.spec import Objective, Spec
from hypertrainer.hpsearch.trial_views import Step, TaskView, TrialView
from hypertrainer.tasks.statuses import ACTIVE_STATUSES, TaskStatus

NO_METRIC = "no_metric"
DIVERGED = "diverged"
MAX_SHOWN = 8
# Ends after which a task may be tried again.
FAILURES = (
    frozenset(TaskStatus)
    - ACTIVE_STATUSES
    - {
        TaskStatus.FINISHED,
        TaskStatus.CANCELLED,
        TaskStatus.PRUNED,
    }
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a trial ended."""

    state: TrialState
    reason: str = ""
    cause: str = ""
    values: list[float] | None = None
    constraints: Mapping[str, float] = field(default_factory=dict)


def tell(
    history: History, views: Sequence[TrialView], step: Step, *, are_repeats_started: bool
) -> None:
    """Tell of every trial whose tasks have ended; retry what may be retried.

    Args:
        history: is extended.
        views: the trials that are not over.
        step: is extended.
        are_repeats_started: whether repeats that are missing, and further attempts at what
            failed, will still be started.
    """
    for view in views:
        trial = history.trials[view.number]
        if trial.state.is_over or not view.is_over:
            continue
        if are_repeats_started and _goes_on(history.spec, trial, view, step):
            continue
        outcome = _outcome(history.spec, trial, view)
        _note_values(history.spec, trial, view, step)
        fact = _told(history.seq + 1, view, outcome)
        history.add(fact)
        step.facts.append(fact)


def _goes_on(spec: Spec, trial: PastTrial, view: TrialView, step: Step) -> bool:
    if trial.state is not TrialState.RUNNING:
        return False
    return _retry(spec, view, step) or is_incomplete(spec, view)


def _retry(spec: Spec, view: TrialView, step: Step) -> bool:
    """Whether some task gets another attempt."""
    failed = [
        task
        for task in view.tasks
        if task.status in FAILURES and task.retries < spec.failures.retry
    ]
    step.retries.extend(task.task_id for task in failed)
    return bool(failed)


def is_incomplete(spec: Spec, view: TrialView) -> bool:
    """Whether a repeat of a trial that still runs is missing, and would tell something."""
    if len(view.tasks) >= spec.repeats.n:
        return False
    return bool(view.tasks) and all(task.status is TaskStatus.FINISHED for task in view.tasks)


def _told(seq: int, view: TrialView, outcome: Outcome) -> Fact:
    data: dict[str, Any] = {
        "state": outcome.state,
        "values": outcome.values,
        "constraints": dict(outcome.constraints),
        "reason": outcome.reason,
        "epochs": sum(task.epochs for task in view.tasks),
    }
    if outcome.cause:
        data["cause"] = outcome.cause
    return Fact(seq, FactKind.TOLD, view.number, data=data)


def _outcome(spec: Spec, trial: PastTrial, view: TrialView) -> Outcome:
    if not view.tasks:
        return Outcome(TrialState.CANCELLED, "Its task was deleted.")
    if trial.stop is not None and not _ran_to_its_end(spec, view):
        return _stopped(spec, trial, view)
    failed = next((task for task in view.tasks if task.status in FAILURES), None)
    if failed is not None:
        return Outcome(TrialState.FAILED, failed.reason or f"It is {failed.status}.")
    if any(task.status is not TaskStatus.FINISHED for task in view.tasks):
        return Outcome(TrialState.CANCELLED, view.tasks[0].reason)
    return _complete(spec, trial, view, until=None)


def _ran_to_its_end(spec: Spec, view: TrialView) -> bool:
    """Whether it had finished, to its last epoch, before its stop reached it."""
    early, first = spec.early_stopping, view.first
    if early is None or early.max_epochs is None or first is None:
        return False
    is_long_enough = len(first.curve(early.metric).values) >= early.max_epochs
    return is_long_enough and all(task.status is TaskStatus.FINISHED for task in view.tasks)


def _stopped(spec: Spec, trial: PastTrial, view: TrialView) -> Outcome:
    if trial.stop is None:
        raise RuntimeError(f"trial {trial.number} was not stopped")
    words = str(trial.stop.data.get("words", ""))
    if trial.stop.data.get("rule") == "nan":
        return Outcome(TrialState.FAILED, words, DIVERGED)
    complete = _complete(spec, trial, view, until=trial.stop.epoch)
    return Outcome(TrialState.STOPPED, words, "", complete.values, complete.constraints)


def _complete(spec: Spec, trial: PastTrial, view: TrialView, until: int | None) -> Outcome:
    values: list[float] = []
    for objective in spec.objectives:
        found = [_value(task, objective, until) for task in view.tasks]
        known = [value for value in found if value is not None]
        is_any_missing = until is None and len(known) < len(found)  # of stopped ones it may
        if is_any_missing or not known:
            return Outcome(TrialState.FAILED, _why_missing(view, objective), NO_METRIC)
        value = _aggregated(spec.repeats.aggregate, objective, known)
        if not isfinite(value):
            reason = f"Its {objective.metric} is {value:g}: it diverged."
            return Outcome(TrialState.FAILED, reason, DIVERGED)
        values.append(value)
    return _judged(spec, trial, view, values)


def _value(task: TaskView, objective: Objective, until: int | None) -> float | None:
    curve = task.curve(objective.metric)
    if until is not None:
        until = min(until, len(curve.values))
    return curve.summary(objective.summary, objective.direction, until)


def _aggregated(kind: str, objective: Objective, values: Sequence[float]) -> float:
    match kind:
        case "mean":
            return _mean(values)
        case "median":
            return median(values)
    is_least = (kind == "best") == (objective.direction.sign > 0)
    return min(values) if is_least else max(values)


def _mean(values: Sequence[float]) -> float:
    """Their mean; nan where it is no number."""
    try:
        return fmean(values)
    except (OverflowError, ValueError):  # of what is too large, or infinite both ways
        return nan


def _judged(spec: Spec, trial: PastTrial, view: TrialView, values: list[float]) -> Outcome:
    values_there = {**spec.base, **trial.values}
    violations: dict[str, float] = {}
    for text in spec.constraints:
        expression = parse(text)
        if not expression.metrics or not values_there.keys() >= set(expression.paths):
            continue  # on parameters alone, or on one that this trial does not have
        for task in view.tasks:
            metrics = {name: task.curve(name).last for name in expression.metrics}
            known = {name: value for name, value in metrics.items() if value is not None}
            missing = next((name for name in metrics if name not in known), None)
            if missing:
                reason = f"`{text}` cannot be checked: there is no metric {missing}."
                return Outcome(TrialState.FAILED, reason, NO_METRIC)
            violation = expression.violation(values_there, known)
            violations[text] = max(violations.get(text, violation), violation)
    reason = next((f"It violates `{one}`." for one, size in violations.items() if size > 0), "")
    return Outcome(TrialState.COMPLETE, reason, "", values or None, violations)


def _why_missing(view: TrialView, objective: Objective) -> str:
    name, files = objective.metric, list(view.tasks[0].files)
    if name in files:
        return f"metric_{name}.log has no value for `summary: {objective.summary}`."
    seen = ", ".join(f"metric_{one}.log" for one in files[:MAX_SHOWN]) or "none"
    return f"Metric {name} has not appeared; metric files seen: {seen}."


def _note_values(spec: Spec, trial: PastTrial, view: TrialView, step: Step) -> None:
    until = trial.stop.epoch if trial.stop is not None else None
    for task in view.tasks:
        found = [_value(task, objective, until) for objective in spec.objectives]
        known = [value for value in found if value is not None and isfinite(value)]
        if known and len(known) == len(found):
            step.values[task.task_id] = known
