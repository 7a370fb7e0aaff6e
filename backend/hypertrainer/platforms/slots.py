"""Our own queue's arithmetic: what fits beside what already runs. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from hypertrainer.platforms.base import Capacity, Resources
from hypertrainer.platforms.machine import Machine

MIN_SLOTS = 2


@dataclass(frozen=True, slots=True)
class SlotWishes:
    """What a machine's owner lets tasks have; None: what the machine has.

    `gpus` is a number of GPUs (the first ones) or their devices; a device named twice is shared by
    two tasks.
    """

    slots: int | Literal["gpus"] | None = None
    gpus: int | tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Holding:
    """What one active job holds."""

    cpus: int | None = None
    memory_bytes: int | None = None
    gpus: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Allocation:
    """What a job is given."""

    gpus: tuple[str, ...] = ()


def capacity_of(machine: Machine, wishes: SlotWishes) -> Capacity:
    """What may be handed out: one slot per GPU, or else half the processors and at least two."""
    gpus = _devices(machine, wishes.gpus)
    slots = wishes.slots
    if slots is None:
        slots = len(gpus) or max(MIN_SLOTS, machine.cpus // 2)
    elif slots == "gpus":
        slots = len(gpus)
    return Capacity(slots, machine.cpus, gpus, machine.memory_bytes)


def _devices(machine: Machine, wish: int | tuple[str, ...] | None) -> tuple[str, ...]:
    present = tuple(gpu.device for gpu in machine.gpus)
    if wish is None:
        return present
    return present[:wish] if isinstance(wish, int) else wish


def allocate(capacity: Capacity, busy: Sequence[Holding], request: Resources) -> Allocation | None:
    """What to give the job now, in CUDA's names and without overlap; None: it has to wait."""
    if len(busy) >= capacity.slots or why_impossible(capacity, request) is not None:
        return None
    if not _fits(request.cpus, capacity.cpus, [job.cpus for job in busy]):
        return None
    if not _fits(request.memory_bytes, capacity.memory_bytes, [job.memory_bytes for job in busy]):
        return None
    free = Counter(capacity.gpus)
    free.subtract(Counter(device for job in busy for device in job.gpus))
    devices = sorted(
        (device for device, count in free.items() if count > 0),
        key=lambda device: (-free[device], capacity.gpus.index(device)),
    )
    needed = _gpus_needed(capacity, request)
    return Allocation(tuple(devices[:needed])) if len(devices) >= needed else None


def place(
    capacities: Mapping[str, Capacity],
    busy: Mapping[str, Sequence[Holding]],
    request: Resources,
) -> tuple[str, Allocation] | None:
    """On which machine the job goes now, that with most room, and what it gets; None: it waits.

    Args:
        capacities: what each machine has, by its name.
        busy: what each machine's active jobs hold.
        request: what the job asks for.
    """
    free = [
        (_room(capacity, busy.get(name, ())), name, allocation)
        for name, capacity in capacities.items()
        if (allocation := allocate(capacity, busy.get(name, ()), request)) is not None
    ]
    if not free:
        return None
    _, name, allocation = max(free, key=lambda found: found[0])  # of equal ones the first
    return name, allocation


def _room(capacity: Capacity, busy: Sequence[Holding]) -> tuple[int, int]:
    """Free GPUs, free slots."""
    held = sum(len(job.gpus) for job in busy)
    return len(capacity.gpus) - held, capacity.slots - len(busy)


def _fits(wanted: int | None, total: int | None, held: Sequence[int | None]) -> bool:
    return wanted is None or total is None or wanted + sum(size or 0 for size in held) <= total


def _gpus_needed(capacity: Capacity, request: Resources) -> int:
    if request.gpus is None:
        return 1 if capacity.gpus else 0
    return request.gpus


def why_impossible(capacity: Capacity, request: Resources) -> str | None:
    """Why the job could not even run there alone, and what to write instead; None: it could."""
    if capacity.slots < 1:
        return "It has no slots: raise `slots` in platforms.yaml."
    devices = len(set(capacity.gpus))
    if (request.gpus or 0) > devices:
        return f"{request.gpus} GPUs are asked for and it has {devices}: lower `resources.gpus`."
    if request.cpus and capacity.cpus is not None and request.cpus > capacity.cpus:
        return (
            f"{request.cpus} CPUs are asked for and it has {capacity.cpus}: lower `resources.cpus`."
        )
    memory, present = request.memory_bytes, capacity.memory_bytes
    if memory and present is not None and memory > present:
        return (
            f"{memory / 2**30:.1f} GiB of memory are asked for and it has "
            f"{present / 2**30:.1f} GiB: lower `resources.memory`."
        )
    return None


def why_nowhere(capacities: Mapping[str, Capacity], request: Resources) -> str | None:
    """Why the job could run on none of these machines, even alone; None: it could.

    Where no machine is known, nothing is impossible.
    """
    reasons = {name: why_impossible(capacity, request) for name, capacity in capacities.items()}
    if not reasons or None in reasons.values():
        return None
    if len(reasons) == 1:
        return next(iter(reasons.values()))
    return " ".join(f"{name}: {reason}" for name, reason in reasons.items())


def gpu_environment(capacity: Capacity, gpus: Sequence[str]) -> Mapping[str, str]:
    """The variables by which a job sees the GPUs that it was given, and no others."""
    if not capacity.gpus:
        return {}
    return {"CUDA_VISIBLE_DEVICES": ",".join(gpus), "CUDA_DEVICE_ORDER": "PCI_BUS_ID"}
