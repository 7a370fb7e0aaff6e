"""What `nvidia-smi` says of a machine's GPUs: the questions, and what the answers mean: pure."""

import re
from collections.abc import Iterator, Sequence

from hypertrainer.platforms.base import GpuLoad
from hypertrainer.platforms.machine import Gpu

MEBIBYTE = 2**20
MAX_SECONDS = 10  # a broken driver never answers
NUMBER = re.compile(r"\d+(\.\d+)?")
LIST_FIELDS = "index,name,memory.total"
LOAD_FIELDS = "index,name,utilization.gpu,memory.used,memory.total"


def _question(fields: str) -> str:
    """A line of bash that prints the driver's answer, or nothing, after a limited time.

    The read, and not the process, is what is waited for: one that hangs in the kernel ends by no
    signal.
    """
    command = f"timeout {MAX_SECONDS} nvidia-smi --query-gpu={fields} --format=csv,noheader,nounits"
    return (
        f"IFS= read -r -d '' -t {MAX_SECONDS} ht_gpus < <(exec {command} 2>/dev/null </dev/null); "
        "printf '%s' \"$ht_gpus\""
    )


LIST_GPUS = _question(LIST_FIELDS)
GPU_LOADS = _question(LOAD_FIELDS)


def parse_gpus(text: str) -> tuple[Gpu, ...]:
    """The GPUs that `LIST_GPUS` found; none where there is no driver, or an error in its words."""
    return tuple(
        Gpu(index, name, _bytes(total) or 0) for index, name, total in _rows(text, LIST_FIELDS)
    )


def parse_gpu_loads(text: str, machine: str) -> tuple[GpuLoad, ...]:
    """How busy the GPUs are, from `GPU_LOADS`; `machine` is the name to tell them by."""
    return tuple(
        GpuLoad(machine, index, name, _number(load), _bytes(used), _bytes(total))
        for index, name, load, used, total in _rows(text, LOAD_FIELDS)
    )


def _rows(text: str, fields: str) -> Iterator[Sequence[str]]:
    """The lines that are rows: `nvidia-smi` prints its errors where its answers go, too."""
    num_numbers = fields.count(",") - 1  # after the index and the name
    for line in text.splitlines():
        index, *cells = (cell.strip() for cell in line.split(","))
        if index.isdigit() and len(cells) > num_numbers:
            first = len(cells) - num_numbers
            yield [index, ", ".join(cells[:first]), *cells[first:]]  # a name may have commas


def _number(text: str) -> float | None:
    return float(text) if NUMBER.fullmatch(text) else None  # or `[N/A]`, `[Not Supported]`


def _bytes(text: str) -> int | None:
    count = _number(text)
    return None if count is None else int(count * MEBIBYTE)
