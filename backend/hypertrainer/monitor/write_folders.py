"""Brings `task.json` up to date with the database, for every task marked as changed.

The mark is set in the transaction that makes a change, so a crash in between loses nothing.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.database import Database
from hypertrainer.tasks.creation import saved_id
from hypertrainer.tasks.folder import (
    AttemptRecord,
    SearchRecord,
    TaskRecord,
    read_record,
    write_record,
)
from hypertrainer.tasks.tables import Attempt, Task, TaskTag

BATCH = 100
PAUSE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A task as it was read, and how many unsaved changes that covers."""

    record: TaskRecord
    num_changes: int


@dataclass(frozen=True, slots=True)
class WriteFolders:
    """The pass that keeps the folders complete."""

    database: Database

    async def run_once(self) -> float:
        while records := await self._load():
            written = await asyncio.to_thread(_write_all, records)
            await self._mark(records, written)
            if len(records) < BATCH:
                break
        return PAUSE_SECONDS

    async def _load(self) -> dict[str, Snapshot]:
        async with self.database.reading() as session:
            query = (
                select(Task)
                .where(col(Task.unsaved_changes) > 0)
                .order_by(col(Task.id))
                .limit(BATCH)
            )
            tasks = (await session.exec(query)).all()
            if not tasks:
                return {}
            ids = [saved_id(task) for task in tasks]
            attempts, tags = await _attempts_of(session, ids), await _tags_of(session, ids)
        return {
            task.output_path: Snapshot(
                record_of(task, attempts[saved_id(task)], tags[saved_id(task)]),
                task.unsaved_changes,
            )
            for task in tasks
        }

    async def _mark(self, records: dict[str, Snapshot], written: Sequence[str]) -> None:
        """Count the written changes off; those made in between stay, and are written next."""
        async with self.database.transaction() as session:
            for path in written:
                seen = records[path]
                await session.exec(
                    update(Task)
                    .where(col(Task.uuid) == seen.record.uuid)
                    .values(unsaved_changes=col(Task.unsaved_changes) - seen.num_changes)
                )


async def _attempts_of(session: AsyncSession, ids: Sequence[int]) -> dict[int, list[Attempt]]:
    query = select(Attempt).where(col(Attempt.task_id).in_(ids)).order_by(col(Attempt.number))
    grouped: dict[int, list[Attempt]] = defaultdict(list)
    for attempt in await session.exec(query):
        grouped[attempt.task_id].append(attempt)
    return grouped


async def _tags_of(session: AsyncSession, ids: Sequence[int]) -> dict[int, list[str]]:
    query = select(TaskTag).where(col(TaskTag.task_id).in_(ids)).order_by(col(TaskTag.tag))
    grouped: dict[int, list[str]] = defaultdict(list)
    for row in await session.exec(query):
        grouped[row.task_id].append(row.tag)
    return grouped


def record_of(task: Task, attempts: Sequence[Attempt], tags: Sequence[str]) -> TaskRecord:
    """A task's rows as its folder keeps them; the search is filled in from the folder itself."""
    return TaskRecord(
        uuid=task.uuid,
        id=task.id,
        name=task.name,
        script=task.script,
        config=task.config,
        platform=task.platform,
        project=task.project,
        tags=list(tags),
        notes=task.notes,
        status=task.status,
        reason=task.reason,
        is_archived=task.is_archived,
        cloned_from=task.cloned_from,
        created_at=task.created_at,
        launch=task.launch,
        attempts=[AttemptRecord.model_validate(attempt.model_dump()) for attempt in attempts],
    )


def _write_all(records: dict[str, Snapshot]) -> list[str]:
    return [path for path, seen in records.items() if _write(Path(path), seen.record)]


def _write(folder: Path, record: TaskRecord) -> bool:
    """True when there is nothing left to do: written, or the folder is gone."""
    if not folder.is_dir():
        return True
    record.search = _search_in(folder)  # never changes after the task was made
    try:
        write_record(folder, record)
    except OSError:
        return False
    return True


def _search_in(folder: Path) -> SearchRecord | None:
    old = read_record(folder)
    return old.search if old else None
