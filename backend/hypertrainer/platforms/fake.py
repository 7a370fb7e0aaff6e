"""A platform in memory, with every fault that a real one may have. For tests and for trying out."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from hypertrainer.clock import utc_now
from hypertrainer.errors import PlatformError, PlatformUnreachable
from hypertrainer.platforms.base import (
    Ambiguous,
    Capacity,
    ConditionKind,
    EndCause,
    ExitRecord,
    Forecast,
    Found,
    Health,
    JobHandle,
    JobSpec,
    JobState,
    Observation,
    Platform,
    Problem,
    Rejected,
    Report,
    StartRecord,
    StopSignal,
    SubmitOutcome,
    Submitted,
)
from hypertrainer.platforms.fake_files import FakeFiles
from hypertrainer.platforms.fake_jobs import FakeJob, Faults
from hypertrainer.platforms.transports.base import ReadRequest, Slice

HOST = "fake"
TERM_CODE, KILL_CODE = 143, 137


class FakePlatform(Platform):
    """Runs nothing; jobs change when a test says so. Idempotent by (key, attempt) like the others.

    `on_start` is called with each job that starts, so that a fake program may write files. With a
    `remote` folder its output is not local: jobs' folders are real folders below that one, which
    the core may only look at through `read`, and `files` holds the faults of such a place.
    """

    def __init__(
        self,
        name: str = "fake",
        *,
        capacity: Capacity | None = None,
        starts_at_once: bool = True,
        on_start: Callable[[JobSpec], None] | None = None,
        remote: Path | None = None,
    ) -> None:
        self.name = name
        self.type = "fake"
        self.poll_seconds = 0.01
        self.has_local_output = remote is None
        self.files = FakeFiles(remote)
        self.faults = Faults()
        self.jobs: dict[tuple[str, int], FakeJob] = {}
        self.submissions: list[JobSpec] = []  # that arrived, twins included
        self.calls = 0
        self.troubles = ""  # what it says of the part of it that does not answer
        self.foretold: Forecast | None = None
        self.packages: Mapping[str, str] | None = None  # of every interpreter there
        self._capacity = capacity
        self._starts_at_once = starts_at_once
        self._on_start = on_start
        self._forbidden: set[tuple[str, int]] = set()
        self._change = asyncio.Event()
        self._changes = self._observed_changes = 0

    # What a test does to the jobs

    def start(self, key: str, attempt: int = 1) -> None:
        """The job begins to run."""
        job = self.jobs[key, attempt]
        if (key, attempt) in self._forbidden:
            self._end(job, ExitRecord(None, None, utc_now(), reason="stopped before start"))
            return
        job.state = JobState.RUNNING
        job.start = StartRecord(1, "1", "fake-boot", HOST, job.job_id, utc_now())
        if self._on_start is not None:
            self._on_start(job.spec)
        self._changed()

    def finish(
        self,
        key: str,
        code: int = 0,
        attempt: int = 1,
        signal: str | None = None,
        cause: EndCause | None = None,
    ) -> None:
        """The job's program ends, and its wrapper records it; `cause` is the queue's word."""
        job = self.jobs[key, attempt]
        job.cause = cause
        self._end(job, ExitRecord(code, signal, utc_now(), self.files.sizes(job.spec.folder)))

    def requeue(self, key: str, attempt: int = 1, reason: str = "") -> None:
        """The queue takes the job back, to start it anew; what it wrote stays."""
        job = self.jobs[key, attempt]
        job.state, job.reason, job.exit = JobState.QUEUED, reason, None
        self._changed()

    def write(self, key: str, name: str, data: bytes, attempt: int = 1) -> None:
        """The job's program appends to a file in its folder."""
        with (Path(self.jobs[key, attempt].spec.folder) / name).open("ab") as file:
            file.write(data)

    def vanish(self, key: str, attempt: int = 1, cause: EndCause | None = None) -> None:
        """The job is gone and leaves no exit record, as if its machine had died."""
        job = self.jobs[key, attempt]
        job.state, job.cause = JobState.ABSENT, cause
        self._changed()

    def _end(self, job: FakeJob, record: ExitRecord) -> None:
        job.state, job.exit = JobState.ENDED, record
        if self.faults.purges_at_once:
            job.state, job.exit = JobState.ABSENT, None
        self._changed()

    def _changed(self) -> None:
        self._changes += 1
        self._change.set()
        self._change = asyncio.Event()

    # What the core asks

    @property
    def num_calls(self) -> int:
        return self.calls

    @property
    def trouble(self) -> str:
        return self.troubles

    async def check(self) -> Health:
        if self.faults.unreachable_calls or self.faults.refusal:
            problem = Problem(
                "The fake platform is unreachable.", "Wait until its faults are over."
            )
            return Health(ConditionKind.UNREACHABLE, {}, (problem,))
        return Health(ConditionKind.OK, {"host": HOST, "jobs": str(len(self.jobs))})

    async def capacity(self) -> Capacity | None:
        return self._capacity

    async def submit(self, jobs: Sequence[JobSpec]) -> Mapping[str, SubmitOutcome]:
        self._reach()
        return {job.key: self._accept(job) for job in jobs}

    def _accept(self, job: JobSpec) -> SubmitOutcome:
        if self._takes("lost_requests"):
            return Ambiguous("The connection was lost.")
        self.submissions.append(job)
        known = self.jobs.get((job.key, job.attempt))
        if known is None:
            if self._takes("rejections"):
                return Rejected("The queue is full.", self.faults.is_rejection_retryable)
            known = self._created(job)
        if self._takes("lost_answers"):
            return Ambiguous("The answer was lost.")
        return Submitted(known.job_id, HOST)

    def _created(self, job: JobSpec) -> FakeJob:
        job_id = str(len(self.jobs) + 1)
        made = FakeJob(job, job_id, JobState.QUEUED, self.faults.invisible_polls)
        self.jobs[job.key, job.attempt] = made
        self.files.stage(job)
        if self._starts_at_once:
            self.start(job.key, job.attempt)
        return made

    async def find(self, handles: Sequence[JobHandle]) -> Found:
        self._reach()
        seen = {handle.key: job for handle in handles if (job := self._visible(handle))}
        jobs = {key: Submitted(job.job_id, HOST) for key, job in seen.items()}
        return Found(is_complete=True, jobs=jobs)

    async def observe(self, handles: Sequence[JobHandle]) -> Report:
        self._reach()
        if self._takes("incomplete_reports"):
            return Report(is_complete=False, seen={})
        self._observed_changes = self._changes
        seen = {job.key: self._observation(job) for job in handles}
        files = {job.key: self.files.listed(job.folder) for job in handles}
        return Report(is_complete=True, seen=seen, files={} if self.has_local_output else files)

    def _observation(self, handle: JobHandle) -> Observation:
        job = self._visible(handle)
        if job is None:
            return Observation(JobState.ABSENT, "gone", "the fake platform knows no such job")
        if job.exit is None and self._takes("unknown_states"):
            return Observation(JobState.UNKNOWN, "BEFUDDLED", start=job.start)
        code = job.exit.code if job.exit else None
        cause = job.cause or (job.exit.cause if job.exit else None)
        reason = (job.exit.reason if job.exit else None) or job.reason
        return Observation(job.state, job.state.value, reason, code, cause, job.start, job.exit)

    def _visible(self, handle: JobHandle) -> FakeJob | None:
        job = self.jobs.get((handle.key, handle.attempt))
        if job is not None and job.hidden_polls > 0:
            job.hidden_polls -= 1
            return None
        return job

    async def stop(self, handles: Sequence[JobHandle], signal: StopSignal) -> Mapping[str, str]:
        self._reach()
        if self.faults.cannot_signal:
            return {handle.key: self.faults.cannot_signal for handle in handles}
        for handle in handles:
            self._forbidden.add((handle.key, handle.attempt))
            job = self.jobs.get((handle.key, handle.attempt))
            if job is not None:
                self._tell(job, signal)
        return {}

    def _tell(self, job: FakeJob, signal: StopSignal) -> None:
        job.signals = (*job.signals, signal)
        if job.state is JobState.QUEUED:
            self.start(job.spec.key, job.spec.attempt)  # which finds that it was stopped
        elif job.state is JobState.RUNNING:
            if signal is StopSignal.KILL:
                self._end(job, ExitRecord(KILL_CODE, None, utc_now()))
            elif signal is StopSignal.TERM and not self.faults.ignores_term:
                self._end(job, ExitRecord(TERM_CODE, "TERM", utc_now()))
            elif signal is StopSignal.CHECKPOINT and self.faults.ends_at_checkpoint:
                self._end(job, ExitRecord(0, job.spec.resources.checkpoint_signal, utc_now()))

    async def read(self, requests: Sequence[ReadRequest], machine: str = "") -> Sequence[Slice]:
        del machine
        self._reach()
        if self._takes("lost_reads"):
            raise PlatformError("The connection was lost while files were read.")
        return self.files.read(requests)

    async def remove(self, folders: Sequence[str]) -> Mapping[str, str]:
        self._reach()
        if self.faults.cannot_remove:
            return dict.fromkeys(folders, self.faults.cannot_remove)
        return self.files.remove(folders)

    async def forecast(self, job: JobSpec) -> Forecast | None:
        del job
        self._reach()
        return self.foretold

    async def describe_python(self, python: str, setup: Sequence[str]) -> Mapping[str, str] | None:
        del python, setup
        self._reach()
        return self.packages

    async def wait_for_change(self, handles: Sequence[JobHandle]) -> None:
        if not handles or self._observed_changes == self._changes:
            await self._change.wait()

    def output_root(self, default: Path) -> str:
        return str(self.files.root or default)

    async def aclose(self) -> None:
        self._changed()

    def _reach(self) -> None:
        self.calls += 1
        if self.faults.refusal is not None:
            raise self.faults.refusal
        if self._takes("unreachable_calls"):
            raise PlatformUnreachable("The fake platform does not answer.")

    def _takes(self, fault: str) -> bool:
        left: int = getattr(self.faults, fault)
        if left > 0:
            setattr(self.faults, fault, left - 1)
        return left > 0
