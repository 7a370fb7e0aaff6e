"""From curves to reports, and from each report to the decision whether its trial goes on."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from math import isfinite
from typing import NamedTuple

from hypertrainer.hpsearch.early_stopping.judge import is_watched, judge
from hypertrainer.hpsearch.facts import Fact, FactKind, TrialState
from hypertrainer.hpsearch.history import History
from hypertrainer.hpsearch.spec import EarlyStopping
from hypertrainer.hpsearch.trial_views import Step, TrialView


class Pending(NamedTuple):
    """A report that is not a fact yet. They come in the order of epochs, then of trials.

    So the same curves give the same decisions, however many epochs one look finds.
    """

    epoch: int
    number: int
    value: float
    best: float


def report(history: History, views: Sequence[TrialView], step: Step) -> None:
    """Take in what running trials reported, and stop those that a rule stops.

    Both `history` and `step` are extended.
    """
    early = history.spec.early_stopping
    if early is None:
        return
    by_number = {view.number: view for view in views}
    for pending in sorted(_all_pending(early, history, views)):
        if history.trials[pending.number].state is TrialState.RUNNING:
            _take_in(history, by_number[pending.number], pending, step)


def _all_pending(
    early: EarlyStopping, history: History, views: Sequence[TrialView]
) -> Iterator[Pending]:
    for view in views:
        trial, first = history.trials[view.number], view.first
        if trial.state is not TrialState.RUNNING or first is None:
            continue
        curve = first.curve(early.metric)
        for epoch in range(max(trial.reports, default=0) + 1, len(curve.values) + 1):
            value = curve.values[epoch - 1]
            is_diverged = early.stop_on_nan and not isfinite(value)
            if is_diverged or is_watched(early, trial.bracket, epoch):
                best = curve.best_until(epoch, early.direction)
                yield Pending(epoch, view.number, value, best)
            if is_diverged:
                break


def _take_in(history: History, view: TrialView, pending: Pending, step: Step) -> None:
    data = {"best": pending.best} if isfinite(pending.best) else {}
    reported = Fact(
        history.seq + 1,
        FactKind.REPORTED,
        pending.number,
        pending.epoch,
        pending.value,
        data,
    )
    history.add(reported)
    step.facts.append(reported)
    verdict = judge(history, pending.number, pending.epoch)
    if verdict is None:
        return
    stopped = Fact(
        history.seq + 1, FactKind.STOPPED, pending.number, pending.epoch, None, asdict(verdict)
    )
    history.add(stopped)
    step.facts.append(stopped)
    step.stops.extend(task.task_id for task in view.tasks if task.status.is_active)
