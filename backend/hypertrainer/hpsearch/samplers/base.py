"""What chooses the points of a search."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypertrainer.hpsearch.facts import Origin

Point = Mapping[str, float]  # the values of one trial, by dotted path


@dataclass(frozen=True, slots=True)
class PastTrial:
    """An earlier trial as samplers see it; `objective` is None until it has one."""

    number: int
    point: Point
    objective: float | None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The point of a trial, and all that is needed to choose it again.

    `values` are those of the active parameters, by path (of zipped ones, by each of their paths);
    `inactive` are the paths of the others. `seed` is the derived one the point was drawn with,
    after `redraws` others were rejected. `attrs` must be given back in the trial's history.
    """

    values: Mapping[str, Any]
    inactive: tuple[str, ...] = ()
    origin: Origin = Origin.SAMPLER
    algorithm: str = ""  # what chose it; `auto` is never left as it is
    seed: int = 0
    attrs: Mapping[str, Any] = field(default_factory=dict)
    redraws: int = 0


class Sampler(ABC):
    """Chooses the points of one search, from its space and its seed.

    It keeps nothing between calls: the database is the only truth, and after a restart a new
    object goes on where the last one was. Randomness comes from the search's seed and the trial's
    number alone (`trial_seed`): the same search with the same history gives the same points.
    """

    @abstractmethod
    def suggest(self, number: int, history: Sequence[PastTrial] = ()) -> Point:
        """Choose the point of a trial. Called once for each, right before its task is made.

        Args:
            number: the trial's, from 0.
            history: all trials made before, in the order of their numbers, running ones included.
                A sampler that does not learn is called with an empty one.
        """
