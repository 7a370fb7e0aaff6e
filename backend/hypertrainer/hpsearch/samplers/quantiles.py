"""Random and Sobol points: quantiles of every parameter's prior, whatever the history."""

from collections.abc import Sequence
from random import Random

from hypertrainer.hpsearch.samplers.ask import Ask, Drawn
from hypertrainer.hpsearch.samplers.seeds import sequence_seed
from hypertrainer.hpsearch.samplers.space import Point
from hypertrainer.hpsearch.spec import Algorithm


def random_point(ask: Ask) -> Drawn:
    """Every value by itself; bounds, logarithms and priors as the spec has them."""
    random = Random(ask.seed)
    return Drawn(_at(ask, [random.random() for _ in ask.space.axes]), Algorithm.RANDOM)


def sobol_point(ask: Ask) -> Drawn:
    """The trial's point of the search's scrambled Sobol sequence (Sobol 1967, Owen 1998).

    A point that was rejected is replaced by a random one, or the next trial would repeat it.
    """
    if ask.attempt:
        return random_point(ask)
    if not ask.space.axes:
        return Drawn(_at(ask, []), Algorithm.SOBOL)
    return Drawn(_at(ask, _sobol(ask)), Algorithm.SOBOL)


def _sobol(ask: Ask) -> Sequence[float]:
    from numpy.random import default_rng  # here and below: the server's own process loads neither
    from scipy.stats.qmc import Sobol

    rng = default_rng(sequence_seed(ask.history.seed))
    sequence = Sobol(len(ask.space.axes), scramble=True, seed=rng)
    if ask.number:  # scipy cannot go forward by none
        sequence.fast_forward(ask.number)
    quantiles: list[float] = sequence.random(1)[0].tolist()
    return quantiles


def _at(ask: Ask, quantiles: Sequence[float]) -> Point:
    """All have their quantile, active or not: what is drawn for one depends on no other."""
    by_path = dict(zip(ask.space.axes, quantiles, strict=True))
    return ask.space.point(lambda axis: axis.at(by_path[axis.path]))
