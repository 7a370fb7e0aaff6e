"""Rebuilds the database from the task folders, which are complete by themselves.

What is in the database already is left alone, so it is safe to repeat. Statuses that were active
are found out anew by the loops; metric summaries are read from the files by the collecting pass.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.clock import utc_now
from hypertrainer.database import Database
from hypertrainer.errors import HyperTrainerError
from hypertrainer.hpsearch.tables import Search, Trial
from hypertrainer.tasks.config import Config
from hypertrainer.tasks.creation import new_key, param_rows, saved_id
from hypertrainer.tasks.folder import (
    CONFIG_NAME,
    RECORD_NAME,
    STATE_FOLDER,
    SearchRecord,
    TaskRecord,
    read_record,
)
from hypertrainer.tasks.statuses import AttemptState, TaskStatus
from hypertrainer.tasks.tables import Attempt, Task, TaskTag

NEVER_LAUNCHED = "Found in its folder; it was never launched. Resume to launch it."
MAX_DEPTH = 4


@dataclass(slots=True)
class ReindexReport:
    """What a rebuild found: tasks added, tasks known, and folders that could not be read."""

    added: int = 0
    known: int = 0
    unreadable: list[str] = field(default_factory=list)


async def reindex(database: Database, roots: Sequence[Path]) -> ReindexReport:
    """Add every task whose folder lies under these roots and whose row is missing."""
    report = ReindexReport()
    for root in roots:
        for folder in await asyncio.to_thread(list_folders, root):
            await _add_folder(database, folder, report)
    return report


def list_folders(root: Path) -> list[Path]:
    """Task folders under a root, in the order of their names. Blocks."""
    return list(find_folders(root))


def find_folders(root: Path, depth: int = MAX_DEPTH) -> Iterator[Path]:
    """Task folders under a root, in the order of their names."""
    if (root / STATE_FOLDER / RECORD_NAME).is_file():
        yield root
        return
    if depth == 0 or not root.is_dir():
        return
    for child in sorted(root.iterdir()):
        if child.is_dir() and not child.is_symlink() and not child.name.startswith("."):
            yield from find_folders(child, depth - 1)


async def _add_folder(database: Database, folder: Path, report: ReindexReport) -> None:
    record = await asyncio.to_thread(read_record, folder)
    if record is None:
        report.unreadable.append(str(folder))
        return
    params = await asyncio.to_thread(_read_params, folder)
    async with database.transaction() as session:
        if (await session.exec(select(Task.id).where(col(Task.uuid) == record.uuid))).first():
            report.known += 1
            return
        search_id = await _search_of(session, record.search) if record.search else None
        task = await _add_task(session, folder, record, search_id)
        session.add_all(param_rows(saved_id(task), params))
        task.params = params
        if record.search is not None and search_id is not None:
            session.add(_trial_of(record.search, search_id, saved_id(task)))
    report.added += 1


def _read_params(folder: Path) -> dict[str, object]:
    try:
        return dict(Config.parse((folder / CONFIG_NAME).read_text("utf-8")).flat_params())
    except (OSError, ValueError, HyperTrainerError):
        return {}


async def _add_task(
    session: AsyncSession, folder: Path, record: TaskRecord, search_id: int | None
) -> Task:
    is_taken = record.id is None or await session.get(Task, record.id) is not None
    last = record.attempts[-1] if record.attempts else None
    status = record.status if last else TaskStatus.CANCELLED
    task = Task(
        **record.model_dump(include=COPIED_FIELDS),
        id=None if is_taken else record.id,
        output_path=str(folder),
        search_id=search_id,
        status=status,
        reason=record.reason if last else NEVER_LAUNCHED,
        exit_code=last.exit_code if last else None,
        signal=last.signal if last else None,
        host=last.host if last else None,
        job_id=last.job_id if last else None,
        started_at=record.attempts[0].started_at if last else None,
        ended_at=last.ended_at if last else utc_now(),
    )
    session.add(task)
    await session.flush()
    task_id = saved_id(task)
    session.add_all(Attempt(task_id=task_id, **attempt.model_dump()) for attempt in record.attempts)
    if last is None:
        session.add(_never_launched(task_id))
    session.add_all(TaskTag(task_id=task_id, tag=tag) for tag in dict.fromkeys(record.tags))
    await session.flush()
    return task


COPIED_FIELDS = {
    "uuid",
    "name",
    "script",
    "config",
    "platform",
    "project",
    "notes",
    "is_archived",
    "cloned_from",
    "created_at",
    "launch",
}


def _never_launched(task_id: int) -> Attempt:
    return Attempt(
        task_id=task_id,
        number=1,
        key=new_key(),
        state=AttemptState.ENDED,
        outcome=TaskStatus.CANCELLED,
        reason=NEVER_LAUNCHED,
        ended_at=utc_now(),
    )


async def _search_of(session: AsyncSession, record: SearchRecord) -> int:
    known = await session.exec(select(Search).where(col(Search.uuid) == record.uuid))
    search = known.first()
    if search is None:
        search = Search(**record.model_dump(exclude={"trial_number", "trial_params"}))
        session.add(search)
        await session.flush()
    if search.id is None:
        raise RuntimeError(f"search {search.uuid} was not saved")
    return search.id


def _trial_of(record: SearchRecord, search_id: int, task_id: int) -> Trial:
    return Trial(
        search_id=search_id,
        number=record.trial_number,
        params=record.trial_params,
        task_id=task_id,
    )
