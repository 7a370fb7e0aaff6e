"""That searches stay as good as they are: small cousins of `bench/search/`, with fixed seeds."""

import math
import runpy
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from statistics import fmean, median
from typing import Any

import pytest

from hypertrainer.hpsearch.spec import (
    Algorithm,
    Direction,
    EarlyStopping,
    Objective,
    Parameter,
    Spec,
    StoppingRule,
)
from tests.hpsearch.simulation import Simulation

pytestmark = pytest.mark.slow

Loss = Callable[[Mapping[str, Any]], float]
RATE = Parameter(path="rate", low=1.0e-5, high=1.0, log=True)
MOMENTUM = Parameter(path="momentum", low=0.0, high=0.99)
WIDTH = Parameter(path="width", type="int", low=8, high=512, log=True)
LAYERS = Parameter(path="layers", type="ordinal", values=(1, 2, 3, 4, 6, 8))
ACTIVATION = Parameter(path="activation", type="categorical", values=("relu", "tanh", "logistic"))


def search_of(algorithm: Algorithm, params: tuple[Parameter, ...], **more: Any) -> Spec:
    loss = Objective(metric="loss", direction=Direction.MINIMIZE)
    return Spec(algorithm=algorithm, params=params, objectives=(loss,), **more)


def valley(values: Mapping[str, Any]) -> float:
    """As of a training: rate and momentum make up for each other, and so do width and layers."""
    rate = math.log10(values["rate"] / (1.001 - values["momentum"])) + 1.5
    size = math.log2(values["width"] * values["layers"]) - 9
    worse = {"relu": 0.0, "tanh": 0.1, "logistic": 0.5}[values["activation"]]
    return 1 - math.exp(-rate * rate / 2 - size * size / 30) + worse


def cliff(values: Mapping[str, Any]) -> float:
    """The higher the rate the better, up to where it explodes; deeper nets bear less."""
    rate = math.log10(values["rate"]) + 1 + 0.25 * int(values["layers"])
    worse = {"relu": 0.2, "tanh": 0.0, "logistic": 0.1}[values["activation"]]
    explodes = 3.0 if rate > 0 else 0.0
    return 0.2 * rate * rate + abs(math.log2(values["width"]) - 6) / 8 + worse + explodes


def cone(values: Mapping[str, Any]) -> float:
    """Two parameters matter, and the others do not."""
    return math.hypot(math.log10(values["rate"]) + 3, 4 * (values["momentum"] - 0.9))


def bests(loss: Loss, algorithm: Algorithm, workers: int) -> list[float]:
    """The best loss of 60 trials of one epoch each, by seed; the least possible is 0."""
    spec = search_of(algorithm, (RATE, MOMENTUM, WIDTH, LAYERS, ACTIVATION), n_trials=60)
    runs = (
        Simulation(spec, seed, lambda values: [loss(values)], workers, epochs_budget=60).run()
        for seed in range(6)
    )
    return [min(one.value for one in run.trained) for run in runs]


@pytest.mark.parametrize("workers", [1, 8])
@pytest.mark.parametrize("loss", [valley, cliff, cone])
def test_tpe_comes_nearer_to_the_best_than_random_points(loss: Loss, workers: int) -> None:
    tpe, random = bests(loss, Algorithm.TPE, workers), bests(loss, Algorithm.RANDOM, workers)
    assert fmean(tpe) <= 0.75 * fmean(random), (tpe, random)


LOSSES = runpy.run_path(str(Path(__file__).parents[3] / "bench/search/perceptron.py"))["losses"]
PERCEPTRON = (
    Parameter(path="lr", low=1.0e-4, high=1.0, log=True),
    Parameter(path="momentum", low=0.0, high=0.99),
    Parameter(path="alpha", low=1.0e-7, high=1.0, log=True),
    Parameter(path="batch", type="int", low=16, high=256, log=True),
    Parameter(path="width", type="int", low=8, high=256, log=True),
    ACTIVATION,
)
ASHA = EarlyStopping(
    rules=(StoppingRule(rule="asha"),),
    metric="loss",
    direction=Direction.MINIMIZE,
    min_epochs=1,
    max_epochs=27,
)


def digits_curve(values: Mapping[str, Any]) -> Iterator[float]:
    """The validation's losses of a perceptron that is really trained."""
    return islice(LOSSES("digits", values, seed=0), 27)


def epochs_to(target: float, seed: int) -> float:
    """How many epochs all trials took until one had this loss; 270 at most, then never."""
    spec = search_of(Algorithm.TPE, PERCEPTRON, early_stopping=ASHA, n_trials=270)
    run = Simulation(spec, seed, digits_curve, workers=4, epochs_budget=270).run()
    reached = (one.num_epochs for one in run.trained if one.value <= target)
    return next(reached, math.inf)


def test_tpe_with_asha_soon_learns_the_digits() -> None:
    epochs = [epochs_to(0.08, seed) for seed in range(5)]
    assert median(epochs) <= 200, epochs
