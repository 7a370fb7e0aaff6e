"""One question to a sampler, and its answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from hypertrainer.hpsearch.facts import Origin
from hypertrainer.hpsearch.history import History
from hypertrainer.hpsearch.samplers.memory import Memory
from hypertrainer.hpsearch.samplers.seeds import trial_seed
from hypertrainer.hpsearch.samplers.space import Point, Space
from hypertrainer.hpsearch.spec import Algorithm


@dataclass(frozen=True, slots=True)
class Ask:
    """The point of the trial `number` is wanted, after `attempt` others were rejected."""

    history: History
    number: int
    memory: Memory
    attempt: int = 0

    @property
    def seed(self) -> int:
        return trial_seed(self.history.seed, self.number, self.attempt)

    def again(self, attempt: int) -> "Ask":
        """The same question after so many rejected answers."""
        return replace(self, attempt=attempt)

    @property
    def space(self) -> Space:
        return self.memory.space(self.history)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A point, before anybody looked whether it may be used."""

    point: Point
    algorithm: Algorithm
    origin: Origin = Origin.SAMPLER
    attrs: Mapping[str, Any] = field(default_factory=dict)


class Sampler(Protocol):
    """Chooses a point from the question alone: equal questions, equal points."""

    def __call__(self, ask: Ask, /) -> Drawn:
        """Draw one.

        Raises:
            NoPointLeft: there is none.
        """
