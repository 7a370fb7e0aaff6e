"""What every test may ask for: the event loop's kind, and real databases."""

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from hypertrainer.database import Database
from tests.postgres import PostgresServer, create_tables, has_postgres, running_postgres

BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


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


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        await database.close()
