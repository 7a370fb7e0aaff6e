"""Jobs that are processes of this machine: mostly launched and looked at without any command."""

import socket
from collections.abc import Mapping, Sequence

from hypertrainer.errors import PlatformError
from hypertrainer.platforms.base import (
    JobHandle,
    JobSpec,
    JobState,
    Observation,
    Rejected,
    Report,
    SubmitOutcome,
    Submitted,
)
from hypertrainer.platforms.evidence import gather_evidence, told_by_files, trace_of
from hypertrainer.platforms.records import RecordKind, identity_record, record_path
from hypertrainer.platforms.schedulers.base import Evidence, Scheduler
from hypertrainer.platforms.transports.base import NewFile, Transport
from hypertrainer.platforms.watching import JobWatch
from hypertrainer.platforms.wrapper import MARK_VARIABLE, job_mark, wrapper_path


class LocalJobs:
    """What a local transport and a scheduler without a queue can do better than by scripts."""

    def __init__(self, transport: Transport, scheduler: Scheduler) -> None:
        self._transport = transport
        self._scheduler = scheduler
        self._watch = JobWatch(transport, scheduler)

    async def launch(self, jobs: Sequence[JobSpec]) -> Mapping[str, SubmitOutcome]:
        """Start staged jobs; one that left a trace is only named."""
        handles = [JobHandle(job.key, job.attempt, job.folder) for job in jobs]
        evidence = await self._gather(handles)
        return {job.handle.key: trace_of(job) or await self._spawn(job) for job in evidence}

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

    async def observe(self, handles: Sequence[JobHandle]) -> Report:
        """What `/proc` and the records tell, and a look for processes where that is not enough."""
        seen: dict[str, Observation] = {}
        doubtful = []
        gathered = await self._gather(handles)
        self._watch.note(gathered)
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
        """Look for processes, then read again whatever has none: records come before ends."""
        try:
            result = await self._transport.run(self._scheduler.list_script(jobs))
            listed = self._scheduler.parse_list(result, jobs)
        except PlatformError:
            return Report(is_complete=False, seen=seen)
        over = [
            job.handle
            for job in jobs
            if (told := listed.get(job.handle.key)) and told.state is JobState.ABSENT
        ]
        seen.update(listed)
        for job in await self._gather(over):
            told = listed[job.handle.key]
            seen[job.handle.key] = told_by_files(job, told) or told
        return Report(is_complete=len(listed) == len(jobs), seen=seen)

    async def wait(self, handles: Sequence[JobHandle]) -> None:
        """Return when there is news of one of these jobs."""
        await self._watch.wait(handles)

    async def _gather(self, handles: Sequence[JobHandle]) -> Sequence[Evidence]:
        return await gather_evidence(self._transport, self._scheduler, handles)
