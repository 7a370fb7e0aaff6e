"""The points of a search that are known before any trial has run."""

import asyncio
from itertools import takewhile

from hypertrainer.hpsearch.adviser import Adviser
from hypertrainer.hpsearch.facts import Fact, FactKind, Origin
from hypertrainer.hpsearch.history import fold
from hypertrainer.hpsearch.samplers.base import Suggestion
from hypertrainer.hpsearch.samplers.choosing import algorithm_of
from hypertrainer.hpsearch.samplers.models import startup_trials
from hypertrainer.hpsearch.samplers.space import Space
from hypertrainer.hpsearch.samplers.suggest import suggest_many
from hypertrainer.hpsearch.spec import Algorithm, Place, Spec

MOST_AT_ONCE = 10_000  # tasks in one request


def starts_at_once(spec: Spec) -> bool:
    """Whether all tasks are made when the search is submitted, as nothing holds them back."""
    num_tasks = (spec.n_trials or MOST_AT_ONCE) * spec.repeats.n
    is_limited = spec.max_concurrent is not None or spec.n_trials is None
    is_limited = is_limited or num_tasks > MOST_AT_ONCE
    is_placed = len(spec.platforms) > 1 or any(map(_is_limited, spec.platforms))
    return not (spec.is_learning or is_limited or spec.early_stopping or is_placed)


def _is_limited(place: Place) -> bool:
    return place.max_concurrent is not None or place.max_cost is not None


def revised(spec: Spec, seq: int = 0) -> Fact:
    """The fact that a search is this from now on."""
    return Fact(seq, FactKind.REVISED, data={"spec": spec.model_dump(mode="json")})


def first_points(spec: Spec, seed: int, limit: int) -> list[Suggestion]:
    """The points that depend on no result: all there will be, or the first so many. Blocks.

    Trials of a warm start are results, too.

    Raises:
        NoPointLeft: there is not even one.
    """
    count = min(limit, limit if spec.n_trials is None else spec.n_trials)
    found = suggest_many(fold(seed, [revised(spec, 1)]), count)
    if spec.is_learning:
        startup = _num_startup(spec)
        numbered = takewhile(lambda one: _is_certain(*one, startup), enumerate(found))
        return [point for _, point in numbered]
    return list(found)


def _is_certain(number: int, point: Suggestion, startup: int) -> bool:
    is_early = point.origin is Origin.STARTUP and number < startup
    return is_early or point.origin in (Origin.TRY_FIRST, Origin.GRID)


def _num_startup(spec: Spec) -> int:
    """How many trials come before any model can be asked, however soon the earlier ones report."""
    if spec.warm_start:
        return 0
    space = Space(spec)
    return startup_trials(spec, algorithm_of(spec, space, 0), len(space.axes))


async def ask_first_points(adviser: Adviser, spec: Spec, seed: int, limit: int) -> list[Suggestion]:
    """The same, without keeping anybody waiting.

    Raises:
        NoPointLeft: there is not even one.
        AdviserFailed: the samplers' process died, or took too long.
    """
    if spec.algorithm in (Algorithm.GRID, Algorithm.RANDOM):  # need no library
        return await asyncio.to_thread(first_points, spec, seed, limit)
    return await adviser.run(first_points, spec, seed, limit)
