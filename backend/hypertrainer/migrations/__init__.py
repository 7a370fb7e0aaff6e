"""Brings a database to the schema of this version, at start-up.

`versions/NNNN_words.py` are Alembic's revisions, one after the other; the number is the revision.
Alembic itself is loaded only where there is something to do, for it takes a fifth of a second.
"""

import importlib
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from hypertrainer.database import Database
from hypertrainer.errors import Conflict

FOLDER = Path(__file__).parent
VERSION_TABLE = "alembic_version"


def packaged_revisions() -> list[str]:
    """The revisions that this version brings, oldest first."""
    files = (FOLDER / "versions").glob("[0-9]*.py")
    return sorted(path.name.partition("_")[0] for path in files)


async def migrate(database: Database) -> None:
    """Create or upgrade the tables; does nothing where they are those of this version.

    Two servers that start at once wait for each other. A SQLite file that holds something is copied
    before it is changed, to `FILE.before-NNNN`, of which the last is kept.

    Raises:
        Conflict: the database is of a newer version, or not ours.
        StorageError: the copy cannot be written.
    """
    async with database.engine.connect() as connection:
        stored = await connection.run_sync(stored_revision)
    revisions = packaged_revisions()
    if stored == revisions[-1]:
        return
    check_known(stored, revisions)
    await importlib.import_module("hypertrainer.migrations.upgrade").upgrade(database)


def stored_revision(connection: Connection) -> str | None:
    """The database's revision; None where it is empty.

    Raises:
        Conflict: it has tables of our names that no migration made.
    """
    tables = inspect(connection).get_table_names()
    if VERSION_TABLE in tables:
        row = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).first()  # noqa: S608 -- our own constant
        if row is not None:
            return str(row[0])
    if "task" in tables:
        raise Conflict(
            "The database has a table `task` that HyperTrainer did not make. Set "
            "HYPERTRAINER_DATABASE_URL to a database of its own."
        )
    return None


def check_known(stored: str | None, revisions: list[str]) -> None:
    """Refuse a database that a newer version has changed.

    Raises:
        Conflict: its revision is none of these.
    """
    if stored is not None and stored not in revisions:
        raise Conflict(
            f"The database was changed by a newer HyperTrainer (its schema is {stored}; this "
            f"version knows up to {revisions[-1]}). Install that version again, or set "
            "HYPERTRAINER_HOME or HYPERTRAINER_DATABASE_URL to another place."
        )
