"""Brings `task.json` up to date with the database, for every task marked as changed.

The folders of searches too, where it is told to.

The mark is set in the transaction that makes a change, so a crash in between loses nothing.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog
from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.database import Database
from hypertrainer.hpsearch.drafts import search_record
from hypertrainer.hpsearch.tables import Search, Trial, TrialTask
from hypertrainer.monitor.write_searches import WriteSearches
from hypertrainer.tasks.creation import saved_id
from hypertrainer.tasks.folder import STATE_FOLDER, read_record, write_record
from hypertrainer.tasks.tables import Attempt, Task, TaskTag
from hypertrainer.tasks.task_record import AttemptRecord, SearchRecord, TaskRecord

log = structlog.get_logger(__name__)
BATCH = 100
PAUSE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A task as it was read, and how many unsaved changes that covers."""

    task_id: int
    folder: Path
    record: TaskRecord
    num_changes: int


@dataclass(frozen=True, slots=True)
class WriteFolders:
    """The pass that keeps the folders complete."""

    database: Database
    searches: WriteSearches | None = None

    async def run_once(self) -> float:
        if self.searches is not None:
            await self.searches.run_once()
        last_id = 0
        while snapshots := await self._load(after=last_id):
            await self._mark(await asyncio.to_thread(_write_all, snapshots))
            last_id = snapshots[-1].task_id  # what could not be written is tried in the next round
        return PAUSE_SECONDS

    async def _load(self, *, after: int) -> list[Snapshot]:
        query = (
            select(Task)
            .where(col(Task.unsaved_changes) > 0, col(Task.id) > after)
            .order_by(col(Task.id))
            .limit(BATCH)
        )
        async with self.database.reading() as session:
            tasks = (await session.exec(query)).all()
            records = await read_records(session, tasks)
        return [
            Snapshot(saved_id(task), Path(task.output_path), record, task.unsaved_changes)
            for task, record in zip(tasks, records, strict=True)
        ]

    async def _mark(self, written: Sequence[Snapshot]) -> None:
        """Count the written changes off; those made in between stay, and are written next."""
        by_count: dict[int, list[int]] = defaultdict(list)
        for snapshot in written:
            by_count[snapshot.num_changes].append(snapshot.task_id)
        async with self.database.transaction() as session:
            for count, ids in by_count.items():
                await session.exec(
                    update(Task)
                    .where(col(Task.id).in_(ids))
                    .values(unsaved_changes=col(Task.unsaved_changes) - count)
                )


async def read_records(session: AsyncSession, tasks: Sequence[Task]) -> list[TaskRecord]:
    """What these tasks' folders are to hold of them."""
    ids = [saved_id(task) for task in tasks]
    attempts, tags = await _attempts_of(session, ids), await _tags_of(session, ids)
    searches = await _searches_of(session, ids)
    return [
        TaskRecord.model_validate(
            task.model_dump(include=set(TaskRecord.model_fields))
            | {"attempts": attempts[saved_id(task)], "tags": tags[saved_id(task)]}
            | {"search": searches.get(saved_id(task))}
        )
        for task in tasks
    ]


async def _attempts_of(session: AsyncSession, ids: Sequence[int]) -> dict[int, list[AttemptRecord]]:
    query = select(Attempt).where(col(Attempt.task_id).in_(ids)).order_by(col(Attempt.number))
    grouped: dict[int, list[AttemptRecord]] = defaultdict(list)
    for attempt in await session.exec(query):
        grouped[attempt.task_id].append(AttemptRecord.model_validate(attempt.model_dump()))
    return grouped


async def _tags_of(session: AsyncSession, ids: Sequence[int]) -> dict[int, list[str]]:
    query = select(TaskTag).where(col(TaskTag.task_id).in_(ids)).order_by(col(TaskTag.tag))
    grouped: dict[int, list[str]] = defaultdict(list)
    for row in await session.exec(query):
        grouped[row.task_id].append(row.tag)
    return grouped


async def _searches_of(session: AsyncSession, ids: Sequence[int]) -> dict[int, SearchRecord]:
    query = select(TrialTask, Trial).join(Trial, col(Trial.id) == col(TrialTask.trial_id))
    pairs = (await session.exec(query.where(col(TrialTask.task_id).in_(ids)))).all()
    search_ids = {trial.search_id for _, trial in pairs}
    rows = (await session.exec(select(Search).where(col(Search.id).in_(search_ids)))).all()
    searches = {row.id: row for row in rows}
    return {
        link.task_id: search_record(
            searches[trial.search_id], trial.number, trial.params, link.repeat
        )
        for link, trial in pairs
    }


def _write_all(snapshots: Sequence[Snapshot]) -> list[Snapshot]:
    return [snapshot for snapshot in snapshots if _write(snapshot.folder, snapshot.record)]


def _write(folder: Path, record: TaskRecord) -> bool:
    """True when there is nothing left to do: written, or the folder is gone or another task's."""
    if not folder.is_dir():
        return True
    there = read_record(folder)
    if there is not None and there.uuid != record.uuid:
        log.warning("folder_of_another_task", folder=str(folder), task=record.id)
        return True
    try:
        (folder / STATE_FOLDER).mkdir(exist_ok=True)
        write_record(folder, record)
    except OSError as error:
        log.warning("folder_not_written", folder=str(folder), reason=str(error))
        return False
    return True
