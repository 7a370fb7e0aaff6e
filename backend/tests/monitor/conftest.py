"""What tests of the monitor may ask for: running tasks."""

from pathlib import Path

import pytest

from hypertrainer.database import Database
from tests.monitor.collecting import Collecting, running_task
from tests.monitor.place import monitored_place


@pytest.fixture
async def task(database: Database, tmp_path: Path) -> Collecting:
    return await running_task(monitored_place(database, tmp_path, capacity=None))


@pytest.fixture
async def sqlite_task(sqlite_database: Database, tmp_path: Path) -> Collecting:
    return await running_task(monitored_place(sqlite_database, tmp_path, capacity=None))
