"""Carries out stops: TERM, a grace, KILL. The deadlines stand in the database, and survive it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from hypertrainer.clock import utc_now
from hypertrainer.database import Database
from hypertrainer.monitor.attempts import Pair, handle_of
from hypertrainer.platforms.base import Platform, StopSignal
from hypertrainer.tasks.creation import saved_id
from hypertrainer.tasks.statuses import ON_PLATFORM_STATES
from hypertrainer.tasks.tables import Attempt, Task

log = structlog.get_logger(__name__)
KILL_AGAIN = timedelta(seconds=30)  # a KILL that had no effect is sent again


@dataclass(slots=True)
class StopJobs:
    """The pass that stops what was asked to stop on one platform."""

    database: Database
    platform: Platform
    grace: timedelta = timedelta(seconds=10)

    async def run_once(self, on_platform: Sequence[Pair]) -> tuple[set[int], float | None]:
        """One round: the ids of the tasks told, and in how many seconds the next is due."""
        pairs = [pair for pair in on_platform if pair[0].stop_requested_at is not None]
        now = utc_now()
        to_term = [pair for pair in pairs if pair[0].term_sent_at is None]
        to_kill = [pair for pair in pairs if _is_kill_due(pair[0], now)]
        told = {
            *await self._tell(to_term, StopSignal.TERM),
            *await self._tell(to_kill, StopSignal.KILL),
        }
        return told, _next_due(pairs, now, self.grace)

    async def _tell(self, pairs: Sequence[Pair], signal: StopSignal) -> list[int]:
        """Signal, then note it: a crash in between signals twice, which does no harm."""
        if not pairs:
            return []
        failed = await self.platform.stop([handle_of(*pair) for pair in pairs], signal)
        for key, reason in failed.items():
            log.warning("stop_failed", platform=self.platform.name, key=key, reason=reason)
        reached = [pair for pair in pairs if pair[0].key not in failed]
        await self._mark(reached, signal)
        return [saved_id(task) for _, task in reached]

    async def _mark(self, pairs: Sequence[Pair], signal: StopSignal) -> None:
        now = utc_now()
        async with self.database.transaction() as session:
            for old, old_task in pairs:
                attempt = await session.get(Attempt, old.id)
                task = await session.get(Task, old_task.id)
                if attempt is None or task is None or attempt.state not in ON_PLATFORM_STATES:
                    continue
                if signal is StopSignal.TERM:
                    attempt.term_sent_at, attempt.kill_after = now, now + self.grace
                else:
                    attempt.kill_sent_at, attempt.kill_after = now, now + KILL_AGAIN
                task.unsaved_changes += 1
                session.add_all([attempt, task])


def _is_kill_due(attempt: Attempt, now: datetime) -> bool:
    return attempt.kill_after is not None and attempt.kill_after <= now


def _next_due(pairs: Sequence[Pair], now: datetime, grace: timedelta) -> float | None:
    if not pairs:
        return None
    deadlines = [attempt.kill_after or now + grace for attempt, _ in pairs]
    return max(0.05, (min(deadlines) - now).total_seconds())
