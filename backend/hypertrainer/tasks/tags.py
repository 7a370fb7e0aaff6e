"""Tags of tasks, and moving tasks between projects."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.database import Database
from hypertrainer.tasks.bulk import Outcomes, in_bulk
from hypertrainer.tasks.schemas import ActionResult, TaskTagging
from hypertrainer.tasks.tables import Task, TaskTag

DONE = "Its tags and project are set."


async def tag_many(database: Database, request: TaskTagging) -> list[ActionResult]:
    """Add and remove tags, and move to a project, as asked."""

    async def step(part: Sequence[int]) -> Outcomes:
        async with database.transaction() as session:
            query = select(Task.id).where(col(Task.id).in_(part))
            ids = [task_id for task_id in await session.exec(query) if task_id is not None]
            await change_tags(session, ids, add=request.add, remove=request.remove)
            await _note_change(session, ids, request.project)
        return dict.fromkeys(ids, DONE)

    return await in_bulk(request.ids, step)


async def _note_change(session: AsyncSession, ids: Sequence[int], project: str | None) -> None:
    values: dict[str, Any] = {"unsaved_changes": col(Task.unsaved_changes) + 1}
    if project is not None:
        values["project"] = project
    await session.exec(update(Task).where(col(Task.id).in_(ids)).values(values))


async def change_tags(
    session: AsyncSession, ids: Sequence[int], *, add: Sequence[str], remove: Sequence[str] = ()
) -> None:
    """Add and remove tags; what is there, or not there, already is no error."""
    await session.exec(
        delete(TaskTag).where(col(TaskTag.task_id).in_(ids), col(TaskTag.tag).in_([*remove, *add]))
    )
    tags = list(dict.fromkeys(add))
    session.add_all(TaskTag(task_id=task_id, tag=tag) for task_id in ids for tag in tags)
    await session.flush()


async def set_tags(session: AsyncSession, task_id: int, tags: Sequence[str]) -> None:
    """Make these the task's tags, and no others."""
    await session.exec(delete(TaskTag).where(col(TaskTag.task_id) == task_id))
    await change_tags(session, [task_id], add=tags)


async def tags_of(session: AsyncSession, task_id: int) -> list[str]:
    """The task's tags in the order of the alphabet."""
    query = select(TaskTag.tag).where(col(TaskTag.task_id) == task_id).order_by(col(TaskTag.tag))
    return list((await session.exec(query)).all())
