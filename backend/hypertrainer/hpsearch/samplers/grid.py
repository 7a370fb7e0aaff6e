"""Every combination of every parameter's points, each once, in the order of the parameters."""

import math
from collections.abc import Iterator
from itertools import product
from random import Random
from typing import Any

from hypertrainer.errors import InvalidInput, NoPointLeft
from hypertrainer.hpsearch.facts import Origin
from hypertrainer.hpsearch.history import History
from hypertrainer.hpsearch.samplers.ask import Ask, Drawn
from hypertrainer.hpsearch.samplers.axes import Axis
from hypertrainer.hpsearch.samplers.memory import Memory, point_key
from hypertrainer.hpsearch.samplers.seeds import sequence_seed
from hypertrainer.hpsearch.samplers.space import Point, Space
from hypertrainer.hpsearch.spec import Algorithm, Spec

MAX_GRID = 100_000


class Grid:
    """The points of a grid that constraints allow; of those that conditions make equal the first.

    Raises:
        InvalidInput: a range has no points, or there are more than `MAX_GRID`.
    """

    def __init__(self, history: History, memory: Memory) -> None:
        self._space = memory.space(history)
        try:
            self._columns = {path: axis.points() for path, axis in self._space.axes.items()}
        except ValueError as error:
            raise InvalidInput(str(error)) from error
        if product_size(self._space) > MAX_GRID:
            raise InvalidInput(f"The grid has more than {MAX_GRID:,} points.")
        self._rows = list(self._allowed(history, memory))
        if history.spec.algorithm_options.get("shuffle"):
            Random(sequence_seed(history.seed)).shuffle(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def point(self, index: int) -> Point:
        """The point at a place in the order."""
        return self._point(self._rows[index])

    def _point(self, row: tuple[Any, ...]) -> Point:
        values = dict(zip(self._columns, row, strict=True))

        def pick(axis: Axis) -> Any:
            return values[axis.path]

        return self._space.point(pick)

    def _allowed(self, history: History, memory: Memory) -> Iterator[tuple[Any, ...]]:
        seen: set[str] = set()
        for row in product(*self._columns.values()):
            point = self._point(row)
            if memory.broken(history, point.values) is not None:
                continue
            if self._space.is_conditional:
                key = point_key(point.values)
                if key in seen:
                    continue
                seen.add(key)
            yield row


def grid_point(ask: Ask) -> Drawn:
    """The next point of the grid: the trial's number is its place, unless that one is taken.

    It may be: by a point to be tried first, or after an edit of the search.
    """
    grid = grid_of(ask.history, ask.memory)
    taken = ask.memory.taken(ask.history)
    first = ask.number - min(ask.number, len(ask.history.spec.try_first))
    for offset in range(len(grid)):
        point = grid.point((first + offset) % len(grid))
        if point_key(point.values) not in taken:
            return Drawn(point, Algorithm.GRID, Origin.GRID)
    raise NoPointLeft(f"All {len(grid):,} points of the grid have been tried.")


def grid_of(history: History, memory: Memory) -> Grid:
    """The grid of the history's spec, made once."""
    memory.space(history)
    if "grid" not in memory.kept:
        memory.kept["grid"] = Grid(history, memory)
    grid: Grid = memory.kept["grid"]
    return grid


def product_size(space: Space) -> float:
    """How many combinations there are, allowed or not; infinite where a range has no points."""
    sizes = [axis.grid_size for axis in space.axes.values()]
    known = [size for size in sizes if size is not None]
    return math.prod(known) if len(known) == len(sizes) else math.inf


def grid_size(spec: Spec) -> int:
    """How many points a search with this spec has as a grid.

    Raises:
        InvalidInput: a range has no points, or there are more than `MAX_GRID`.
    """
    return len(Grid(History(spec, 0), Memory()))
