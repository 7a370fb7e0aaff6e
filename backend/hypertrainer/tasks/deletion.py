"""Deletes archived tasks for good, their folders with them.

The folder goes first, and outside of any transaction: a large one takes its time. A crash in
between leaves a row that can be deleted again. A folder on a platform is noted as abandoned in the
transaction that deletes the task, and deleted there by the platform's loop.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.database import Database
from hypertrainer.errors import Conflict, HyperTrainerError
from hypertrainer.tasks.bulk import Outcomes, in_bulk
from hypertrainer.tasks.creation import saved_id
from hypertrainer.tasks.folder import remove_folder
from hypertrainer.tasks.schemas import ActionResult
from hypertrainer.tasks.tables import AbandonedFolder, Attempt, Task

DELETED = "It is deleted, its folder with it."


async def delete_for_good(database: Database, ids: Sequence[int]) -> list[ActionResult]:
    """Delete those of these tasks that are archived; what failed is told task by task."""

    async def step(part: Sequence[int]) -> Outcomes:
        async with database.reading() as session:
            tasks = (await session.exec(select(Task).where(col(Task.id).in_(part)))).all()
        outcomes = await asyncio.to_thread(_remove_folders, tasks)
        removed = [task_id for task_id, outcome in outcomes.items() if isinstance(outcome, str)]
        async with database.transaction() as session:
            session.add_all(await _abandoned(session, removed))
            await session.exec(delete(Task).where(col(Task.id).in_(removed)))
        return outcomes

    return await in_bulk(ids, step)


async def _abandoned(session: AsyncSession, ids: Sequence[int]) -> list[AbandonedFolder]:
    """The folders on platforms of those tasks that were ever handed to one."""
    launched = select(Attempt.task_id).where(col(Attempt.intent_at).is_not(None))
    query = select(Task.platform, Task.remote_path).where(
        col(Task.id).in_(ids), col(Task.remote_path).is_not(None), col(Task.id).in_(launched)
    )
    rows = (await session.exec(query)).all()
    return [AbandonedFolder(platform=platform, path=path) for platform, path in rows if path]


def _remove_folders(tasks: Sequence[Task]) -> Outcomes:
    return {saved_id(task): _remove_folder(task) for task in tasks}


def _remove_folder(task: Task) -> str | HyperTrainerError:
    if not task.is_archived:
        return Conflict(f"Task #{task.id} is not archived; only archived tasks can be deleted.")
    problem = remove_folder(Path(task.output_path), task.uuid)
    if problem is not None:
        return Conflict(problem)
    there = f" The one on `{task.platform}` goes as soon as that answers."
    return DELETED if task.remote_path is None else DELETED + there
