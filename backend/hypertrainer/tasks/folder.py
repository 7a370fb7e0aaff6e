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
from pathlib import Path
from typing import Any

from hypertrainer.errors import StorageError
from hypertrainer.tasks.task_record import TaskRecord

STATE_FOLDER = ".hypertrainer"
CONFIG_NAME = "config.yaml"
RECORD_NAME = "task.json"
SOURCE_NAME = "source.yaml"  # the config before its platform's own values were put into it
MAX_SLUG_LENGTH = 60
# All that a folder can hold whose making was cut short before its record was there.
UNFINISHED = re.compile(rf"{re.escape(STATE_FOLDER)}|\.{re.escape(RECORD_NAME)}\..*")


def folder_name(name: str, uuid: str) -> str:
    """A readable folder name that is unique by the uuid's first eight characters."""
    slug = re.sub(r"[^A-Za-z0-9._-]+", "_", name).strip("._-")[:MAX_SLUG_LENGTH]
    return f"{slug or 'task'}-{uuid[:8]}"


class NewFolders:
    """Folders of tasks that are being created, and can be taken back until their rows exist."""

    def __init__(self) -> None:
        self._parents: list[Path] = []
        self._folders: list[Path] = []

    def make(
        self, folder: Path, config_text: str, record: TaskRecord, source_text: str | None = None
    ) -> None:
        """Make a task's folder with its config and record. When it fails, all are taken back.

        A folder that a crash left, before this very task had a row, is taken over, and stays.

        Raises:
            StorageError: the folder cannot be made or written, or is another task's.
        """
        try:
            self._make_parents(folder.parent)
            if not _is_left_over(folder, record.uuid):
                folder.mkdir()
                self._folders.append(folder)
            (folder / STATE_FOLDER).mkdir(exist_ok=True)
            write_record(folder, record)  # first: it says whose folder it is, should we die here
            write_whole(folder / CONFIG_NAME, config_text)
            if source_text is not None:
                write_whole(folder / STATE_FOLDER / SOURCE_NAME, source_text)
        except OSError as error:
            self.take_back()
            raise StorageError(
                f"The output folder {folder} cannot be written: {error.strerror or error}. Free "
                "some space, mend its permissions, or set HYPERTRAINER_OUTPUT (or `output_root:` "
                "in the YAML) to another place."
            ) from error
        except BaseException:
            self.take_back()
            raise

    def _make_parents(self, folder: Path) -> None:
        missing = [path for path in (folder, *folder.parents) if not path.exists()]
        for path in reversed(missing):
            path.mkdir(exist_ok=True)
            self._parents.append(path)

    def take_back(self) -> None:
        """Remove everything that was made, as far as nobody else put something into it."""
        for folder in self._folders:
            shutil.rmtree(folder, ignore_errors=True)
        for parent in reversed(self._parents):
            with contextlib.suppress(OSError):  # others use it by now
                parent.rmdir()
        self._folders.clear()
        self._parents.clear()


def _is_left_over(folder: Path, uuid: str) -> bool:
    """Whether it is this task's folder, or what a crash left of it before it had a record."""
    if not folder.is_dir() or folder.is_symlink():
        return False
    record = read_record(folder)
    if record is not None:
        return record.uuid == uuid
    names = {path.name for path in folder.iterdir()}
    state = folder / STATE_FOLDER
    in_state = {path.name for path in state.iterdir()} if state.is_dir() else set()
    return all(map(UNFINISHED.fullmatch, names)) and all(map(UNFINISHED.fullmatch, in_state))


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
    if not os.path.lexists(folder):
        return None
    record = read_record(folder)
    if record is None or record.uuid != uuid:
        return f"{folder} was left: its task.json does not name this task."
    if folder.is_symlink():
        return f"{folder} was left: it is a link. Remove the link first, then delete the task."
    try:
        _remove_all(folder)
    except OSError as error:
        return f"{folder} could not be removed: {error.strerror or error}."
    return None


def _remove_all(folder: Path) -> None:
    """Whose folder it is goes last, so that a removal that failed can be repeated."""
    for child in folder.iterdir():
        if child.name == STATE_FOLDER:
            continue
        if child.is_dir() and not child.is_symlink():
            shutil.rmtree(child)
        else:
            child.unlink()
    shutil.rmtree(folder)


def read_json(path: Path) -> dict[str, Any] | None:
    """A JSON object from a file; None where there is none that can be read."""
    try:
        value = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
