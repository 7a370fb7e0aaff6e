"""Points from CMA-ES (Hansen 2016, arXiv 1604.00772), for spaces of numbers alone.

Its state is computed anew from the history, generation by generation; nothing of it is stored.
"""

import math
from typing import TYPE_CHECKING

from hypertrainer.hpsearch.facts import Origin
from hypertrainer.hpsearch.samplers.ask import Ask, Drawn
from hypertrainer.hpsearch.samplers.axes import Axis, Coordinate
from hypertrainer.hpsearch.samplers.lessons import FAILED, Lesson, lessons_of
from hypertrainer.hpsearch.samplers.seeds import sequence_seed
from hypertrainer.hpsearch.spec import Algorithm

if TYPE_CHECKING:
    from cmaes import CMA

GENERATION = "generation"
SIGMA = 0.25  # of the unit cube, whose middle the search starts from
LEAST_DIMENSIONS = 2  # the library has no search along one line: a second one is added, and ignored


def cmaes_point(ask: Ask) -> Drawn:
    """The next point of the newest generation that enough trials have told of."""
    optimizer = _replayed(ask)
    optimizer.reseed_rng(ask.seed % 2**32)
    sample = optimizer.ask()
    at = dict(zip(ask.space.axes, sample.tolist(), strict=False))
    point = ask.space.point(lambda axis: axis.value(_coordinate(axis, at[axis.path])))
    attrs = {GENERATION: optimizer.generation}
    return Drawn(point, Algorithm.CMAES, Origin.SAMPLER, attrs)


def _replayed(ask: Ask) -> "CMA":
    """The optimizer after every whole generation, in the order in which its trials ended."""
    import numpy as np
    from cmaes import CMA

    size = max(len(ask.space.axes), LEAST_DIMENSIONS)
    optimizer = CMA(
        mean=np.full(size, 0.5),
        sigma=SIGMA,
        bounds=np.tile([0.0, 1.0], (size, 1)),
        seed=sequence_seed(ask.history.seed) % 2**32,
        population_size=ask.history.spec.algorithm_options.get("population"),
    )
    lessons = _by_generation(ask)
    while len(told := lessons.get(optimizer.generation, [])) >= optimizer.population_size:
        told.sort(key=lambda lesson: lesson.trial.told_seq or 0)
        optimizer.tell(
            [
                (np.array(_unit(ask, lesson, size)), _loss(ask, lesson))
                for lesson in told[: optimizer.population_size]
            ]
        )
    return optimizer


def _by_generation(ask: Ask) -> dict[int, list[Lesson]]:
    found: dict[int, list[Lesson]] = {}
    for lesson in lessons_of(ask.history, len(ask.space.axes)).items:
        generation = lesson.trial.attrs.get(GENERATION)
        is_known = ask.memory.coordinates(ask.history, lesson.trial.number) is not None
        if lesson.values is not None and generation is not None and is_known:
            found.setdefault(int(generation), []).append(lesson)
    return found


def _loss(ask: Ask, lesson: Lesson) -> float:
    """What is infeasible is worse than all that is not, the more the further it is off."""
    sign = ask.history.spec.objectives[0].direction.sign
    value = (lesson.values or (0.0,))[0] * sign
    violation = sum(max(size, 0.0) for _, size in lesson.violations)
    is_failed = any(name == FAILED and size > 0 for name, size in lesson.violations)
    return value + (1e12 * violation if violation and not is_failed else 0.0) + 1e15 * is_failed


def _unit(ask: Ask, lesson: Lesson, size: int) -> list[float]:
    """A trial's place in the unit cube."""
    coordinates = ask.memory.coordinates(ask.history, lesson.trial.number) or {}
    known = [_share(axis, coordinates[path]) for path, axis in ask.space.axes.items()]
    return known + [0.5] * (size - len(known))


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
