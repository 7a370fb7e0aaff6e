"""What a task's folder says of it, and the rows that this becomes again."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.clock import utc_now
from hypertrainer.errors import HyperTrainerError
from hypertrainer.hpsearch.statuses import SearchStatus
from hypertrainer.hpsearch.tables import (
    Search,
    Trial,
    TrialTask,
    saved_search_id,
    saved_trial_id,
)
from hypertrainer.monitor.rebuilt_searches import free_search_id
from hypertrainer.tasks.config import Config
from hypertrainer.tasks.creation import new_key, param_rows, saved_id
from hypertrainer.tasks.environment import environment_path
from hypertrainer.tasks.folder import CONFIG_NAME, STATE_FOLDER, read_record
from hypertrainer.tasks.statuses import AttemptState, TaskStatus
from hypertrainer.tasks.tables import Attempt, Task, TaskTag
from hypertrainer.tasks.task_record import AttemptRecord, SearchRecord, TaskRecord

NEVER_LAUNCHED = "Found in its folder; it was never launched. Resume to launch it."
OF_TASKS = {"trial_number", "trial_params", "repeat", "is_stopped"}  # not of the search
LAUNCHED = re.compile(r"(?:submitted|start)\.([0-9]{1,6})")
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
    "last_seen_at",
    "launch",
    "remote_path",
}


@dataclass(frozen=True, slots=True)
class FoundTask:
    """A task as its folder describes it. There is at least one attempt in `record`."""

    folder: Path
    record: TaskRecord
    params: dict[str, Any]
    has_environment: bool


def find_task(folder: Path) -> FoundTask | None:
    """The task of a folder; None where its record cannot be read. Blocks."""
    record = read_record(folder)
    if record is None:
        return None
    _complete(record, _num_launched(folder))
    has_environment = environment_path(folder).is_file()
    return FoundTask(folder, record, _read_params(folder), has_environment)


def _complete(record: TaskRecord, launched: int) -> None:
    """Add the attempt that was made after the record was last written, or that none was made."""
    now = utc_now()
    if launched > max((attempt.number for attempt in record.attempts), default=0):
        submitted = AttemptRecord(
            number=launched, key=new_key(), state=AttemptState.SUBMITTED, created_at=now
        )
        record.attempts.append(submitted)
        record.status, record.reason = TaskStatus.SUBMITTING, ""
    if not record.attempts:
        record.attempts.append(_never_launched(record))
        record.status, record.reason = TaskStatus.CANCELLED, NEVER_LAUNCHED


def _never_launched(record: TaskRecord) -> AttemptRecord:
    return AttemptRecord(
        number=1,
        key=new_key(),
        state=AttemptState.ENDED,
        outcome=TaskStatus.CANCELLED,
        reason=NEVER_LAUNCHED,
        created_at=record.created_at,
        ended_at=utc_now(),
    )


def _num_launched(folder: Path) -> int:
    """The number of the last attempt that left a trace in the folder."""
    try:
        names = [path.name for path in (folder / STATE_FOLDER).iterdir()]
    except OSError:
        return 0
    return max((int(match[1]) for name in names if (match := LAUNCHED.fullmatch(name))), default=0)


def _read_params(folder: Path) -> dict[str, Any]:
    try:
        return dict(Config.read((folder / CONFIG_NAME).read_text("utf-8")).flat_params())
    except (OSError, ValueError, HyperTrainerError):
        return {}


async def _free_id(session: AsyncSession, wanted: int | None) -> int:
    """The id that a task had, or the one after all others: a sequence may know of none of them."""
    if wanted is not None and await session.get(Task, wanted) is None:
        return wanted
    return ((await session.exec(select(func.max(Task.id)))).one() or 0) + 1


async def add_found(session: AsyncSession, found: FoundTask) -> None:
    """Add the rows of a task that the database does not have; its id is kept where it is free."""
    search = found.record.search
    search_id = await _search_id(session, search) if search else None
    task = _task_of(found, search_id)
    task.id = await _free_id(session, found.record.id)
    session.add(task)
    await session.flush()
    task_id, record = saved_id(task), found.record
    session.add_all(Attempt(task_id=task_id, **attempt.model_dump()) for attempt in record.attempts)
    session.add_all(TaskTag(task_id=task_id, tag=tag) for tag in dict.fromkeys(record.tags))
    session.add_all(param_rows(task_id, found.params))
    if search is not None and search_id is not None:
        trial = await _trial_of(session, search, search_id, task)
        session.add(
            TrialTask(task_id=task_id, trial_id=saved_trial_id(trial), repeat=search.repeat)
        )
    await session.flush()


def _task_of(found: FoundTask, search_id: int | None) -> Task:
    record, last = found.record, found.record.attempts[-1]
    starts = [attempt.started_at for attempt in record.attempts if attempt.started_at]
    is_current = last.state != AttemptState.QUEUED and record.status.is_active
    return Task(
        **record.model_dump(include=COPIED_FIELDS),
        output_path=str(found.folder),
        search_id=search_id,
        params=found.params,
        status=record.status,
        reason=record.reason,
        exit_code=last.exit_code,
        signal=last.signal,
        host=last.host,
        job_id=last.job_id,
        started_at=min(starts, default=None),
        ended_at=last.ended_at,
        is_mirrored=record.remote_path is None,
        # Of a task that has ended nothing is recorded any more: by now it would be untrue.
        is_environment_recorded=found.has_environment
        if is_current
        else not record.status.is_active,
    )


async def _search_id(session: AsyncSession, record: SearchRecord) -> int:
    """The task's search; made from what the task says of it where it has no folder of its own."""
    query = select(Search).where(col(Search.uuid) == record.uuid)
    search = (await session.exec(query)).first()
    if search is None:
        search = Search(**record.model_dump(exclude=OF_TASKS))
        search.id = await free_search_id(session, record.id)
    if record.is_stopped and not search.last_seq:
        search.status, search.ended_at = SearchStatus.STOPPED, record.ended_at
    session.add(search)
    await session.flush()
    return saved_search_id(search)


async def _trial_of(
    session: AsyncSession, record: SearchRecord, search_id: int, task: Task
) -> Trial:
    number = record.trial_number
    query = select(Trial).where(col(Trial.search_id) == search_id, col(Trial.number) == number)
    trial = (await session.exec(query)).first() or Trial(
        search_id=search_id,
        number=number,
        params=record.trial_params,
        platform=task.platform,
        created_at=task.created_at,
    )
    session.add(trial)
    await session.flush()
    return trial
