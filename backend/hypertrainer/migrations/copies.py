"""A SQLite file is copied before it is upgraded; the last copy is kept."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

from hypertrainer.errors import StorageError


def copy_before_upgrade(url: str, stored: str) -> Path | None:
    """Copy the file as last committed to `FILE.before-NNNN`, and drop older copies.

    `stored` is the revision it has; NNNN is the next. A database in memory is left alone.

    Raises:
        StorageError: the copy cannot be written; nothing was changed.
    """
    name = make_url(url).database
    if not name or name == ":memory:":
        return None
    path = Path(name)
    copy = path.with_name(f"{path.name}.before-{int(stored) + 1:04}")
    try:
        _copy(path, copy)
    except (OSError, sqlite3.Error) as error:
        raise StorageError(
            f"The database could not be copied to {copy} before its upgrade: {error}. Free some "
            "space or mend the folder's permissions, and start again; nothing was changed."
        ) from error
    for older in path.parent.glob(f"{path.name}.before-[0-9]*"):
        if older != copy:
            older.unlink()
    return copy


def _copy(path: Path, copy: Path) -> None:
    partial = copy.with_name(f".{copy.name}.partial")
    try:
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(partial)) as target:
            source.backup(target)
        partial.replace(copy)
    finally:
        partial.unlink(missing_ok=True)
