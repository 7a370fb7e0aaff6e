"""Holds a database alone: two servers on one would both launch its tasks.

The lock goes with the process, however that ends: a server that was killed leaves none behind.
"""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from hypertrainer.database import Database
from hypertrainer.errors import Conflict, StorageError

KEY = 0x48595045525452  # "HYPERTR": PostgreSQL's locks have numbers
WAIT_SECONDS = 5.0  # for the connection of a server that has just died to be noticed
RETRY_SECONDS = 0.1
# So that a server whose machine went away does not hold it for hours.
KEEPALIVE = {"tcp_keepalives_idle": "30", "tcp_keepalives_interval": "10"}


@asynccontextmanager
async def sole_use(database: Database) -> AsyncIterator[None]:
    """Nobody else may use the database so meanwhile.

    Raises:
        Conflict: another server, or something in its place, does.
        StorageError: the file of the lock cannot be written.
    """
    holding = _holding_file if database.is_sqlite else _holding_session
    async with holding(database.url):
        yield


@asynccontextmanager
async def _holding_file(url: str) -> AsyncIterator[None]:
    """A file beside the database, which has locks of its own that must not be met."""
    path = make_url(url).database
    if not path or path == ":memory:":
        yield
        return
    try:
        descriptor = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StorageError(f"{path}.lock cannot be written: {error.strerror}.") from error
    try:
        _lock(descriptor, path)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, path: str) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise _in_use(path) from error


@asynccontextmanager
async def _holding_session(url: str) -> AsyncIterator[None]:
    engine = create_async_engine(
        url, poolclass=NullPool, connect_args={"server_settings": KEEPALIVE}
    )
    try:
        async with engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            if not await _is_got(connection):
                raise _in_use(make_url(url).render_as_string())
            yield
    finally:
        await engine.dispose()


async def _is_got(connection: AsyncConnection) -> bool:
    deadline, query = monotonic() + WAIT_SECONDS, text("SELECT pg_try_advisory_lock(:key)")
    while not (await connection.execute(query, {"key": KEY})).scalar_one():
        if monotonic() > deadline:
            return False
        await asyncio.sleep(RETRY_SECONDS)
    return True


def _in_use(name: str) -> Conflict:
    return Conflict(
        f"A server uses the database {name} already. Stop it first, or choose another database "
        "with --database-url or HYPERTRAINER_DATABASE_URL."
    )
