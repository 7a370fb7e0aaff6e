"""Every place that has a shell: a transport that reaches it, and the language of its queue."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from hypertrainer.errors import InvalidInput, PlatformError
from hypertrainer.platforms.base import (
    Ambiguous,
    Capacity,
    ConditionKind,
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
    StopSignal,
    SubmitOutcome,
    Submitted,
)
from hypertrainer.platforms.evidence import gather_evidence, told_by_files, trace_of
from hypertrainer.platforms.health import Wishes, health_of, probe_script
from hypertrainer.platforms.processes import ProcessIdentity
from hypertrainer.platforms.records import RecordKind, identity_record, record_path
from hypertrainer.platforms.schedulers.base import Evidence, Scheduler
from hypertrainer.platforms.slots import SlotWishes, capacity_of
from hypertrainer.platforms.transports.base import Interrupted, NewFile, Transport
from hypertrainer.platforms.wrapper import (
    MARK_VARIABLE,
    job_mark,
    wrapper_path,
    wrapper_script,
)

Fact = tuple[str, int, RecordKind]
CHECK_SECONDS = 20.0
START_POLL_SECONDS = 0.005  # a wrapper writes its start record within a few of these
WRAPPER_MODE = 0o700


@dataclass(frozen=True, slots=True)
class ShellSettings:
    """What the owner of a place has decided about it.

    `default_output` and `default_python` are the server's own, for what is not decided.
    """

    python: str | None = None
    setup: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    output: str | None = None
    grace_seconds: int = 10
    poll_seconds: float = 5.0
    slots: SlotWishes = field(default_factory=SlotWishes)
    default_output: str = ""
    default_python: str = "python3"


class ShellPlatform(Platform):
    """A transport times a scheduler. The wrapper's records are its evidence."""

    def __init__(
        self,
        name: str,
        type_name: str,
        transport: Transport,
        scheduler: Scheduler,
        settings: ShellSettings,
    ) -> None:
        self.name = name
        self.type = type_name
        self.has_local_output = transport.is_local
        self.python = settings.python
        self.grace_seconds = settings.grace_seconds
        self.poll_seconds = settings.poll_seconds
        if transport.is_local and not scheduler.has_queue:
            # The kernel's word is certain: a process that is gone is gone.
            self.absence_reports, self.absence_seconds = 2, 2.0
            self.resubmit_seconds, self.poll_soon_seconds = 0.0, 0.1
        self._transport = transport
        self._scheduler = scheduler
        self._settings = settings
        self._capacity: Capacity | None = None
        self._reported: set[Fact] = set()  # records that an observation has told of
        self._announced: set[ProcessIdentity] = set()  # ends that a wait has told of

    async def capacity(self) -> Capacity | None:
        if self._capacity is None and not self._scheduler.has_queue:
            machine = await self._transport.machine()
            if machine is not None:
                self._capacity = capacity_of(machine, self._settings.slots)
        return self._capacity

    def output_root(self, default: Path) -> str:
        return self._settings.output or str(default)

    async def aclose(self) -> None:
        await self._transport.aclose()

    async def check(self) -> Health:
        settings = self._settings
        wishes = Wishes(
            settings.output or settings.default_output, settings.python or settings.default_python
        )
        try:
            result = await self._transport.run(
                probe_script(), (wishes.output, wishes.python), CHECK_SECONDS
            )
            machine = await self._transport.machine()
            capacity = await self.capacity()
        except PlatformError as error:
            remedy = "Check that the machine is up and that bash runs there."
            problem = Problem(error.message, remedy)
            return Health(ConditionKind.UNREACHABLE, {}, (problem,))
        return health_of(result, wishes, machine, capacity)

    async def submit(self, jobs: Sequence[JobSpec]) -> Mapping[str, SubmitOutcome]:
        outcomes: dict[str, SubmitOutcome] = {}
        staged = await self._stage([self._furnished(job) for job in jobs], outcomes)
        if staged:
            outcomes.update(await self._launch(staged))
        return outcomes

    def _furnished(self, job: JobSpec) -> JobSpec:
        """The job with the place's own setup and environment before its own."""
        return replace(
            job,
            setup=(*self._settings.setup, *job.setup),
            environment={**self._settings.environment, **job.environment},
        )

    async def _stage(
        self, jobs: Sequence[JobSpec], outcomes: dict[str, SubmitOutcome]
    ) -> Sequence[JobSpec]:
        files = {}
        for job in jobs:
            try:
                script = wrapper_script(job, self._scheduler.wrapper_job_id)
            except InvalidInput as error:
                outcomes[job.key] = Rejected(error.message)
                continue
            data = script.encode(errors="surrogateescape")
            files[job.key] = NewFile(wrapper_path(job.folder), data, WRAPPER_MODE)
        failures = await self._transport.put(list(files.values()))
        for key, file in files.items():
            if reason := failures.get(file.path):
                outcomes[key] = Rejected(f"The task's folder cannot be written: {reason}.")
        return [job for job in jobs if job.key not in outcomes]

    async def _launch(self, jobs: Sequence[JobSpec]) -> Mapping[str, SubmitOutcome]:
        if self._transport.can_spawn and not self._scheduler.has_queue:
            handles = [JobHandle(job.key, job.attempt, job.folder) for job in jobs]
            evidence = await self._gather(handles)
            return {job.handle.key: trace_of(job) or await self._spawn(job) for job in evidence}
        try:
            result = await self._transport.run(self._scheduler.submit_script(jobs))
        except Interrupted as error:
            return {job.key: Ambiguous(error.message) for job in jobs}
        return self._scheduler.parse_submit(result, jobs)

    async def _spawn(self, job: Evidence) -> SubmitOutcome:
        """Do as the submit script does, without a shell in between."""
        key, attempt, folder = job.handle.key, job.handle.attempt, job.handle.folder
        try:
            mark = {MARK_VARIABLE: job_mark(key, attempt)}
            process = self._transport.spawn(wrapper_path(folder), mark)
        except OSError as error:
            return Rejected(f"No process could be started: {error}.", is_retryable=True)
        path = record_path(folder, RecordKind.SUBMITTED, attempt)
        await self._transport.put([NewFile(path, identity_record(process))])
        return Submitted(str(process.pid), socket.gethostname())

    async def find(self, handles: Sequence[JobHandle]) -> Found:
        evidence = await self._gather(handles)
        jobs = {job.handle.key: trace for job in evidence if (trace := trace_of(job))}
        rest = [job for job in evidence if job.handle.key not in jobs]
        is_complete = all(job.error is None for job in rest)
        if not rest:
            return Found(is_complete=is_complete, jobs=jobs)
        try:
            result = await self._transport.run(self._scheduler.list_script(rest))
            jobs.update(self._scheduler.parse_find(result, rest))
        except PlatformError:
            is_complete = False
        return Found(is_complete=is_complete, jobs=jobs)

    async def observe(self, handles: Sequence[JobHandle]) -> Report:
        seen: dict[str, Observation] = {}
        doubtful = []
        gathered = await self._gather(handles)
        self._reported.update(fact for job in gathered for fact in _facts(job))
        for job in gathered:
            observation = told_by_files(job) or self._scheduler.judge(job)
            if observation is None:
                doubtful.append(job)
            else:
                seen[job.handle.key] = observation
        if not doubtful:
            return Report(is_complete=True, seen=seen)
        return await self._ask(doubtful, seen)

    async def _ask(self, jobs: Sequence[Evidence], seen: dict[str, Observation]) -> Report:
        """Ask the queue, then read again whatever it calls ended: records come before ends."""
        try:
            result = await self._transport.run(self._scheduler.list_script(jobs))
            listed = self._scheduler.parse_list(result, jobs)
        except PlatformError:
            return Report(is_complete=False, seen=seen)
        over = [
            job.handle
            for job in jobs
            if (told := listed.get(job.handle.key))
            and told.state in (JobState.ENDED, JobState.ABSENT)
        ]
        seen.update(listed)
        for job in await self._gather(over):
            told = listed[job.handle.key]
            seen[job.handle.key] = told_by_files(job, told) or told
        return Report(is_complete=len(listed) == len(jobs), seen=seen)

    async def stop(self, handles: Sequence[JobHandle], signal: StopSignal) -> Mapping[str, str]:
        if not handles:
            return {}
        script = self._scheduler.signal_script(handles, signal)
        try:
            result = await self._transport.run(script)
        except Interrupted as error:
            return {handle.key: error.message for handle in handles}
        return self._scheduler.parse_signal(result, handles)

    async def wait_for_change(self, handles: Sequence[JobHandle]) -> None:
        if not self._transport.is_local or self._scheduler.has_queue:
            await asyncio.Event().wait()
        mine = {(handle.key, handle.attempt) for handle in handles}
        self._reported = {fact for fact in self._reported if fact[:2] in mine}
        while not self._has_news(evidence := await self._gather(handles)):
            is_starting = any(self._is_starting(job) for job in evidence)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(START_POLL_SECONDS if is_starting else None):
                    await self._wait_for_end(evidence)
                    return

    async def _wait_for_end(self, evidence: Sequence[Evidence]) -> None:
        processes = {process for job in evidence if (process := job.process)}
        self._announced &= processes
        watched = list(processes - self._announced)
        self._announced.update(await self._transport.wait_for_end(watched))

    def _has_news(self, evidence: Sequence[Evidence]) -> bool:
        return not self._reported.issuperset(fact for job in evidence for fact in _facts(job))

    def _is_starting(self, job: Evidence) -> bool:
        if job.start is not None or job.exit is not None:
            return False
        told = self._scheduler.judge(job)
        return told is not None and told.state is JobState.QUEUED

    async def _gather(self, handles: Sequence[JobHandle]) -> Sequence[Evidence]:
        return await gather_evidence(self._transport, self._scheduler, handles)


def _facts(job: Evidence) -> Iterator[Fact]:
    if job.start is not None:
        yield job.handle.key, job.handle.attempt, RecordKind.START
    if job.exit is not None:
        yield job.handle.key, job.handle.attempt, RecordKind.EXIT
