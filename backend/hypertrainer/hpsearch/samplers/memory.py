"""What a worker keeps of a history between two questions. Without it every answer is the same."""

import json
from collections.abc import Mapping
from typing import Any

from hypertrainer.hpsearch.expressions import Expression, parse
from hypertrainer.hpsearch.history import History
from hypertrainer.hpsearch.samplers.axes import Coordinate
from hypertrainer.hpsearch.samplers.space import Space
from hypertrainer.hpsearch.spec import Spec


class Memory:
    """Things made of one history that grows; what its spec or its trials made obsolete is dropped.

    `kept` is for samplers: it is emptied when the spec changes.
    """

    def __init__(self) -> None:
        self._spec: Spec | None = None
        self._space: Space | None = None
        self._constraints: tuple[Expression, ...] = ()
        self._coordinates: dict[int, dict[str, Coordinate] | None] = {}
        self._taken: set[str] = set()
        self._num_taken = 0
        self.kept: dict[str, Any] = {}

    def space(self, history: History) -> Space:
        """The axes of the history's spec as it is now."""
        if self._space is None or self._spec is not history.spec:
            self._spec, self._space = history.spec, Space(history.spec)
            parsed = (parse(text) for text in history.spec.constraints)
            self._constraints = tuple(one for one in parsed if not one.metrics)
            self._coordinates.clear()
            self.kept.clear()
        return self._space

    def broken(self, history: History, values: Mapping[str, Any]) -> Expression | None:
        """The first constraint on parameters that does not hold for these values.

        Of inactive parameters it is the value in the YAML that counts.
        """
        self.space(history)
        known = {**history.spec.base, **values}
        for one in self._constraints:
            if all(path in known for path in one.paths) and one.violation(known) > 0:
                return one
        return None

    def coordinates(self, history: History, number: int) -> dict[str, Coordinate] | None:
        """Where a trial lies in the space as it is now; None where it fits no more.

        Numbers below 0 are those of trials of other searches.
        """
        space = self.space(history)
        if number not in self._coordinates:
            trial = history.trials[number] if number >= 0 else history.warm[-1 - number]
            self._coordinates[number] = space.coordinates(trial.values)
        return self._coordinates[number]

    def taken(self, history: History) -> set[str]:
        """The keys of all points that were ever asked for."""
        if self._num_taken > history.next_number:
            self._taken, self._num_taken = set(), 0
        for number in range(self._num_taken, history.next_number):
            self._taken.add(point_key(history.trials[number].values))
        self._num_taken = history.next_number
        return self._taken


def point_key(values: Mapping[str, Any]) -> str:
    """What equal points have in common."""
    return json.dumps(values, sort_keys=True, default=str)
