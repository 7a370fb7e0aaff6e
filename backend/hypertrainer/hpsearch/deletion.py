"""Deletes a search for good: what it knows, not its tasks."""

from sqlalchemy import update
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.errors import Conflict
from hypertrainer.hpsearch.statuses import SearchStatus
from hypertrainer.hpsearch.tables import Search
from hypertrainer.tasks.tables import Task


async def delete_search(session: AsyncSession, search: Search) -> list[int]:
    """Delete a search; the ids of its tasks, which are tasks of their own from then on.

    Raises:
        Conflict: it is not over, or has tasks that are not archived.
    """
    if not SearchStatus(search.status).is_over:
        raise Conflict(f"Search {search.id} is {search.status}; stop it before deleting it.")
    mine = col(Task.search_id) == search.id
    shown = select(func.count()).select_from(Task).where(mine, col(Task.is_archived).is_(False))
    count = (await session.exec(shown)).one()
    if count:
        raise Conflict(
            f"Search {search.id} has {count} tasks that are not archived; archive or delete them "
            "first."
        )
    ids = [task_id for task_id in await session.exec(select(Task.id).where(mine)) if task_id]
    await session.exec(
        update(Task)
        .where(mine)
        .values(search_id=None, unsaved_changes=col(Task.unsaved_changes) + 1)
    )
    await session.delete(search)
    return ids


async def find_emptied(session: AsyncSession) -> list[Search]:
    """The searches that are over and of which no task is left."""
    any_task = select(Task.id).where(col(Task.search_id) == col(Search.id)).exists()
    is_over = col(Search.status).in_([status for status in SearchStatus if status.is_over])
    is_begun = col(Search.num_trials) > 0
    query = select(Search).where(is_over, is_begun, ~any_task)
    return list((await session.exec(query)).all())


async def delete_emptied(session: AsyncSession) -> list[Search]:
    """Delete them; what they were."""
    emptied = await find_emptied(session)
    for search in emptied:
        await session.delete(search)
    return emptied
