"""Sweeps of another tool, pasted: refused, with how they are written here."""

import pytest

from hypertrainer.errors import InvalidInput
from hypertrainer.hpsearch.spec import (
    Algorithm,
)
from tests.hpsearch.spec_examples import BASE, GOOD, LR, read

SWEEP = """\
hpsearch:
  program: train.py
  method: bayes
  run_cap: 40
  metric: {name: val_loss, goal: minimize}
  early_terminate: {type: hyperband, min_iter: 3, eta: 3, s: 3}
  parameters:
    training.learning_rate: {distribution: log_uniform_values, min: 1e-5, max: 0.1}
    training.batch_size: {values: [16, 32]}
    training.warmup: {distribution: q_uniform, min: 0, max: 1000, q: 100}
    optimizer: {parameters: {momentum: {min: 0.5, max: 0.9}, name: {value: sgd}}}
    model.width: {distribution: int_uniform, min: 8, max: 64}
    model.dropout: {distribution: normal, mu: 0, sigma: 1}
    training.seed: {distribution: inv_log_uniform, min: 0, max: 1}
    data.config: 3
"""


def test_a_pasted_sweep_is_refused_with_its_translation() -> None:
    with pytest.raises(InvalidInput) as caught:
        read(BASE + SWEEP)
    (problem,) = caught.value.fields
    assert (problem.path, problem.line, problem.column) == ("hpsearch.method", 7, 3)
    said, _, translated = problem.message.partition("\n")
    assert said == "`method` is of a W&B sweep. Here it is written:"
    spec, _ = read(f"{BASE}{translated}\n")
    assert (spec.algorithm, spec.n_trials) == (Algorithm.TPE, 40)
    assert [one.path for one in spec.params] == [
        LR,
        "training.batch_size",
        "training.warmup",
        "optimizer.momentum",
        "model.width",
        "model.dropout",
    ]
    assert spec.params[0].log
    assert spec.early_stopping is not None
    assert "optimizer.name does not vary: set it in this file to sgd" in translated
    assert "there is no inv_log_uniform here" in translated


@pytest.mark.parametrize("key", ["method: 3", "metric: x", "parameters: [1]", "early_terminate: 1"])
def test_any_part_of_a_sweep_is_recognised(key: str) -> None:
    with pytest.raises(InvalidInput, match="is of a W&B sweep"):
        read(f"{BASE}hpsearch: {{n_trials: 3, {GOOD}, {key}}}\n")
