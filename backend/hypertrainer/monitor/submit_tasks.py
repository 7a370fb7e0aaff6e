"""Hands waiting attempts to a platform: intent committed → submitted → job id committed.

At-least-once submit, at-most-once run: an intent whose answer was lost (a crash, a cut connection)
is looked up by its key and adopted; the wrapper's claim stops a late twin.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.clock import utc_now
from hypertrainer.database import Database
from hypertrainer.monitor.attempts import Pair, handle_of, load_pairs
from hypertrainer.platforms.base import (
    Ambiguous,
    Capacity,
    JobSpec,
    Platform,
    Rejected,
    Resources,
    SubmitOutcome,
    Submitted,
)
from hypertrainer.platforms.slots import Holding, allocate, gpu_environment, why_impossible
from hypertrainer.tasks.creation import saved_id
from hypertrainer.tasks.launch import LaunchPlan, job_environment
from hypertrainer.tasks.statuses import ON_PLATFORM_STATES, AttemptState, TaskStatus
from hypertrainer.tasks.tables import Attempt, Task

MAX_BATCH = 32


@dataclass(frozen=True, slots=True)
class SubmitTasks:
    """The pass that launches what waits on one platform."""

    database: Database
    platform: Platform

    async def run_once(self) -> set[int]:
        """One round; the ids of the tasks it changed."""
        changed = await self._recover_intents()
        capacity = await self.platform.capacity()
        while batch := await self._commit_intents(capacity):
            outcomes = await self._submit(batch)
            changed |= await self._commit_outcomes(batch, outcomes)
            if len(batch) < MAX_BATCH:
                break
        return changed | await self._fail_impossible(capacity)

    async def _commit_intents(self, capacity: Capacity | None) -> list[Pair]:
        if not await self._is_anything_queued():
            return []
        async with self.database.transaction() as session:
            chosen = await self._choose(session, capacity)
            for attempt, task in chosen:
                attempt.state = AttemptState.INTENT
                attempt.intent_at = utc_now()
                task.status = TaskStatus.SUBMITTING
                task.unsaved_changes += 1
                session.add_all([attempt, task])
        return chosen

    async def _is_anything_queued(self) -> bool:
        async with self.database.reading() as session:
            return bool(await load_pairs(session, self.platform.name, [AttemptState.QUEUED], 1))

    async def _choose(self, session: AsyncSession, capacity: Capacity | None) -> list[Pair]:
        name = self.platform.name
        queued = await load_pairs(session, name, [AttemptState.QUEUED], MAX_BATCH)
        if capacity is None:
            return queued
        on_platform = await load_pairs(session, name, [*ON_PLATFORM_STATES])
        busy = [_holding(*pair) for pair in on_platform]
        chosen = []
        for attempt, task in queued:
            wanted = resources_of(task)
            allocation = allocate(capacity, busy, wanted)
            if allocation is None:
                if why_impossible(capacity, wanted) is not None:
                    continue
                break  # first come, first served: nothing overtakes
            attempt.gpus, attempt.cpus = list(allocation.gpus), wanted.cpus
            busy.append(_holding(attempt, task))
            chosen.append((attempt, task))
        return chosen

    async def _submit(self, batch: Sequence[Pair]) -> Mapping[str, SubmitOutcome]:
        capacity = await self.platform.capacity()
        jobs = [job_of(attempt, task, capacity) for attempt, task in batch]
        return await self.platform.submit(jobs)

    async def _commit_outcomes(
        self, batch: Sequence[Pair], outcomes: Mapping[str, SubmitOutcome]
    ) -> set[int]:
        async with self.database.transaction() as session:
            for attempt, task in batch:
                await self._apply(session, attempt, task, outcomes.get(attempt.key))
        return {saved_id(task) for _, task in batch}

    async def _apply(
        self, session: AsyncSession, attempt: Attempt, task: Task, outcome: SubmitOutcome | None
    ) -> None:
        current = await session.get(Attempt, attempt.id, populate_existing=True)
        row = await session.get(Task, task.id, populate_existing=True)
        if current is None or row is None or current.state != AttemptState.INTENT:
            return
        match outcome:
            case Submitted(job_id=job_id, host=host):
                current.state, current.submitted_at = AttemptState.SUBMITTED, utc_now()
                current.job_id = row.job_id = job_id
                current.host = row.host = host
                current.missing_since, current.missing_count = None, 0
            case Rejected(is_retryable=True, reason=reason):
                current.state, row.status = AttemptState.QUEUED, TaskStatus.WAITING
                row.reason = f"Will be tried again: {reason}"
            case Rejected(reason=reason):
                fail_to_start(current, row, reason)
            case Ambiguous(reason=reason):
                row.reason = f"Looking up whether it was accepted: {reason}"
            case None:
                row.reason = "Looking up whether it was accepted."
        row.unsaved_changes += 1
        session.add_all([current, row])

    async def _recover_intents(self) -> set[int]:
        async with self.database.reading() as session:
            doubtful = await load_pairs(session, self.platform.name, [AttemptState.INTENT])
        if not doubtful:
            return set()
        found = await self.platform.find([handle_of(*pair) for pair in doubtful])
        adopted = [pair for pair in doubtful if pair[0].key in found.jobs]
        changed = await self._commit_outcomes(adopted, found.jobs)
        if not found.is_complete:
            return changed
        missing = [pair for pair in doubtful if pair[0].key not in found.jobs]
        again = await self._count_missing(missing)
        if again:
            changed |= await self._commit_outcomes(again, await self._submit(again))
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

    async def _fail_impossible(self, capacity: Capacity | None) -> set[int]:
        if capacity is None or not await self._is_anything_queued():
            return set()
        changed = set()
        async with self.database.transaction() as session:
            for attempt, task in await load_pairs(
                session, self.platform.name, [AttemptState.QUEUED]
            ):
                reason = why_impossible(capacity, resources_of(task))
                if reason is not None:
                    fail_to_start(attempt, task, reason)
                    session.add_all([attempt, task])
                    changed.add(saved_id(task))
        return changed


def _holding(attempt: Attempt, task: Task) -> Holding:
    memory = resources_of(task).memory_bytes
    return Holding(cpus=attempt.cpus, memory_bytes=memory, gpus=tuple(attempt.gpus))


def resources_of(task: Task) -> Resources:
    """What the task asks for."""
    return LaunchPlan.model_validate(task.launch).resources_wanted()


def job_of(attempt: Attempt, task: Task, capacity: Capacity | None) -> JobSpec:
    """The attempt as its platform launches it."""
    plan = LaunchPlan.model_validate(task.launch)
    environment = {
        **plan.environment,
        **job_environment(saved_id(task), task.output_path, attempt.number),
    }
    if capacity is not None:
        environment.update(gpu_environment(capacity, attempt.gpus))
    return JobSpec(
        key=attempt.key,
        attempt=attempt.number,
        folder=task.output_path,
        command=tuple(plan.command),
        environment=environment,
        setup=tuple(plan.setup),
        resources=plan.resources_wanted(),
    )


def fail_to_start(attempt: Attempt, task: Task, reason: str) -> None:
    """End an attempt that was never launched."""
    attempt.state = AttemptState.ENDED
    attempt.outcome = task.status = TaskStatus.FAILED_TO_START
    attempt.reason = task.reason = reason
    attempt.ended_at = task.ended_at = utc_now()
    task.unsaved_changes += 1
