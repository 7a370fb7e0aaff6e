"""Which files of a task's output directory are logs, and how a name is confined to it."""

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from hypertrainer.errors import NotFound
from hypertrainer.logs.schemas import LogFile

_SUFFIXES = (".log", ".txt")
_LONGEST_NAME = 255  # bytes, on every file system in use
_FIRST = ("out.txt", "err.txt")


def list_logs(folder: Path) -> list[LogFile]:
    """Every `*.log` and `*.txt` directly in the folder: output and error first, then by name.

    A folder that is not there yet has none. Links that leave the folder, and what is no regular
    file, are left out.
    """
    try:
        names = [path.name for path in folder.iterdir() if is_log_name(path.name)]
    except (FileNotFoundError, NotADirectoryError):
        return []
    files = (_log_file(folder, name) for name in names)
    return sorted((file for file in files if file is not None), key=_rank)


def find_log(folder: Path, name: str) -> Path:
    """The path of a log of the folder.

    Raises:
        NotFound: no log has that name, or it is a link that leaves the folder.
    """
    if not is_log_name(name) or _log_file(folder, name) is None:
        raise NotFound(f"The task has no log named {name!r}.")
    return folder / name


def is_log_name(name: str) -> bool:
    """Whether a log can have this name: a visible `*.log` or `*.txt`, and no path."""
    is_plain = name.isprintable() and not name.startswith(".") and not {"/", "\\"} & set(name)
    return is_plain and name.endswith(_SUFFIXES) and len(name.encode()) <= _LONGEST_NAME


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turn the operating system's refusal to read a log into our error.

    Raises:
        NotFound: the file is gone or may not be read.
    """
    try:
        yield
    except OSError as error:
        why = error.strerror or str(error)
        raise NotFound(f"The log {path.name!r} cannot be read: {why}.") from error


def _log_file(folder: Path, name: str) -> LogFile | None:
    try:
        path = (folder / name).resolve(strict=True)
        status = path.stat()
    except (OSError, RuntimeError):  # gone, or a circle of links
        return None
    # A pipe or a device would block whoever opens it.
    if not stat.S_ISREG(status.st_mode) or not path.is_relative_to(folder.resolve()):
        return None
    modified_at = datetime.fromtimestamp(status.st_mtime, UTC)
    return LogFile(name=name, size=status.st_size, modified_at=modified_at)


def _rank(file: LogFile) -> tuple[int, str]:
    return (_FIRST.index(file.name) if file.name in _FIRST else len(_FIRST), file.name)
