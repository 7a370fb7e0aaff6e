"""What tests of the monitor may ask for: running tasks, and a server whose tasks run elsewhere."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hypertrainer.database import Database
from hypertrainer.monitor.supervisor import Supervisor
from tests.monitor.collecting import Collecting, running_task
from tests.monitor.place import MonitoredPlace, monitored_place
from tests.postgres import create_tables


@pytest.fixture
async def task(database: Database, tmp_path: Path) -> Collecting:
    return await running_task(monitored_place(database, tmp_path, capacity=None))


@pytest.fixture
async def sqlite_task(sqlite_database: Database, tmp_path: Path) -> Collecting:
    return await running_task(monitored_place(sqlite_database, tmp_path, capacity=None))


@pytest.fixture
def place(database: Database, tmp_path: Path) -> MonitoredPlace:
    """A server whose tasks run elsewhere, unless a module says otherwise."""
    return monitored_place(database, tmp_path, capacity=None, is_remote=True)


@pytest.fixture
def sqlite_place(sqlite_database: Database, tmp_path: Path) -> MonitoredPlace:
    """The same on SQLite only: for what is slow."""
    return monitored_place(sqlite_database, tmp_path, capacity=None, is_remote=True)


@pytest.fixture
async def rebuilt(
    request: pytest.FixtureRequest, database: Database, tmp_path: Path
) -> AsyncIterator[Database]:
    """Another empty database of the same kind."""
    if database.is_sqlite:
        url = f"sqlite:///{tmp_path / 'rebuilt.db'}"
        await create_tables(url)
        other = Database(url)
        yield other
        await other.close()
    else:
        async with request.getfixturevalue("postgres").database() as url:
            other = Database(url)
            yield other
            await other.close()


@pytest.fixture
async def supervisor() -> AsyncIterator[Supervisor]:
    made = Supervisor()
    yield made
    await made.stop()
