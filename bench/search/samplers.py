"""T1: what each sampler finds in recorded trainings, by trials and by seconds of training.

Every trial lasts as long as the recorded training did, on W workers that never wait for each other.
The best is chosen by the value observed and scored by its configuration's mean, so that luck does
not count. Regret: 0 is the best of the table, 1 its median. Gate: TPE's mean regret at 100 trials
is at most 0.09 and at most 0.75 of random's.
"""

import argparse
import heapq
import sys
import time
from dataclasses import dataclass

import numpy as np
from machine import print_machine
from place import print_table
from search_log import SearchLog
from tables import TABLES, Table, load_table

from hypertrainer.hpsearch.spec import Algorithm, Direction, Objective, Parameter, Spec

SHOWN = (20, 30, 50, 100, 200)
RANDOM_SEEDS = 10
GATE_TRIALS, GATE_REGRET, GATE_OF_RANDOM = 100, 0.09, 0.75


@dataclass(frozen=True, slots=True)
class Run:
    """One search: after each finished trial, the best's regret and the time it was."""

    regrets: list[float]
    seconds: list[float]
    cpu: float

    def first_below(self, regret: float) -> int | None:
        """The index of the first trial after which the regret is at most this."""
        return next((i for i, one in enumerate(self.regrets) if one <= regret), None)


def spec_of(table: Table, algorithm: Algorithm, trials: int) -> Spec:
    """The search of a table: numbers and layers in their order, names without."""
    params = tuple(
        Parameter(
            path=name,
            type="categorical" if isinstance(candidates[0], str) else "ordinal",
            values=tuple(candidates),
        )
        for name, candidates in table.choices.items()
    )
    return Spec(
        algorithm=algorithm,
        n_trials=trials,
        objectives=(Objective(metric="loss", direction=Direction.MINIMIZE),),
        params=params,
    )


def run_search(table: Table, spec: Spec, seed: int, workers: int) -> Run:
    """Ask when a worker is free, tell in the order in which the trainings end."""
    log, began = SearchLog(spec, seed), time.process_time()
    running: list[tuple[float, int, float, int]] = []  # end, number, loss, row
    run, best = Run([], [], 0.0), (np.inf, np.inf)
    clock, trials = 0.0, spec.n_trials or 0
    while len(run.regrets) < trials:
        while len(running) < workers and log.history.next_number < trials:
            heapq.heappush(running, _started(table, log, seed, clock))
        clock, number, loss, row = heapq.heappop(running)
        log.tell(number, loss)
        best = min(best, (loss, float(table.regrets[row])))
        run.regrets.append(best[1])
        run.seconds.append(clock)
    return Run(run.regrets, run.seconds, time.process_time() - began)


def _started(
    table: Table, log: SearchLog, seed: int, clock: float
) -> tuple[float, int, float, int]:
    number, values = log.ask()
    row = table.index(values)
    draw = np.random.default_rng([seed, number]).integers(table.losses.shape[1])
    return clock + table.seconds[row, draw], number, float(table.losses[row, draw]), row


Runs = dict[tuple[str, int], Run]  # by table and seed


def measure(algorithm: str, options: argparse.Namespace, workers: int) -> Runs:
    """Every table with every seed; of random at least ten, as its ends are others' aim."""
    runs: Runs = {}
    num_seeds = max(options.seeds, RANDOM_SEEDS if algorithm == "random" else 0)
    for table in map(load_table, options.tables):
        spec = spec_of(table, Algorithm(algorithm), options.trials)
        for seed in range(num_seeds):
            runs[table.name, seed] = run_search(table, spec, seed, workers)
    return runs


def regret_at(runs: Runs, trials: int) -> float:
    """The mean over tables and seeds."""
    return float(np.mean([run.regrets[trials - 1] for run in runs.values()]))


def levels_of(random: Runs) -> dict[str, float]:
    """By table, where random's searches end on average."""
    names = sorted({name for name, _ in random})
    return {
        name: float(np.mean([run.regrets[-1] for key, run in random.items() if key[0] == name]))
        for name in names
    }


def row_of(runs: Runs, random: Runs, trials: int) -> list[str]:
    """Regrets by trials, then when random's last level was reached."""
    levels, counts = levels_of(random), []
    for (name, _), run in runs.items():
        index = run.first_below(levels[name])
        counts.append(np.inf if index is None else index + 1)
    reached = sum(np.isfinite(counts))
    cells = [f"{regret_at(runs, at):.3f}" for at in SHOWN if at <= trials]
    cells.append(f"{reached}/{len(runs)}")
    middle = np.median(counts)
    cells.append(f"{middle:.0f}" if np.isfinite(middle) else "never")
    cells.append(f"{np.mean([run.cpu for run in runs.values()]):.2f} s")
    return cells


def seconds_to_level(runs: Runs, name: str, level: float) -> float:
    """The median seconds of training to a level; a run that never got there counts as its end."""
    ends = []
    for key, run in runs.items():
        if key[0] == name:
            index = run.first_below(level)
            ends.append(run.seconds[-1 if index is None else index])
    return float(np.median(ends))


def print_seconds(runs: Runs, random: Runs, algorithm: str) -> None:
    """How much sooner than random's each table's level was reached on the clock of training."""
    ratios = {}
    for name, level in levels_of(random).items():
        own = seconds_to_level(runs, name, level)
        ratios[name] = seconds_to_level(random, name, level) / own
    slower = [f"{name} ({ratio:.2f})" for name, ratio in ratios.items() if ratio < 1]
    print(f"{algorithm}: random's seconds of training over its own, median of tables: ", end="")
    print(f"{np.median(list(ratios.values())):.2f}; slower on: {', '.join(slower) or 'none'}")


def gate(found: dict[str, Runs]) -> bool:
    """Whether TPE is as good as it was when the gate was made."""
    if not {"random", "tpe"} <= found.keys():
        return True
    tpe, random = (regret_at(found[name], GATE_TRIALS) for name in ("tpe", "random"))
    passed = tpe <= GATE_REGRET and tpe <= GATE_OF_RANDOM * random
    print(f"Gate: tpe {tpe:.3f} (at most {GATE_REGRET}), of random's {tpe / random:.2f} ", end="")
    print(f"(at most {GATE_OF_RANDOM}): {'passed' if passed else 'FAILED'}")
    return passed


def compare(options: argparse.Namespace, workers: int) -> dict[str, Runs]:
    """Print the table of one number of workers."""
    found = {name: measure(name, options, workers) for name in options.samplers}
    random = found.get("random") or measure("random", options, workers)
    shown = [f"@{at}" for at in SHOWN if at <= options.trials]
    print(f"{workers} workers; mean regret after so many trials\n")
    head = ["sampler", *shown, "reached random's last", "median trials to it", "CPU per search"]
    print_table(
        head, [[name, *row_of(runs, random, options.trials)] for name, runs in found.items()]
    )
    print()
    for name, runs in found.items():
        if name != "random":
            print_seconds(runs, random, name)
    return found


def main() -> int:
    """Print the tables; 1 if the gate failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samplers", nargs="+", default=["random", "sobol", "tpe"])
    parser.add_argument("--workers", nargs="+", type=int, default=[1, 8])
    parser.add_argument("--tables", nargs="+", default=TABLES)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--trials", type=int, default=200)
    options = parser.parse_args()
    print_machine(["hypertrainer", "optuna", "scipy", "numpy"], seeds=f"0 to {options.seeds - 1}")
    passed = True
    for workers in options.workers:
        found = compare(options, workers)
        passed = (gate(found) if workers == 1 else True) and passed
        print()
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
