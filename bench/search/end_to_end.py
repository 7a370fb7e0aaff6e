"""T3: a whole search with real processes, on the clock.

Twenty trainings through HyperTrainer's own server: without stopping, with ASHA, with ASHA and the
server killed on the way; and the same points in Ray Tune's and Syne Tune's ASHA with the same
workers and rungs. Starting the server or the cluster is counted apart. Each training notes its own
times, so that a worker's seconds can be told apart: epochs, imports, and whatever is left. At last
the epochs are compared with those of the simulation, which stops trials without any delay.
"""

import argparse
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from environments import REQUIREMENTS, python_of
from machine import print_machine
from paced import DATA
from perceptron import epoch_seconds
from place import Bench, lay_out, print_table, running
from traces import Measured, Trace, read_traces
from training import Trainings

from hypertrainer.hpsearch.spec import Spec
from tests.hpsearch.simulation import Simulation

HERE = Path(__file__).parent
WORKERS = 4
CONFIG = """\
sleep: {sleep}
epochs: {max_epochs}
trace: {trace}
lr: 0.01
momentum: 0.9
alpha: 0.0001
batch: 32
width: 64
activation: relu
hpsearch:
  desc: {desc}
  algorithm: {algorithm}
  n_trials: {trials}
  max_concurrent: {workers}
  seed: {seed}
  objective: {{metric: loss, direction: minimize}}
  early_stopping: {rule}
  params:
    lr: {{low: 1.0e-4, high: 1.0, log: true}}
    momentum: {{low: 0.0, high: 0.99}}
    alpha: {{low: 1.0e-7, high: 1.0, log: true}}
    batch: {{type: int, low: 16, high: 256, log: true}}
    width: {{type: int, low: 8, high: 256, log: true}}
    activation: [relu, tanh, logistic]
"""
ASHA = "{{rule: asha, min_epochs: {min_epochs}, max_epochs: {max_epochs}, reduction_factor: 3}}"


def config_of(options: argparse.Namespace, desc: str, trace: Path, *, stops: bool) -> str:
    """The YAML of one search."""
    trace.mkdir()
    rule = ASHA.format(**vars(options)) if stops else "{rule: none}"
    fixed = {"desc": desc, "trace": trace, "rule": rule, "workers": WORKERS}
    return CONFIG.format(**vars(options), **fixed)


def submit(bench: Bench, config: str) -> int:
    """Start a search."""
    answer = bench.client.post("/hpsearch", json={"script": "job.py", "config_text": config})
    if answer.is_error:
        raise RuntimeError(answer.text)
    number: int = answer.json()["search"]["id"]
    return number


def detail_of(bench: Bench, number: int) -> dict[str, Any]:
    """The search as it is now."""
    answer = bench.client.get(f"/hpsearch/{number}")
    answer.raise_for_status()
    detail: dict[str, Any] = answer.json()
    return detail


def wait(bench: Bench, number: int, trials: int = 0) -> dict[str, Any]:
    """Until the search has ended, or so many trials are over."""
    while True:
        detail = detail_of(bench, number)
        over = detail["num_trials"] - detail["num_active"]
        if (trials and over >= trials) or detail["status"] not in ("running", "paused"):
            return detail
        time.sleep(0.25)  # a question costs the server what it would spend on the search


@contextmanager
def served_folder() -> Iterator[Path]:
    """A home whose scripts are the job and what it imports."""
    with tempfile.TemporaryDirectory(prefix="ht-bench-") as name:
        folder = Path(name)
        scripts = {one: (HERE / one).read_text() for one in ("job.py", "paced.py", "perceptron.py")}
        lay_out(folder, scripts, f"platforms:\n  local: {{type: local, slots: {WORKERS}}}\n")
        yield folder


def run_here(options: argparse.Namespace, desc: str, *, stops: bool, kill: bool) -> "Here":
    """The search through our own server, which is perhaps killed when half of it is over."""
    with served_folder() as folder, ExitStack() as stack:
        bench = stack.enter_context(running(folder))
        began, start = time.time(), bench.start_seconds
        number = submit(bench, config_of(options, desc, folder / "trace", stops=stops))
        if kill:
            wait(bench, number, options.trials // 2)
            bench.process.kill()
            bench.process.wait()
            bench = stack.enter_context(running(folder))
        detail = wait(bench, number)
        seconds = time.time() - began
        trials = bench.client.get(f"/hpsearch/{number}/trials").json()["items"]
        ends = stop_epochs(bench, number)
        return Here(Measured(start, seconds, read_traces(folder / "trace")), detail, trials, ends)


def stop_epochs(bench: Bench, number: int) -> list[int]:
    """The epoch of every stop, from the tables of the rungs."""
    rungs = bench.client.get(f"/hpsearch/{number}/rungs").json()["items"]
    return [rung["epoch"] for rung in rungs for one in rung["entries"] if one["is_stopped"]]


@dataclass(frozen=True, slots=True)
class Here:
    """A search of our own, with what the server says of it."""

    measured: Measured
    detail: Mapping[str, Any]
    trials: list[Mapping[str, Any]]
    stops: list[int]  # the epochs at which trials were stopped by a rule

    @property
    def points(self) -> list[dict[str, Any]]:
        """The parameters of all trials, in their order."""
        return [dict(trial["params"]) for trial in self.trials]

    @property
    def epochs(self) -> int:
        return sum(len(trace.ends) for trace in self.measured.traces)

    @property
    def overrun(self) -> int:
        """The epochs that stopped trials went on for, until they were gone."""
        others = (int(one["epochs"]) for one in self.trials if one["state"] != "stopped")
        return self.epochs - sum(self.stops) - sum(others)


def run_there(options: argparse.Namespace, tracker: str, points: list[dict[str, Any]]) -> Measured:
    """The same points in another tracker's ASHA."""
    python = python_of(tracker)
    with tempfile.TemporaryDirectory(prefix="ht-bench-") as name:
        folder = Path(name)
        trace, request = folder / "trace", folder / "request.json"
        trace.mkdir()
        fixed = {"epochs": options.max_epochs, "sleep": options.sleep, "trace": str(trace)}
        body = {"points": points, "fixed": fixed, "workers": WORKERS, "folder": name}
        rungs = {"max_epochs": options.max_epochs, "min_epochs": options.min_epochs}
        request.write_text(json.dumps(body | rungs | {"reduction_factor": 3}))
        program = HERE / f"on_{tracker.partition('-')[0]}.py"
        done = subprocess.run(
            [python, program, request],
            env={**os.environ, "SYNETUNE_FOLDER": name},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        seconds = json.loads(done.stdout.strip().splitlines()[-1])
        return Measured(seconds["start"], seconds["search"], read_traces(trace))


def simulated_epochs(here: Here, options: argparse.Namespace, *, own_pace: bool) -> int:
    """How many the same search needs where every epoch is seen, and acted upon, at once.

    Args:
        here: programs start as slowly as they did there.
        options: of the training.
        own_pace: each training starts and runs as fast as it really did, which keeps the order in
            which trials come to a rung; else as fast as the median, and as is reckoned.
    """
    trainings, spec = Trainings(DATA), Spec.model_validate(here.detail["spec"])
    traces = {trace.losses[0]: trace for trace in here.measured.traces if trace.ends}
    usual = median(trace.ready - trace.began for trace in traces.values())

    def trace_of(values: Mapping[str, Any]) -> Trace | None:
        return traces.get(next(iter(trainings.of(values).curve(1)))) if own_pace else None

    def start_seconds(values: Mapping[str, Any]) -> float:
        trace = trace_of(values)
        return trace.ready - trace.began if trace else usual

    def seconds_of_epoch(values: Mapping[str, Any]) -> float:
        trace = trace_of(values)
        if trace is None:
            return options.sleep + epoch_seconds(DATA, values)
        return (trace.ends[-1] - trace.ready) / len(trace.ends)

    simulation = Simulation(
        spec,
        here.detail["seed"],
        curve=lambda values: trainings.of(values).curve(options.max_epochs),
        workers=WORKERS,
        epochs_budget=options.max_epochs * options.trials,
        poll_epochs=0,
        epoch_seconds=seconds_of_epoch,
        start_seconds=start_seconds,
    ).run()
    trainings.save()
    return len(simulation.trained)


def print_delays(here: Here, options: argparse.Namespace) -> None:
    """How near the real search comes to one where every epoch is acted upon at once."""
    paced = simulated_epochs(here, options, own_pace=True)
    reckoned = simulated_epochs(here, options, own_pace=False)
    stops, without = len(here.stops), here.epochs - here.overrun
    print(f"Really {here.epochs} epochs. Simulated at the trainings' own pace {paced}: ", end="")
    print(f"{here.epochs / paced:.2f} times as many; at a reckoned pace {reckoned}: ", end="")
    print(f"{here.epochs / reckoned:.2f} times. {stops} stopped trials went on for ", end="")
    print(f"{here.overrun} epochs: {here.epochs / without:.2f} times those without.")


def check_kill(before: Here, killed: Here) -> None:
    """Say whether a kill changed anything that it must not."""
    twice = len(killed.measured.traces) - len(killed.trials)
    same = before.points == killed.points
    print(f"After kill -9: {len(killed.trials)} trials, {twice} started twice, ", end="")
    print(f"the points are {'the same' if same else 'others'}.")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=20)
    parser.add_argument("--algorithm", default="random", help="of our own; others get its points")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--sleep", type=float, default=0.05)
    parser.add_argument("--min-epochs", type=int, default=3)
    parser.add_argument("--max-epochs", type=int, default=81)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--beside", nargs="*", default=list(REQUIREMENTS))
    options = parser.parse_args()
    print_machine(
        ["hypertrainer", "optuna", "scikit-learn"],
        workers=WORKERS,
        **{name: value for name, value in vars(options).items() if name != "beside"},
        beside=", ".join(REQUIREMENTS[one] for one in options.beside) or "nothing",
    )
    plain = run_here(options, "plain", stops=False, kill=False)
    killed = run_here(options, "asha", stops=True, kill=True)
    rows = [
        plain.measured.cells("HyperTrainer, no stopping", WORKERS),
        killed.measured.cells("HyperTrainer, ASHA, kill -9 on the way", WORKERS),
    ]
    searches: list[Here] = []
    for _ in range(options.rounds):  # by turns, as the machine's load changes
        asha = run_here(options, "asha", stops=True, kill=False)
        searches.append(asha)
        rows.append(asha.measured.cells("HyperTrainer, ASHA", WORKERS))
        for tracker in options.beside:
            measured = run_there(options, tracker, asha.points)
            rows.append(measured.cells(f"{REQUIREMENTS[tracker]}, ASHA", WORKERS))
    head = ["search", "load", "start s", "search s", "trials", "epochs"]
    print_table([*head, "of it training", "imports", "the rest", "best loss"], rows)
    print()
    for one in searches:
        print_delays(one, options)
    check_kill(asha, killed)


if __name__ == "__main__":
    main()
