"""A real PostgreSQL server for a test session, and a database of its own for each test."""

import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from hypertrainer.database import Database, normal_url
from hypertrainer.migrations.metadata import metadata
from tests.served import free_port

LAB = Path(__file__).parent / "labs/pglab.sh"
TEMPLATE = "template_of_tests"


@dataclass(slots=True)
class PostgresServer:
    """A running server. Databases are copied from one template, which costs some 30 ms each."""

    port: int
    made: set[str] = field(default_factory=set)

    def url(self, name: str) -> str:
        return f"postgresql://lab@127.0.0.1:{self.port}/{name}"

    async def execute(self, sql: str) -> None:
        url = normal_url(self.url("lab"))
        engine = create_async_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        async with engine.connect() as connection:
            await connection.execute(text(sql))

    @asynccontextmanager
    async def empty_database(self) -> AsyncIterator[str]:
        """The URL of a database without any table."""
        async with self._database(template="template0") as url:
            yield url

    @asynccontextmanager
    async def database(self) -> AsyncIterator[str]:
        """The URL of a database that has our tables, empty."""
        if TEMPLATE not in self.made:
            await self._make_template()
        async with self._database(TEMPLATE) as url:
            yield url

    async def _make_template(self) -> None:
        await self.execute(f"CREATE DATABASE {TEMPLATE}")
        await create_tables(self.url(TEMPLATE))
        self.made.add(TEMPLATE)

    @asynccontextmanager
    async def _database(self, template: str) -> AsyncIterator[str]:
        name = f"test_{uuid4().hex}"
        await self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield self.url(name)
        finally:
            await self.execute(f"DROP DATABASE {name} WITH (FORCE)")


async def create_tables(url: str) -> None:
    """Make our tables straight from their definitions."""
    database = Database(url)
    async with database.engine.begin() as connection:
        await connection.run_sync(metadata().create_all)
    await database.close()


def has_postgres() -> bool:
    """Whether Debian's package is installed."""
    return any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """Start a server in a folder that its unprivileged user may pass, as `tmp_path` is not."""
    folder = Path(tempfile.mkdtemp(prefix="ht-pg-", dir="/tmp"))
    folder.chmod(0o755)
    port = free_port()
    command = ["bash", str(LAB)]
    subprocess.run([*command, "up", str(folder / "lab"), str(port)], check=True, timeout=120)
    try:
        yield PostgresServer(port)
    finally:
        subprocess.run([*command, "down", str(folder / "lab")], check=True, timeout=60)
        shutil.rmtree(folder)
