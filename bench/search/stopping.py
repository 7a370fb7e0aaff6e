"""T2: what early stopping is worth, on trainings that are real.

Perceptrons of scikit-learn (six parameters, 27 epochs) on four simulated workers; rungs 1, 3 and 9,
540 epochs in all, as much as 20 full trainings. Gate: with TPE and ASHA, the digits' loss of
0.08 is reached in a median of at most 200 epochs.
"""

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np
from machine import print_machine
from perceptron import epoch_seconds
from place import print_table
from training import MAX_EPOCHS, SPACE, Trainings

from hypertrainer.hpsearch.history import History
from hypertrainer.hpsearch.samplers.base import Suggestion
from hypertrainer.hpsearch.samplers.suggest import suggest
from hypertrainer.hpsearch.spec import (
    Algorithm,
    Direction,
    EarlyStopping,
    Objective,
    Spec,
    StoppingRule,
)
from tests.hpsearch.simulation import Simulation, Suggest

EPOCHS, WORKERS = 540, 4
TARGETS = {"digits": (0.10, 0.09, 0.08, 0.075), "breast_cancer": (0.10, 0.09, 0.085, 0.08)}
GATE_DATA, GATE_METHOD, GATE_TARGET, GATE_EPOCHS = "digits", "tpe+asha", 0.08, 200
ASHA = EarlyStopping(
    rules=(StoppingRule(rule="asha"),),
    metric="loss",
    direction=Direction.MINIMIZE,
    min_epochs=1,
    max_epochs=MAX_EPOCHS,
)


@dataclass(slots=True)
class Outcome:
    """By epoch trained, of whichever trial: the best loss so far, and the time it was."""

    bests: list[float]
    seconds: list[float]
    num_trials: int
    num_full: int  # trials that came to the last epoch

    def best_at(self, epochs: int) -> float:
        """The best loss after so many epochs of all trials."""
        return self.bests[min(epochs, len(self.bests)) - 1]

    def index_of(self, target: float) -> int | None:
        """Where the best loss first is at most this."""
        return next((i for i, best in enumerate(self.bests) if best <= target), None)


def unaware(history: History, number: int) -> Suggestion:
    """Ask a sampler that does not know of the rungs: of a stopped trial it sees the last value."""
    spec = history.spec.model_copy(update={"early_stopping": None})
    return suggest(replace(history, spec=spec), number)


METHODS: Mapping[str, tuple[Algorithm, EarlyStopping | None, Suggest | None]] = {
    "random": (Algorithm.RANDOM, None, None),
    "tpe": (Algorithm.TPE, None, None),
    "random+asha": (Algorithm.RANDOM, ASHA, None),
    "unaware-tpe+asha": (Algorithm.TPE, ASHA, unaware),
    "tpe+asha": (Algorithm.TPE, ASHA, None),
}


def spec_of(method: str) -> Spec:
    """The search of a method. There are always trials left; the epochs are what is used up."""
    algorithm, early_stopping, _ = METHODS[method]
    return Spec(
        algorithm=algorithm,
        n_trials=EPOCHS,
        max_concurrent=WORKERS,
        objectives=(Objective(metric="loss", direction=Direction.MINIMIZE),),
        params=SPACE,
        early_stopping=early_stopping,
    )


def run_search(trainings: Trainings, method: str, seed: int) -> Outcome:
    """One search, whose every epoch is trained or was."""
    run = Simulation(
        spec_of(method),
        seed,
        curve=lambda values: trainings.of(values).curve(MAX_EPOCHS),
        workers=WORKERS,
        epochs_budget=EPOCHS,
        poll_epochs=0,
        epoch_seconds=lambda values: epoch_seconds(trainings.data, values),
        choose=METHODS[method][2],
    ).run()
    return Outcome(
        bests=list(accumulate((one.value for one in run.trained), min)),
        seconds=[one.seconds for one in run.trained],
        num_trials=run.history.next_number,
        num_full=sum(one.epoch == MAX_EPOCHS for one in run.trained),
    )


def measure(data: str, method: str, seeds: int) -> list[Outcome]:
    """One search per seed."""
    trainings, outcomes = Trainings(data), []
    for seed in range(seeds):
        outcomes.append(run_search(trainings, method, seed))
        trainings.save()
    return outcomes


def to_target(outcomes: Sequence[Outcome], target: float) -> tuple[float, float, int]:
    """The median epochs and seconds to a loss, where never is latest; and how many got there."""
    indices = [one.index_of(target) for one in outcomes]
    epochs = [np.inf if index is None else float(index + 1) for index in indices]
    seconds = [
        np.inf if index is None else one.seconds[index]
        for index, one in zip(indices, outcomes, strict=True)
    ]
    count = sum(index is not None for index in indices)
    return float(np.median(epochs)), float(np.median(seconds)), count


def row_of(method: str, outcomes: Sequence[Outcome], targets: Sequence[float]) -> list[str]:
    """The best losses by epochs, and the epochs and reckoned seconds to each target."""
    cells = [method]
    for spent in (EPOCHS // 4, EPOCHS // 2, EPOCHS):
        bests = [one.best_at(spent) for one in outcomes]
        cells.append(f"{np.mean(bests):.4f} ± {np.std(bests) / len(bests) ** 0.5:.4f}")
    for target in targets:
        epochs, seconds, count = to_target(outcomes, target)
        reached = f"{epochs:.0f}, {seconds:.2f} s" if epochs < np.inf else "never"
        cells.append(f"{reached} ({count})")
    cells.append(f"{np.median([one.num_trials for one in outcomes]):.0f}")
    cells.append(f"{np.median([one.num_full for one in outcomes]):.0f}")
    return cells


def compare(data: str, options: argparse.Namespace) -> dict[str, list[Outcome]]:
    """Print the table of a data set."""
    found, began = {}, time.process_time()
    for method in options.methods:
        found[method] = measure(data, method, options.seeds)
    heads = [f"to {target}" for target in TARGETS[data]]
    bests = [f"best at {epochs}" for epochs in (EPOCHS // 4, EPOCHS // 2, EPOCHS)]
    print(f"{data}: median epochs and reckoned seconds to a loss, never being latest, and how many")
    print(f"of {options.seeds} got there ({time.process_time() - began:.0f} s of CPU)\n")
    print_table(
        ["method", *bests, *heads, "trials", "full"],
        [row_of(method, outcomes, TARGETS[data]) for method, outcomes in found.items()],
    )
    for method, outcomes in found.items():
        index = [one.index_of(TARGETS[data][2]) for one in outcomes]
        points = ", ".join("never" if one is None else str(one + 1) for one in index)
        print(f"\n{method}, epochs to {TARGETS[data][2]} by seed: {points}", end="")
    print("\n")
    return found


def gate(outcomes: Sequence[Outcome]) -> bool:
    """Whether the target is reached as soon as it was when the gate was made."""
    epochs, _, _ = to_target(outcomes, GATE_TARGET)
    passed = epochs <= GATE_EPOCHS
    print(f"Gate: {GATE_METHOD} reaches {GATE_TARGET} on {GATE_DATA} in a median of {epochs:.0f} ")
    print(f"epochs (at most {GATE_EPOCHS}): {'passed' if passed else 'FAILED'}")
    return passed


def main() -> int:
    """Print the tables; 1 if the gate failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", nargs="+", default=list(TARGETS))
    parser.add_argument("--methods", nargs="+", default=list(METHODS))
    parser.add_argument("--seeds", type=int, default=6)
    options = parser.parse_args()
    print_machine(
        ["hypertrainer", "optuna", "scikit-learn", "scipy", "numpy"],
        seeds=f"0 to {options.seeds - 1}",
        workers=WORKERS,
    )
    passed = True
    for data in options.data:
        found = compare(data, options)
        if data == GATE_DATA and GATE_METHOD in found:
            passed = gate(found[GATE_METHOD])
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
