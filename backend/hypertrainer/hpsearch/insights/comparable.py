"""Trials whose values can be compared: those that had alike many epochs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, isfinite

from hypertrainer.hpsearch.early_stopping.rungs import rung_value
from hypertrainer.hpsearch.facts import TrialState
from hypertrainer.hpsearch.history import History
from hypertrainer.hpsearch.samplers.axes import Coordinate
from hypertrainer.hpsearch.samplers.space import Space

Point = Mapping[str, Coordinate]

ENOUGH = 20  # trials, or four for every parameter
PER_PARAMETER = 4


@dataclass(frozen=True, slots=True)
class Comparable:
    """Points by parameter, and the value of each, of which less is better."""

    points: Sequence[Point]
    values: Sequence[float]
    words: str = ""  # which values these are, where they are not those of the trials' ends

    def thinned(self, most: int) -> "Comparable":
        """At most so many of them, evenly from first to last."""
        stride = max(1, ceil(len(self.values) / most))
        return Comparable(self.points[::stride], self.values[::stride], self.words)

    def completed(self, usual: Point) -> "Comparable":
        """With these coordinates for parameters that a point does not have."""
        return Comparable([{**usual, **point} for point in self.points], self.values, self.words)


def comparable(history: History, space: Space, objective: int) -> Comparable:
    """The values of an objective that say most about the space.

    Those of complete trials; where early stopping leaves too few of them, those at the last epoch
    that enough trials reached. Only trials that the space still holds count.
    """
    enough = max(ENOUGH, PER_PARAMETER * len(space.axes))
    complete = _complete(history, objective)
    epoch = _epoch(history, objective, enough) if len(complete) < enough else None
    if epoch is not None:
        at_epoch = _at_epoch(history, epoch)
        if len(at_epoch) > len(complete):
            words = f"By the values at epoch {epoch}: few trials went on to their end."
            return _fitting(history, space, at_epoch, words)
    return _fitting(history, space, complete, "")


def _complete(history: History, objective: int) -> dict[int, float]:
    sign = history.spec.objectives[objective].direction.sign
    return {
        trial.number: trial.objectives[objective] * sign
        for trial in history.over()
        if trial.state is TrialState.COMPLETE
        and trial.objectives is not None
        and isfinite(trial.objectives[objective])
    }


def _epoch(history: History, objective: int, enough: int) -> int | None:
    """The last epoch that so many trials reached, or else the one that most did."""
    early = history.spec.early_stopping
    if early is None or early.metric != history.spec.objectives[objective].metric:
        return None
    counts = Counter(epoch for trial in history.trials.values() for epoch in trial.reports)
    reached = [epoch for epoch, count in counts.items() if count >= enough]
    if reached:
        return max(reached)
    return max(counts, key=lambda epoch: (counts[epoch], epoch), default=None)


def _at_epoch(history: History, epoch: int) -> dict[int, float]:
    early = history.spec.early_stopping
    sign = early.direction.sign if early else 1
    values = {
        trial.number: rung_value(history.spec, trial.reports[epoch]) * sign
        for trial in history.trials.values()
        if epoch in trial.reports
    }
    return {number: value for number, value in values.items() if isfinite(value)}


def _fitting(history: History, space: Space, values: Mapping[int, float], words: str) -> Comparable:
    placed = {number: space.coordinates(history.trials[number].values) for number in values}
    points = {number: point for number, point in placed.items() if point is not None}
    return Comparable(list(points.values()), [values[number] for number in points], words)
