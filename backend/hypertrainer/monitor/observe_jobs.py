"""Asks a platform about all its jobs at once, and writes down what the resolver makes of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, select

from hypertrainer.clock import utc_now
from hypertrainer.database import Database
from hypertrainer.monitor.attempts import Pair, facts_of, handle_of, save_facts
from hypertrainer.platforms.base import JobState, Observation, Platform, Report
from hypertrainer.tasks.creation import saved_id
from hypertrainer.tasks.lifecycle import AttemptFacts, Patience, resolve
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
        changed = list(self._resolved(pairs, report, utc_now()))
        return await self._commit(changed) if changed else set()

    def _resolved(
        self, pairs: Sequence[Pair], report: Report, now: datetime
    ) -> Iterator[tuple[Pair, AttemptFacts]]:
        """The attempts about which the report says something new, and what."""
        patience = self._patience()
        for pair in pairs:
            seen, before = seen_of(report, pair[0].key), facts_of(*pair)
            if seen is None:
                continue
            after = resolve(before, seen, now, patience)
            if after != before:
                yield pair, after

    async def _commit(self, changed: Sequence[tuple[Pair, AttemptFacts]]) -> set[int]:
        now = utc_now()
        async with self.database.transaction() as session:
            return {
                saved_id(pair[1])
                for pair, facts in changed
                if await save_facts(session, pair, facts, now)
            }

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
