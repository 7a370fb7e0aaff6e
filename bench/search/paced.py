"""The same training for every tracker compared: an epoch of a perceptron, then a wait.

What it did is written to a file of its own under `trace`, because a tracker that stops a training
leaves no time to say so: when it began, when it had imported everything, and each epoch's end.
"""

import os
import time
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from perceptron import losses

DATA = "digits"


def process_began() -> float:
    """When this process was started, in seconds since 1970; of Linux."""
    ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
    age = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    return time.time() - age


def paced(values: Mapping[str, Any], began: float) -> Iterator[tuple[int, float]]:
    """Epochs from 1 with their losses.

    Args:
        values: the parameters, and `epochs`, `sleep` (seconds after each) and `trace` (a folder).
        began: when the training's process was started.
    """
    trace = Path(values["trace"]) / f"{os.getpid()}-{time.time_ns()}.txt"
    curve = islice(losses(DATA, values, seed=0), int(values["epochs"]))
    with trace.open("w", buffering=1) as file:
        file.write(f"{began}\n{time.time()}\n")
        for epoch, loss in enumerate(curve, 1):
            time.sleep(float(values["sleep"]))
            file.write(f"{time.time()} {loss}\n")
            yield epoch, loss
