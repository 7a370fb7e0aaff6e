"""T4: what a suggestion costs, by the number of finished trials, and what the server feels of it.

Ten parameters (6 float, 2 int, 2 categorical). An ask goes through the adviser's worker process and
takes in one further finished trial. Rebuild: the first ask of a process that knows nothing yet.
Lag: how late a coroutine wakes that wants to sleep for a millisecond, while asks go on.
"""

import argparse
import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
from machine import print_machine
from place import print_table
from search_log import SearchLog

from hypertrainer.hpsearch.adviser import Adviser
from hypertrainer.hpsearch.facts import Fact, FactKind, Origin
from hypertrainer.hpsearch.spec import Algorithm, Direction, Objective, Parameter, Spec

SPACE = (
    *(Parameter(path=f"f{i}", low=1.0e-5, high=1.0, log=i % 2 == 0) for i in range(6)),
    *(Parameter(path=f"i{i}", type="int", low=1, high=100) for i in range(2)),
    *(Parameter(path=f"c{i}", type="categorical", values=("a", "b", "c")) for i in range(2)),
)
TICK = 0.001


@dataclass(frozen=True, slots=True)
class Latency:
    """Of one algorithm at one size: seconds."""

    rebuild: float
    asks: list[float]
    lags: list[float]

    def cells(self) -> list[str]:
        """Milliseconds."""
        lags = np.percentile(self.lags, [50, 99, 100]) * 1e3
        return [
            f"{self.rebuild * 1e3:,.0f}",
            f"{np.median(self.asks) * 1e3:.1f}",
            f"{max(self.asks) * 1e3:.0f}",
            " / ".join(f"{lag:.1f}" for lag in lags),
        ]


def finished_log(algorithm: Algorithm, count: int) -> SearchLog:
    """A search with so many finished trials, at random points."""
    spec = Spec(
        algorithm=algorithm,
        n_trials=100_000,
        objectives=(Objective(metric="loss", direction=Direction.MINIMIZE),),
        params=SPACE,
    )
    log, random = SearchLog(spec, seed=0), Random(0)
    for number in range(count):
        finish(log, number, random_values(random), random)
    return log


def random_values(random: Random) -> dict[str, object]:
    """A point of the space."""
    values: dict[str, object] = {f"f{i}": 10 ** random.uniform(-5, 0) for i in range(6)}
    values |= {f"i{i}": random.randint(1, 100) for i in range(2)}
    return values | {f"c{i}": random.choice("abc") for i in range(2)}


def finish(log: SearchLog, number: int, values: dict[str, object], random: Random) -> None:
    """A trial that was asked for and told."""
    data = {"values": values, "inactive": [], "origin": Origin.SAMPLER, "seed": number}
    log.add(FactKind.ASKED, number, data=data)
    log.tell(number, random.random())


async def measure(algorithm: Algorithm, count: int, num_asks: int) -> Latency:
    """Ask and tell through the adviser."""
    log, random, adviser = finished_log(algorithm, count), Random(1), Adviser()
    other = finished_log(algorithm, 20)
    await adviser.ask("warm-up", 0, other.facts)  # starts the process and imports what it needs
    try:
        lags: list[float] = []
        ticking = asyncio.create_task(tick(lags))
        await asyncio.sleep(TICK)
        rebuild, asks = await timed(adviser, log.facts), []
        for _ in range(num_asks):
            finish(log, log.history.next_number, random_values(random), random)
            asks.append(await timed(adviser, log.facts))
        ticking.cancel()
        return Latency(rebuild, asks, lags)
    finally:
        await adviser.aclose()


async def timed(adviser: Adviser, facts: Sequence[Fact]) -> float:
    """The seconds of one ask."""
    began = time.perf_counter()
    await adviser.ask("search", 0, facts)
    return time.perf_counter() - began


async def tick(lags: list[float]) -> None:
    """Note how late each short sleep ends, for ever."""
    while True:
        began = time.perf_counter()
        await asyncio.sleep(TICK)
        lags.append(time.perf_counter() - began - TICK)


async def idle_lag(seconds: float) -> list[float]:
    """The lag where nothing is asked."""
    lags: list[float] = []
    ticking = asyncio.create_task(tick(lags))
    await asyncio.sleep(seconds)
    ticking.cancel()
    return lags


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--algorithms", nargs="+", default=["random", "sobol", "tpe"])
    parser.add_argument("--sizes", nargs="+", type=int, default=[100, 1_000, 10_000])
    parser.add_argument("--asks", type=int, default=20)
    options = parser.parse_args()
    print_machine(["hypertrainer", "optuna", "scipy", "numpy"], asks=options.asks)
    idle = np.percentile(asyncio.run(idle_lag(2.0)), [50, 99, 100]) * 1e3
    print("idle lag p50 / p99 / max, ms: " + " / ".join(f"{lag:.1f}" for lag in idle) + "\n")
    rows = []
    for name in options.algorithms:
        for size in options.sizes:
            latency = asyncio.run(measure(Algorithm(name), size, options.asks))
            rows.append([name, f"{size:,}", *latency.cells()])
    head = ["algorithm", "finished", "rebuild and ask ms", "ask ms, median", "ask ms, max"]
    print_table([*head, "lag ms, p50 / p99 / max"], rows)


if __name__ == "__main__":
    main()
