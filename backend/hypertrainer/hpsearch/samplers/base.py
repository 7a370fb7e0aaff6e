"""What chooses the points of a search."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Point = Mapping[str, float]  # the values of one trial, by dotted path


@dataclass(frozen=True, slots=True)
class PastTrial:
    """An earlier trial as samplers see it; `objective` is None until it has one."""

    number: int
    point: Point
    objective: float | None


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
