"""When a search starts no further trial, and what it is when its last one has ended. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from hypertrainer.hpsearch.facts import TrialState
from hypertrainer.hpsearch.history import History
from hypertrainer.hpsearch.spec import Objective, Spec
from hypertrainer.hpsearch.statuses import SearchStatus
from hypertrainer.hpsearch.telling import NO_METRIC

HOPELESS_FAILURES = 10  # from the first trial on, without one that came to something
MISSED_METRICS = 3
MANY_COMPLETE = 10  # trials without a single epoch


@dataclass(frozen=True, slots=True)
class Spent:
    """What a search has used up."""

    epochs: int = 0
    seconds: float = 0.0
    cost: float = 0.0


@dataclass(frozen=True, slots=True)
class Closing:
    """Why no further trial is started, and whether the active ones are cancelled."""

    reason: str
    cancels: bool = False


class Failure(NamedTuple):
    """A trial that failed, and why in words; empty where nothing is known."""

    number: int
    reason: str


def find_closing(history: History, spent: Spent, failures: Sequence[Failure]) -> Closing | None:
    """Why a search that is going on should start nothing more; None: it should go on.

    Args:
        history: what it knows.
        spent: what it used up.
        failures: its failed trials, newest last.
    """
    spec = history.spec
    return (
        _target(history)
        or _budget(spec, spent)
        or _endless(history, spent)
        or _missing_metric(history, failures)
        or _failures(history, failures)
    )


def _target(history: History) -> Closing | None:
    """Reached where every objective with a target reached it in one trial."""
    objectives = history.spec.objectives
    aims = [(at, one) for at, one in enumerate(objectives) if one.target is not None]
    for trial in history.over() if aims else ():
        values = trial.objectives
        if values is None or not trial.is_feasible:
            continue
        if all(objective.is_reached(values[at]) for at, objective in aims):
            words = ", ".join(_is_at(objective, values[at]) for at, objective in aims)
            return Closing(f"Trial {trial.number} reached the target: {words}.", cancels=True)
    return None


def _is_at(objective: Objective, value: float) -> str:
    return f"{objective.metric} {value:.6g} (target {objective.target:g})"


def _budget(spec: Spec, spent: Spent) -> Closing | None:
    budget, cancels = spec.budget, spec.when_done == "cancel_rest"
    if budget.epochs is not None and spent.epochs >= budget.epochs:
        words = f"{budget.epochs:,} epochs ({spent.epochs:,} were used)"
    elif budget.time_seconds is not None and spent.seconds >= budget.time_seconds:
        words = f"{_duration(budget.time_seconds)}"
    elif budget.cost is not None and spent.cost >= budget.cost:
        words = f"a cost of {budget.cost:g} ({spent.cost:.2f} were spent)"
    else:
        return None
    return Closing(f"The budget is used up: {words}.", cancels)


def _endless(history: History, spent: Spent) -> Closing | None:
    """Whether nothing counts what alone would end the search."""
    spec, num_complete = history.spec, history.num_by_state[TrialState.COMPLETE]
    is_counted = spec.budget.epochs is None or spent.epochs > 0 or num_complete < MANY_COMPLETE
    others = (spec.n_trials, spec.budget.time_seconds, spec.budget.cost)
    if is_counted or any(limit is not None for limit in others):
        return None
    return Closing(
        f"None of {num_complete} finished trials reported an epoch, and so the budget of epochs "
        "would never be used up. Let the script write progress.log or a metric, or set `n_trials`."
    )


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 1:
        return f"{seconds:g} s"
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"


def _num_failed(history: History) -> tuple[int, int]:
    """How many trials failed, and of how many; those that a user cancelled say nothing."""
    num_by_state = history.num_by_state
    cancelled = num_by_state[TrialState.CANCELLED]
    return num_by_state[TrialState.FAILED], len(history.trials) - history.num_open - cancelled


def _missing_metric(history: History, failures: Sequence[Failure]) -> Closing | None:
    num_failed, total = _num_failed(history)
    if total < MISSED_METRICS or num_failed < total or not failures:
        return None
    failed = (trial for trial in history.over() if trial.state is TrialState.FAILED)
    if not all(trial.cause == NO_METRIC for trial in failed):
        return None
    if not _are_new(history, MISSED_METRICS):
        return None
    return Closing(f"None of {total} finished trials has the metric. {failures[-1].reason}")


def _failures(history: History, failures: Sequence[Failure]) -> Closing | None:
    num_failed, total = _num_failed(history)
    limit = history.spec.failures.max
    if limit is None:
        is_hopeless = num_failed >= HOPELESS_FAILURES and num_failed == total
        is_hopeless = is_hopeless and _are_new(history, HOPELESS_FAILURES)
    else:
        is_hopeless = num_failed > limit
    return Closing(_failed_words(num_failed, total, failures)) if is_hopeless else None


def _are_new(history: History, count: int) -> bool:
    """Whether so many failed since the search was last edited: it may be mended since."""
    failed = (
        trial
        for trial in history.over()
        if trial.state is TrialState.FAILED and (trial.told_seq or 0) > history.revised_seq
    )
    return next(islice(failed, count - 1, None), None) is not None


def _failed_words(num_failed: int, total: int, failures: Sequence[Failure]) -> str:
    last = ""
    if failures and failures[-1].reason:
        last = f" The last one was trial {failures[-1].number}: {failures[-1].reason}"
    return f"{num_failed} of {total} trials failed.{last}"


def final_status(
    history: History, reason: str, failures: Sequence[Failure]
) -> tuple[SearchStatus, str]:
    """What a search is when its last trial has ended, and why in words.

    `reason` is why it started no further trial; empty where it started all. Of several whose
    trials all came to nothing it says so.
    """
    if not history.trials:
        return SearchStatus.FAILED, reason or "No trial was started."
    over = [trial for trial in history.over() if trial.state is not TrialState.CANCELLED]
    fruitful = [trial for trial in over if trial.state is not TrialState.FAILED]
    if over and not fruitful:
        return SearchStatus.FAILED, reason or _failed_words(len(over), len(over), failures)
    if fruitful and not any(trial.is_feasible for trial in fruitful):
        words = "No trial is feasible: each violates a constraint."
        return SearchStatus.FAILED, f"{reason} {words}".strip()
    return SearchStatus.FINISHED, reason
