"""The table of every rung: who came there with which value, and who was stopped there."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import isfinite

from hypertrainer.hpsearch.early_stopping.rungs import counts_best, rungs_of
from hypertrainer.hpsearch.history import History, PastTrial


@dataclass(frozen=True, slots=True)
class RungEntry:
    """A trial's value at a rung. `rank` is from 1, the best; None where the value is not finite."""

    number: int
    value: float
    rank: int | None
    is_stopped: bool


@dataclass(frozen=True, slots=True)
class Rung:
    """All values at one rung, best first."""

    bracket: int
    epoch: int
    entries: tuple[RungEntry, ...]


def rung_tables(history: History) -> list[Rung]:
    """The rungs that trials have come to, by bracket and epoch; none without a rule that has some.

    Ranks are those of today; a verdict names the rank of its time.
    """
    by_bracket: dict[int, list[PastTrial]] = {}
    for trial in history.trials.values():
        by_bracket.setdefault(trial.bracket, []).append(trial)
    found = [
        Rung(bracket, epoch, _entries(history, epoch, trials))
        for bracket, trials in sorted(by_bracket.items())
        for epoch in _epochs(history, bracket)
    ]
    return [rung for rung in found if rung.entries]


def _epochs(history: History, bracket: int) -> list[int]:
    early = history.spec.early_stopping
    if early is None:
        return []
    return sorted({epoch for rule in early.rules for epoch in rungs_of(early, rule, bracket)})


def _entries(history: History, epoch: int, trials: Iterable[PastTrial]) -> tuple[RungEntry, ...]:
    early, is_best = history.spec.early_stopping, counts_best(history.spec)
    sign = early.direction.sign if early else 1
    there = [(trial, trial.reports[epoch]) for trial in trials if epoch in trial.reports]
    valued = [(one.best if is_best else one.value, trial) for trial, one in there]
    finite = [(value, trial) for value, trial in valued if isfinite(value)]
    finite.sort(key=lambda one: (one[0] * sign, one[1].number))
    others = [(value, trial) for value, trial in valued if not isfinite(value)]
    ranked = zip(_ranks([value for value, _ in finite]), finite, strict=True)
    return (
        *(_entry(value, rank, trial, epoch) for rank, (value, trial) in ranked),
        *(_entry(value, None, trial, epoch) for value, trial in others),
    )


def _ranks(ordered: Iterable[float]) -> Iterator[int]:
    """Equal values share the rank of the first."""
    rank, before = 0, None
    for place, value in enumerate(ordered, 1):
        rank, before = (rank if value == before else place), value
        yield rank


def _entry(value: float, rank: int | None, trial: PastTrial, epoch: int) -> RungEntry:
    is_stopped = trial.stop is not None and trial.stop.epoch == epoch
    return RungEntry(trial.number, value, rank, is_stopped)
