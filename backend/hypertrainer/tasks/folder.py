"""A task's folder, which is complete by itself: the database is an index made from it.

`FOLDER/config.yaml` is what the script reads; `FOLDER/.hypertrainer/task.json` holds everything the
database knows that cannot be derived from the other files.
"""

import contextlib
import json
import os
import re
import shutil
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from hypertrainer.errors import StorageError

STATE_FOLDER = ".hypertrainer"
CONFIG_NAME = "config.yaml"
RECORD_NAME = "task.json"
RECORD_VERSION = 1
MAX_SLUG_LENGTH = 60


class AttemptRecord(BaseModel):
    """One attempt in `task.json`."""

    model_config = ConfigDict(extra="ignore")

    number: int
    key: str
    state: str
    job_id: str | None = None
    host: str | None = None
    gpus: list[str] = []
    cpus: int | None = None
    exit_code: int | None = None
    signal: str | None = None
    outcome: str | None = None
    reason: str = ""
    created_at: datetime
    intent_at: datetime | None = None
    submitted_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    stop_requested_at: datetime | None = None
    stop_by: str | None = None


class SearchRecord(BaseModel):
    """The search that a task belongs to, repeated in each of its tasks' `task.json`."""

    model_config = ConfigDict(extra="ignore")

    uuid: str
    trial_number: int
    trial_params: dict[str, Any]
    name: str
    algorithm: str
    n_trials: int
    seed: int
    space: dict[str, Any]
    config_text: str
    script: str
    platform: str
    project: str = ""
    created_at: datetime


class TaskRecord(BaseModel):
    """`task.json`."""

    model_config = ConfigDict(extra="ignore")

    version: int = RECORD_VERSION
    uuid: str
    id: int | None
    name: str
    script: str
    config: str | None = None
    platform: str
    project: str = ""
    tags: list[str] = []
    notes: str = ""
    status: str
    reason: str = ""
    is_archived: bool = False
    cloned_from: int | None = None
    created_at: datetime
    launch: dict[str, Any]
    attempts: list[AttemptRecord] = []
    search: SearchRecord | None = None


def folder_name(name: str, uuid: str) -> str:
    """A readable folder name that is unique by the uuid's first eight characters."""
    slug = re.sub(r"[^A-Za-z0-9._-]+", "_", name).strip("._")[:MAX_SLUG_LENGTH]
    return f"{slug or 'task'}-{uuid[:8]}"


def create_folder(folder: Path, config_text: str, record: TaskRecord) -> None:
    """Make a task's folder with its config and record; leaves nothing behind when it fails.

    Raises:
        StorageError: the folder cannot be made or written.
    """
    try:
        (folder / STATE_FOLDER).mkdir(parents=True)
        write_whole(folder / CONFIG_NAME, config_text)
        write_record(folder, record)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise StorageError(
            f"The output folder {folder} cannot be written: {error.strerror or error}. Free some "
            "space, mend its permissions, or set HYPERTRAINER_OUTPUT (or `output_root:` in the "
            "YAML) to another place."
        ) from error


def write_record(folder: Path, record: TaskRecord) -> None:
    """Replace `task.json` as a whole."""
    write_whole(folder / STATE_FOLDER / RECORD_NAME, record.model_dump_json(indent=1))


def read_record(folder: Path) -> TaskRecord | None:
    """The folder's record; None where there is none that can be read."""
    try:
        text = (folder / STATE_FOLDER / RECORD_NAME).read_text("utf-8")
        return TaskRecord.model_validate_json(text)
    except (OSError, ValueError):
        return None


def write_whole(path: Path, text: str) -> None:
    """Write a file so that a reader, or a crash, sees the old text or the new, never a part."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise


def remove_folder(folder: Path, uuid: str) -> str | None:
    """Delete a task's folder; says why where it was left. A folder that is gone is a success.

    Only a folder whose `task.json` bears this uuid is touched, whatever the database says.
    """
    if not folder.exists():
        return None
    record = read_record(folder)
    if record is None or record.uuid != uuid:
        return f"{folder} was left: its task.json does not name this task."
    try:
        shutil.rmtree(folder)
    except OSError as error:
        return f"{folder} could not be removed: {error.strerror or error}."
    return None


def read_json(path: Path) -> dict[str, Any] | None:
    """A JSON object from a file; None where there is none that can be read."""
    try:
        value = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None
