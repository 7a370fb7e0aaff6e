"""One parameter as a line that algorithms move along, and its values back from there.

Every algorithm draws a quantile in [0, 1) or a coordinate of the axis's domain; only axes know
what a user's ranges, steps, priors and candidates are.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hypertrainer.hpsearch.spec import Parameter

Coordinate = float | int


@dataclass(frozen=True, slots=True)
class Domain:
    """Where an axis's coordinates are: an interval, whole numbers, or candidates in no order."""

    low: float
    high: float
    log: bool = False
    is_whole: bool = False
    is_unordered: bool = False


class Axis(ABC):
    """One parameter's line."""

    def __init__(self, parameter: Parameter, domain: Domain) -> None:
        self.parameter = parameter
        self.path = parameter.path
        self.domain = domain

    @property
    @abstractmethod
    def size(self) -> int | None:
        """How many values there are; None: more than can be counted."""

    @property
    def grid_size(self) -> int | None:
        """How many points a grid has along it; None: it says nothing of that."""
        return self.size if self.parameter.count is None else len(self.points())

    @abstractmethod
    def at(self, quantile: float) -> Any:
        """The value below which this share of the prior's values lies."""

    @abstractmethod
    def value(self, coordinate: Coordinate) -> Any:
        """The value at a coordinate of the domain."""

    @abstractmethod
    def coordinate(self, value: Any) -> Coordinate | None:
        """Where a value lies; None where the axis does not reach."""

    def points(self) -> Sequence[Any]:
        """The values of a grid, from low to high.

        Raises:
            ValueError: a continuous range without `step` or `count` has no points.
        """
        if self.size is None:
            raise ValueError(f"A grid needs `step`, `count` or `values` for {self.path}.")
        return [self.value(int(self.domain.low) + index) for index in range(self.size)]


class Choice(Axis):
    """Candidates; of an ordinal one neighbours are alike."""

    def __init__(self, parameter: Parameter) -> None:
        is_unordered = parameter.type == "categorical"
        last = len(parameter.values) - 1
        super().__init__(parameter, Domain(0, last, is_whole=True, is_unordered=is_unordered))

    @property
    def size(self) -> int:
        return len(self.parameter.values)

    def at(self, quantile: float) -> Any:
        weights = self.parameter.probabilities
        if weights is None:
            return self.value(min(int(quantile * self.size), self.size - 1))
        left = quantile * math.fsum(weights)
        for index, weight in enumerate(weights):
            left -= weight
            if left < 0:
                return self.value(index)
        return self.value(max(index for index, weight in enumerate(weights) if weight > 0))

    def value(self, coordinate: Coordinate) -> Any:
        return self.parameter.values[int(coordinate)]

    def coordinate(self, value: Any) -> Coordinate | None:
        candidates = enumerate(self.parameter.values)
        return next((index for index, one in candidates if is_same(one, value)), None)


def is_number(value: Any) -> bool:
    """Whether it can lie on an axis of numbers."""
    is_numeric = isinstance(value, int | float) and not isinstance(value, bool)
    return is_numeric and math.isfinite(value)


def is_same(one: Any, other: Any) -> bool:
    """Whether two candidates are one: `true` is not 1, but 1.0 is."""
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(is_same, one, other))
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def bounds_of(parameter: Parameter) -> tuple[float, float]:
    """A range's ends, both included."""
    if parameter.low is None or parameter.high is None:
        raise ValueError(f"{parameter.path} needs `low` and `high`")
    return parameter.low, parameter.high


def decimals(number: float) -> int:
    """How many decimals it is written with."""
    exponent = Decimal(repr(number)).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def shares(count: int) -> list[float]:
    """So many points from 0 to 1 at equal distances; one is in the middle."""
    return [0.5] if count == 1 else [index / (count - 1) for index in range(count)]
