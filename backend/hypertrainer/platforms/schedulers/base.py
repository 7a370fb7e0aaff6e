"""The language of a queue: text in, text out. A scheduler does no input or output of its own."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hypertrainer.platforms.base import (
    ExitRecord,
    Forecast,
    JobHandle,
    JobSpec,
    Observation,
    Problem,
    Resources,
    StartRecord,
    StopSignal,
    SubmitOutcome,
    Submitted,
)
from hypertrainer.platforms.processes import ProcessIdentity
from hypertrainer.platforms.transports.base import ExecResult


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the files of one attempt say, read in one go.

    `launched` is the process that claimed the attempt, or else the one that the launcher made.
    `probes` are the contents of the scheduler's own files of interest; None: no such file.
    """

    handle: JobHandle
    start: StartRecord | None = None
    exit: ExitRecord | None = None
    owner: str | None = None
    accepted: str | None = None  # the job id that the queue gave, as the launcher noted it
    launched: ProcessIdentity | None = None
    probes: Mapping[str, bytes | None] = field(default_factory=dict)
    error: str | None = None  # something could not be read: nothing follows from an absence

    @property
    def process(self) -> ProcessIdentity | None:
        """The job's wrapper, by its own word or else by its launcher's."""
        start = self.start
        if start is None:
            return self.launched
        return ProcessIdentity(start.pid, start.process_start, start.boot_id)


class Scheduler(ABC):
    """One queue's language. Every script is for `bash -s`; every parser bears noise around it."""

    wrapper_job_id: str = ""  # the bash word for the job's id inside of it; empty: its process
    warns: bool = True  # whether the queue sends the checkpoint signal before the time limit
    notice: str = ""  # the signal by which it announces a KILL, where it sends no TERM
    has_queue: bool = True  # whether the place limits by itself what runs at once
    setup: tuple[str, ...] = ()  # the place's lines, which may be what makes its commands known

    def probes(self, handle: JobHandle) -> Sequence[str]:
        """Files that show by themselves whether a job lives; read before its exit record is."""
        del handle
        return ()

    def judge(self, evidence: Evidence) -> Observation | None:
        """What files alone tell of a job without exit record; None: ask the place."""
        del evidence
        return None

    def problems_with(self, resources: Resources) -> Sequence[Problem]:
        """What of these resources this queue can never give, and what to write instead."""
        del resources
        return ()

    def forecast_script(self, job: JobSpec) -> str | None:
        """Asks what would become of a job, without submitting it; None: this queue cannot say."""
        del job
        return None

    def parse_forecast(self, result: ExecResult) -> Forecast:
        """The answer to `forecast_script`; whoever writes that script overrides this, too."""
        raise NotImplementedError(f"{type(self).__name__} asks for forecasts that it cannot read")

    def probe_script(self) -> str:
        """Looks at the queue itself: lines `ht NAME VALUE`, for `facts_of`; empty: no questions."""
        return ""

    def facts_of(self, told: Mapping[str, str]) -> tuple[Mapping[str, str], Sequence[Problem]]:
        """What the probe's lines mean: facts in words, and problems with their remedies."""
        del told
        return {}, ()

    @abstractmethod
    def submit_script(self, jobs: Sequence[JobSpec]) -> str:
        """Launches jobs whose wrappers are in place; a job launched before is only named again.

        A queue's job id is noted in the attempt's `submitted` record before it is told.
        """

    @abstractmethod
    def parse_submit(
        self, result: ExecResult, jobs: Sequence[JobSpec]
    ) -> Mapping[str, SubmitOutcome]:
        """An outcome for every key; `Ambiguous` where the answer is silent."""

    @abstractmethod
    def list_script(self, jobs: Sequence[Evidence]) -> str:
        """Asks after jobs, by key or by job id.

        Of each job the handle is sure to be known; its records are where they were read before.
        """

    @abstractmethod
    def parse_list(self, result: ExecResult, jobs: Sequence[Evidence]) -> Mapping[str, Observation]:
        """The state of every job of which the answer tells for sure; others are left out.

        Raises:
            PlatformError: the question itself failed.
        """

    @abstractmethod
    def parse_find(self, result: ExecResult, jobs: Sequence[Evidence]) -> Mapping[str, Submitted]:
        """The answer to `list_script` again: the jobs that exist, by key.

        Raises:
            PlatformError: the question itself failed.
        """

    @abstractmethod
    def signal_script(self, handles: Sequence[JobHandle], signal: StopSignal) -> str:
        """Tells jobs to stop, and sees to it that those not started never start."""

    @abstractmethod
    def parse_signal(self, result: ExecResult, handles: Sequence[JobHandle]) -> Mapping[str, str]:
        """A reason, by key, for every job that could not be told."""
