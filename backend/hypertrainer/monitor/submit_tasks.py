"""Hands waiting attempts to a platform: intent committed → submitted → job id committed.

At-least-once submit, at-most-once run: an intent whose answer was lost (a crash, a cut connection)
is looked up by its key and adopted; the wrapper's claim stops a late twin.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypertrainer.clock import utc_now
from hypertrainer.database import Database
from hypertrainer.monitor.attempts import Pair, change, handle_of, load_pairs
from hypertrainer.monitor.job_specs import jobs_of, resources_of
from hypertrainer.platforms.base import (
    Ambiguous,
    Capacity,
    JobSpec,
    Platform,
    Rejected,
    SubmitOutcome,
    Submitted,
)
from hypertrainer.platforms.slots import (
    Allocation,
    Holding,
    allocate,
    why_impossible,
)
from hypertrainer.tasks.creation import saved_id
from hypertrainer.tasks.statuses import AttemptState, TaskStatus
from hypertrainer.tasks.tables import Attempt, Task

MAX_BATCH = 32


@dataclass(frozen=True, slots=True)
class SubmitTasks:
    """The pass that launches what waits on one platform."""

    database: Database
    platform: Platform

    async def run_once(self, on_platform: Sequence[Pair]) -> tuple[set[int], list[Pair]]:
        """One round: the ids of the tasks it changed, and what the platform has now."""
        doubtful = [pair for pair in on_platform if pair[0].state == AttemptState.INTENT]
        changed = await self._recover(doubtful) if doubtful else set()
        capacity, held = await self.platform.capacity(), list(on_platform)
        while capacity is None or len(held) < capacity.slots:
            queued = await self._load_queued()
            changed |= await self._fail_impossible(queued, capacity)
            batch = await self._commit_intents(self._choose(queued, held, capacity))
            if not batch:
                break
            outcomes = await self._submit(batch, capacity)
            changed |= await self._commit_outcomes(batch, outcomes)
            held.extend(pair for pair in batch if AttemptState(pair[0].state).is_on_platform)
            if any(isinstance(o, Rejected) and o.is_retryable for o in outcomes.values()):
                break  # the place is full or busy: the next round tries again
        return changed, [pair for pair in held if AttemptState(pair[0].state).is_on_platform]

    async def _load_queued(self) -> list[Pair]:
        async with self.database.reading() as session:
            return await load_pairs(
                session, self.platform.name, [AttemptState.QUEUED], limit=MAX_BATCH
            )

    def _choose(
        self, queued: Sequence[Pair], held: Sequence[Pair], capacity: Capacity | None
    ) -> list[tuple[Pair, Allocation]]:
        """What fits now, first come, first served: nothing overtakes."""
        if capacity is None:
            return [(pair, Allocation()) for pair in queued]
        busy = [_holding(*pair) for pair in held]
        chosen = []
        for attempt, task in queued:
            wanted = resources_of(task)
            if why_impossible(capacity, wanted) is not None:
                continue
            allocation = allocate(capacity, busy, wanted)
            if allocation is None:
                break
            busy.append(Holding(wanted.cpus, wanted.memory_bytes, allocation.gpus))
            chosen.append(((attempt, task), allocation))
        return chosen

    async def _commit_intents(self, chosen: Sequence[tuple[Pair, Allocation]]) -> list[Pair]:
        if not chosen:
            return []
        intended = []
        async with self.database.transaction() as session:
            for pair, allocation in chosen:
                of_attempt = {
                    "state": AttemptState.INTENT,
                    "intent_at": utc_now(),
                    "gpus": list(allocation.gpus),
                    "cpus": resources_of(pair[1]).cpus,
                }
                of_task = {"status": TaskStatus.SUBMITTING, "reason": ""}
                if await change(session, pair, of_attempt, of_task):
                    intended.append(pair)
        return intended

    async def _submit(
        self, batch: Sequence[Pair], capacity: Capacity | None
    ) -> Mapping[str, SubmitOutcome]:
        capacities = None if capacity is None else {"": capacity}
        made = await jobs_of(batch, self.platform, capacities)
        jobs = [job for job in made.values() if isinstance(job, JobSpec)]
        told = await self.platform.submit(jobs) if jobs else {}
        return {key: job for key, job in made.items() if isinstance(job, Rejected)} | dict(told)

    async def _commit_outcomes(
        self, batch: Sequence[Pair], outcomes: Mapping[str, SubmitOutcome]
    ) -> set[int]:
        async with self.database.transaction() as session:
            for pair in batch:
                of_attempt, of_task = changes_by(outcomes.get(pair[0].key))
                await change(session, pair, of_attempt, of_task)
        return {saved_id(task) for _, task in batch}

    async def _recover(self, doubtful: Sequence[Pair]) -> set[int]:
        found = await self.platform.find([handle_of(*pair) for pair in doubtful])
        adopted = [pair for pair in doubtful if pair[0].key in found.jobs]
        changed = await self._commit_outcomes(adopted, found.jobs) if adopted else set()
        missing = [pair for pair in doubtful if pair[0].key not in found.jobs]
        if not found.is_complete or not missing:
            return changed
        again = await self._count_missing(missing)
        if again:
            outcomes = await self._submit(again, await self.platform.capacity())
            changed |= await self._commit_outcomes(again, outcomes)
        return changed

    async def _count_missing(self, missing: Sequence[Pair]) -> list[Pair]:
        now, again = utc_now(), []
        async with self.database.transaction() as session:
            for attempt, task in missing:
                attempt.missing_since = attempt.missing_since or now
                attempt.missing_count += 1
                session.add(attempt)
                waited = (now - attempt.missing_since).total_seconds()
                if waited >= self.platform.resubmit_seconds:
                    again.append((attempt, task))
        return again

    async def _fail_impossible(self, queued: Sequence[Pair], capacity: Capacity | None) -> set[int]:
        if capacity is None:
            return set()
        reasons = {task.id: why_impossible(capacity, resources_of(task)) for _, task in queued}
        impossible = [pair for pair in queued if reasons[pair[1].id] is not None]
        if not impossible:
            return set()
        async with self.database.transaction() as session:
            for pair in impossible:
                await change(session, pair, *never_started(reasons[pair[1].id] or ""))
        return {saved_id(task) for _, task in impossible}


def _holding(attempt: Attempt, task: Task) -> Holding:
    memory = resources_of(task).memory_bytes
    return Holding(cpus=attempt.cpus, memory_bytes=memory, gpus=tuple(attempt.gpus))


Changes = tuple[dict[str, Any], dict[str, Any]]  # of the attempt, of the task


def changes_by(outcome: SubmitOutcome | None) -> Changes:
    """What a submission's outcome changes; no outcome, or a doubtful one, is looked up later."""
    match outcome:
        case Submitted(job_id=job_id, host=host):
            known = {"job_id": job_id, "host": host}
            found = {"missing_since": None, "missing_count": 0}
            state = {"state": AttemptState.SUBMITTED, "submitted_at": utc_now()}
            return {**state, **known, **found}, known
        case Rejected(is_retryable=True, reason=reason):
            waits = {"status": TaskStatus.WAITING, "reason": f"Will be tried again: {reason}"}
            return {"state": AttemptState.QUEUED}, waits
        case Rejected(reason=reason):
            return never_started(reason)
        case Ambiguous(reason=reason):
            said = f"Looking up whether it was accepted: {reason}"
            return {"state": AttemptState.INTENT}, {"reason": said}
        case None:
            said = "Looking up whether it was accepted."
            return {"state": AttemptState.INTENT}, {"reason": said}


def never_started(reason: str) -> Changes:
    """The end of an attempt that was never launched."""
    ended = {"reason": reason, "ended_at": utc_now()}
    status = TaskStatus.FAILED_TO_START
    return {**ended, "state": AttemptState.ENDED, "outcome": status}, {**ended, "status": status}
