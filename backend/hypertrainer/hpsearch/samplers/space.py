"""All axes of a search, and points on them whose conditions hold."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hypertrainer.hpsearch.samplers.axes import Axis, Choice, Coordinate
from hypertrainer.hpsearch.samplers.priors import Prior
from hypertrainer.hpsearch.samplers.ranges import LogInts, Reals, Steps
from hypertrainer.hpsearch.spec import Parameter, Spec, parameters_in_order

Pick = Callable[[Axis], Any]


@dataclass(frozen=True, slots=True)
class Point:
    """Values by path of what is active, and the paths of what is not."""

    values: Mapping[str, Any]
    inactive: tuple[str, ...] = ()


class Space:
    """What a spec's parameters span."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self._ordered = parameters_in_order(spec.params)
        self.axes = {one.path: axis_of(one) for one in self._ordered if one.type != "same"}

    @property
    def is_conditional(self) -> bool:
        return any(parameter.when for parameter in self._ordered)

    @property
    def is_numeric(self) -> bool:
        """Whether every axis has an order, and is always there."""
        domains = (axis.domain for axis in self.axes.values())
        return not self.is_conditional and not any(domain.is_unordered for domain in domains)

    @property
    def is_finite(self) -> bool:
        """Whether its points can be counted."""
        return all(axis.size is not None for axis in self.axes.values())

    @property
    def may_repeat(self) -> bool:
        """Whether the same point may be drawn twice by chance."""
        return self.is_finite or self.is_conditional

    def point(self, pick: Pick, given: Mapping[str, Any] | None = None) -> Point:
        """Choose every active value, in an order in which conditions can be told.

        Args:
            pick: chooses on one axis; called for the active ones only.
            given: values that are not to be chosen, by path.
        """
        values: dict[str, Any] = {}
        inactive: list[str] = []
        for parameter in self._ordered:
            if not _is_active(parameter, values):
                inactive += parameter.paths
            elif parameter.same_as is not None:
                values |= dict.fromkeys(parameter.paths, values[parameter.same_as])
            elif given is not None and all(path in given for path in parameter.paths):
                values |= {path: given[path] for path in parameter.paths}
            else:
                values |= _spread(parameter, pick(self.axes[parameter.path]))
        return Point(values, tuple(inactive))

    def coordinates(self, values: Mapping[str, Any]) -> dict[str, Coordinate] | None:
        """Where a trial's values lie now, by parameter; None where they fit no more."""
        found: dict[str, Coordinate] = {}
        for parameter in self._ordered:
            is_given = all(path in values for path in parameter.paths)
            if is_given != _is_active(parameter, values):
                return None
            if is_given and parameter.same_as is None:
                row = [values[path] for path in parameter.paths]
                axis = self.axes[parameter.path]
                at = axis.coordinate(row if parameter.is_zipped else row[0])
                if at is None:
                    return None
                found[parameter.path] = at
        return found


def axis_of(parameter: Parameter) -> Axis:
    """The line of a parameter that has one: not of `same`."""
    if parameter.is_choice:
        return Choice(parameter)
    if parameter.distribution != "uniform":
        return Prior(parameter)
    if parameter.type == "int" and parameter.log:
        return LogInts(parameter)
    is_stepped = parameter.type == "int" or parameter.step is not None
    return Steps(parameter) if is_stepped else Reals(parameter)


def _is_active(parameter: Parameter, values: Mapping[str, Any]) -> bool:
    if parameter.same_as is not None and parameter.same_as not in values:
        return False
    return all(one.path in values and one.holds(values[one.path]) for one in parameter.when)


def _spread(parameter: Parameter, value: Any) -> dict[str, Any]:
    if not parameter.is_zipped:
        return {parameter.path: value}
    return dict(zip(parameter.paths, value, strict=True))
