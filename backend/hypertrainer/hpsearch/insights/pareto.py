"""Which trials no other one beats in every objective."""

from bisect import bisect_right
from collections.abc import Sequence
from math import inf, isfinite

from hypertrainer.hpsearch.facts import TrialState
from hypertrainer.hpsearch.history import History, PastTrial

Row = Sequence[float]


def pareto(history: History) -> list[int]:
    """The numbers of the feasible trials on the Pareto front, in their order.

    A trial counts once it is over with a finite value for every objective. Of equal ones all are on
    the front.
    """
    signs = [one.direction.sign for one in history.spec.objectives]
    trials = [trial for trial in history.over() if _counts(trial, len(signs))]
    rows = [
        [value * sign for value, sign in zip(trial.objectives or (), signs, strict=True)]
        for trial in trials
    ]
    return sorted(trials[index].number for index in front(rows))


def _counts(trial: PastTrial, num_objectives: int) -> bool:
    values = trial.objectives
    if values is None or not trial.is_feasible or len(values) != num_objectives:
        return False
    is_good = trial.state in (TrialState.COMPLETE, TrialState.STOPPED)
    return is_good and num_objectives > 0 and all(isfinite(value) for value in values)


def front(rows: Sequence[Row]) -> list[int]:
    """The indices of the rows that no other dominates; less is better, in every column.

    A row dominates another if it is nowhere worse and somewhere better. O(n log n) for up to three
    columns, O(n x front) for more.
    """
    unique: dict[tuple[float, ...], list[int]] = {}
    for index, row in enumerate(rows):
        unique.setdefault(tuple(row), []).append(index)
    # After sorting, a row is dominated by earlier ones only.
    ordered = sorted(unique)
    is_small = not ordered or len(ordered[0]) <= 3
    kept = _front_of_three(ordered) if is_small else _front_of_many(ordered)
    return sorted(index for row in kept for index in unique[row])


def _front_of_three(ordered: Sequence[tuple[float, ...]]) -> list[tuple[float, ...]]:
    """A staircase over the second and third column: the lowest third by the second."""
    seconds: list[float] = []  # ascending
    thirds: list[float] = []  # descending
    kept = []
    for row in ordered:
        second, third = (*row[1:], -inf, -inf)[:2]
        at = bisect_right(seconds, second)
        if at and thirds[at - 1] <= third:
            continue
        kept.append(row)
        start = at - 1 if at and seconds[at - 1] == second else at
        end = start
        while end < len(thirds) and thirds[end] >= third:
            end += 1
        seconds[start:end], thirds[start:end] = [second], [third]
    return kept


def _front_of_many(ordered: Sequence[tuple[float, ...]]) -> list[tuple[float, ...]]:
    # NumPy is loaded for four columns and more only: the server seldom needs it.
    import numpy as np

    table = np.array(ordered)
    kept = np.empty_like(table)
    indices: list[int] = []
    for index, row in enumerate(table):
        so_far = kept[: len(indices)]
        if not (so_far <= row).all(axis=1).any():
            kept[len(indices)] = row
            indices.append(index)
    return [ordered[index] for index in indices]
