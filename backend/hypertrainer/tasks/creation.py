"""From a checked submission to rows and a folder: the only place where tasks are made."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any
from uuid import uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.clock import utc_now
from hypertrainer.tasks.folder import NewFolders, folder_name
from hypertrainer.tasks.launch import LaunchPlan
from hypertrainer.tasks.schemas import TaskRead
from hypertrainer.tasks.statuses import TaskStatus
from hypertrainer.tasks.tables import Attempt, Task, TaskParam, TaskTag
from hypertrainer.tasks.task_record import SearchRecord, TaskRecord

KEY_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
KEY_LENGTH = 15  # the longest job name that every scheduler takes
# Together within what PostgreSQL takes as a key of an index, 2,704 bytes, at four a letter.
MAX_PARAM_PATH = 250
MAX_PARAM_TEXT = 300


@dataclass(slots=True)
class TaskDraft:
    """A task that was checked and may be created."""

    name: str
    script: str
    config: str | None
    config_text: str  # the task's own config, `output_path` included
    platform: str
    output_path: str
    params: dict[str, Any]
    launch: LaunchPlan
    uuid: str
    project: str = ""
    notes: str = ""
    tags: Sequence[str] = ()
    cloned_from: int | None = None
    search: SearchRecord | None = None
    created_at: datetime = field(default_factory=utc_now)
    remote_path: str | None = None  # its folder on a platform elsewhere
    source_text: str | None = None  # its config before `platforms:` changed it, where that did


def new_uuid() -> str:
    """A fresh task uuid."""
    return str(uuid4())


def new_key() -> str:
    """A fresh job name: `h` and 14 random characters, legal on every scheduler."""
    return "h" + "".join(secrets.choice(KEY_ALPHABET) for _ in range(KEY_LENGTH - 1))


def output_path_for(root: str, name: str, uuid: str) -> str:
    """Where a task's output goes: one folder per task under the root. `~/` stays as it is."""
    return str(PurePosixPath(root) / folder_name(name, uuid))


def create_folders(drafts: Iterable[TaskDraft]) -> NewFolders:
    """Make the drafts' folders, before their rows exist: a row is never without its folder.

    Blocks. What it returns takes them back, should the rows not come.

    Raises:
        StorageError: a folder cannot be written; nothing is left behind.
    """
    folders = NewFolders()
    for draft in drafts:
        folder = Path(draft.output_path)
        folders.make(folder, draft.config_text, _record_of(draft), draft.source_text)
    return folders


def _record_of(draft: TaskDraft) -> TaskRecord:
    return TaskRecord(
        uuid=draft.uuid,
        id=None,
        name=draft.name,
        script=draft.script,
        config=draft.config,
        platform=draft.platform,
        project=draft.project,
        tags=sorted(set(draft.tags)),
        notes=draft.notes,
        status=TaskStatus.WAITING,
        cloned_from=draft.cloned_from,
        created_at=draft.created_at,
        launch=draft.launch.model_dump(mode="json"),
        remote_path=draft.remote_path,
        search=draft.search,
    )


async def add_tasks(
    session: AsyncSession, drafts: Sequence[TaskDraft], search_id: int | None = None
) -> list[Task]:
    """Add the rows of tasks whose folders exist, each with its first attempt queued."""
    tasks = [_task_of(draft, search_id) for draft in drafts]
    session.add_all(tasks)
    await session.flush()
    for task, draft in zip(tasks, drafts, strict=True):
        task_id = saved_id(task)
        session.add(new_attempt(task_id, 1))
        session.add_all(TaskTag(task_id=task_id, tag=tag) for tag in dict.fromkeys(draft.tags))
        session.add_all(param_rows(task_id, draft.params))
    await session.flush()
    return tasks


def read_new(task: Task, draft: TaskDraft) -> TaskRead:
    """A task that was just added, as clients see it, without asking the database again."""
    fields = task.model_dump(include=set(TaskRead.model_fields))
    tags = sorted(set(draft.tags))
    return TaskRead(**fields, tags=tags, num_attempts=1, is_stopping=False, metrics={})


def _task_of(draft: TaskDraft, search_id: int | None) -> Task:
    return Task(
        uuid=draft.uuid,
        name=draft.name,
        script=draft.script,
        config=draft.config,
        platform=draft.platform,
        project=draft.project,
        notes=draft.notes,
        output_path=draft.output_path,
        remote_path=draft.remote_path,
        is_mirrored=draft.remote_path is None,
        search_id=search_id,
        cloned_from=draft.cloned_from,
        created_at=draft.created_at,
        params=draft.params,
        launch=draft.launch.model_dump(mode="json"),
    )


def new_attempt(task_id: int, number: int) -> Attempt:
    """An attempt that waits in our queue."""
    return Attempt(task_id=task_id, number=number, key=new_key())


def saved_id(task: Task) -> int:
    """The id of a task that was flushed."""
    if task.id is None:
        raise RuntimeError(f"task {task.uuid} was not saved yet")
    return task.id


def param_rows(task_id: int, params: dict[str, Any]) -> list[TaskParam]:
    """One row per scalar parameter; lists are searchable as text, very long paths not at all."""
    return [
        TaskParam(task_id=task_id, path=path, number=_number(value), text=_text(value))
        for path, value in params.items()
        if len(path) <= MAX_PARAM_PATH
    ]


def _number(value: Any) -> float | None:
    try:
        return float(value) if isinstance(value, int | float) else None
    except OverflowError:  # an integer of hundreds of digits
        return None


def _text(value: Any) -> str | None:
    return None if value is None else str(value)[:MAX_PARAM_TEXT]
