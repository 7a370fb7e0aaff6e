"""Asks a platform about all its jobs at once, and writes down what the resolver makes of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, select

from hypertrainer.clock import utc_now
from hypertrainer.database import Database
from hypertrainer.monitor.attempts import Pair, facts_of, handle_of, write_facts
from hypertrainer.platforms.base import JobState, Observation, Platform, Report
from hypertrainer.tasks.creation import saved_id
from hypertrainer.tasks.lifecycle import Patience, resolve
from hypertrainer.tasks.statuses import AttemptState, TaskStatus
from hypertrainer.tasks.tables import Attempt, Task

LOOKED_FOR = timedelta(days=7)  # how long a lost job's evidence is still looked for


@dataclass(slots=True)
class ObserveJobs:
    """The pass that turns evidence about one platform's jobs into statuses."""

    database: Database
    platform: Platform

    async def load_lost(self) -> list[Pair]:
        """The lost attempts, which may re-open."""
        async with self.database.reading() as session:
            query = (
                select(Attempt, Task)
                .join(Task, col(Task.id) == col(Attempt.task_id))
                .where(
                    col(Task.status) == TaskStatus.LOST,
                    col(Task.platform) == self.platform.name,
                    col(Attempt.outcome) == TaskStatus.LOST,
                    col(Attempt.ended_at) > utc_now() - LOOKED_FOR,
                )
            )
            return [(attempt, task) for attempt, task in await session.exec(query)]

    async def run_once(self, on_platform: Sequence[Pair]) -> set[int]:
        """One round over attempts with a job; the ids of the tasks whose status changed."""
        pairs = [pair for pair in on_platform if pair[0].state != AttemptState.INTENT]
        if not pairs:
            return set()
        report = await self.platform.observe([handle_of(*pair) for pair in pairs])
        changed = self._differing(pairs, report, utc_now())
        if not changed:
            return set()
        return await self._commit(changed, report)

    def _differing(self, pairs: Sequence[Pair], report: Report, now: datetime) -> list[Pair]:
        patience = self._patience()
        return [
            (attempt, task)
            for attempt, task in pairs
            if (seen := seen_of(report, attempt.key)) is not None
            and resolve(facts_of(attempt, task), seen, now, patience) != facts_of(attempt, task)
        ]

    async def _commit(self, changed: Sequence[Pair], report: Report) -> set[int]:
        now, ids = utc_now(), set()
        async with self.database.transaction() as session:
            for old_attempt, old_task in changed:
                attempt = await session.get(Attempt, old_attempt.id)
                task = await session.get(Task, old_task.id)
                seen = seen_of(report, old_attempt.key)
                if attempt is None or task is None or seen is None:
                    continue
                if attempt.state != old_attempt.state:  # somebody else was here in between
                    continue
                resolved = resolve(facts_of(attempt, task), seen, now, self._patience())
                write_facts(attempt, task, resolved, now)
                session.add_all([attempt, task])
                ids.add(saved_id(task))
        return ids

    def _patience(self) -> Patience:
        return Patience(
            reports=self.platform.absence_reports,
            time=timedelta(seconds=self.platform.absence_seconds),
        )


def seen_of(report: Report, key: str) -> Observation | None:
    """What a report says of one job; None where it allows no conclusion."""
    seen = report.seen.get(key)
    if seen is not None:
        is_inconclusive = seen.state is JobState.ABSENT and not report.is_complete
        return None if is_inconclusive and seen.exit is None else seen
    return Observation(JobState.ABSENT) if report.is_complete else None
