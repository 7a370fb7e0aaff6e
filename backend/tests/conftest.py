"""What every test may ask for: the event loop's kind, and real databases."""

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import hypothesis
import pytest
import structlog

from hypertrainer.database import Database
from tests.api import Api, serving_api
from tests.postgres import PostgresServer, create_tables, has_postgres, running_postgres

# How long an example takes says more of what else runs on the machine than of our code.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")

pytest_plugins = ["tests.labs.slurm", "tests.labs.sge", "tests.labs.tsp", "tests.labs.cluster"]
BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


# Tests that would meet: their jobs have the same names on this machine, or they share a cluster.
TOGETHER = {
    "machine": ("platforms/", "test_all_platforms.py"),
    "cluster": ("cluster/", "crash/test_cluster_crash_points.py"),
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With several processes (`-n 2 --dist loadgroup`), the tests of a file stay in one of them."""
    for item in items:
        name = item.path.relative_to(Path(__file__).parent).as_posix()
        groups = (group for group, paths in TOGETHER.items() if name.startswith(paths))
        item.add_marker(pytest.mark.xdist_group(next(groups, name)))


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session", autouse=True)
def _plain_tracebacks() -> None:
    """Drawing one with colours and every local variable takes structlog seconds."""
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.processors.add_log_level, plain])


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One PostgreSQL server for the whole session."""
    if not has_postgres():
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql-15")
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
async def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with our tables, to be copied."""
    path = tmp_path_factory.mktemp("template") / "hypertrainer.db"
    await create_tables(f"sqlite:///{path}")
    return path


@pytest.fixture
async def sqlite_database(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Database]:
    """An empty database in a SQLite file of the test's own."""
    path = shutil.copy(sqlite_template, tmp_path / "hypertrainer.db")
    async with _opened(f"sqlite:///{path}") as database:
        yield database


@pytest.fixture
async def postgres_database(postgres: PostgresServer) -> AsyncIterator[Database]:
    """An empty database on the PostgreSQL server."""
    async with postgres.database() as url, _opened(url) as database:
        yield database


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest) -> Database:
    """An empty database; the test runs once on SQLite and once on PostgreSQL."""
    opened: Database = request.getfixturevalue(f"{request.param}_database")
    return opened


@pytest.fixture
async def api(database: Database, tmp_path: Path) -> AsyncIterator[Api]:
    """A user of the whole application; the test runs once on SQLite and once on PostgreSQL."""
    async with serving_api(database, tmp_path) as served:
        yield served


@pytest.fixture
async def sqlite_api(sqlite_database: Database, tmp_path: Path) -> AsyncIterator[Api]:
    """A user of the whole application, on SQLite only: for what is slow."""
    async with serving_api(sqlite_database, tmp_path) as served:
        yield served


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        await database.close()
