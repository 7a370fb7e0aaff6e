"""What the core knows of a place where jobs run. Everything is plural; nothing raises for one item.

A platform knows jobs only: no database, no web framework, no task. All its answers are evidence:
"I could not ask" is `Report.is_complete = False` or `PlatformUnreachable`, never an ended job.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path


class JobState(StrEnum):
    """What a platform says of a job, mapped from its own words."""

    QUEUED = "queued"
    RUNNING = "running"
    STOPPING = "stopping"
    ENDED = "ended"
    ABSENT = "absent"  # the platform, asked successfully, knows of no such job
    UNKNOWN = "unknown"  # a state we have no word for: treated as still active


class EndCause(StrEnum):
    """Why a job ended, where the platform knows more than an exit code tells."""

    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"
    OUT_OF_MEMORY = "out_of_memory"
    PREEMPTED = "preempted"
    NODE_FAILED = "node_failed"


class StopSignal(StrEnum):
    """How hard a job is told to stop; the core escalates, with deadlines in the database."""

    TERM = "TERM"
    KILL = "KILL"


class ConditionKind(StrEnum):
    """A platform's condition, as shown to users."""

    OK = "ok"
    UNREACHABLE = "unreachable"
    AUTH_NEEDED = "auth_needed"
    DEGRADED = "degraded"


@dataclass(frozen=True, slots=True)
class Resources:
    """What a job asks for. None: the platform's default (a whole GPU where there are any)."""

    gpus: int | None = None
    cpus: int | None = None
    memory_bytes: int | None = None
    time_seconds: int | None = None
    partition: str | None = None
    account: str | None = None
    raw: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class JobSpec:
    """One attempt, ready to be launched.

    `key` names the job everywhere (at most 15 characters, `[a-z][a-z0-9]*`). `folder` is the task's
    output folder on the target, which exists and holds `config.yaml`; `command` is the argument
    vector, run with `folder` as the working directory.
    """

    key: str
    attempt: int
    folder: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    setup: tuple[str, ...] = ()
    resources: Resources = Resources()
    grace_seconds: int = 10


@dataclass(frozen=True, slots=True)
class JobHandle:
    """How an attempt's job is found again. `job_id` is None while a submission is in doubt."""

    key: str
    attempt: int
    folder: str
    job_id: str | None = None


@dataclass(frozen=True, slots=True)
class StartRecord:
    """`start.N`: written by the wrapper before the command starts."""

    pid: int
    process_start: str  # field 22 of /proc/PID/stat: with pid and boot_id, names one process
    boot_id: str
    host: str
    job_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ExitRecord:
    """`exit.N`: written by the wrapper after the command ended.

    `code` is None when the command never started (`reason` says why). `signal` is the last one the
    wrapper was sent and forwarded. `sizes` are the logs' final sizes in bytes. `cause` is what the
    wrapper itself did: TIMED_OUT at the time limit, CANCELLED where a stop came before the start.
    """

    code: int | None
    signal: str | None
    at: datetime
    sizes: Mapping[str, int] = field(default_factory=dict)
    reason: str | None = None
    cause: EndCause | None = None


@dataclass(frozen=True, slots=True)
class Submitted:
    """The platform accepted the job under this id."""

    job_id: str
    host: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """The job was not accepted. `is_retryable`: the same job may be accepted later."""

    reason: str
    is_retryable: bool = False


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """The answer was lost: the job may or may not exist. Look the key up; never just resubmit."""

    reason: str


SubmitOutcome = Submitted | Rejected | Ambiguous


@dataclass(frozen=True, slots=True)
class Observation:
    """All the evidence about one job at one moment."""

    state: JobState
    raw_state: str = ""
    reason: str = ""
    exit_code: int | None = None  # as the scheduler tells it; the exit record rules
    cause: EndCause | None = None
    start: StartRecord | None = None
    exit: ExitRecord | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """One poll's answer. Unless `is_complete`, nothing may be concluded from an absence."""

    is_complete: bool
    seen: Mapping[str, Observation]  # by key


@dataclass(frozen=True, slots=True)
class Found:
    """What a look-up by key found. Unless `is_complete`, a missing key proves nothing."""

    is_complete: bool
    jobs: Mapping[str, Submitted]  # by key


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
class Health:
    """What a check found: a condition, the facts seen, and each problem with its remedy."""

    condition: ConditionKind
    facts: Mapping[str, str]
    problems: tuple[Problem, ...] = ()


class Platform(ABC):
    """A named place where jobs run."""

    name: str
    type: str
    has_local_output: bool = True  # task folders of its jobs are folders of this machine
    # How much absence, in complete reports and in seconds, it takes to call a job lost; and how
    # long an unanswered submission is looked up before it is sent again.
    absence_reports: int = 3
    absence_seconds: float = 300.0
    resubmit_seconds: float = 90.0
    # The pace of polls without a hint: right after a change, and when nothing changes.
    poll_soon_seconds: float = 5.0
    poll_seconds: float = 60.0
    python: str | None = None  # the interpreter its owner chose for `.py` scripts
    grace_seconds: int = 10  # between TERM and KILL

    @abstractmethod
    async def check(self) -> Health:
        """Look at the place. Never raises: an unreachable place is a condition."""

    @abstractmethod
    async def capacity(self) -> Capacity | None:
        """What our queue may hand out; None where the platform queues by itself."""

    @abstractmethod
    async def submit(self, jobs: Sequence[JobSpec]) -> Mapping[str, SubmitOutcome]:
        """Launch jobs; an outcome for every key. Idempotent by (folder, attempt, key).

        Raises:
            PlatformUnreachable: nothing was sent.
        """

    @abstractmethod
    async def find(self, handles: Sequence[JobHandle]) -> Found:
        """Look jobs up by key, after an ambiguous submission and at every start of the server.

        Raises:
            PlatformUnreachable: nothing could be asked.
        """

    @abstractmethod
    async def observe(self, handles: Sequence[JobHandle]) -> Report:
        """Gather the evidence about these jobs, in as few calls as the place allows.

        Raises:
            PlatformUnreachable: nothing could be asked.
        """

    @abstractmethod
    async def stop(self, handles: Sequence[JobHandle], signal: StopSignal) -> Mapping[str, str]:
        """Send a signal and return at once. Idempotent: an ended or unknown job is a success.

        A job that has not started yet must never start afterwards. Returns, by key, a reason for
        each job that could not be told; an empty mapping means that all were.

        Raises:
            PlatformUnreachable: nothing was sent.
        """

    @abstractmethod
    async def wait_for_change(self, handles: Sequence[JobHandle]) -> None:
        """Return when something about these jobs probably changed; may wait for ever."""

    @abstractmethod
    def output_root(self, default: Path) -> str:
        """Where this place's task folders go; `default` is the server's own output folder."""

    @abstractmethod
    async def aclose(self) -> None:
        """Close connections. Jobs go on."""
