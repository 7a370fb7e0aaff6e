"""What the core knows of a place where jobs run. Everything is plural; nothing raises for one item.

A platform knows jobs only: no database, no web framework, no task. All its answers are evidence:
"I could not ask" is `Report.is_complete = False` or `PlatformUnreachable`, never an ended job.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path

from hypertrainer.platforms.condition import (
    Capacity,
    ConditionKind,
    Forecast,
    GpuLoad,
    Health,
    HostKey,
    Problem,
)
from hypertrainer.platforms.jobs import (
    Ambiguous,
    Code,
    EndCause,
    ExitRecord,
    Found,
    JobHandle,
    JobSpec,
    JobState,
    Observation,
    OutputFile,
    Rejected,
    Report,
    Resources,
    StartRecord,
    StopSignal,
    SubmitOutcome,
    Submitted,
)
from hypertrainer.platforms.transports.base import ReadRequest, Slice

__all__ = [
    "Ambiguous",
    "Capacity",
    "Code",
    "ConditionKind",
    "EndCause",
    "ExitRecord",
    "Forecast",
    "Found",
    "GpuLoad",
    "Health",
    "HostKey",
    "JobHandle",
    "JobSpec",
    "JobState",
    "Observation",
    "OutputFile",
    "Platform",
    "Problem",
    "Rejected",
    "Report",
    "Resources",
    "StartRecord",
    "StopSignal",
    "SubmitOutcome",
    "Submitted",
]


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
