"""What the platform passes share: loading attempts, and writing back what was resolved."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.database import Database
from hypertrainer.platforms.base import JobHandle
from hypertrainer.tasks.lifecycle import AttemptFacts
from hypertrainer.tasks.statuses import (
    ON_PLATFORM_STATES,
    AttemptState,
    StopBy,
    TaskStatus,
)
from hypertrainer.tasks.tables import Attempt, Task

Pair = tuple[Attempt, Task]


async def load_pairs(
    session: AsyncSession, platform: str, states: Sequence[AttemptState], limit: int | None = None
) -> list[Pair]:
    """The platform's attempts in these states with their tasks, oldest first."""
    query = (
        select(Attempt, Task)
        .join(Task, col(Task.id) == col(Attempt.task_id))
        .where(col(Attempt.state).in_(states), col(Task.platform) == platform)
        .order_by(col(Attempt.id))
    )
    rows = await session.exec(query if limit is None else query.limit(limit))
    return [(attempt, task) for attempt, task in rows]


async def load_on_platform(database: Database, platform: str) -> list[Pair]:
    """Every attempt that the platform may have a job of, with its task, oldest first."""
    async with database.reading() as session:
        return await load_pairs(session, platform, [*ON_PLATFORM_STATES])


def handle_of(attempt: Attempt, task: Task) -> JobHandle:
    """How the platform finds this attempt's job."""
    return JobHandle(
        key=attempt.key, attempt=attempt.number, folder=task.output_path, job_id=attempt.job_id
    )


def facts_of(attempt: Attempt, task: Task) -> AttemptFacts:
    """The attempt as the resolver knows it."""
    return AttemptFacts(
        state=AttemptState(attempt.state),
        status=TaskStatus(attempt.outcome or task.status),
        reason=attempt.reason,
        exit_code=attempt.exit_code,
        signal=attempt.signal,
        host=attempt.host,
        job_id=attempt.job_id,
        started_at=attempt.started_at,
        ended_at=attempt.ended_at,
        stop_by=StopBy(attempt.stop_by) if attempt.stop_by else None,
        kill_sent_at=attempt.kill_sent_at,
        missing_since=attempt.missing_since,
        missing_count=attempt.missing_count,
    )


def write_facts(attempt: Attempt, task: Task, facts: AttemptFacts, now: datetime) -> None:
    """Put resolved facts into the rows of an attempt and, as it is the newest, of its task."""
    is_over = facts.state is AttemptState.ENDED
    attempt.state = facts.state
    attempt.outcome = facts.status if is_over else None
    attempt.reason = facts.reason
    attempt.exit_code = task.exit_code = facts.exit_code
    attempt.signal = task.signal = facts.signal
    attempt.host = task.host = facts.host
    attempt.job_id = task.job_id = facts.job_id
    attempt.started_at = facts.started_at
    attempt.ended_at = facts.ended_at
    attempt.missing_since = facts.missing_since
    attempt.missing_count = facts.missing_count
    task.status = facts.status
    task.reason = facts.reason
    task.started_at = task.started_at or facts.started_at
    task.ended_at = facts.ended_at
    task.last_seen_at = now
    task.unsaved_changes += 1
