"""Axes of numbers that are likely to lie somewhere."""

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import Any

from hypertrainer.hpsearch.samplers.axes import Axis, Coordinate, Domain, decimals, is_number
from hypertrainer.hpsearch.spec import Parameter

TAIL = 1e-6  # of a normal prior: a quantile of 0 or 1 would be infinite


class Prior(Axis):
    """A normal or lognormal prior, whose coordinates are its quantiles: any algorithm may use it.

    Bounds cut the prior off; what is left of it is all there is.
    """

    def __init__(self, parameter: Parameter) -> None:
        super().__init__(parameter, Domain(TAIL, 1 - TAIL))
        self._is_log = parameter.distribution == "lognormal"
        self._normal = NormalDist(parameter.mean or 0.0, parameter.std or 1.0)
        self._low, self._high = parameter.low, parameter.high
        self._step = parameter.step or (1.0 if parameter.type == "int" else None)
        self._origin = parameter.low if parameter.step and parameter.low is not None else 0.0
        self._cut = (self._share(self._low, 0.0), self._share(self._high, 1.0))

    @property
    def size(self) -> int | None:
        if self._step is None or self._low is None or self._high is None:
            return None
        low, high = self._index_range()
        return int(high - low) + 1

    def at(self, quantile: float) -> Any:
        low, high = self._cut
        share = low + (high - low) * min(max(quantile, TAIL), 1 - TAIL)
        value = self._normal.inv_cdf(min(max(share, 1e-300), 1 - 1e-16))
        return self._clean(math.exp(value) if self._is_log else value)

    def value(self, coordinate: Coordinate) -> Any:
        return self.at(coordinate)

    def coordinate(self, value: Any) -> Coordinate | None:
        if not is_number(value) or (self._is_log and value < 0):
            return None
        is_below = self._low is not None and value < self._low
        if is_below or (self._high is not None and value > self._high):
            return None
        low, high = self._cut
        share = (self._share(value, 0.0) - low) / (high - low) if high > low else 0.5
        return min(max(share, self.domain.low), self.domain.high)

    def points(self) -> Sequence[Any]:
        count = self.parameter.count
        if count is not None:
            found = [self.at((index + 0.5) / count) for index in range(count)]
            return list(dict.fromkeys(found))
        if self.size is None:
            return super().points()
        low, high = self._index_range()
        return [self._on_step(index) for index in range(int(low), int(high) + 1)]

    def _share(self, value: float | None, missing: float) -> float:
        if value is None or (self._is_log and value <= 0):
            return missing if value is None else 0.0
        return self._normal.cdf(math.log(value) if self._is_log else value)

    def _clean(self, value: float) -> Any:
        value = value if self._low is None else max(value, self._low)
        value = value if self._high is None else min(value, self._high)
        if self._step is None:
            return value
        low, high = self._index_range()
        index = round((value - self._origin) / self._step)
        return self._on_step(int(min(max(index, low), high)))

    def _on_step(self, index: int) -> Any:
        step = self._step or 1.0
        value = self._origin + index * step
        if self.parameter.type == "int":
            return round(value)
        return round(value, max(decimals(self._origin), decimals(step)))

    def _index_range(self) -> tuple[float, float]:
        step = self._step or 1.0
        slack = 0.0 if self.parameter.step is None else 1e-9  # for what a division makes of 0.3
        low, high = -math.inf, math.inf
        if self._low is not None:
            low = math.ceil((self._low - self._origin) / step - slack)
        if self._high is not None:
            high = math.floor((self._high - self._origin) / step + slack)
        return low, high
