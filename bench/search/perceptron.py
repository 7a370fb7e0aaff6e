"""Trainings that are small and real: scikit-learn's perceptron, one `partial_fit` per epoch.

Digits (1,257 rows to train on, 540 to validate) and breast cancer (398 and 171), standardised; the
metric is the validation's log loss. Needs scikit-learn alone, so that any tracker can run it.
"""

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

LOADERS = {"digits": load_digits, "breast_cancer": load_breast_cancer}


@dataclass(frozen=True)
class DataSet:
    """Standardised by what is trained on."""

    train_x: NDArray[np.float64]
    train_y: NDArray[np.int64]
    valid_x: NDArray[np.float64]
    valid_y: NDArray[np.int64]


@cache
def load_data(name: str) -> DataSet:
    """Thirty per cent are kept for the validation, of each class alike."""
    x, y = LOADERS[name](return_X_y=True)
    parts = train_test_split(x, y, test_size=0.3, random_state=0, stratify=y)
    scaler = StandardScaler().fit(parts[0])
    return DataSet(scaler.transform(parts[0]), parts[2], scaler.transform(parts[1]), parts[3])


def losses(name: str, values: Mapping[str, Any], seed: int) -> Iterator[float]:
    """The loss after each epoch, without end; infinite once the weights are no longer finite."""
    threadpool_limits(1)  # for good: no quicker with more, and sums in the same order everywhere
    data = load_data(name)
    model = MLPClassifier(
        hidden_layer_sizes=(int(values["width"]),),
        activation=str(values["activation"]),
        solver="sgd",
        alpha=float(values["alpha"]),
        batch_size=int(values["batch"]),
        learning_rate_init=float(values["lr"]),
        momentum=float(values["momentum"]),
        random_state=np.random.RandomState(seed),  # goes on from epoch to epoch
    )
    while True:
        yield train_epoch(model, data)


def train_epoch(model: MLPClassifier, data: DataSet) -> float:
    """One pass over the data, then the validation's log loss."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # of overflows, where the rate is too high
        try:
            model.partial_fit(data.train_x, data.train_y, classes=np.unique(data.train_y))
            guess = model.predict_proba(data.valid_x)
        except ValueError:  # scikit-learn's answer to weights that are no longer finite
            return float("inf")
    is_finite = bool(np.isfinite(guess).all())
    return float(log_loss(data.valid_y, guess)) if is_finite else float("inf")


def epoch_seconds(name: str, values: Mapping[str, Any]) -> float:
    """What an epoch takes by a fixed reckoning, so that simulated clocks are the same everywhere.

    Fitted once to processor times of nine configurations: 2.5 ms, 0.15 ms an update, and a part
    that grows with the width.
    """
    rows, inputs = (int(length) for length in load_data(name).train_x.shape)
    updates = -(-rows // int(values["batch"]))
    return 2.5e-3 + 0.15e-3 * updates + 2.8e-10 * rows * inputs * int(values["width"])
