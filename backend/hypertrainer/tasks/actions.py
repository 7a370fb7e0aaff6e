"""What users do to tasks: cancel, resume, archive, delete, tag … One bad id fails alone."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from sqlalchemy import delete as sql_delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.clock import utc_now
from hypertrainer.errors import Conflict, HyperTrainerError
from hypertrainer.tasks.creation import new_attempt, saved_id
from hypertrainer.tasks.folder import remove_folder
from hypertrainer.tasks.schemas import ActionResult, TaskTagging
from hypertrainer.tasks.service import get_task
from hypertrainer.tasks.statuses import AttemptState, StopBy, TaskStatus
from hypertrainer.tasks.tables import Attempt, Task, TaskTag

Action = Callable[[AsyncSession, Task], Awaitable[str]]


async def apply(session: AsyncSession, ids: Sequence[int], action: Action) -> list[ActionResult]:
    """Do one thing to many tasks; what failed is told task by task."""
    return [await _apply_one(session, task_id, action) for task_id in dict.fromkeys(ids)]


async def _apply_one(session: AsyncSession, task_id: int, action: Action) -> ActionResult:
    try:
        message = await action(session, await get_task(session, task_id))
    except HyperTrainerError as error:
        return ActionResult(id=task_id, ok=False, code=error.code, message=error.message)
    return ActionResult(id=task_id, ok=True, code="ok", message=message)


async def latest_attempt(session: AsyncSession, task: Task) -> Attempt:
    """The task's newest attempt; every task has one."""
    query = (
        select(Attempt)
        .where(col(Attempt.task_id) == saved_id(task))
        .order_by(col(Attempt.number).desc())
        .limit(1)
    )
    return (await session.exec(query)).one()


async def cancel(session: AsyncSession, task: Task) -> str:
    """Ask for a stop; the platform's loop carries it out, with deadlines that survive a crash."""
    return await request_stop(session, task, StopBy.USER)


async def request_stop(session: AsyncSession, task: Task, by: StopBy) -> str:
    """Stop a task on somebody's behalf.

    Raises:
        Conflict: it has ended already.
    """
    if not TaskStatus(task.status).is_active:
        raise Conflict(f"Task #{task.id} is {task.status} already; there is nothing to cancel.")
    attempt = await latest_attempt(session, task)
    if attempt.state == AttemptState.QUEUED:
        _end_queued(task, attempt, by)
        return "It had not been launched; it never will be."
    if attempt.stop_requested_at is not None:
        return "It is being stopped already."
    attempt.stop_requested_at = utc_now()
    attempt.stop_by = by
    task.unsaved_changes += 1
    session.add_all([task, attempt])
    return "It was asked to stop."


def _end_queued(task: Task, attempt: Attempt, by: StopBy) -> None:
    status = TaskStatus.PRUNED if by is StopBy.SEARCH else TaskStatus.CANCELLED
    attempt.state = AttemptState.ENDED
    attempt.outcome = task.status = status
    attempt.reason = task.reason = "Cancelled before it was launched."
    attempt.stop_by = by
    attempt.stop_requested_at = attempt.ended_at = task.ended_at = utc_now()
    task.unsaved_changes += 1


async def resume(session: AsyncSession, task: Task) -> str:
    """Queue another attempt in the same folder; the logs are appended to.

    Raises:
        Conflict: it is still active, or archived.
    """
    if TaskStatus(task.status).is_active:
        raise Conflict(f"Task #{task.id} is {task.status}; cancel it first, or let it end.")
    if task.is_archived:
        raise Conflict(f"Task #{task.id} is archived; unarchive it first.")
    if not await asyncio.to_thread(Path(task.output_path).is_dir):
        raise Conflict(f"The folder of task #{task.id} is gone ({task.output_path}); clone it.")
    last = await latest_attempt(session, task)
    session.add(new_attempt(saved_id(task), last.number + 1))
    task.status = TaskStatus.WAITING
    task.reason = ""
    task.exit_code = task.signal = task.ended_at = None
    task.unsaved_changes += 1
    task.is_environment_recorded = task.is_output_collected = False
    session.add(task)
    return f"Attempt {last.number + 1} is queued."


async def archive(session: AsyncSession, task: Task) -> str:
    """Put a task out of sight.

    Raises:
        Conflict: it is still active.
    """
    if TaskStatus(task.status).is_active:
        raise Conflict(f"Task #{task.id} is {task.status}; cancel it before archiving it.")
    return _set_archived(session, task, is_archived=True)


async def unarchive(session: AsyncSession, task: Task) -> str:
    """Bring a task back into sight."""
    return _set_archived(session, task, is_archived=False)


def _set_archived(session: AsyncSession, task: Task, *, is_archived: bool) -> str:
    task.is_archived = is_archived
    task.unsaved_changes += 1
    session.add(task)
    return "It is archived." if is_archived else "It is back in the list."


async def delete(session: AsyncSession, task: Task) -> str:
    """Delete an archived task and its folder.

    The folder goes first: a crash in between leaves a row that can be deleted again.

    Raises:
        Conflict: it is not archived, or its folder could not be removed.
    """
    if not task.is_archived:
        raise Conflict(f"Task #{task.id} is not archived; only archived tasks can be deleted.")
    problem = await asyncio.to_thread(remove_folder, Path(task.output_path), task.uuid)
    if problem is not None:
        raise Conflict(problem)
    await session.delete(task)
    await session.flush()
    return "It is deleted, its folder with it."


def tagging(request: TaskTagging) -> Action:
    """The action that adds and removes tags, and moves to a project, as asked."""

    async def tag(session: AsyncSession, task: Task) -> str:
        await change_tags(session, task, add=request.add, remove=request.remove)
        if request.project is not None:
            task.project = request.project
        task.unsaved_changes += 1
        session.add(task)
        return "Its tags and project are set."

    return tag


async def change_tags(
    session: AsyncSession, task: Task, *, add: Sequence[str], remove: Sequence[str] = ()
) -> None:
    """Add and remove tags; what is there, or not there, already is no error."""
    task_id = saved_id(task)
    gone = [*remove, *add]
    await session.exec(
        sql_delete(TaskTag).where(col(TaskTag.task_id) == task_id, col(TaskTag.tag).in_(gone))
    )
    session.add_all(TaskTag(task_id=task_id, tag=tag) for tag in dict.fromkeys(add))
    await session.flush()


async def set_tags(session: AsyncSession, task: Task, tags: Sequence[str]) -> None:
    """Make these the task's tags, and no others."""
    await session.exec(sql_delete(TaskTag).where(col(TaskTag.task_id) == saved_id(task)))
    await change_tags(session, task, add=tags)
