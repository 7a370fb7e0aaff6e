"""Points from CMA-ES (Hansen 2016, arXiv 1604.00772), for spaces of numbers alone.

Its state is computed anew from the history, generation by generation; nothing of it is stored.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any

from hypertrainer.errors import InvalidInput
from hypertrainer.hpsearch.early_stopping.rungs import rung_value
from hypertrainer.hpsearch.facts import Origin, TrialState
from hypertrainer.hpsearch.history import History, PastTrial
from hypertrainer.hpsearch.samplers.ask import Ask, Drawn
from hypertrainer.hpsearch.samplers.axes import Axis, Coordinate
from hypertrainer.hpsearch.samplers.seeds import sequence_seed
from hypertrainer.hpsearch.spec import Algorithm

if TYPE_CHECKING:
    from cmaes import CMA

GENERATION, START = "generation", "start"  # attributes of a trial: it is of one, and begun at one
SIGMA = 0.25  # of the unit cube, in whose middle the search starts unless a good point is known
LEAST_DIMENSIONS = 2  # the library has no search along one line: a second one is added, and ignored


def cmaes_point(ask: Ask) -> Drawn:
    """The next point of the newest generation that enough trials have told of.

    Raises:
        InvalidInput: a parameter has no order, or is not always there.
    """
    if not ask.space.is_numeric:
        raise InvalidInput(
            "`cmaes` searches numbers only: not categorical or conditional ones. Use `tpe`."
        )
    lineage = _replayed(ask)
    lineage.optimizer.reseed_rng(ask.seed % 2**32)
    sample = lineage.optimizer.ask()
    at = dict(zip(ask.space.axes, sample.tolist(), strict=False))
    point = ask.space.point(lambda axis: axis.value(_coordinate(axis, at[axis.path])))
    attrs = {GENERATION: lineage.generation, START: lineage.start}
    return Drawn(point, Algorithm.CMAES, Origin.SAMPLER, attrs)


@dataclass(slots=True)
class Lineage:
    """An optimizer after some generations. `start` is the trial that the first was drawn around.

    `taken` are the trials that were looked at for these, by number and version.
    """

    optimizer: "CMA"
    start: int | None
    generation: int = 0
    taken: list[tuple[int, int]] = field(default_factory=list)


def _replayed(ask: Ask) -> Lineage:
    """Every whole generation told again, in the order in which its trials ended.

    A generation is closed by the first trials that end while it is the newest; those of the one
    before count too, as many workers would else train half of all trials for nothing. One that has
    converged begins anew elsewhere, with twice the population (Auger and Hansen, CEC 2005).
    """
    ended = list(_told(ask.history))
    lineage = _known(ask, [(trial.number, trial.version) for trial in ended])
    told: list[PastTrial] = []
    done = len(lineage.taken)
    for index, trial in enumerate(ended[done:], done):
        is_known = ask.memory.coordinates(ask.history, trial.number) is not None
        if is_known and trial.attrs.get(GENERATION, -2) >= lineage.generation - 1:
            told.append(trial)
        if len(told) == lineage.optimizer.population_size:
            _tell(ask, lineage, told)
            lineage.taken += [(one.number, one.version) for one in ended[done : index + 1]]
            told, done = [], index + 1
    return lineage


def _known(ask: Ask, ended: list[tuple[int, int]]) -> Lineage:
    """The lineage of the question before, if it comes from the same trials; else a new one."""
    start = _start(ask)
    known: Lineage | None = ask.memory.kept.get("lineage")
    if known is None or known.start != start or known.taken != ended[: len(known.taken)]:
        known = Lineage(_optimizer(ask, _unit(ask, start), None, 0), start)
        ask.memory.kept["lineage"] = known
    return known


def _tell(ask: Ask, lineage: Lineage, told: list[PastTrial]) -> None:
    import numpy as np

    ranked = sorted(told, key=lambda trial: _rank(ask.history, trial))
    lineage.optimizer.tell(
        [(np.array(_unit(ask, trial.number)), float(rank)) for rank, trial in enumerate(ranked)]
    )
    lineage.generation += 1
    if lineage.optimizer.should_stop():
        random = Random(sequence_seed(ask.history.seed) + lineage.generation)
        mean = [random.random() for _ in _unit(ask, None)]
        size = 2 * lineage.optimizer.population_size
        lineage.optimizer = _optimizer(ask, mean, size, lineage.generation)


def _optimizer(ask: Ask, mean: list[float], size: int | None, generation: int) -> "CMA":
    import numpy as np
    from cmaes import CMA

    return CMA(
        mean=np.array(mean),
        sigma=SIGMA,
        bounds=np.tile([0.0, 1.0], (len(mean), 1)),
        seed=(sequence_seed(ask.history.seed) + generation) % 2**32,
        population_size=size or ask.history.spec.algorithm_options.get("population"),
    )


def _told(history: History) -> Iterator[PastTrial]:
    """The trials that teach something, in the order in which they ended."""
    ended = (trial for trial in history.over() if trial.state is not TrialState.CANCELLED)
    is_told = history.spec.failures.tell != "ignore"
    known = (trial for trial in ended if is_told or trial.state is not TrialState.FAILED)
    yield from sorted(known, key=lambda trial: trial.told_seq or 0)


def _rank(history: History, trial: PastTrial) -> tuple[float, ...]:
    """What trials of a generation are ordered by: the least is the best.

    Failed ones are behind those out of bounds, and stopped ones behind those that ran to their end;
    the later a trial was stopped the better it was.
    """
    if trial.state is TrialState.FAILED:
        return (2.0,)
    violation = math.fsum(size for size in trial.constraints.values() if size > 0)
    sign = history.spec.objectives[0].direction.sign
    value = math.inf if not trial.objectives else trial.objectives[0] * sign
    if trial.state is TrialState.COMPLETE or not trial.reports:
        return (float(violation > 0), violation, -math.inf, value, trial.number)
    epoch, early = max(trial.reports), history.spec.early_stopping
    if early is not None:
        value = rung_value(history.spec, trial.reports[epoch]) * early.direction.sign
    return (float(violation > 0), violation, -epoch, value, trial.number)


def _start(ask: Ask) -> int | None:
    """The best trial of others that was known when the first of a lineage was drawn, if any was."""
    history = ask.history
    own = [trial for trial in history.trials.values() if GENERATION in trial.attrs]
    if own:
        start: Any = own[0].attrs.get(START)
        return start if start is None else int(start)
    others = [trial for trial in (*history.warm, *_told(history)) if trial.objectives]
    best = min(others, key=lambda trial: _rank(history, trial), default=None)
    return None if best is None else best.number


def _unit(ask: Ask, number: int | None) -> list[float]:
    """A trial's place in the unit cube; the middle for none, or for one that is out of it now."""
    coordinates = None if number is None else ask.memory.coordinates(ask.history, number)
    axes = ask.space.axes
    known = [_share(axis, coordinates[path]) if coordinates else 0.5 for path, axis in axes.items()]
    return known + [0.5] * (LEAST_DIMENSIONS - len(known))


def _share(axis: Axis, coordinate: Coordinate) -> float:
    low, high = _ends(axis)
    at = math.log(coordinate) if axis.domain.log else float(coordinate)
    return (at - low) / (high - low) if high > low else 0.5


def _coordinate(axis: Axis, share: float) -> Coordinate:
    low, high = _ends(axis)
    at = low + (high - low) * min(max(share, 0.0), 1.0)
    at = math.exp(at) if axis.domain.log else at
    return round(at) if axis.domain.is_whole else at


def _ends(axis: Axis) -> tuple[float, float]:
    """The interval of an axis; of whole numbers half a step wider, so that all are as likely."""
    low, high = axis.domain.low, axis.domain.high
    if axis.domain.is_whole:
        low, high = low - 0.5 + 1e-9, high + 0.5 - 1e-9
    return (math.log(low), math.log(high)) if axis.domain.log else (low, high)
