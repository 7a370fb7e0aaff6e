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

from hypertrainer.platforms.transports.base import ReadRequest, Slice


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
    """How hard a job is told to stop; the core escalates, with deadlines in the database.

    CHECKPOINT is the signal that the job itself asked for, where it asked for one.
    """

    CHECKPOINT = "CHECKPOINT"
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
    """What a job asks for. None: the platform's default (a whole GPU where there are any).

    `gpus`, `cpus` and `memory_bytes` are for each of its `nodes`. `checkpoint_signal` (`USR1`) is
    sent `checkpoint_seconds` before the time limit, and so long before TERM when it is stopped.
    """

    gpus: int | None = None
    gpu_type: str | None = None
    cpus: int | None = None
    memory_bytes: int | None = None
    time_seconds: int | None = None
    nodes: int | None = None
    partition: str | None = None  # or queue
    account: str | None = None  # or project
    qos: str | None = None
    constraint: str | None = None
    raw: tuple[str, ...] = ()  # options as the scheduler itself writes them
    checkpoint_signal: str | None = None
    checkpoint_seconds: int = 60


@dataclass(frozen=True, slots=True)
class Code:
    """The folder that a script is in, packed on the server's machine: a gzipped tar archive.

    `digest` names its content (hexadecimal), and the folder that it is unpacked into there.
    """

    digest: str
    archive: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class JobSpec:
    """One attempt, ready to be launched.

    `key` names the job everywhere (at most 15 characters, `[a-z][a-z0-9]*`). `folder` is the task's
    output folder on the target; `command` is the argument vector, run with `folder` as the working
    directory. Where the output is local, the folder exists and holds all that is needed. Elsewhere
    the platform makes it and writes `files` (by name) into it, unpacks `code`, and puts the path of
    `script` there in the place of `{script}` in the command's words: a path inside of the code, or
    without code a name to be looked up on the platform's own `path`. A folder that begins with `~/`
    stands in `command`, `environment` and `files` as it is, and is replaced in all of them.
    """

    key: str
    attempt: int
    folder: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    setup: tuple[str, ...] = ()
    resources: Resources = Resources()
    grace_seconds: int = 10
    files: Mapping[str, bytes] = field(default_factory=dict)
    code: Code | None = None
    script: str | None = None
    machine: str = ""


@dataclass(frozen=True, slots=True)
class JobHandle:
    """How an attempt's job is found again. `job_id` is None while a submission is in doubt.

    `machine` is the one of a pool that the job was given to; empty where there is no choice.
    """

    key: str
    attempt: int
    folder: str
    job_id: str | None = None
    machine: str = ""
    checkpoint_signal: str | None = None


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
class OutputFile:
    """A log or metric file of a job, as a poll saw it. `modified` counts seconds since 1970."""

    name: str
    size: int
    inode: int
    modified: int


@dataclass(frozen=True, slots=True)
class Report:
    """One poll's answer. Unless `is_complete`, nothing may be concluded from an absence.

    `files` lists, by key, what is in the job's folder, where the output is not local.
    """

    is_complete: bool
    seen: Mapping[str, Observation]  # by key
    files: Mapping[str, Sequence[OutputFile]] = field(default_factory=dict)


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
    poll_floor_seconds: float = 0.0  # never asked sooner again, whatever happens
    python: str | None = None  # the interpreter its owner chose for `.py` scripts
    grace_seconds: int = 10  # between TERM and KILL
    resources: Resources = Resources()  # what jobs ask for that do not say otherwise
    resume_on: tuple[str, ...] = ()  # the ends (EndCause) after which tasks are resumed, likewise
    resume_limit: int = 3
    # Where the output is not local: whether the code is brought there, and how large it may be.
    stages_code: bool = True
    max_code_bytes: int = 100 * 2**20

    @property
    def num_calls(self) -> int:
        """How many commands were sent there since the start."""
        return 0

    @property
    def trouble(self) -> str:
        """What of it does not answer while the rest does, in words; empty: nothing."""
        return ""

    def retry_now(self) -> None:
        """Forget how long to wait after failures: a user asks to try again at once."""
        return

    @abstractmethod
    async def check(self) -> Health:
        """Look at the place. Never raises: an unreachable place is a condition."""

    @abstractmethod
    async def capacity(self) -> Capacity | None:
        """What our queue may hand out; None where the platform queues by itself."""

    async def capacities(self) -> Mapping[str, Capacity] | None:
        """What our queue may hand out on each machine by name; None as for `capacity`."""
        capacity = await self.capacity()
        return None if capacity is None else {"": capacity}

    def problems_with(self, resources: Resources) -> Sequence[Problem]:
        """What of these resources can never be had there, without asking it: pure."""
        del resources
        return ()

    async def forecast(self, job: JobSpec) -> Forecast | None:
        """Ask the queue what it would do with a job, without submitting; None: it cannot say.

        Raises:
            PlatformUnreachable: nothing could be asked.
        """
        del job
        return None

    async def describe_python(self, python: str, setup: Sequence[str]) -> Mapping[str, str] | None:
        """The packages and versions that an interpreter there sees, `python` its own version.

        Raises:
            PlatformUnreachable: nothing could be asked.
        """
        del python, setup
        return None

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

    async def read(self, requests: Sequence[ReadRequest], machine: str = "") -> Sequence[Slice]:
        """Read from files there, where the output is not local: one call for all.

        Raises:
            PlatformUnreachable: nothing could be asked.
        """
        del machine
        return [Slice(request.path) for request in requests]

    async def remove(self, folders: Sequence[str]) -> Mapping[str, str]:
        """Delete task folders there; by folder, why it could not be. One that is gone is deleted.

        Raises:
            PlatformUnreachable: nothing was sent.
        """
        del folders
        return {}

    @abstractmethod
    async def wait_for_change(self, handles: Sequence[JobHandle]) -> None:
        """Return when something about these jobs probably changed; may wait for ever."""

    @abstractmethod
    def output_root(self, default: Path) -> str:
        """Where this place's task folders go; `default` is the server's own output folder."""

    @abstractmethod
    async def aclose(self) -> None:
        """Close connections. Jobs go on."""
