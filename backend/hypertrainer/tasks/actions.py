"""What users do to tasks by changing their rows: cancel, resume, archive, unarchive."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.clock import utc_now
from hypertrainer.database import Database
from hypertrainer.errors import Conflict, HyperTrainerError
from hypertrainer.tasks.bulk import Outcomes, in_bulk
from hypertrainer.tasks.creation import new_attempt, saved_id
from hypertrainer.tasks.resuming import waiting_again
from hypertrainer.tasks.schemas import ActionResult
from hypertrainer.tasks.statuses import AttemptState, StopBy, TaskStatus
from hypertrainer.tasks.tables import Attempt, Task


@dataclass(frozen=True, slots=True)
class Selected:
    """A task to act on, and its newest attempt; every task has one."""

    task: Task
    attempt: Attempt


# Changes the rows and says what was done; raises Conflict where the task's state forbids it.
Action = Callable[[AsyncSession, Selected], str]


async def apply(database: Database, ids: Sequence[int], action: Action) -> list[ActionResult]:
    """Do one thing to many tasks; what failed is told task by task."""

    async def step(part: Sequence[int]) -> Outcomes:
        async with database.transaction() as session:
            selected = await select_tasks(session, part)
            return {task_id: _outcome(session, one, action) for task_id, one in selected.items()}

    return await in_bulk(ids, step)


def _outcome(session: AsyncSession, selected: Selected, action: Action) -> str | HyperTrainerError:
    try:
        return action(session, selected)
    except HyperTrainerError as error:
        return error


async def select_tasks(session: AsyncSession, ids: Sequence[int]) -> dict[int, Selected]:
    """These tasks with their newest attempts, by id; unknown ids are left out."""
    tasks = (await session.exec(select(Task).where(col(Task.id).in_(ids)))).all()
    attempts = await session.exec(
        select(Attempt).where(col(Attempt.task_id).in_(ids)).order_by(col(Attempt.number))
    )
    newest = {attempt.task_id: attempt for attempt in attempts}
    return {saved_id(task): Selected(task, newest[saved_id(task)]) for task in tasks}


def cancel(session: AsyncSession, selected: Selected) -> str:
    """Ask for a stop; the platform's loop carries it out, with deadlines that survive a crash."""
    return request_stop(session, selected, StopBy.USER)


def request_stop(session: AsyncSession, selected: Selected, by: StopBy) -> str:
    """Stop a task on somebody's behalf.

    Raises:
        Conflict: it has ended already.
    """
    task, attempt = selected.task, selected.attempt
    if not TaskStatus(task.status).is_active:
        raise Conflict(f"Task #{task.id} is {task.status} already; there is nothing to cancel.")
    if attempt.stop_requested_at is not None:
        return "It is being stopped already."
    attempt.stop_requested_at = utc_now()
    attempt.stop_by = by
    task.unsaved_changes += 1
    session.add_all([task, attempt])
    if attempt.state != AttemptState.QUEUED:
        return "It was asked to stop."
    _end_queued(task, attempt, by)
    return "It had not been launched; it never will be."


def _end_queued(task: Task, attempt: Attempt, by: StopBy) -> None:
    status = TaskStatus.PRUNED if by is StopBy.SEARCH else TaskStatus.CANCELLED
    attempt.state = AttemptState.ENDED
    attempt.outcome = task.status = status
    attempt.reason = task.reason = "Cancelled before it was launched."
    attempt.ended_at = task.ended_at = utc_now()
    task.is_environment_recorded = True  # nothing ran that it could be of
    task.is_mirrored = task.is_mirrored or attempt.number == 1  # nor is anything there to fetch


def resume(session: AsyncSession, selected: Selected) -> str:
    """Queue another attempt in the same folder; the logs are appended to.

    Raises:
        Conflict: it is still active, or archived.
    """
    task = selected.task
    _demand_ended(task, "cancel it first, or let it end")
    if task.is_archived:
        raise Conflict(f"Task #{task.id} is archived; unarchive it first.")
    number = selected.attempt.number + 1
    session.add(new_attempt(saved_id(task), number))
    for name, value in waiting_again(task).items():
        setattr(task, name, value)
    task.unsaved_changes += 1
    session.add(task)
    return f"Attempt {number} is queued."


def resuming(obstacles: Mapping[int, str]) -> Action:
    """To resume, but for the tasks that these obstacles are in the way of (see below)."""

    def resume_unless_hindered(session: AsyncSession, selected: Selected) -> str:
        obstacle = obstacles.get(saved_id(selected.task))
        if obstacle is not None and not TaskStatus(selected.task.status).is_active:
            raise Conflict(obstacle)
        return resume(session, selected)

    return resume_unless_hindered


async def find_obstacles(
    database: Database, ids: Sequence[int], platforms: Collection[str]
) -> dict[int, str]:
    """Why some of these tasks cannot run again: their platform, or their folder, is gone."""
    query = select(Task.id, Task.platform, Task.output_path).where(col(Task.id).in_(ids))
    async with database.reading() as session:
        rows = (await session.exec(query)).all()
    return await asyncio.to_thread(_obstacles, rows, platforms)


def _obstacles(
    rows: Sequence[tuple[int | None, str, str]], platforms: Collection[str]
) -> dict[int, str]:
    obstacles = {}
    for task_id, platform, folder in rows:
        if task_id is None:
            continue
        if platform not in platforms:
            gone = f"There is no platform `{platform}` any more"
            obstacles[task_id] = f"{gone}; clone task #{task_id} to another one."
        elif not Path(folder).is_dir():
            obstacles[task_id] = f"The folder of task #{task_id} is gone ({folder}); clone it."
    return obstacles


def archive(session: AsyncSession, selected: Selected) -> str:
    """Put a task out of sight.

    Raises:
        Conflict: it is still active.
    """
    _demand_ended(selected.task, "cancel it before archiving it")
    _set_archived(session, selected.task, is_archived=True)
    return "It is archived."


def unarchive(session: AsyncSession, selected: Selected) -> str:
    """Bring a task back into sight."""
    _set_archived(session, selected.task, is_archived=False)
    return "It is back in the list."


def _demand_ended(task: Task, remedy: str) -> None:
    if TaskStatus(task.status).is_active:
        raise Conflict(f"Task #{task.id} is {task.status}; {remedy}.")


def _set_archived(session: AsyncSession, task: Task, *, is_archived: bool) -> None:
    task.is_archived = is_archived
    task.unsaved_changes += 1
    session.add(task)
