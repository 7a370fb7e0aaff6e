"""One server per database: a second is refused, and one that was killed is in nobody's way."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from hypertrainer.cli import sole_use as module
from hypertrainer.cli.sole_use import sole_use
from hypertrainer.database import Database
from hypertrainer.errors import Conflict

HOLDER = """\
import asyncio, sys
from hypertrainer.database import Database
from hypertrainer.cli.sole_use import sole_use
async def hold():
    async with sole_use(Database(sys.argv[1])):
        print("held", flush=True)
        await asyncio.sleep(60)
asyncio.run(hold())
"""


@pytest.fixture
def other(database: Database) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that holds the database."""
    process = subprocess.Popen([sys.executable, "-c", HOLDER, database.url], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    yield process
    process.kill()
    process.stdout.close()
    process.wait()


async def test_a_second_server_is_refused(
    database: Database, other: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WAIT_SECONDS", 0.0)
    assert other.poll() is None
    with pytest.raises(Conflict, match=r"A server uses the database .* already\. Stop it first"):
        async with sole_use(Database(database.url)):
            pass


async def test_one_that_was_killed_holds_nothing(
    database: Database, other: subprocess.Popen[bytes]
) -> None:
    other.kill()
    other.wait()
    async with sole_use(Database(database.url)):
        pass


async def test_it_is_given_back_at_the_end(database: Database) -> None:
    for _ in range(2):
        async with sole_use(database):
            pass


async def test_a_database_in_memory_is_nobody_else_s() -> None:
    async with sole_use(Database("sqlite://")), sole_use(Database("sqlite://")):
        pass
