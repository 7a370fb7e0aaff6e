"""Every place that has a shell: a transport that reaches it, and the language of its queue."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from hypertrainer.errors import PlatformError
from hypertrainer.platforms.base import (
    Ambiguous,
    Capacity,
    Forecast,
    Found,
    Health,
    JobHandle,
    JobSpec,
    Platform,
    Problem,
    Report,
    Resources,
    StopSignal,
    SubmitOutcome,
)
from hypertrainer.platforms.evidence import trace_of
from hypertrainer.platforms.health import examine
from hypertrainer.platforms.home import at_home, expanded
from hypertrainer.platforms.local_jobs import LocalJobs
from hypertrainer.platforms.packages import packages_script, parse_packages
from hypertrainer.platforms.poll import Poll, parse_poll, poll_script
from hypertrainer.platforms.probe import Wishes
from hypertrainer.platforms.schedulers.base import Scheduler
from hypertrainer.platforms.settling import Settling
from hypertrainer.platforms.slots import SlotWishes, capacity_of
from hypertrainer.platforms.staging import Staging, parse_removal, removal_script
from hypertrainer.platforms.transports.base import (
    Interrupted,
    ReadRequest,
    Slice,
    Transport,
)

POLL_SECONDS = 120.0
FORECAST_SECONDS = 15.0
PACKAGES_SECONDS = 60.0
REMOVE_SECONDS = 300.0
MANY_JOBS = 100  # from here on reading a poll takes longer than a thread's turn
NO_WISHES = Resources()
REMOTE_OUTPUT = "~/hypertrainer/output"


@dataclass(frozen=True, slots=True)
class ShellSettings:
    """What the owner of a place has decided about it.

    `default_output` and `default_python` are the server's own, for what is not decided here;
    `code_path` are the folders there in which a script is looked for that is not brought.
    `settle_seconds`: how long an exit record may come after the queue has called its job ended.
    """

    python: str | None = None
    setup: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    output: str | None = None
    grace_seconds: int = 10
    poll_seconds: float = 5.0
    poll_floor_seconds: float = 0.0
    slots: SlotWishes = field(default_factory=SlotWishes)
    default_output: str = ""
    default_python: str = "python3"
    resources: Resources = NO_WISHES
    resume_on: tuple[str, ...] = ()
    resume_limit: int = 3
    stages_code: bool = True
    code_path: tuple[str, ...] = ()
    max_code_bytes: int = 100 * 2**20
    settle_seconds: float = 30.0


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
        self.poll_floor_seconds = settings.poll_floor_seconds
        if settings.poll_floor_seconds:
            self.poll_soon_seconds = min(self.poll_soon_seconds, settings.poll_floor_seconds)
        self.resources = settings.resources
        self.resume_on, self.resume_limit = settings.resume_on, settings.resume_limit
        self.stages_code = settings.stages_code
        self.max_code_bytes = settings.max_code_bytes
        is_here = transport.is_local and not scheduler.has_queue
        self._here = LocalJobs(transport, scheduler) if is_here else None
        if is_here:  # the kernel's word is certain: a process that is gone is gone
            self.absence_reports, self.absence_seconds = 2, 2.0
            self.resubmit_seconds, self.poll_soon_seconds = 0.0, 0.1
        self._transport = transport
        self._scheduler = scheduler
        self._settings = settings
        self._capacity: Capacity | None = None
        self._settling = Settling(has_queue=scheduler.has_queue, seconds=settings.settle_seconds)

    @property
    def num_calls(self) -> int:
        return self._transport.num_calls

    @property
    def trouble(self) -> str:
        return self._settling.trouble

    def retry_now(self) -> None:
        self._transport.retry_now()

    async def capacity(self) -> Capacity | None:
        if self._capacity is None and not self._scheduler.has_queue:
            machine = await self._transport.machine()
            if machine is not None:
                self._capacity = capacity_of(machine, self._settings.slots)
        return self._capacity

    def output_root(self, default: Path) -> str:
        return self._settings.output or (str(default) if self.has_local_output else REMOTE_OUTPUT)

    async def aclose(self) -> None:
        await self._transport.aclose()

    async def check(self) -> Health:
        settings = self._settings
        is_remote = not self.has_local_output
        wishes = Wishes(
            output=self.output_root(Path(settings.default_output)),
            python=settings.python or settings.default_python,
            setup=settings.setup,
            environment=settings.environment,
            is_direct=not self._scheduler.has_queue,
            is_remote=is_remote,
            brings_code=is_remote and self.stages_code,
        )
        examined = await examine(self._transport, self._scheduler, wishes, settings.slots)
        self._capacity = examined.capacity or self._capacity
        return examined.health

    def problems_with(self, resources: Resources) -> Sequence[Problem]:
        return self._scheduler.problems_with(resources)

    async def forecast(self, job: JobSpec) -> Forecast | None:
        job = self._furnished(await self._at_home(job))
        script = self._scheduler.forecast_script(job)
        if script is None:
            return None
        result = await self._transport.run(script, (), FORECAST_SECONDS)
        return self._scheduler.parse_forecast(result)

    async def describe_python(self, python: str, setup: Sequence[str]) -> Mapping[str, str] | None:
        program = expanded(python, await self._home())
        script = packages_script(program, (*self._settings.setup, *setup))
        return parse_packages(await self._transport.run(script, (), PACKAGES_SECONDS))

    async def submit(self, jobs: Sequence[JobSpec]) -> Mapping[str, SubmitOutcome]:
        if not jobs:
            return {}
        outcomes: dict[str, SubmitOutcome] = {}
        furnished = [self._furnished(await self._at_home(job)) for job in jobs]
        staged = await (await self._staging()).stage(furnished, outcomes)
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

    async def _staging(self) -> Staging:
        home = await self._home()
        output = expanded(self._settings.output or REMOTE_OUTPUT, home)
        path = [expanded(folder, home) for folder in self._settings.code_path]
        return Staging(self._transport, self._scheduler, output, path)

    async def _launch(self, jobs: Sequence[JobSpec]) -> Mapping[str, SubmitOutcome]:
        if self._here is not None and self._transport.can_spawn:
            return await self._here.launch(jobs)
        try:
            result = await self._transport.run(self._scheduler.submit_script(jobs))
        except Interrupted as error:
            return {job.key: Ambiguous(error.message) for job in jobs}
        return self._scheduler.parse_submit(result, jobs)

    async def find(self, handles: Sequence[JobHandle]) -> Found:
        poll = await self._poll(await self._there(handles), may_be_new=True)
        jobs = {job.handle.key: trace for job in poll.evidence if (trace := trace_of(job))}
        rest = [job for job in poll.evidence if job.handle.key not in jobs]
        is_complete = all(job.error is None for job in rest)
        if rest:
            try:
                jobs.update(self._scheduler.parse_find(poll.queue, rest))
                self._settling.trouble = ""
            except PlatformError as error:
                is_complete, self._settling.trouble = False, error.message
        return Found(is_complete=is_complete, jobs=jobs)

    async def observe(self, handles: Sequence[JobHandle]) -> Report:
        if not handles:
            return Report(is_complete=True, seen={})
        there = await self._there(handles)
        if self._here is not None:
            return await self._here.observe(there)
        poll = await self._poll(there, with_logs=not self.has_local_output)
        if len(handles) < MANY_JOBS:
            return self._settling.report(poll, self._scheduler)
        return await asyncio.to_thread(self._settling.report, poll, self._scheduler)

    async def _poll(
        self,
        handles: Sequence[JobHandle],
        *,
        with_logs: bool = False,
        may_be_new: bool = False,
    ) -> Poll:
        script = poll_script(self._scheduler, handles, with_logs=with_logs, may_be_new=may_be_new)
        result = await self._transport.run(script, (), POLL_SECONDS)
        if len(handles) < MANY_JOBS:
            return parse_poll(result, handles)
        return await asyncio.to_thread(parse_poll, result, handles)

    async def stop(self, handles: Sequence[JobHandle], signal: StopSignal) -> Mapping[str, str]:
        if not handles:
            return {}
        there = await self._there(handles)
        try:
            result = await self._transport.run(self._scheduler.signal_script(there, signal))
        except Interrupted as error:
            return {handle.key: error.message for handle in handles}
        return self._scheduler.parse_signal(result, there)

    async def read(self, requests: Sequence[ReadRequest], machine: str = "") -> Sequence[Slice]:
        del machine
        home = await self._home()
        there = [replace(request, path=expanded(request.path, home)) for request in requests]
        slices = await self._transport.read(there)
        return [
            replace(found, path=request.path)
            for found, request in zip(slices, requests, strict=True)
        ]

    async def remove(self, folders: Sequence[str]) -> Mapping[str, str]:
        home = await self._home()
        there = {expanded(folder, home): folder for folder in folders}
        try:
            result = await self._transport.run(removal_script([*there]), (), REMOVE_SECONDS)
        except Interrupted as error:
            return dict.fromkeys(folders, error.message)
        return {there[path]: why for path, why in parse_removal(result, [*there]).items()}

    async def wait_for_change(self, handles: Sequence[JobHandle]) -> None:
        if self._here is None:
            await asyncio.Event().wait()
        else:
            await self._here.wait(handles)

    async def _home(self) -> str:
        return str(Path.home()) if self._transport.is_local else await self._transport.home()

    async def _at_home(self, job: JobSpec) -> JobSpec:
        return at_home(job, await self._home())

    async def _there(self, handles: Sequence[JobHandle]) -> Sequence[JobHandle]:
        """The handles with their folders written out."""
        home = await self._home()
        return [replace(handle, folder=expanded(handle.folder, home)) for handle in handles]
