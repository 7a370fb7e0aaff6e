"""Asks a platform about all its jobs at once, and writes down what the resolver makes of it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.clock import utc_now
from hypertrainer.database import Database
from hypertrainer.monitor.attempts import Pair, facts_of, handle_of, save_facts
from hypertrainer.platforms.base import JobState, Observation, Platform, Report
from hypertrainer.tasks.creation import new_attempt, saved_id
from hypertrainer.tasks.launch import LaunchPlan
from hypertrainer.tasks.lifecycle import AttemptFacts, Patience, resolve
from hypertrainer.tasks.resuming import (
    count_automatic,
    exhausted_words,
    find_reason,
    resumed_words,
    waiting_again,
)
from hypertrainer.tasks.statuses import AttemptState, TaskStatus
from hypertrainer.tasks.tables import Attempt, Task

MANY_JOBS = 100  # from here on judging them takes longer than a thread's turn
LOOKED_FOR = timedelta(days=7)  # how long a lost job's evidence is still looked for


@dataclass(slots=True)
class ObserveJobs:
    """The pass that turns evidence about one platform's jobs into statuses."""

    database: Database
    platform: Platform

    async def load_lost(self) -> list[Pair]:
        """The newest attempts of lost tasks, which may re-open."""
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
                .order_by(col(Attempt.number))
            )
            newest = {row[0].task_id: (row[0], row[1]) for row in await session.exec(query)}
        return list(newest.values())

    async def run_once(self, pairs: Sequence[Pair]) -> tuple[set[int], Report]:
        """One round over attempts with a job: the tasks whose status changed, and all evidence."""
        pairs = [pair for pair in pairs if pair[0].state != AttemptState.INTENT]
        if not pairs:
            return set(), Report(is_complete=True, seen={})
        report = await self.platform.observe([handle_of(*pair) for pair in pairs])
        if len(pairs) < MANY_JOBS:
            changed = self._resolved(pairs, report, utc_now())
        else:
            changed = await asyncio.to_thread(self._resolved, pairs, report, utc_now())
        return await self._commit(changed) if changed else set(), report

    def _resolved(
        self, pairs: Sequence[Pair], report: Report, now: datetime
    ) -> list[tuple[Pair, AttemptFacts]]:
        """The attempts about which the report says something new, and what."""
        patience, changed = self._patience(), []
        for pair in pairs:
            seen, before = seen_of(report, pair[0].key), facts_of(*pair)
            if seen is None:
                continue
            after = resolve(before, seen, now, patience)
            if after != before:
                changed.append((pair, after))
        return changed

    async def _commit(self, changed: Sequence[tuple[Pair, AttemptFacts]]) -> set[int]:
        now = utc_now()
        async with self.database.transaction() as session:
            return {
                saved_id(pair[1])
                for pair, facts in changed
                if await _save(session, pair, facts, now)
            }

    def _patience(self) -> Patience:
        return Patience(
            reports=self.platform.absence_reports,
            time=timedelta(seconds=self.platform.absence_seconds),
        )


async def _save(session: AsyncSession, pair: Pair, facts: AttemptFacts, now: datetime) -> bool:
    """Write facts and, after an end that asks for it, the next attempt: both or neither."""
    after = find_reason(pair[1], facts)
    if after is None:
        return await save_facts(session, pair, facts, now)
    limit = LaunchPlan.model_validate(pair[1].launch).resume_limit
    count = await count_automatic(session, pair[1])
    if count >= limit:
        told = exhausted_words(count) if count else ""
        return await save_facts(session, pair, replace(facts, reason=facts.reason + told), now)
    is_saved = await save_facts(session, pair, facts, now)
    if is_saved:
        await _resume(session, pair, resumed_words(after, count + 1, limit))
    return is_saved


async def _resume(session: AsyncSession, pair: Pair, reason: str) -> None:
    attempt, task = pair
    following = new_attempt(saved_id(task), attempt.number + 1)
    following.is_automatic, following.reason = True, reason
    session.add(following)
    values = waiting_again(task, reason)
    of_row = update(Task).where(col(Task.id) == task.id).values(**values)
    await session.exec(of_row.execution_options(synchronize_session=False))
    for name, value in values.items():
        setattr(task, name, value)


def seen_of(report: Report, key: str) -> Observation | None:
    """What a report says of one job; None where it allows no conclusion."""
    seen = report.seen.get(key)
    if seen is not None:
        is_inconclusive = seen.state is JobState.ABSENT and not report.is_complete
        return None if is_inconclusive and seen.exit is None else seen
    return Observation(JobState.ABSENT) if report.is_complete else None
