"""What the platform passes share: loading attempts, and writing back what was resolved."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.database import Database
from hypertrainer.monitor.search_looks import doubt_end
from hypertrainer.platforms.base import JobHandle
from hypertrainer.tasks.lifecycle import AttemptFacts
from hypertrainer.tasks.statuses import (
    ACTIVE_STATUSES,
    ON_PLATFORM_STATES,
    AttemptState,
    StopBy,
    TaskStatus,
)
from hypertrainer.tasks.tables import Attempt, Task

Pair = tuple[Attempt, Task]
PAGE = 200  # rows made of more of them in one go would keep everybody else waiting


async def load_pairs(
    session: AsyncSession,
    platform: str,
    states: Sequence[AttemptState],
    limit: int,
    after: Sequence[Pair] = (),
) -> list[Pair]:
    """The platform's attempts in these states with their tasks, oldest first, `after` left out."""
    last_id = max((attempt.id or 0 for attempt, _ in after), default=0)
    query = (
        select(Attempt, Task)
        .join(Task, col(Task.id) == col(Attempt.task_id))
        .where(
            col(Attempt.state).in_(states),
            col(Task.platform) == platform,
            col(Attempt.id) > last_id,
        )
        .order_by(col(Attempt.id))
        .limit(limit)
    )
    return [(attempt, task) for attempt, task in await session.exec(query)]


async def load_unmirrored(database: Database, platform: str) -> list[Pair]:
    """The newest attempts of tasks that have ended and whose output is not all here yet."""
    query = (
        select(Attempt, Task)
        .join(Task, col(Task.id) == col(Attempt.task_id))
        .where(
            col(Task.is_output_collected).is_(False),  # by an index: it needs all output first
            col(Task.is_mirrored).is_(False),
            col(Task.platform) == platform,
            col(Task.status).not_in(ACTIVE_STATUSES),
            col(Attempt.state) == AttemptState.ENDED,
        )
        .order_by(col(Attempt.id))
    )
    async with database.reading() as session:
        newest = {attempt.task_id: (attempt, task) for attempt, task in await session.exec(query)}
    return list(newest.values())


async def load_on_platform(database: Database, platform: str) -> list[Pair]:
    """Every attempt that the platform may have a job of, with its task, oldest first."""
    pairs: list[Pair] = []
    async with database.reading() as session:
        while page := await load_pairs(session, platform, [*ON_PLATFORM_STATES], PAGE, pairs[-1:]):
            pairs += page
    return pairs


def handle_of(attempt: Attempt, task: Task) -> JobHandle:
    """How the platform finds this attempt's job."""
    return JobHandle(
        key=attempt.key,
        attempt=attempt.number,
        folder=task.remote_path or task.output_path,
        job_id=attempt.job_id,
        machine=attempt.machine,
        checkpoint_signal=checkpoint_signal_of(task),
    )


def checkpoint_signal_of(task: Task) -> str | None:
    """The signal that the task asked to be sent before it is stopped."""
    resources = task.launch.get("resources")
    signal = resources.get("checkpoint_signal") if isinstance(resources, dict) else None
    return signal if isinstance(signal, str) else None


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
        checkpoint_signal=checkpoint_signal_of(task),
    )


async def change(
    session: AsyncSession,
    pair: Pair,
    of_attempt: Mapping[str, Any],
    of_task: Mapping[str, Any],
    only_if: Sequence[ColumnElement[bool]] = (),
) -> bool:
    """Write to an attempt and its task, if the attempt is still as it was read; whether it was.

    Two plain updates: reading the rows again first would double what a launch costs.
    """
    attempt, task = pair
    still_so = (
        update(Attempt)
        .where(
            col(Attempt.id) == attempt.id,
            col(Attempt.state) == attempt.state,
            col(Attempt.stop_by).is_not_distinct_from(attempt.stop_by),
            *only_if,
        )
        .values(**of_attempt)
        .execution_options(synchronize_session=False)
    )
    if (await session.exec(still_so)).rowcount != 1:
        return False
    changes = {**of_task, "unsaved_changes": col(Task.unsaved_changes) + 1}
    of_row = update(Task).where(col(Task.id) == task.id).values(**changes)
    await session.exec(of_row.execution_options(synchronize_session=False))
    for row, values in ((attempt, of_attempt), (task, of_task)):
        for name, value in values.items():
            setattr(row, name, value)
    return True


async def save_facts(session: AsyncSession, pair: Pair, facts: AttemptFacts, now: datetime) -> bool:
    """Write resolved facts to an attempt and, as it is the newest, its task; whether it was so.

    What is found again after it was lost has output that is not known to the last byte any more.
    """
    shared = {
        "exit_code": facts.exit_code,
        "signal": facts.signal,
        "host": facts.host,
        "job_id": facts.job_id,
        "reason": facts.reason,
        "ended_at": facts.ended_at,
    }
    of_attempt = {
        **shared,
        "state": facts.state,
        "outcome": facts.status if facts.state is AttemptState.ENDED else None,
        "started_at": facts.started_at,
        "missing_since": facts.missing_since,
        "missing_count": facts.missing_count,
    }
    of_task = {
        **shared,
        "status": facts.status,
        "started_at": pair[1].started_at or facts.started_at,
        "last_seen_at": now,
    }
    if pair[0].state != AttemptState.ENDED:
        return await change(session, pair, of_attempt, of_task)
    of_task |= {"is_output_collected": False, "is_mirrored": pair[1].remote_path is None}
    still_lost = select(Task.id).where(col(Task.status) == TaskStatus.LOST)  # or it was resumed
    is_lost = [col(Attempt.task_id).in_(still_lost)]
    is_found = await change(session, pair, of_attempt, of_task, is_lost)
    if is_found:
        await doubt_end(session, pair[0].task_id)
    return is_found
