"""Writes the next migration; see `tools/migration`."""

import asyncio
import sys
import tempfile
from pathlib import Path

from alembic import command
from sqlalchemy import Connection

from hypertrainer.database import Database
from hypertrainer.migrations import FOLDER, migrate, packaged_revisions
from hypertrainer.migrations.upgrade import alembic_config


def main() -> None:
    """Compare the tables with what the migrations make, and write the difference."""
    if len(sys.argv) != 2 or not sys.argv[1].strip():
        raise SystemExit('usage: tools/migration "What it does" | --initial')
    message = sys.argv[1].strip().rstrip(".")
    if message == "--initial":
        remove_all()
        message = "Create the tables"
    with tempfile.TemporaryDirectory() as folder:
        path = asyncio.run(write(f"sqlite:///{folder}/current.db", message))
    sys.stdout.write(f"{path}\n")


def remove_all() -> None:
    """Forget the only migration; once there are more, users have databases made by them."""
    files = sorted((FOLDER / "versions").glob("[0-9]*.py"))
    if len(files) > 1:
        raise SystemExit(f"{len(files)} migrations are out already; write a further one.")
    for file in files:
        file.unlink()


async def write(url: str, message: str) -> Path:
    """Write the migration after all that there are, from a database that has had them."""
    database = Database(url)
    if packaged_revisions():
        await migrate(database)
    async with database.engine.begin() as connection:
        path = await connection.run_sync(revise, message)
    await database.close()
    return path


def revise(connection: Connection, message: str) -> Path:
    """Have Alembic compare and write one revision."""
    number = f"{len(packaged_revisions()) + 1:04}"
    script = command.revision(
        alembic_config(connection), message=message, autogenerate=True, rev_id=number
    )
    if script is None or isinstance(script, list):
        raise RuntimeError("Alembic wrote no revision, or several")
    return Path(script.path)


if __name__ == "__main__":
    main()
