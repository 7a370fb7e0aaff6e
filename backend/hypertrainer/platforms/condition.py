"""How a place is, and what it has to give."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ConditionKind(StrEnum):
    """A platform's condition, as shown to users."""

    OK = "ok"
    UNREACHABLE = "unreachable"
    AUTH_NEEDED = "auth_needed"
    DEGRADED = "degraded"


@dataclass(frozen=True, slots=True)
class Capacity:
    """What our own queue may hand out on a platform that has no queue of its own."""

    slots: int
    cpus: int | None
    gpus: tuple[str, ...]  # as CUDA_VISIBLE_DEVICES names them; named twice, two jobs share it
    memory_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a platform, and what to do about it."""

    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class HostKey:
    """A key that a host showed and nobody has accepted yet.

    `line` is what `known_hosts` would hold of it; `is_changed`: another one was accepted before.
    """

    host: str
    algorithm: str
    fingerprint: str
    line: str
    is_changed: bool = False


@dataclass(frozen=True, slots=True)
class GpuLoad:
    """One GPU as its driver describes it now; None where it does not say."""

    machine: str
    device: str
    name: str
    load_percent: float | None
    used_bytes: int | None
    memory_bytes: int | None


@dataclass(frozen=True, slots=True)
class Health:
    """What a check found: a condition, the facts seen, and each problem with its remedy.

    `host_key` is the key that has to be accepted before the place can be reached.
    """

    condition: ConditionKind
    facts: Mapping[str, str]
    problems: tuple[Problem, ...] = ()
    host_key: HostKey | None = None
    gpus: tuple[GpuLoad, ...] = ()


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a queue says of a job before it is submitted.

    `problems` would make it be refused, or wait for ever; `starts_at` is the queue's own estimate.
    """

    problems: tuple[Problem, ...] = ()
    starts_at: datetime | None = None
    words: str = ""
