"""Searches as they are read, stopped and closed."""

from collections.abc import Sequence

from sqlalchemy import case, func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.clock import utc_now
from hypertrainer.errors import Conflict, NotFound
from hypertrainer.hpsearch.schemas import SearchRead, TrialRead
from hypertrainer.hpsearch.statuses import SearchStatus
from hypertrainer.hpsearch.tables import Search, Trial
from hypertrainer.pagination import PageParams
from hypertrainer.tasks.actions import request_stop
from hypertrainer.tasks.statuses import ACTIVE_STATUSES, StopBy, TaskStatus
from hypertrainer.tasks.tables import Task

Counts = dict[int, tuple[int, int, int]]  # by search: active, finished, other ends


async def get_search(session: AsyncSession, search_id: int) -> Search:
    """The search's row.

    Raises:
        NotFound: there is no such search.
    """
    search = await session.get(Search, search_id)
    if search is None:
        raise NotFound(f"There is no search {search_id}.")
    return search


async def read_search(session: AsyncSession, search_id: int) -> SearchRead:
    """The search with its tasks counted."""
    search = await get_search(session, search_id)
    return _read(search, await _count_tasks(session, [search_id]))


async def list_searches(session: AsyncSession, page: PageParams) -> tuple[list[SearchRead], int]:
    """Searches, newest first, and how many there are."""
    query = select(Search).order_by(col(Search.id).desc()).offset(page.offset).limit(page.limit)
    rows = (await session.exec(query)).all()
    total = (await session.exec(select(func.count()).select_from(Search))).one()
    counts = await _count_tasks(session, [_id(row) for row in rows])
    return [_read(row, counts) for row in rows], total


async def _count_tasks(session: AsyncSession, ids: Sequence[int]) -> Counts:
    is_active = col(Task.status).in_(ACTIVE_STATUSES)
    is_finished = col(Task.status) == TaskStatus.FINISHED
    query = (
        select(
            Task.search_id,
            func.sum(case((is_active, 1), else_=0)),
            func.sum(case((is_finished, 1), else_=0)),
            func.count(),
        )
        .where(col(Task.search_id).in_(ids))
        .group_by(col(Task.search_id))
    )
    rows = await session.exec(query)
    return {
        int(search_id): (int(active), int(finished), int(total - active - finished))
        for search_id, active, finished, total in rows
        if search_id is not None
    }


def _read(search: Search, counts: Counts) -> SearchRead:
    active, finished, failed = counts.get(_id(search), (0, 0, 0))
    fields = search.model_dump(exclude={"is_archived"})
    return SearchRead(**fields, num_active=active, num_finished=finished, num_failed=failed)


def _id(search: Search) -> int:
    if search.id is None:
        raise RuntimeError(f"search {search.uuid} was not saved yet")
    return search.id


async def list_trials(session: AsyncSession, search_id: int) -> list[TrialRead]:
    """The search's trials in the order they were drawn."""
    await get_search(session, search_id)
    query = (
        select(Trial, Task.name, Task.status)
        .join(Task, col(Task.id) == col(Trial.task_id), isouter=True)
        .where(col(Trial.search_id) == search_id)
        .order_by(col(Trial.number))
    )
    return [
        TrialRead(
            number=trial.number,
            params=trial.params,
            task_id=trial.task_id,
            task_name=name,
            task_status=TaskStatus(status) if status else None,
            created_at=trial.created_at,
        )
        for trial, name, status in await session.exec(query)
    ]


async def stop_search(session: AsyncSession, search_id: int) -> list[int]:
    """Stop a search and its active tasks; the ids of the tasks told.

    Raises:
        Conflict: it has ended already.
    """
    search = await get_search(session, search_id)
    if search.status != SearchStatus.RUNNING:
        raise Conflict(f"Search {search_id} is {search.status} already.")
    search.status, search.ended_at = SearchStatus.STOPPED, utc_now()
    session.add(search)
    query = select(Task).where(
        col(Task.search_id) == search_id, col(Task.status).in_(ACTIVE_STATUSES)
    )
    tasks = (await session.exec(query)).all()
    for task in tasks:
        await request_stop(session, task, StopBy.USER)
    return [task.id for task in tasks if task.id is not None]


async def close_ended_searches(session: AsyncSession) -> list[int]:
    """Mark as finished each running search whose tasks have all ended; re-open resumed ones."""
    query = select(Search).where(col(Search.status) != SearchStatus.STOPPED)
    rows = (await session.exec(query)).all()
    counts = await _count_tasks(session, [_id(row) for row in rows])
    changed = []
    for row in rows:
        is_over = counts.get(_id(row), (0, 0, 0))[0] == 0
        status = SearchStatus.FINISHED if is_over else SearchStatus.RUNNING
        if row.status != status:
            row.status, row.ended_at = status, utc_now() if is_over else None
            session.add(row)
            changed.append(_id(row))
    return changed
