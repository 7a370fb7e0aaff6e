"""Rebuilds the database from the task folders, which are complete by themselves.

What is in the database already is left alone, so it is safe to repeat. Statuses that were active
are found out anew by the loops; metric summaries are read from the files by the collecting pass.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.database import Database
from hypertrainer.errors import HyperTrainerError
from hypertrainer.hpsearch.search_folder import list_search_folders
from hypertrainer.hpsearch.tables import Search
from hypertrainer.monitor.rebuilt_rows import FoundTask, add_found, find_task
from hypertrainer.monitor.rebuilt_searches import (
    FoundSearch,
    add_found_search,
    find_search,
    restore_task_values,
    tell_of_trials,
)
from hypertrainer.tasks.folder import RECORD_NAME, STATE_FOLDER
from hypertrainer.tasks.tables import Task

MAX_DEPTH = 4
BATCH = 100
SEQUENCED_TABLES = ("task", "search")


@dataclass(slots=True)
class ReindexReport:
    """What a rebuild found: tasks added, tasks known, and folders that could not be read."""

    added: int = 0
    known: int = 0
    unreadable: list[str] = field(default_factory=list)


async def reindex(database: Database, roots: Sequence[Path]) -> ReindexReport:
    """Add every task whose folder lies under these roots and whose row is missing."""
    report = ReindexReport()
    without_id: list[FoundTask] = []
    for root in roots:
        await _add_searches(database, root, report)
    for root in roots:
        folders = await asyncio.to_thread(list_folders, root, report.unreadable)
        for start in range(0, len(folders), BATCH):
            without_id += await _add_folders(database, folders[start : start + BATCH], report)
    await _add_tasks(database, without_id, report)
    for root in roots:
        await _restore_task_values(database, root)
    async with database.transaction() as session:
        await tell_of_trials(session)
    if not database.is_sqlite:
        await _advance_sequences(database)
    return report


async def _add_searches(database: Database, root: Path, report: ReindexReport) -> None:
    """Add the searches that have folders of their own, before the tasks that belong to them."""
    for folder in await asyncio.to_thread(list_search_folders, root):
        found = await asyncio.to_thread(find_search, folder)
        if found is None or not await _is_search_added(database, found):
            report.unreadable.append(str(folder))


async def _restore_task_values(database: Database, root: Path) -> None:
    for folder in await asyncio.to_thread(list_search_folders, root):
        found = await asyncio.to_thread(find_search, folder)
        if found is not None:
            async with database.transaction() as session:
                await restore_task_values(session, found)


async def _is_search_added(database: Database, found: FoundSearch) -> bool:
    async with database.transaction() as session:
        query = select(Search.id).where(col(Search.uuid) == found.record.uuid)
        if (await session.exec(query)).first() is not None:
            return True
        try:
            async with session.begin_nested():
                await add_found_search(session, found)
        except (DBAPIError, ValueError):  # values are absurd, or facts do not follow on each other
            return False
    return True


def list_folders(root: Path, unreadable: list[str]) -> list[Path]:
    """Task folders under a root, by name; folders that cannot be listed are noted. Blocks."""
    return list(_find_folders(root, unreadable, MAX_DEPTH))


def _find_folders(root: Path, unreadable: list[str], depth: int) -> Iterator[Path]:
    try:
        if (root / STATE_FOLDER / RECORD_NAME).is_file():
            yield root
            return
        children = sorted(root.iterdir()) if depth and root.is_dir() else []
    except OSError:
        unreadable.append(str(root))
        return
    for child in children:
        if child.is_dir() and not child.is_symlink() and not child.name.startswith("."):
            yield from _find_folders(child, unreadable, depth - 1)


async def _add_folders(
    database: Database, folders: Sequence[Path], report: ReindexReport
) -> list[FoundTask]:
    """Add the tasks of these folders; those that never got an id are returned, for the end."""
    found = await asyncio.to_thread(lambda: [find_task(folder) for folder in folders])
    report.unreadable += [
        str(folder) for folder, task in zip(folders, found, strict=True) if task is None
    ]
    tasks = [task for task in found if task is not None]
    await _add_tasks(database, [task for task in tasks if task.record.id is not None], report)
    return [task for task in tasks if task.record.id is None]


async def _add_tasks(database: Database, tasks: Sequence[FoundTask], report: ReindexReport) -> None:
    async with database.transaction() as session:
        for task in tasks:
            if not await _is_added(session, task, report):
                report.unreadable.append(str(task.folder))


async def _is_added(session: AsyncSession, task: FoundTask, report: ReindexReport) -> bool:
    """Whether the task is in the database now; False where it cannot be."""
    uuid = task.record.uuid
    if (await session.exec(select(Task.id).where(col(Task.uuid) == uuid))).first() is not None:
        report.known += 1
        return True
    try:
        async with session.begin_nested():
            await add_found(session, task)
    except (DBAPIError, HyperTrainerError):  # another task has its keys, or values are absurd
        return False
    report.added += 1
    return True


async def _advance_sequences(database: Database) -> None:
    """PostgreSQL does not notice ids that were given: the next task would get one of them."""
    async with database.transaction() as session:
        for table in SEQUENCED_TABLES:
            sequence = f"pg_get_serial_sequence('{table}', 'id')"
            highest = f"SELECT max(id) FROM {table}"  # noqa: S608 - a table's name of ours
            await (await session.connection()).execute(
                text(f"SELECT setval({sequence}, ({highest})) WHERE ({highest}) IS NOT NULL")
            )
