"""The perceptrons' trainings with what was trained before kept on disk, and the space of a search.

A configuration that several searches try, or that was tried in an earlier run, is trained once.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from machine import cache_folder, installed
from perceptron import losses

from hypertrainer.hpsearch.spec import Parameter

MAX_EPOCHS = 27
SPACE = (
    Parameter(path="lr", low=1.0e-4, high=1.0, log=True),
    Parameter(path="momentum", low=0.0, high=0.99),
    Parameter(path="alpha", low=1.0e-7, high=1.0, log=True),
    Parameter(path="batch", type="int", low=16, high=256, log=True),
    Parameter(path="width", type="int", low=8, high=256, log=True),
    Parameter(path="activation", type="categorical", values=("relu", "tanh", "logistic")),
)


@dataclass
class Training:
    """One configuration, trained as far as anybody asked."""

    data: str
    values: Mapping[str, Any]
    seed: int
    known: list[float] = field(default_factory=list)  # losses by epoch, from the first
    num_trained: int = 0  # epochs really trained here, and not read from disk
    _rest: Iterator[float] | None = None

    def curve(self, epochs: int) -> Iterator[float]:
        """The losses after the epochs from 1 to so many, trained as they are taken."""
        return (self.loss(epoch) for epoch in range(1, epochs + 1))

    def loss(self, epoch: int) -> float:
        """The validation's log loss after this epoch, from 1."""
        while len(self.known) < epoch:
            if self._rest is None:
                self._rest = losses(self.data, self.values, self.seed)
                self.known.clear()
            self.known.append(next(self._rest))
            self.num_trained += 1
        return self.known[epoch - 1]


class Trainings:
    """All trainings of a data set, kept on disk by configuration, seed and versions."""

    def __init__(self, data: str, seed: int = 0) -> None:
        self.data, self.seed = data, seed
        self._trainings: dict[str, Training] = {}
        self._saved: dict[str, int] = {}
        made_by = f"{seed} {installed('scikit-learn')} {installed('numpy')} {installed('scipy')}"
        digest = sha256(made_by.encode()).hexdigest()[:12]
        self._path = cache_folder() / f"curves-{data}-{digest}.jsonl"
        self._read()

    def of(self, values: Mapping[str, Any]) -> Training:
        """The training of a configuration."""
        key = json.dumps(dict(values), sort_keys=True)
        return self._trainings.setdefault(key, Training(self.data, dict(values), self.seed))

    @property
    def num_trained(self) -> int:
        """The epochs that this object really trained."""
        return sum(training.num_trained for training in self._trainings.values())

    def save(self) -> None:
        """Add what is new to the file."""
        with self._path.open("a") as file:
            for key, training in self._trainings.items():
                if len(training.known) > self._saved.get(key, 0):
                    file.write(json.dumps([key, training.known]) + "\n")
                    self._saved[key] = len(training.known)

    def _read(self) -> None:
        for line in self._path.read_text().splitlines() if self._path.exists() else ():
            key, known = json.loads(line)
            self._trainings[key] = Training(self.data, json.loads(key), self.seed, known)
            self._saved[key] = len(known)
