"""The entry to all samplers: the point of a trial, from nothing but the search's history."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from random import Random
from types import MappingProxyType

from hypertrainer.errors import NoPointLeft
from hypertrainer.hpsearch.facts import Origin
from hypertrainer.hpsearch.history import History, PastTrial
from hypertrainer.hpsearch.samplers.ask import Ask, Drawn, Sampler
from hypertrainer.hpsearch.samplers.base import Suggestion
from hypertrainer.hpsearch.samplers.choosing import algorithm_of
from hypertrainer.hpsearch.samplers.evolution import cmaes_point
from hypertrainer.hpsearch.samplers.grid import MAX_GRID, grid_of, grid_point, product_size
from hypertrainer.hpsearch.samplers.memory import Memory, point_key
from hypertrainer.hpsearch.samplers.models import gp_point, nsga2_point, tpe_point
from hypertrainer.hpsearch.samplers.quantiles import random_point, sobol_point
from hypertrainer.hpsearch.samplers.space import Pick
from hypertrainer.hpsearch.spec import Algorithm

MAX_DRAWS = 1_000  # of random points, before it is said that there is none
MAX_MODEL_DRAWS = 50  # of points from a model, before random ones are drawn


def suggest(history: History, number: int, memory: Memory | None = None) -> Suggestion:
    """Choose the point of a trial: equal histories and numbers, equal points.

    A number further on than the history's next is for algorithms that do not learn: the trials
    between are taken to have the points that would be suggested for them.

    Args:
        history: all that the sampler is to know.
        number: the trial's, from 0.
        memory: kept between calls with a history that grows; saves time only.

    Raises:
        NoPointLeft: a grid or any other countable space is used up, or constraints hold nowhere.
        InvalidInput: the algorithm cannot search this space.
    """
    memory = memory or Memory()
    ask = Ask(history, number, memory)
    if number > history.next_number and _sees_others(ask):
        return _ahead(history, number)
    return _tried_first(ask) or _drawn(ask) or _left_over(ask)


def suggest_many(history: History, count: int) -> Iterator[Suggestion]:
    """The points of the next trials, as if none of them had told anything yet.

    Ends early where no point is left.

    Raises:
        NoPointLeft: there is not even one.
    """
    ahead = replace(history, trials=dict(history.trials))
    memory = Memory()
    for index in range(count):
        number = ahead.next_number
        try:
            found = suggest(ahead, number, memory)
        except NoPointLeft:
            if index == 0:
                raise
            return
        ahead.trials[number] = PastTrial(number, found.values, attrs=found.attrs)
        yield found


def _ahead(history: History, number: int) -> Suggestion:
    found = list(suggest_many(history, number - history.next_number + 1))
    if len(found) <= number - history.next_number:
        raise NoPointLeft("Every point is taken by an earlier trial.")
    return found[-1]


def _sees_others(ask: Ask) -> bool:
    """Whether a trial's point depends on those of the trials before it."""
    return _algorithm(ask) not in (Algorithm.RANDOM, Algorithm.SOBOL) or ask.space.may_repeat


def _algorithm(ask: Ask) -> Algorithm:
    return algorithm_of(ask.history.spec, ask.space, ask.history.next_number)


def _tried_first(ask: Ask) -> Suggestion | None:
    """The point that the user gave for this trial; what is missing is drawn.

    None where there is none, or where no draw makes it one that constraints allow.
    """
    if ask.number >= len(ask.history.spec.try_first):
        return None
    given = ask.history.spec.try_first[ask.number]
    for attempt in range(MAX_DRAWS):
        point = ask.space.point(_random_pick(ask.again(attempt).seed), given)
        if ask.memory.broken(ask.history, point.values) is None:
            drawn = Drawn(point, _algorithm(ask), Origin.TRY_FIRST)
            return _suggestion(ask.again(attempt), drawn)
    return None


def _random_pick(seed: int) -> Pick:
    random = Random(seed)
    return lambda axis: axis.at(random.random())


def _drawn(ask: Ask) -> Suggestion | None:
    """The first point drawn that is allowed and new; after a model's a few random ones."""
    sampler = SAMPLERS[_algorithm(ask)]
    for attempt in range(MAX_DRAWS):
        again = ask.again(attempt)
        drawn = (sampler if attempt < MAX_MODEL_DRAWS else random_point)(again)
        if _is_allowed(ask, drawn):
            return _suggestion(again, drawn)
    return None


def _left_over(ask: Ask) -> Suggestion:
    """One of the last points of a space that can be counted.

    Raises:
        NoPointLeft: there is none, or the space cannot be counted.
    """
    if not ask.space.is_finite or product_size(ask.space) > MAX_GRID:
        raise NoPointLeft(_why_none(ask))
    grid, taken = grid_of(ask.history, ask.memory), ask.memory.taken(ask.history)
    points = [grid.point(index) for index in range(len(grid))]
    left = [point for point in points if point_key(point.values) not in taken]
    if not left:
        all_tried = f"All {len(grid):,} points of the search space have been tried."
        raise NoPointLeft(all_tried if points else _why_none(ask))
    last = ask.again(MAX_DRAWS)
    return _suggestion(last, Drawn(Random(last.seed).choice(left), Algorithm.RANDOM))


def _is_allowed(ask: Ask, drawn: Drawn) -> bool:
    values = drawn.point.values
    if ask.memory.broken(ask.history, values) is not None:
        return False
    return not _sees_others(ask) or point_key(values) not in ask.memory.taken(ask.history)


def _why_none(ask: Ask) -> str:
    broken = ask.memory.broken(ask.history, random_point(ask).point.values)
    if broken is None:
        return f"None of {MAX_DRAWS:,} random points is new and satisfies all constraints."
    return f"None of {MAX_DRAWS:,} random points satisfies `{broken.text}`; check the constraint."


def _suggestion(ask: Ask, drawn: Drawn) -> Suggestion:
    return Suggestion(
        values=drawn.point.values,
        inactive=drawn.point.inactive,
        origin=drawn.origin,
        algorithm=drawn.algorithm,
        seed=ask.seed,
        attrs=drawn.attrs,
        redraws=ask.attempt,
    )


SAMPLERS: Mapping[Algorithm, Sampler] = MappingProxyType(
    {
        Algorithm.GRID: grid_point,
        Algorithm.RANDOM: random_point,
        Algorithm.SOBOL: sobol_point,
        Algorithm.TPE: tpe_point,
        Algorithm.GP: gp_point,
        Algorithm.CMAES: cmaes_point,
        Algorithm.NSGA2: nsga2_point,
    }
)
