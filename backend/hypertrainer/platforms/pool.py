"""Several machines as one platform: each job stays on the machine that it was given to."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from pathlib import Path
from time import monotonic
from typing import TypeVar

from hypertrainer.errors import AuthNeeded, PlatformError, PlatformUnreachable
from hypertrainer.platforms.base import (
    Ambiguous,
    Capacity,
    ConditionKind,
    Forecast,
    Found,
    Health,
    JobHandle,
    JobSpec,
    JobState,
    Observation,
    OutputFile,
    Platform,
    Problem,
    Rejected,
    Report,
    Resources,
    StopSignal,
    SubmitOutcome,
)
from hypertrainer.platforms.pool_health import merged_health
from hypertrainer.platforms.transports.base import Interrupted, ReadRequest, Slice

ASK_AGAIN_SECONDS = 60.0  # how often a silent machine that nobody needs is asked if it is back
PATIENCE_SECONDS = 30.0  # with one machine, while others have answered
ANSWERING = (ConditionKind.OK, ConditionKind.DEGRADED)

Answer = TypeVar("Answer")
Routed = TypeVar("Routed", JobSpec, JobHandle)


class PoolPlatform(Platform):
    """Asks the machines that a question is about, all at once, and makes one answer of theirs.

    A silent machine changes nothing for its jobs and gets no new ones. Only where no machine
    answers is the pool itself unreachable.
    """

    def __init__(self, name: str, type_name: str, members: Mapping[str, Platform]) -> None:
        """Make a pool.

        Args:
            name: of the platform.
            type_name: its type.
            members: the machines by name, at least one. What is decided of a platform as a whole
                (its pace, its defaults, its Python) is that of the first.
        """
        first = next(iter(members.values()))
        self.name, self.type = name, type_name
        self.has_local_output = first.has_local_output
        self.absence_reports, self.absence_seconds = first.absence_reports, first.absence_seconds
        self.resubmit_seconds = first.resubmit_seconds
        self.poll_soon_seconds, self.poll_seconds = first.poll_soon_seconds, first.poll_seconds
        self.poll_floor_seconds = first.poll_floor_seconds
        self.python, self.grace_seconds = first.python, first.grace_seconds
        self.resources = first.resources
        self.resume_on, self.resume_limit = first.resume_on, first.resume_limit
        self.stages_code, self.max_code_bytes = first.stages_code, first.max_code_bytes
        self.members = dict(members)
        self._first_name, self._first = next(iter(members)), first
        self._silent: dict[str, PlatformError] = {}  # by machine, the last error
        self._asked_at: dict[str, float] = {}  # when a silent machine was last asked

    @property
    def num_calls(self) -> int:
        return sum(member.num_calls for member in self.members.values())

    @property
    def trouble(self) -> str:
        told = [f"{name}: {error.message}" for name, error in self._silent.items()]
        told += [f"{name}: {one.trouble}" for name, one in self.members.items() if one.trouble]
        return " ".join(told)

    def retry_now(self) -> None:
        self._asked_at.clear()
        for member in self.members.values():
            member.retry_now()

    async def check(self) -> Health:
        found = await self._check(list(self.members))
        return merged_health(found)

    async def _check(self, names: Sequence[str]) -> Mapping[str, Health]:
        checks = await asyncio.gather(*(self.members[name].check() for name in names))
        found = dict(zip(names, checks, strict=True))
        for name, health in found.items():
            self._asked_at[name] = monotonic()
            if health.condition in ANSWERING:
                self._silent.pop(name, None)
        return found

    async def capacity(self) -> Capacity | None:
        """What the machines that answer have together."""
        capacities = await self.capacities()
        each = list((capacities or {}).values())
        memory = [one.memory_bytes for one in each if one.memory_bytes is not None]
        return Capacity(
            slots=sum(one.slots for one in each),
            cpus=sum(one.cpus or 0 for one in each) or None,
            gpus=tuple(gpu for one in each for gpu in one.gpus),
            memory_bytes=sum(memory) or None,
        )

    async def capacities(self) -> Mapping[str, Capacity] | None:
        """What each machine that answers hands out.

        Raises:
            PlatformUnreachable: none does.
        """
        now = monotonic()
        due = [
            n
            for n in self._silent
            if now - self._asked_at.get(n, -ASK_AGAIN_SECONDS) >= ASK_AGAIN_SECONDS
        ]
        await self._check(due)
        answering = [name for name in self.members if name not in self._silent]
        if not answering:
            raise self._unreachable()
        told = await self._ask({name: self.members[name].capacity() for name in answering})
        return {name: capacity for name, capacity in told.items() if capacity is not None}

    def problems_with(self, resources: Resources) -> Sequence[Problem]:
        return self._first.problems_with(resources)

    async def forecast(self, job: JobSpec) -> Forecast | None:
        return await self._member(job.machine).forecast(job)

    async def describe_python(self, python: str, setup: Sequence[str]) -> Mapping[str, str] | None:
        answering = (one for name, one in self.members.items() if name not in self._silent)
        return await next(answering, self._first).describe_python(python, setup)

    async def submit(self, jobs: Sequence[JobSpec]) -> Mapping[str, SubmitOutcome]:
        routes = self._routes(jobs)
        told = await self._ask({name: self.members[name].submit(routes[name]) for name in routes})
        outcomes: dict[str, SubmitOutcome] = {job.key: _homeless(job.machine) for job in jobs}
        for name, part in routes.items():
            outcomes |= told.get(name) or {job.key: self._not_submitted(name) for job in part}
        return outcomes

    def _not_submitted(self, name: str) -> SubmitOutcome:
        error = self._silent[name]
        if isinstance(error, PlatformUnreachable):
            return Rejected(f"{name}: {error.message}", is_retryable=True)
        return Ambiguous(f"{name}: {error.message}")

    async def find(self, handles: Sequence[JobHandle]) -> Found:
        routes = self._routes(handles)
        told = await self._ask({name: self.members[name].find(routes[name]) for name in routes})
        jobs = {key: job for found in told.values() for key, job in found.jobs.items()}
        is_complete = all(name in told and told[name].is_complete for name in routes)
        return Found(is_complete and not self._strangers(handles), jobs)

    async def observe(self, handles: Sequence[JobHandle]) -> Report:
        routes = self._routes(handles)
        told = await self._ask({name: self._observed(name, routes[name]) for name in routes})
        seen = {job.key: _unasked(_homeless(job.machine).reason) for job in handles}
        files: dict[str, Sequence[OutputFile]] = {}
        for name, part in routes.items():
            report = told.get(name)
            if report is None:
                seen |= {job.key: _unasked(self._silent[name].message) for job in part}
            else:
                seen |= {job.key: _seen(report, job.key) for job in part}
                files.update(report.files)
        return Report(is_complete=True, seen=seen, files=files)

    async def _observed(self, name: str, handles: Sequence[JobHandle]) -> Report:
        """One machine's report; one that hangs must not keep the others' jobs waiting for long."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS if len(self.members) > 1 else None):
                return await self.members[name].observe(handles)
        except TimeoutError as error:
            raise Interrupted(f"No answer came within {PATIENCE_SECONDS:g} seconds.") from error

    async def stop(self, handles: Sequence[JobHandle], signal: StopSignal) -> Mapping[str, str]:
        routes = self._routes(handles)
        told = await self._ask(
            {name: self.members[name].stop(routes[name], signal) for name in routes}
        )
        failures = {job.key: _homeless(job.machine).reason for job in self._strangers(handles)}
        for name, part in routes.items():
            silent = {job.key: self._silent[name].message for job in part if name not in told}
            failures |= told.get(name, silent)
        return failures

    async def read(self, requests: Sequence[ReadRequest], machine: str = "") -> Sequence[Slice]:
        return await self._member(machine).read(requests)

    async def remove(self, folders: Sequence[str]) -> Mapping[str, str]:
        """Delete the folders on every machine: which one had them is not known any more."""
        told = await self._ask({name: one.remove(folders) for name, one in self.members.items()})
        silent = [name for name in self.members if name not in told]
        failures = dict.fromkeys(folders, f"{', '.join(silent)} did not answer") if silent else {}
        return failures | {folder: why for each in told.values() for folder, why in each.items()}

    async def wait_for_change(self, handles: Sequence[JobHandle]) -> None:
        routes = self._routes(handles)
        waits = [
            asyncio.create_task(self._wait(name, part), name=f"{self.name}:{name}:changed")
            for name, part in routes.items()
        ]
        if not waits:
            await asyncio.Event().wait()
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for waiting in waits:
                waiting.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    async def _wait(self, name: str, handles: Sequence[JobHandle]) -> None:
        try:
            await self.members[name].wait_for_change(handles)
        except PlatformError:  # a machine that cannot be watched must not wake the others' loop
            await asyncio.Event().wait()

    def output_root(self, default: Path) -> str:
        return self._first.output_root(default)

    async def aclose(self) -> None:
        await asyncio.gather(*(member.aclose() for member in self.members.values()))

    def _member(self, machine: str) -> Platform:
        """The machine of this name.

        Raises:
            PlatformUnreachable: it does not belong to the pool any more.
        """
        member = self.members.get(machine or self._first_name)
        if member is None:
            raise PlatformUnreachable(_homeless(machine).reason)
        return member

    def _routes(self, items: Sequence[Routed]) -> Mapping[str, list[Routed]]:
        """Which machine has to be asked about what; what names none is the first one's."""
        routes: dict[str, list[Routed]] = {}
        for item in items:
            name = item.machine or self._first_name
            if name in self.members:
                routes.setdefault(name, []).append(item)
        return routes

    def _strangers(self, handles: Sequence[JobHandle]) -> Sequence[JobHandle]:
        return [job for job in handles if job.machine and job.machine not in self.members]

    async def _ask(self, questions: Mapping[str, Awaitable[Answer]]) -> Mapping[str, Answer]:
        """The answers of those machines that answer.

        Raises:
            PlatformUnreachable: no machine of the pool does.
        """
        answers = await asyncio.gather(*questions.values(), return_exceptions=True)
        told: dict[str, Answer] = {}
        for name, answer in zip(questions, answers, strict=True):
            if isinstance(answer, PlatformError):
                self._silent[name], self._asked_at[name] = answer, monotonic()
            elif isinstance(answer, BaseException):
                raise answer
            else:
                self._silent.pop(name, None)
                told[name] = answer
        if questions and len(self._silent) == len(self.members):
            raise self._unreachable()
        return told

    def _unreachable(self) -> PlatformUnreachable:
        is_locked = all(isinstance(error, AuthNeeded) for error in self._silent.values())
        return (AuthNeeded if is_locked else PlatformUnreachable)(self.trouble)


def _homeless(machine: str) -> Rejected:
    reason = f"`{machine}` is not among this platform's machines any more."
    return Rejected(reason, is_retryable=True)


def _unasked(why: str) -> Observation:
    """Of a job that could not be asked about nothing is known: it stays what it was."""
    return Observation(JobState.UNKNOWN, "unreachable", why)


def _seen(report: Report, key: str) -> Observation:
    """What one machine says of one job, so that it stands without the report around it."""
    seen = report.seen.get(key)
    is_absent = seen is None or (seen.state is JobState.ABSENT and seen.exit is None)
    if is_absent and not report.is_complete:
        return _unasked("its machine gave no complete answer")
    return seen or Observation(JobState.ABSENT)
