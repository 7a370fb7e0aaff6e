"""Random search, the original's `type: random_uniform`."""

from collections.abc import Sequence
from random import Random

from hypertrainer.hpsearch.samplers.base import PastTrial, Point, Sampler
from hypertrainer.hpsearch.samplers.seeds import trial_seed
from hypertrainer.hpsearch.space import Parameter, SearchSpace


class RandomUniform(Sampler):
    """Draws every trial by itself, each value uniformly or, with a base, its exponent."""

    def __init__(self, space: SearchSpace, seed: int) -> None:
        self._space = space
        self._seed = seed

    def suggest(self, number: int, history: Sequence[PastTrial] = ()) -> Point:  # noqa: ARG002  learns nothing
        random = Random(trial_seed(self._seed, number))
        return {parameter.path: _draw(parameter, random) for parameter in self._space.params}


def _draw(parameter: Parameter, random: Random) -> float:
    drawn = random.uniform(parameter.low, parameter.high)
    value = min(max(drawn, parameter.low), parameter.high)  # rounding may go a bit beyond
    base = parameter.exponent_base
    return value if base is None else float(base**value)
