"""The axes of a space as Optuna's samplers and evaluators want them."""

from typing import TYPE_CHECKING

from hypertrainer.hpsearch.samplers.axes import Axis

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution


def distribution_of(axis: Axis) -> "BaseDistribution":
    """What the coordinates of an axis may be."""
    from optuna.distributions import (
        CategoricalDistribution,
        FloatDistribution,
        IntDistribution,
    )

    domain = axis.domain
    if domain.is_unordered:
        return CategoricalDistribution(list(range(int(domain.high) + 1)))
    if domain.is_whole:
        return IntDistribution(int(domain.low), int(domain.high), log=domain.log)
    return FloatDistribution(domain.low, domain.high, log=domain.log)
