"""Pausing, resuming and stopping a search. Trials that are active are tasks, and go on."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.clock import utc_now
from hypertrainer.errors import Conflict
from hypertrainer.hpsearch.statuses import SearchStatus
from hypertrainer.hpsearch.tables import Search, saved_search_id
from hypertrainer.tasks.actions import request_stop, select_tasks
from hypertrainer.tasks.statuses import ACTIVE_STATUSES, StopBy, TaskStatus
from hypertrainer.tasks.tables import Task

STOPPED_AT_ONCE = 100
BY_USER = "Stopped by a user."


async def pause_search(session: AsyncSession, search: Search) -> None:
    """Start no further trials.

    Raises:
        Conflict: it does not run, or there are no further ones.
    """
    if search.status != SearchStatus.RUNNING:
        raise Conflict(f"Search {search.id} is {search.status}; only a running one can be paused.")
    if search.is_closed or has_asked_all(search):
        raise Conflict(
            f"Search {search.id} starts no further trials: there is nothing to pause. Stop it, or "
            "cancel its tasks."
        )
    search.paused_at = utc_now()
    await set_status(session, search, SearchStatus.PAUSED)


async def resume_search(session: AsyncSession, search: Search) -> None:
    """Go on with a search that was paused or stopped.

    Raises:
        Conflict: it is neither, or there are no further trials.
    """
    if search.status not in (SearchStatus.PAUSED, SearchStatus.STOPPED):
        remedy = " Extend it." if SearchStatus(search.status).is_over else ""
        raise Conflict(
            f"Search {search.id} is {search.status}; only a paused or stopped one can be resumed."
            + remedy
        )
    if search.status == SearchStatus.STOPPED and has_asked_all(search):
        raise Conflict(
            f"All {search.n_trials} trials of search {search.id} were started already. Resume its "
            "tasks, or extend it."
        )
    await run_again(session, search)


async def stop_search(session: AsyncSession, search: Search, *, cancel: bool) -> list[int]:
    """Start no further trials, and end the search; the ids of the tasks that were told.

    Tasks that were not launched yet never are. With `cancel` those that run are stopped, too.

    Raises:
        Conflict: it is over already.
    """
    if SearchStatus(search.status).is_over:
        raise Conflict(f"Search {search.id} is {search.status} already.")
    if search.paused_at is not None:
        count_pause(search, search.paused_at)
    search.reason = BY_USER
    search.ended_at = utc_now()
    await set_status(session, search, SearchStatus.STOPPED)
    statuses = ACTIVE_STATUSES if cancel else (TaskStatus.WAITING,)
    query = select(Task.id).where(col(Task.search_id) == search.id, col(Task.status).in_(statuses))
    ids = [task_id for task_id in await session.exec(query) if task_id is not None]
    return await stop_tasks(session, ids, StopBy.USER)


async def stop_tasks(session: AsyncSession, ids: Sequence[int], by: StopBy) -> list[int]:
    """Stop tasks on somebody's behalf, of however many; those that have not ended already."""
    stopped: list[int] = []
    for start in range(0, len(ids), STOPPED_AT_ONCE):
        part = await select_tasks(session, ids[start : start + STOPPED_AT_ONCE])
        for task_id, selected in part.items():
            if TaskStatus(selected.task.status).is_active:
                request_stop(session, selected, by)
                stopped.append(task_id)
        await session.flush()
        await asyncio.sleep(0)  # others are served in between
    return stopped


async def run_again(session: AsyncSession, search: Search) -> None:
    """Let a search run whatever it was; the time in between counts as a pause."""
    since = search.paused_at or search.ended_at
    if since is not None:
        count_pause(search, since)
    search.ended_at, search.reason, search.is_closed = None, "", False
    await set_status(session, search, SearchStatus.RUNNING)


def has_asked_all(search: Search) -> bool:
    """Whether all trials that it may have were started."""
    return 0 < search.n_trials <= search.num_trials


async def set_status(session: AsyncSession, search: Search, status: SearchStatus) -> None:
    """Also in the folders of its tasks, from which the search can be rebuilt."""
    search.status = status
    search.changes += 1
    session.add(search)
    await mark_folders(session, search)


async def mark_folders(session: AsyncSession, search: Search) -> None:
    """Have what its tasks' folders say of the search written anew."""
    changed = update(Task).where(col(Task.search_id) == saved_search_id(search))
    await session.exec(changed.values(unsaved_changes=col(Task.unsaved_changes) + 1))


def count_pause(search: Search, since: datetime) -> None:
    """End a pause: none of its time counts."""
    search.paused_seconds += max(0.0, (utc_now() - since).total_seconds())
    search.paused_at = None
