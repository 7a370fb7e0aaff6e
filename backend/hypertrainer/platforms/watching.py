"""News of jobs on this machine: their records, and the ends of their processes, as they come."""

import asyncio
import contextlib
from collections.abc import Iterator, Sequence

from hypertrainer.platforms.base import JobHandle, JobState
from hypertrainer.platforms.evidence import gather_evidence
from hypertrainer.platforms.processes import ProcessIdentity
from hypertrainer.platforms.records import RecordKind
from hypertrainer.platforms.schedulers.base import Evidence, Scheduler
from hypertrainer.platforms.transports.base import Transport

START_POLL_SECONDS = 0.005  # a wrapper writes its start record within a few of these
Fact = tuple[str, int, RecordKind]


class JobWatch:
    """Waits for what no observation has told of yet."""

    def __init__(self, transport: Transport, scheduler: Scheduler) -> None:
        self._transport = transport
        self._scheduler = scheduler
        self._reported: set[Fact] = set()  # records that an observation has told of
        self._announced: set[ProcessIdentity] = set()  # ends that a wait has told of

    def note(self, gathered: Sequence[Evidence]) -> None:
        """An observation tells of this evidence."""
        self._reported.update(fact for job in gathered for fact in _facts(job))

    async def wait(self, handles: Sequence[JobHandle]) -> None:
        """Return when there is news of one of these jobs."""
        mine = {(handle.key, handle.attempt) for handle in handles}
        self._reported = {fact for fact in self._reported if fact[:2] in mine}
        while not self._has_news(evidence := await self._gather(handles)):
            is_starting = any(self._is_starting(job) for job in evidence)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(START_POLL_SECONDS if is_starting else None):
                    await self._wait_for_end(evidence)
                    return

    async def _gather(self, handles: Sequence[JobHandle]) -> Sequence[Evidence]:
        return await gather_evidence(self._transport, self._scheduler, handles)

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


def _facts(job: Evidence) -> Iterator[Fact]:
    if job.start is not None:
        yield job.handle.key, job.handle.attempt, RecordKind.START
    if job.exit is not None:
        yield job.handle.key, job.handle.attempt, RecordKind.EXIT
