"""Searches as they are read, stopped, closed and re-opened."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.clock import utc_now
from hypertrainer.errors import Conflict, NotFound
from hypertrainer.hpsearch.statuses import SearchStatus
from hypertrainer.hpsearch.tables import Search
from hypertrainer.tasks.actions import request_stop, select_tasks
from hypertrainer.tasks.statuses import ACTIVE_STATUSES, AttemptState, StopBy
from hypertrainer.tasks.tables import Attempt, Task


async def get_search(session: AsyncSession, search_id: int) -> Search:
    """The search's row.

    Raises:
        NotFound: there is no such search.
    """
    search = await session.get(Search, search_id)
    if search is None:
        raise NotFound(f"There is no search {search_id}.")
    return search


def _id(search: Search) -> int:
    if search.id is None:
        raise RuntimeError(f"search {search.uuid} was not saved yet")
    return search.id


async def stop_search(session: AsyncSession, search_id: int) -> list[int]:
    """Stop a search and its active tasks; the ids of the tasks told.

    Raises:
        Conflict: it has ended already.
    """
    search = await get_search(session, search_id)
    if search.status != SearchStatus.RUNNING:
        raise Conflict(f"Search {search_id} is {search.status} already.")
    await _set_status(session, search, SearchStatus.STOPPED)
    query = select(Task.id).where(
        col(Task.search_id) == search_id, col(Task.status).in_(ACTIVE_STATUSES)
    )
    ids = [task_id for task_id in await session.exec(query) if task_id is not None]
    for selected in (await select_tasks(session, ids)).values():
        request_stop(session, selected, StopBy.USER)
    return ids


async def update_statuses(session: AsyncSession) -> list[int]:
    """Bring searches' statuses up to date with their tasks; the ids of those that changed.

    A running one whose tasks have all ended is finished; an ended one with a task that was resumed
    runs again; one whose tasks were all deleted goes with them.
    """
    active, goes_on, any_task = _has_task(is_active()), _has_task(_is_going_on()), _has_task()
    is_running = col(Search.status) == SearchStatus.RUNNING
    emptied = (await session.exec(select(Search).where(~any_task))).all()
    ended = (await session.exec(select(Search).where(is_running, any_task, ~active))).all()
    resumed = (await session.exec(select(Search).where(~is_running, goes_on))).all()
    for search in emptied:
        await session.delete(search)
    for search in ended:
        await _set_status(session, search, SearchStatus.FINISHED)
    for search in resumed:
        await _set_status(session, search, SearchStatus.RUNNING)
    return [_id(search) for search in (*emptied, *ended, *resumed)]


def is_active() -> ColumnElement[bool]:
    """Whether a task has not ended."""
    return col(Task.status).in_(ACTIVE_STATUSES)


def _is_going_on() -> ColumnElement[bool]:
    """Whether a task is active and nobody asked it to stop."""
    attempts = select(Attempt.id).where(
        col(Attempt.task_id) == col(Task.id),
        col(Attempt.state) != AttemptState.ENDED,
        col(Attempt.stop_requested_at).is_(None),
    )
    return and_(is_active(), attempts.exists())


def _has_task(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    tasks = select(Task.id).where(col(Task.search_id) == col(Search.id), *conditions)
    return tasks.exists()


async def _set_status(session: AsyncSession, search: Search, status: SearchStatus) -> None:
    """Also in the folders of its tasks, from which the search can be rebuilt."""
    search.status = status
    search.ended_at = await _end_of(session, search)
    session.add(search)
    changed = update(Task).where(col(Task.search_id) == search.id)
    await session.exec(changed.values(unsaved_changes=col(Task.unsaved_changes) + 1))


async def _end_of(session: AsyncSession, search: Search) -> datetime | None:
    match search.status:
        case SearchStatus.RUNNING:
            return None
        case SearchStatus.STOPPED:
            return utc_now()
    ends = select(func.max(Task.ended_at)).where(col(Task.search_id) == search.id)
    return (await session.exec(ends)).one()
