"""Looks at a place before jobs go there: facts, problems, and a remedy for each."""

import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from hypertrainer.errors import AuthNeeded, PlatformError, PlatformUnreachable
from hypertrainer.platforms.base import (
    Capacity,
    ConditionKind,
    GpuLoad,
    Health,
    Problem,
)
from hypertrainer.platforms.clock_offset import ClockOffset, clock_offset
from hypertrainer.platforms.gpus import parse_gpu_loads
from hypertrainer.platforms.health_problems import find_problems, number, problem_of, size
from hypertrainer.platforms.machine import Gpu, Machine
from hypertrainer.platforms.probe import (
    Answer,
    SetupRun,
    Wishes,
    is_driver_silent,
    probe_script,
    read_answer,
    read_setup,
)
from hypertrainer.platforms.schedulers.base import Scheduler
from hypertrainer.platforms.slots import SlotWishes, capacity_of
from hypertrainer.platforms.transports.base import Transport
from hypertrainer.platforms.transports.ssh.key_refusal import HostKeyRefused

CHECK_SECONDS = 25.0
KIBIBYTE = 1024


@dataclass(frozen=True, slots=True)
class Examined:
    """What a check found. `capacity` is None where nothing new is known of it."""

    health: Health
    capacity: Capacity | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """An answer, and what it says of single things."""

    answer: Answer
    setup: SetupRun
    machine: Machine | None
    gpus: tuple[GpuLoad, ...]
    clock: ClockOffset | None


async def examine(
    transport: Transport, scheduler: Scheduler, wishes: Wishes, slots: SlotWishes
) -> Examined:
    """Look at a place by one command. Never raises: an unreachable place is a condition."""
    mark = f"ht-{secrets.token_hex(8)}"
    asked_at = time.time()
    try:
        script = probe_script(wishes, scheduler.probe_script(), mark)
        result = await transport.run(script, (), CHECK_SECONDS)
        answered_at = time.time()
        machine = await transport.machine() if transport.is_local else None
    except PlatformError as error:
        return Examined(_failed(error, transport.facts()))
    answer = read_answer(result, mark)
    gpus = parse_gpu_loads(answer.sections.get("gpus", ""), answer.told("machine").get("host", ""))
    clock = clock_offset(asked_at, answer, answered_at) if wishes.is_remote else None
    machine = machine or _machine(answer, gpus)
    findings = Findings(answer, read_setup(answer, mark), machine, gpus, clock)
    capacity = capacity_of(machine, slots) if machine and wishes.is_direct else None
    return Examined(_health(findings, wishes, scheduler, capacity, transport.facts()), capacity)


def _failed(error: PlatformError, facts: Mapping[str, str]) -> Health:
    if isinstance(error, AuthNeeded):
        condition = ConditionKind.AUTH_NEEDED
    elif isinstance(error, PlatformUnreachable):
        condition = ConditionKind.UNREACHABLE
    else:
        condition = ConditionKind.DEGRADED
    key = error.host_key if isinstance(error, HostKeyRefused) else None
    return Health(condition, facts, (problem_of(error),), key)


def _machine(answer: Answer, gpus: tuple[GpuLoad, ...]) -> Machine | None:
    """What a machine says that it has; None while its driver does not answer."""
    told = answer.told("machine")
    cores, memory = number(told.get("cores")), number(told.get("memory_kib"))
    if cores is None or is_driver_silent(answer):
        return None
    listed = (Gpu(gpu.device, gpu.name, gpu.memory_bytes or 0) for gpu in gpus)
    return Machine(cores, (memory or 0) * KIBIBYTE, tuple(listed))


def _health(
    findings: Findings,
    wishes: Wishes,
    scheduler: Scheduler,
    capacity: Capacity | None,
    way: Mapping[str, str],
) -> Health:
    facts, trouble = _queue(findings.answer, scheduler)
    problems = (*find_problems(findings.answer, findings.setup, wishes, findings.clock), *trouble)
    condition = ConditionKind.DEGRADED if problems else ConditionKind.OK
    own = {name: value for name, value in _facts(findings, wishes, capacity) if value}
    return Health(condition, {**own, **facts, **way}, problems, gpus=findings.gpus)


def _queue(answer: Answer, scheduler: Scheduler) -> tuple[Mapping[str, str], Sequence[Problem]]:
    """What the queue told of itself."""
    if "queue" not in answer.sections:
        return {}, ()
    if "queue" not in answer.whole:
        remedy = "Wait, or tell the administrators. Jobs that run go on."
        return {}, (Problem("The queue did not answer.", remedy),)
    return scheduler.facts_of(answer.told("queue"))


def _facts(
    findings: Findings, wishes: Wishes, capacity: Capacity | None
) -> Iterator[tuple[str, str]]:
    answer, run, machine = findings.answer, findings.setup, findings.machine
    told = answer.told("machine")
    yield "user", told.get("user", "")
    yield "host", told.get("host", "")
    yield "system", ", ".join(filter(None, (told.get("system"), told.get("kernel"))))
    yield "cores", told.get("cores", "")
    if machine is not None:
        yield "memory", size(machine.memory_bytes)
        if wishes.is_direct or machine.gpus:
            named = [f"{gpu.device}: {gpu.name} ({size(gpu.memory_bytes)})" for gpu in machine.gpus]
            yield "gpus", ", ".join(named) or "none"
    if capacity is not None:
        yield "slots", str(capacity.slots)
    yield "login shell", told.get("shell", "")
    yield "bash", told.get("bash", "")
    yield "python", f"{run.python or 'not found'} {run.version}".strip() if run.is_ready else ""
    yield "output", wishes.output
    free = number(answer.told("folder").get("free_bytes"))
    yield "free space", "unknown" if free is None else size(free)
    yield "clock", "" if findings.clock is None else str(findings.clock)
