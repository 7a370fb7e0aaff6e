"""Brings the folders of searches up to date with the database: what is new is appended."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from hypertrainer.database import Database
from hypertrainer.hpsearch.facts import TrialState
from hypertrainer.hpsearch.search_folder import (
    FACTS,
    TRIALS,
    FactLine,
    SearchFolderRecord,
    TaskLine,
    TrialLine,
    append_lines,
    find_search_folder,
    new_search_folder,
    read_facts,
    read_trials,
    remove_search_folder,
    whole_size,
    write_search_record,
)
from hypertrainer.hpsearch.tables import (
    Search,
    SearchFact,
    Trial,
    TrialTask,
    saved_search_id,
    saved_trial_id,
)

log = structlog.get_logger(__name__)
# What changes in a search without a fact; of the rest there is none without one.
MARKS = (
    "id",
    "uuid",
    "last_seq",
    "changes",
    "status",
    "reason",
    "is_closed",
    "name",
    "project",
    "notes",
    "is_archived",
    "ended_at",
    "paused_at",
)
BATCH = 500
OVER = [state for state in TrialState if state.is_over]


@dataclass(slots=True)
class Written:
    """What a search's folder holds, and what it was when that was written."""

    uuid: str
    folder: Path | None = None
    marks: tuple[Any, ...] = ()
    seq: int = 0
    facts_size: int = 0
    changes: int = 0
    trials_size: int = 0
    trials: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Pending:
    """What is to be written of a search."""

    record: SearchFolderRecord
    facts: list[FactLine]
    trials: list[TrialLine]


@dataclass(slots=True)
class WriteSearches:
    """The part of the pass that keeps searches' folders complete."""

    database: Database
    output: Path
    _written: dict[int, Written] = field(default_factory=dict)

    async def run_once(self) -> None:
        """Write what changed since the last round; what cannot be written is tried in the next."""
        async with self.database.reading() as session:
            query = Select[*tuple[Any, ...]](*(getattr(Search, name) for name in MARKS))
            marks = {row[0]: tuple(row) for row in await session.exec(query)}
        await self._forget(set(self._written) - set(marks))
        for search_id, row in marks.items():
            known = self._written.get(search_id)
            if known is None:
                known = await asyncio.to_thread(_look, self.output, row[1])
                self._written[search_id] = known
            if known.marks != row:
                await self._write(search_id, known, row)

    async def _forget(self, gone: set[int]) -> None:
        for search_id in gone:
            uuid = self._written.pop(search_id).uuid
            await asyncio.to_thread(remove_search_folder, self.output, uuid)

    async def _write(self, search_id: int, known: Written, marks: tuple[Any, ...]) -> None:
        async with self.database.reading() as session:
            search = await session.get(Search, search_id)
            if search is None:
                return
            if known.seq > search.last_seq:  # of an older copy of the database: all is written anew
                known.seq = known.facts_size = known.changes = known.trials_size = 0
                known.trials.clear()
            pending = await _load(session, search, known)
        try:
            await asyncio.to_thread(_append, self.output, known, pending)
        except OSError as error:
            log.warning("search_not_written", search=search_id, reason=str(error))
            return
        known.marks, known.changes = marks, search.changes


def _look(output: Path, uuid: str) -> Written:
    folder = find_search_folder(output, uuid)
    if folder is None:
        return Written(uuid)
    seq, (trials, num_lines) = len(read_facts(folder)), read_trials(folder)
    return Written(
        uuid,
        folder,
        seq=seq,
        facts_size=whole_size(folder / FACTS, seq),
        trials_size=whole_size(folder / TRIALS, num_lines),
        trials=set(trials),
    )


async def _load(session: AsyncSession, search: Search, known: Written) -> Pending:
    search_id = saved_search_id(search)
    facts = await session.exec(
        select(SearchFact)
        .where(col(SearchFact.search_id) == search_id, col(SearchFact.seq) > known.seq)
        .order_by(col(SearchFact.seq))
    )
    trials = await session.exec(
        select(Trial)
        .where(col(Trial.search_id) == search_id, col(Trial.changed_seq) > known.changes)
        .order_by(col(Trial.number))
    )
    rows = [row for row in trials if row.state in OVER or row.number not in known.trials]
    tasks = await _tasks_of(session, rows)
    return Pending(
        SearchFolderRecord.model_validate(search.model_dump()),
        [FactLine.model_validate(row.model_dump()) for row in facts],
        [
            TrialLine.model_validate(row.model_dump() | {"tasks": tasks[saved_trial_id(row)]})
            for row in rows
        ],
    )


async def _tasks_of(session: AsyncSession, trials: Sequence[Trial]) -> dict[int, list[TaskLine]]:
    tasks: dict[int, list[TaskLine]] = defaultdict(list)
    ids = [saved_trial_id(trial) for trial in trials]
    for start in range(0, len(ids), BATCH):
        query = select(TrialTask).where(col(TrialTask.trial_id).in_(ids[start : start + BATCH]))
        for row in await session.exec(query.order_by(col(TrialTask.repeat))):
            tasks[row.trial_id].append(TaskLine.model_validate(row.model_dump()))
    return tasks


def _append(output: Path, known: Written, pending: Pending) -> None:
    record = pending.record
    if known.folder is None or not known.folder.is_dir():
        known.folder = new_search_folder(output, record.name, record.uuid)
    write_search_record(known.folder, record)
    known.facts_size = append_lines(known.folder / FACTS, pending.facts, known.facts_size)
    known.seq += len(pending.facts)
    known.trials_size = append_lines(known.folder / TRIALS, pending.trials, known.trials_size)
    known.trials |= {line.number for line in pending.trials}
