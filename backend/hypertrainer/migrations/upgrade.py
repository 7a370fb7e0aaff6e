"""Runs Alembic on one connection, under a lock. Loaded only where there is something to do."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from hypertrainer.database import Database
from hypertrainer.migrations import FOLDER, check_known, packaged_revisions, stored_revision
from hypertrainer.migrations.copies import copy_before_upgrade

LOCK = 7_246_359_021  # of PostgreSQL's advisory locks: a number that nobody else uses


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's settings; its commands then run on this connection."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


async def upgrade(database: Database, revision: str = "head") -> None:
    """Bring a database to this revision, in one transaction, when nobody else does.

    Raises:
        Conflict: the database is of a newer version, or not ours.
        StorageError: the copy of a SQLite file cannot be written.
    """
    async with _locked(database) as connection:
        stored = await connection.run_sync(stored_revision)
        check_known(stored, packaged_revisions())
        if stored is not None and database.is_sqlite and stored != packaged_revisions()[-1]:
            await asyncio.to_thread(copy_before_upgrade, database.url, stored)
        await connection.run_sync(_run, revision)
        if database.is_sqlite:
            await _check_references(connection)


def _run(connection: Connection, revision: str) -> None:
    command.upgrade(alembic_config(connection), revision)


@asynccontextmanager
async def _locked(database: Database) -> AsyncIterator[AsyncConnection]:
    """A transaction that no other server's migration runs beside."""
    engine = database.engine.execution_options(hypertrainer_writes=True)
    async with engine.connect() as connection:
        if database.is_sqlite:
            # Recreating a table would delete the rows that refer to it.
            await _pragma(connection, "foreign_keys=OFF")
        try:
            async with connection.begin():
                if not database.is_sqlite:
                    await connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
                yield connection
        finally:
            if database.is_sqlite:
                await _pragma(connection, "foreign_keys=ON")


async def _pragma(connection: AsyncConnection, pragma: str) -> None:
    """Set a pragma outside of any transaction, where alone it has an effect."""
    raw = await connection.get_raw_connection()
    driver: Any = raw.driver_connection  # aiosqlite's
    await driver.execute(f"PRAGMA {pragma}")


async def _check_references(connection: AsyncConnection) -> None:
    dangling = (await connection.execute(text("PRAGMA foreign_key_check"))).all()
    if dangling:
        raise RuntimeError(f"the migration left rows that refer to nothing: {dangling[:5]}")
