"""What a trial's row repeats of its history and of its tasks."""

from collections.abc import Mapping
from datetime import datetime
from math import isfinite
from typing import Any

from hypertrainer.clock import utc_now
from hypertrainer.hpsearch.history import PastTrial
from hypertrainer.hpsearch.trial_views import TaskView, TrialView
from hypertrainer.monitor.search_looks import metrics_of
from hypertrainer.monitor.search_memory import SearchMemory

PRICED_SECONDS = 60  # a running task is charged for by this step: its row need not change all along


def trial_values(trial: PastTrial) -> dict[str, Any]:
    """What its facts say."""
    values: dict[str, Any] = {
        "state": trial.state,
        "objectives": None if trial.objectives is None else list(trial.objectives),
        "constraints": dict(trial.constraints),
        "reason": trial.reason,
    }
    if not trial.state.is_over:
        values["ended_at"] = None
    return values


def view_values(
    view: TrialView, memory: SearchMemory, prices: Mapping[str, float]
) -> dict[str, Any]:
    """What its tasks say: how far they are, and since when."""
    starts = [task.started_at for task in view.tasks if task.started_at is not None]
    values: dict[str, Any] = {}
    if view.tasks:  # what was used up stays so when tasks are deleted
        values["epochs"] = sum(task.epochs for task in view.tasks)
        if all(task.platform in prices for task in view.tasks):  # else one was edited away
            values["cost"] = sum(_cost(task, prices[task.platform]) for task in view.tasks)
        values["started_at"] = min(starts, default=None)
    trial = memory.history.trials[view.number]
    if trial.state.is_over:
        ends = [task.ended_at for task in view.tasks if task.ended_at is not None]
        values["ended_at"] = max(ends, default=None) or utc_now()
    metrics = metrics_of(memory.history.spec)
    last = view.tasks[0].curve(metrics[0]).last if metrics and view.tasks else None
    if last is not None and isfinite(last):
        values["last_value"] = last
    return values


def _cost(task: TaskView, price: float) -> float:
    """What its platform takes for it so far: the price of an hour times the hours that it ran."""
    return price * sum(_seconds(*run) for run in task.runs) / 3600 if price else 0.0


def _seconds(start: datetime, end: datetime | None) -> float:
    seconds = max(((end or utc_now()) - start).total_seconds(), 0.0)
    return seconds if end is not None else seconds - seconds % PRICED_SECONDS
