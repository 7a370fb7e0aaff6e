"""What platforms are told of jobs, and what they tell: evidence, never beliefs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


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
