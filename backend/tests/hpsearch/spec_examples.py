"""A config to search in, and complete `hpsearch:` sections that are right in it."""

from hypertrainer.errors import FieldProblem
from hypertrainer.hpsearch.spec import Spec
from hypertrainer.hpsearch.spec_reader.reader import read_spec
from hypertrainer.tasks.config import Config

BASE = """\
training: {learning_rate: 0.1, batch_size: 32, n_epochs: 81, seed: 0, warmup: 500}
model: {width: 64, n_layers: 2, dropout: 0.0, size: small, checkpoint: 1}
optimizer: {name: sgd, momentum: 0.9, beta2: 0.99}
data: {config: A.yml}
"""
EXAMPLES = {
    "original": """\
hpsearch:
  n_trials: 3
  type: random_uniform
  desc: optional_name_part
  params:
    - param: training.learning_rate
      exponent_base: 10
      lo: -5
      hi: -2
""",
    "five lines": """\
hpsearch:
  n_trials: 50
  max_concurrent: 4
  objective: {metric: val_accuracy, direction: maximize}
  early_stopping: {rule: asha, max_epochs: 27}
  params: {training.learning_rate: {low: 1.0e-5, high: 1.0e-1, log: true},
    training.batch_size: [32, 64, 128]}
""",
    "everything": """\
hpsearch:
  desc: big
  algorithm: tpe
  n_trials: 300
  max_concurrent: 20
  seed: 7
  objectives:
    - {metric: val_loss, direction: minimize, summary: best}
    - {metric: latency_ms, direction: minimize, summary: last}
  params:
    optimizer.name: [sgd, adamw]
    optimizer.momentum: {low: 0.5, high: 0.99, when: {optimizer.name: sgd}}
    training.learning_rate: {low: 1.0e-5, high: 1.0e-1, log: true}
    model.width: {type: int, low: 64, high: 1024, step: 64}
    model.n_layers: {type: int, low: 2, high: 12}
  constraints: ["model.width * model.n_layers <= 6144", "metric(gpu_mem_gb) <= 24"]
  try_first: [base]
  early_stopping: {rule: asha, metric: val_loss, direction: minimize, min_epochs: 3,
    epochs_param: training.n_epochs, reduction_factor: 3}
  budget: {time: 48h, cost: 120}
  failures: {retry: 1, max: 30, tell: infeasible}
  platforms:
    - {platform: local, max_concurrent: 2}
    - {platform: slurm, max_concurrent: 14}
    - {platform: aws, max_concurrent: 4, cost_per_hour: 1.21, max_cost: 60}
""",
    "grid": """\
hpsearch:
  algorithm: grid
  repeats: {n: 3, param: training.seed, aggregate: mean}
  objective: {metric: val_accuracy, direction: maximize, summary: last}
  params:
    - param: training.learning_rate
      values: [0.1, 0.01, 0.001]
    - params: [data.config, model.checkpoint]
      values: [[A.yml, 1], [A.yml, 2], [B.yml, 3]]
""",
    "parameters": """\
hpsearch:
  algorithm: tpe
  n_trials: 100
  objective: {metric: val_loss, direction: min, target: 0.05}
  params:
    training.learning_rate: {low: 1.0e-5, high: 1.0e-2, log: true}
    training.batch_size: [16, 32, 64, 128]
    model.n_layers: {type: int, low: 2, high: 8}
    model.width: {type: int, low: 64, high: 1024, log: true}
    model.dropout: {low: 0.0, high: 0.5, step: 0.05}
    model.size: {type: ordinal, values: [tiny, small, base, large]}
    training.weight_decay: {distribution: lognormal, mean: -9.2, std: 2.0, low: 1.0e-6,
      high: 1.0e-1, create: true}
    training.warmup: {distribution: normal, mean: 500, std: 200, low: 0, type: int}
    optimizer.name: [sgd, adam]
    optimizer.momentum: {low: 0.5, high: 0.99, when: {optimizer.name: sgd}}
    optimizer.beta2: {low: 0.9, high: 0.9999, when: {optimizer.name: [adam, adamw]},
      inactive: remove}
  constraints:
    - model.width * model.n_layers <= 4096
    - training.warmup < training.n_epochs * 100
    - metric(gpu_mem_gb) <= 24
  try_first:
    - {training.learning_rate: 3.0e-4, training.batch_size: 64}
  warm_start: {from: old_search, max_trials: 200}
  budget: {epochs: 5000, time: 12h}
  placement: spread
  when_done: cancel_rest
""",
}

PLATFORMS = ["local", "slurm", "aws"]
LR = "training.learning_rate"
GOOD = f"params: {{{LR}: {{low: 0.1, high: 1.0}}}}"
LEARNING = f"n_trials: 50, objective: {{metric: val_loss, direction: minimize}}, {GOOD}"


def read(text: str) -> tuple[Spec, list[FieldProblem]]:
    return read_spec(Config.parse(text), PLATFORMS, "local")


def spec_of(block: str, base: str = BASE) -> Spec:
    spec, warnings = read(f"{base}hpsearch: {block}\n")
    assert warnings == []
    return spec
