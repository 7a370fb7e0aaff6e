"""From curves to reports, and from each report to the decision whether its trial goes on."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from heapq import merge
from itertools import islice
from math import isfinite
from typing import NamedTuple

from hypertrainer.hpsearch.early_stopping.judge import judge, watched_epochs
from hypertrainer.hpsearch.facts import Fact, FactKind, TrialState
from hypertrainer.hpsearch.history import History
from hypertrainer.hpsearch.spec import EarlyStopping
from hypertrainer.hpsearch.trial_views import Step, TrialView

REPORTS_AT_ONCE = 1_000


class Pending(NamedTuple):
    """A report that is not a fact yet. They come in the order of epochs, then of trials.

    So the same curves give the same decisions, however many epochs one look finds.
    """

    epoch: int
    number: int
    value: float
    best: float


def report(history: History, views: Sequence[TrialView], step: Step) -> bool:
    """Take in what running trials reported, and stop those that a rule stops.

    Both `history` and `step` are extended. Whether that was all: it takes in so many reports as
    one transaction should hold, and the rest, in the same order, when it is called again.
    """
    early = history.spec.early_stopping
    if early is None:
        return True
    by_number = {view.number: view for view in views}
    pending = merge(*(_pending(early, history, view) for view in views))
    for one in islice(pending, REPORTS_AT_ONCE):
        if history.trials[one.number].state is TrialState.RUNNING:
            _take_in(history, by_number[one.number], one, step)
    return next(pending, None) is None


def _pending(early: EarlyStopping, history: History, view: TrialView) -> Iterator[Pending]:
    """What a trial reported since, by epoch; up to the first value that stops it at once."""
    trial, first = history.trials[view.number], view.first
    if trial.state is not TrialState.RUNNING or first is None:
        return
    curve = first.curve(early.metric)
    start, end = max(trial.reports, default=0) + 1, len(curve.values)
    odd = bisect_left(curve.not_finite, start) if early.stop_on_nan else len(curve.not_finite)
    diverged = curve.not_finite[odd] if odd < len(curve.not_finite) else None
    epochs = [*watched_epochs(early, trial.bracket, start, end if diverged is None else diverged)]
    if diverged is not None and diverged not in epochs[-1:]:
        epochs.append(diverged)
    for epoch in epochs:
        best = curve.best_until(epoch, early.direction)
        yield Pending(epoch, view.number, curve.values[epoch - 1], best)


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
