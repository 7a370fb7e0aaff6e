"""Looks at a machine before jobs go there: facts, problems, and a remedy for each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hypertrainer.platforms.base import Capacity, ConditionKind, Health, Problem
from hypertrainer.platforms.machine import Machine
from hypertrainer.platforms.transports.base import ExecResult

GIBIBYTE = 2**30
OLDEST_BASH = (4, 3)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What jobs will need of the machine."""

    output: str
    python: str


@cache
def probe_script() -> str:
    """Asks a machine about itself; its arguments are the output folder and the Python."""
    return Path(__file__).with_suffix(".sh").read_text()


def health_of(
    result: ExecResult, wishes: Wishes, machine: Machine | None, capacity: Capacity | None
) -> Health:
    """What the probe's answer means."""
    told = _told(result.output)
    problems = tuple(_problems(told, wishes))
    condition = ConditionKind.DEGRADED if problems else ConditionKind.OK
    return Health(condition, _facts(told, wishes, machine, capacity), problems)


def _told(output: str) -> Mapping[str, str]:
    lines = (line.split(" ", 2) for line in output.splitlines() if line.startswith("ht "))
    return {parts[1]: parts[2] if parts[2:] else "" for parts in lines if parts[1:]}


def _facts(
    told: Mapping[str, str], wishes: Wishes, machine: Machine | None, capacity: Capacity | None
) -> Mapping[str, str]:
    facts = {name: told.get(name, "") for name in ("user", "host", "cores", "bash")}
    facts["python"] = (
        f"{told.get('python') or 'not found'} {told.get('python_version', '')}".strip()
    )
    facts["output"] = wishes.output
    free = _number(told.get("free_bytes"))
    facts["free space"] = "unknown" if free is None else _size(free)
    if machine is not None:
        facts["memory"] = _size(machine.memory_bytes)
        named = [f"{gpu.device}: {gpu.name} ({_size(gpu.memory_bytes)})" for gpu in machine.gpus]
        facts["gpus"] = ", ".join(named) or "none"
    if capacity is not None:
        facts["slots"] = str(capacity.slots)
    return facts


def _problems(told: Mapping[str, str], wishes: Wishes) -> Iterator[Problem]:
    bash = told.get("bash", "")
    if _version(bash) < OLDEST_BASH:
        yield Problem(f"bash is {bash or 'missing'}.", "Install bash 4.3 or newer.")
    if not told.get("setsid"):
        yield Problem("setsid is missing.", "Install util-linux.")
    if not told.get("python"):
        yield Problem(
            f"No Python was found as `{wishes.python}`.",
            "Name one by `python:` in platforms.yaml, or by HYPERTRAINER_PYTHON.",
        )
    if not told.get("writable"):
        yield Problem(
            f"The output folder {wishes.output} cannot be written.",
            "Change its owner or mode, or set `output:` in platforms.yaml.",
        )
    free, inodes = _number(told.get("free_bytes")), _number(told.get("free_inodes"))
    if free is not None and free < GIBIBYTE:
        yield Problem(f"Only {_size(free)} are free for output.", "Delete archived tasks.")
    if inodes == 0 and free:
        yield Problem("The file system has no room for more files.", "Delete archived tasks.")


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")[:2] if part.isdigit())


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() else None


def _size(count: int) -> str:
    return f"{count / GIBIBYTE:.1f} GiB"
