"""How long a search will take, told from its trials so far. An estimate, and pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a search has come. `num_running` of the `num_active` trials have been started.

    `mean_seconds` is how long a trial took, `whole_seconds` one that was not stopped or otherwise
    cut short; None while none is over. Of what has no limit, the limit is None, and `n_trials` 0.
    """

    n_trials: int
    num_trials: int
    num_active: int
    num_running: int
    max_concurrent: int | None
    mean_seconds: float | None
    whole_seconds: float | None
    elapsed_seconds: float
    epochs: int
    epochs_budget: int | None
    seconds_budget: float | None


def remaining_seconds(progress: Progress) -> float | None:
    """Seconds until the first limit is reached; None where nothing can be said yet.

    Trials that run are taken to be half way through, of a whole training once there are no others.
    """
    limits = (_by_trials(progress), _by_epochs(progress), _by_clock(progress))
    known = [seconds for seconds in limits if seconds is not None]
    return max(0.0, min(known)) if known else None


def _by_trials(progress: Progress) -> float | None:
    if not progress.n_trials or not progress.mean_seconds:
        return None  # SQLite counts whole seconds: 0 says nothing of trials that took less
    waiting = progress.num_active - progress.num_running
    left = max(0, progress.n_trials - progress.num_trials) + waiting
    if left == 0:
        whole = progress.whole_seconds or progress.mean_seconds
        return whole / 2 if progress.num_running else 0.0
    at_once = progress.num_running or min(progress.max_concurrent or 1, left)
    return progress.mean_seconds * (left + progress.num_running / 2) / at_once


def _by_epochs(progress: Progress) -> float | None:
    if progress.epochs_budget is None or progress.epochs == 0:
        return None
    return (progress.epochs_budget - progress.epochs) * progress.elapsed_seconds / progress.epochs


def _by_clock(progress: Progress) -> float | None:
    if progress.seconds_budget is None:
        return None
    return progress.seconds_budget - progress.elapsed_seconds
