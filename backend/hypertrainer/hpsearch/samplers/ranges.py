"""Axes of numbers without a prior of their own."""

import math
from collections.abc import Sequence
from typing import Any

from hypertrainer.hpsearch.samplers.axes import (
    Axis,
    Coordinate,
    Domain,
    bounds_of,
    decimals,
    is_number,
    shares,
)
from hypertrainer.hpsearch.spec import Parameter


class Steps(Axis):
    """Values at equal distances: whole numbers, or a range with a step."""

    def __init__(self, parameter: Parameter) -> None:
        self._low, high = bounds_of(parameter)
        self._is_int = parameter.type == "int"
        self._step = parameter.step or 1.0
        if self._is_int:
            self._low, high, self._step = math.ceil(self._low), math.floor(high), int(self._step)
        self._digits = max(decimals(self._low), decimals(self._step))
        self._high = high
        self._last = math.floor((high - self._low) / self._step + 1e-9)
        super().__init__(parameter, Domain(0, self._last, is_whole=True))

    @property
    def size(self) -> int:
        return self._last + 1

    def at(self, quantile: float) -> Any:
        return self.value(min(int(quantile * self.size), self._last))

    def value(self, coordinate: Coordinate) -> Any:
        value = self._low + int(coordinate) * self._step
        return int(value) if self._is_int else round(float(value), self._digits)

    def coordinate(self, value: Any) -> Coordinate | None:
        slack = 1e-9 * self._step
        if not is_number(value) or not self._low - slack <= value <= self._high + slack:
            return None
        index: int = round((value - self._low) / self._step)
        return min(index, self._last)

    def points(self) -> Sequence[Any]:
        count = self.parameter.count
        if count is None or count >= self.size:
            return super().points()
        indices = {round(share * self._last) for share in shares(count)}
        return [self.value(index) for index in sorted(indices)]


class LogInts(Axis):
    """Whole numbers, of which each order of magnitude is as likely."""

    def __init__(self, parameter: Parameter) -> None:
        low, high = bounds_of(parameter)
        super().__init__(
            parameter, Domain(math.ceil(low), math.floor(high), log=True, is_whole=True)
        )

    @property
    def size(self) -> int:
        return int(self.domain.high - self.domain.low) + 1

    def at(self, quantile: float) -> int:
        low, high = math.log(self.domain.low - 0.5), math.log(self.domain.high + 0.5)
        return self.value(round(math.exp(low + (high - low) * quantile)))

    def value(self, coordinate: Coordinate) -> int:
        return int(min(max(coordinate, self.domain.low), self.domain.high))

    def coordinate(self, value: Any) -> Coordinate | None:
        is_inside = is_number(value) and self.domain.low <= value <= self.domain.high
        return round(value) if is_inside else None

    def points(self) -> Sequence[Any]:
        count = self.parameter.count
        if count is None or count >= self.size:
            return super().points()
        low, high = math.log(self.domain.low), math.log(self.domain.high)
        found = {round(math.exp(low + (high - low) * share)) for share in shares(count)}
        return sorted(found)


class Reals(Axis):
    """A continuous range, uniform or log-uniform."""

    def __init__(self, parameter: Parameter) -> None:
        low, high = bounds_of(parameter)
        super().__init__(parameter, Domain(low, high, log=parameter.log))

    @property
    def size(self) -> int | None:
        return 1 if self.domain.low == self.domain.high else None

    @property
    def grid_size(self) -> int | None:
        return self.size if self.parameter.count is None else len(self.points())

    def at(self, quantile: float) -> float:
        low, high = self.domain.low, self.domain.high
        if not self.domain.log:
            return self.value(low + (high - low) * quantile)
        # Of base 10, so that ranges given by exponents have the values they always had.
        low, high = math.log10(low), math.log10(high)
        return self.value(float(10 ** (low + (high - low) * quantile)))

    def value(self, coordinate: Coordinate) -> float:
        return min(max(float(coordinate), self.domain.low), self.domain.high)

    def coordinate(self, value: Any) -> Coordinate | None:
        is_inside = is_number(value) and self.domain.low <= value <= self.domain.high
        return float(value) if is_inside else None

    def points(self) -> Sequence[Any]:
        if self.size == 1:
            return [self.domain.low]
        count = self.parameter.count
        if count is None:
            return super().points()
        at = shares(count)
        inner = [self.value(float(f"{self.at(share):.12g}")) for share in at[1:-1]]
        ends = (self.domain.low, self.domain.high)
        return [ends[0], *inner, ends[1]] if count > 1 else [self.at(at[0])]
