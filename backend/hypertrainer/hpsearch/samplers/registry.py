"""Which sampler stands for which algorithm. A new one is a file beside this and a line here."""

from collections.abc import Callable, Mapping

from hypertrainer.hpsearch.samplers.base import Sampler
from hypertrainer.hpsearch.samplers.random_uniform import RandomUniform
from hypertrainer.hpsearch.space import SearchSpace

SAMPLERS: Mapping[str, Callable[[SearchSpace, int], Sampler]] = {"random": RandomUniform}


def create_sampler(space: SearchSpace, seed: int) -> Sampler:
    """The sampler for a search; the same space and seed give the same points."""
    return SAMPLERS[space.algorithm](space, seed)
