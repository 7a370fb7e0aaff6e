"""Carries out stops: the checkpoint signal where one was asked for, TERM, a grace, KILL.

The deadlines stand in the database, and survive the server. `kill_after` is that of the next step.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from hypertrainer.clock import utc_now
from hypertrainer.database import Database
from hypertrainer.monitor.attempts import Pair, checkpoint_signal_of, handle_of
from hypertrainer.monitor.job_specs import resources_of
from hypertrainer.platforms.base import Platform, StopSignal
from hypertrainer.tasks.creation import saved_id
from hypertrainer.tasks.statuses import ON_PLATFORM_STATES, AttemptState
from hypertrainer.tasks.tables import Attempt, Task

log = structlog.get_logger(__name__)
KILL_AGAIN = timedelta(seconds=30)  # a KILL that had no effect is sent again
LEAST_WAIT_SECONDS = 0.05
RETRY_SECONDS = 2.0  # after a signal that could not be sent


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
        steps: dict[StopSignal, list[Pair]] = {signal: [] for signal in StopSignal}
        for pair in pairs:
            if step := _step_due(pair, now):
                steps[step].append(pair)
        warned = await self._tell(steps[StopSignal.CHECKPOINT], StopSignal.CHECKPOINT)
        # Where a job cannot be told to save itself, that is no reason not to stop it.
        unwarned = [p for p in steps[StopSignal.CHECKPOINT] if saved_id(p[1]) not in warned]
        told = {
            *warned,
            *await self._tell([*unwarned, *steps[StopSignal.TERM]], StopSignal.TERM),
            *await self._tell(steps[StopSignal.KILL], StopSignal.KILL),
        }
        num_due = sum(len(due) for due in steps.values())
        next_due = _next_due(pairs, now)
        has_failed = len(told) < num_due and next_due is not None
        return told, max(next_due or 0.0, RETRY_SECONDS) if has_failed else next_due

    async def _tell(self, pairs: Sequence[Pair], signal: StopSignal) -> set[int]:
        """Signal, then note it: a crash in between signals twice, which does no harm."""
        if not pairs:
            return set()
        failed = await self.platform.stop([handle_of(*pair) for pair in pairs], signal)
        for key, reason in failed.items():
            log.warning("stop_failed", platform=self.platform.name, key=key, reason=reason)
        reached = [pair for pair in pairs if pair[0].key not in failed]
        await self._mark(reached, signal)
        return {saved_id(task) for _, task in reached}

    async def _mark(self, pairs: Sequence[Pair], signal: StopSignal) -> None:
        now = utc_now()
        async with self.database.transaction() as session:
            for old, old_task in pairs:
                attempt = await session.get(Attempt, old.id)
                task = await session.get(Task, old_task.id)
                if attempt is None or task is None or attempt.state not in ON_PLATFORM_STATES:
                    continue
                for row in (attempt, old):
                    self._note(row, task, signal, now)
                task.unsaved_changes += 1
                session.add_all([attempt, task])

    def _note(self, attempt: Attempt, task: Task, signal: StopSignal, now: datetime) -> None:
        match signal:
            case StopSignal.CHECKPOINT:
                time = timedelta(seconds=resources_of(task).checkpoint_seconds)
                attempt.checkpoint_sent_at, attempt.kill_after = now, now + time
            case StopSignal.TERM:
                attempt.term_sent_at, attempt.kill_after = now, now + self.grace
            case StopSignal.KILL:
                attempt.kill_sent_at, attempt.kill_after = now, now + KILL_AGAIN


def _step_due(pair: Pair, now: datetime) -> StopSignal | None:
    """What a job is to be told now; None: nothing yet."""
    attempt, task = pair
    is_time = attempt.kill_after is not None and attempt.kill_after <= now
    if attempt.term_sent_at is not None:
        return StopSignal.KILL if is_time else None
    if attempt.checkpoint_sent_at is not None:
        return StopSignal.TERM if is_time else None
    has_program = attempt.state == AttemptState.RUNNING  # what waits has nothing to save
    is_warned = has_program and checkpoint_signal_of(task) is not None
    return StopSignal.CHECKPOINT if is_warned else StopSignal.TERM


def _next_due(pairs: Sequence[Pair], now: datetime) -> float | None:
    deadlines = [attempt.kill_after for attempt, _ in pairs if attempt.kill_after is not None]
    if not pairs:
        return None
    return max(LEAST_WAIT_SECONDS, (min(deadlines, default=now) - now).total_seconds())
