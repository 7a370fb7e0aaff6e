"""How the values of all trials at an epoch compare. Kept in order, so that a rank is a look-up.

Derived from a history's reports and from nothing else.
"""

from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass, field
from math import inf, isfinite

from hypertrainer.hpsearch.spec import Direction


@dataclass(slots=True)
class Level:
    """Some values. Those that are not finite are equal to each other, and worse than all others."""

    finite: list[float] = field(default_factory=list)  # ascending
    num_others: int = 0

    def __len__(self) -> int:
        return len(self.finite) + self.num_others

    def add(self, value: float) -> None:
        """Take one further value in."""
        if isfinite(value):
            insort(self.finite, value)
        else:
            self.num_others += 1

    def rank(self, value: float, direction: Direction) -> int:
        """1 and how many of the values are better than this one; equal ones share a rank."""
        if not isfinite(value):
            return 1 + len(self.finite)
        if direction is Direction.MINIMIZE:
            return 1 + bisect_left(self.finite, value)
        return 1 + len(self.finite) - bisect_right(self.finite, value)

    def quantile_of_others(self, value: float, share: float, direction: Direction) -> float:
        """A quantile of the values without one of them, `value`; 0 is the best, 1 the worst.

        Linear between two values. Infinite where it falls on those that are not finite. There must
        be two values or more.
        """
        left_out = self.rank(value, direction) - 1
        at = share * (len(self) - 2)
        low = int(at)
        rest = at - low
        one = self._at(low + (low >= left_out), direction)
        if rest == 0 or not isfinite(one):
            return one
        other = self._at(low + 1 + (low + 1 >= left_out), direction)
        return one + rest * (other - one) if isfinite(other) else other

    def _at(self, place: int, direction: Direction) -> float:
        """The value at a place, the best being at 0."""
        num_finite = len(self.finite)
        if not 0 <= place < num_finite:
            return inf * direction.sign
        is_ascending = direction is Direction.MINIMIZE
        return self.finite[place if is_ascending else num_finite - 1 - place]


@dataclass(slots=True)
class Standings:
    """The values at every epoch: of the trials of a bracket, and the averages of all."""

    values: dict[tuple[int, int], Level] = field(default_factory=dict)  # by bracket and epoch
    bests: dict[tuple[int, int], Level] = field(default_factory=dict)  # the best up to the epoch
    means: dict[int, Level] = field(default_factory=dict)  # of all epochs up to this one

    def add(self, bracket: int, epoch: int, value: float, best: float, mean: float) -> None:
        """Take a trial's report in; each trial has one for an epoch."""
        self.values.setdefault((bracket, epoch), Level()).add(value)
        self.bests.setdefault((bracket, epoch), Level()).add(best)
        self.means.setdefault(epoch, Level()).add(mean)
