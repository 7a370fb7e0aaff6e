"""Databases are brought to this version's schema, from nothing and from every earlier version.

`migrations_seeds/NNNN.sql` holds rows as they were at revision NNNN; a new revision brings one.
"""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, inspect, text
from sqlmodel import select

from hypertrainer.database import Database
from hypertrainer.errors import Conflict, StorageError
from hypertrainer.hpsearch.tables import SearchFact, Trial, TrialTask
from hypertrainer.migrations import FOLDER, migrate, packaged_revisions, stored_revision
from hypertrainer.migrations.copies import copy_before_upgrade
from hypertrainer.migrations.metadata import TABLES, metadata
from hypertrainer.migrations.upgrade import upgrade
from hypertrainer.tasks.queries import get_task_read
from tests.conftest import BOTH

SEEDS = Path(__file__).parent / "migrations_seeds"
FIRST = "0001"


@pytest.fixture
async def empty_sqlite_database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'hypertrainer.db'}")
    yield database
    await database.close()


# What migrations make of a search with one trial that has ended.
DERIVED = {"search_fact": 3, "trial_task": 1}


@pytest.fixture
async def empty_postgres_database(request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    server = request.getfixturevalue("postgres")
    async with server.empty_database() as url:
        database = Database(url)
        yield database
        await database.close()


@pytest.fixture(params=BOTH)
def empty_database(request: pytest.FixtureRequest) -> Database:
    database: Database = request.getfixturevalue(f"empty_{request.param}_database")
    return database


async def execute(database: Database, *statements: str) -> None:
    async with database.engine.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement))


async def revision_of(database: Database) -> str | None:
    async with database.engine.connect() as connection:
        return await connection.run_sync(stored_revision)


def differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    found: list[Any] = compare_metadata(context, metadata())
    return found


def indexes(connection: Connection) -> dict[str, list[tuple[str | None, list[str | None]]]]:
    inspector = inspect(connection)
    return {
        table: sorted((one["name"], one["column_names"]) for one in inspector.get_indexes(table))
        for table in metadata().tables
    }


def test_the_revisions_are_a_line_of_numbers() -> None:
    script = ScriptDirectory(str(FOLDER))
    line = [revision.revision for revision in script.walk_revisions()]
    assert list(reversed(line)) == packaged_revisions()
    assert line == [f"{number:04}" for number in range(len(line), 0, -1)]


def test_every_table_is_migrated() -> None:
    assert {table.__tablename__ for table in TABLES} == set(metadata().tables)


async def test_an_empty_database_gets_what_the_tables_say(empty_database: Database) -> None:
    await migrate(empty_database)
    async with empty_database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    assert await revision_of(empty_database) == packaged_revisions()[-1]


async def test_migrations_and_definitions_make_the_same_indexes(empty_database: Database) -> None:
    await migrate(empty_database)
    cascade = "" if empty_database.is_sqlite else " CASCADE"
    async with empty_database.engine.begin() as connection:
        migrated = await connection.run_sync(indexes)
        for table in metadata().tables:
            await connection.execute(text(f"DROP TABLE {table}{cascade}"))
        await connection.run_sync(metadata().create_all)
        assert await connection.run_sync(indexes) == migrated


async def test_migrated_tables_never_use_an_id_twice_where_the_definitions_say_so(
    empty_sqlite_database: Database,
) -> None:
    kept = "SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%' ORDER BY name"
    await migrate(empty_sqlite_database)
    async with empty_sqlite_database.engine.begin() as connection:
        migrated = (await connection.execute(text(kept))).all()
        for table in metadata().tables:
            await connection.execute(text(f"DROP TABLE {table}"))
        await connection.run_sync(metadata().create_all)
        assert (await connection.execute(text(kept))).all() == migrated
    assert ("task",) in [tuple(row) for row in migrated]


async def test_migrating_again_does_nothing(empty_database: Database) -> None:
    await migrate(empty_database)
    await execute(
        empty_database, "DROP TABLE search_fact"
    )  # would be missed by anything that looked
    await migrate(empty_database)


@pytest.mark.parametrize("seed", sorted(SEEDS.glob("*.sql")), ids=lambda path: path.stem)
async def test_rows_of_every_earlier_version_survive(empty_database: Database, seed: Path) -> None:
    await upgrade(empty_database, seed.stem)
    rows = seed.read_text("utf-8")
    await execute(empty_database, *filter(str.strip, rows.split(";\n")))
    await migrate(empty_database)
    async with empty_database.reading() as session:
        for table in TABLES:
            count = (await session.exec(select(func.count()).select_from(table))).one()
            inserted = rows.count(f"INSERT INTO {table.__tablename__} ")
            assert count == (inserted or DERIVED.get(str(table.__tablename__), 0)), table
        task = await get_task_read(session, 12)
    assert (task.name, task.tags, task.notes, task.params) == (
        "hp_test_hpsearch_0",
        ["best"],
        "é",
        {"training.lr": 0.1},
    )
    assert task.metrics["loss"].last == 0.5


@pytest.mark.parametrize("version", ["0001", "0002"])
async def test_searches_of_earlier_versions_are_told_as_facts(
    empty_database: Database, version: str
) -> None:
    await upgrade(empty_database, version)
    rows = (SEEDS / f"{version}.sql").read_text("utf-8")
    await execute(empty_database, *filter(str.strip, rows.split(";\n")))
    await migrate(empty_database)
    async with empty_database.reading() as session:
        facts = (await session.exec(select(SearchFact))).all()
        trial, link = (
            await session.exec(select(Trial, TrialTask).where(Trial.id == TrialTask.trial_id))
        ).one()
    assert [(fact.seq, fact.kind, fact.number) for fact in facts] == [
        (1, "revised", None),
        (2, "asked", 0),
        (3, "told", 0),
    ]
    assert (trial.state, trial.platform, link.task_id) == ("complete", "local", 12)


def test_every_revision_has_a_seed_and_the_newest_has_a_row_for_every_table() -> None:
    seeds = sorted(SEEDS.glob("*.sql"))
    assert [path.stem for path in seeds] == packaged_revisions()
    newest = seeds[-1].read_text("utf-8")
    assert all(f"INSERT INTO {table.__tablename__} " in newest for table in TABLES)


async def test_two_servers_may_start_at_once(empty_database: Database) -> None:
    databases = [Database(empty_database.url) for _ in range(3)]
    await asyncio.gather(*(migrate(database) for database in databases))
    for database in databases:
        await database.close()
    assert await revision_of(empty_database) == packaged_revisions()[-1]


async def test_a_migration_that_fails_leaves_nothing(empty_database: Database) -> None:
    await execute(empty_database, "CREATE TABLE trial (id INTEGER)")  # in the way, and made last
    with pytest.raises(Exception, match="already exists"):
        await migrate(empty_database)
    async with empty_database.engine.connect() as connection:
        names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    assert names == ["trial"]


async def test_a_database_of_a_newer_version_is_refused(empty_database: Database) -> None:
    await migrate(empty_database)
    await execute(empty_database, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Conflict, match=r"newer HyperTrainer .*9999.*knows up to"):
        await migrate(empty_database)


async def test_a_database_of_somebody_else_is_refused(empty_database: Database) -> None:
    await execute(empty_database, "CREATE TABLE task (title TEXT)")
    with pytest.raises(Conflict, match="did not make"):
        await migrate(empty_database)


async def test_the_copy_is_a_whole_database_and_the_last_one_is_kept(
    empty_sqlite_database: Database, tmp_path: Path
) -> None:
    await migrate(empty_sqlite_database)
    for stored in ("0001", "0002"):
        copy_before_upgrade(empty_sqlite_database.url, stored)
    assert [path.name for path in tmp_path.glob("*before*")] == ["hypertrainer.db.before-0003"]
    copied = Database(f"sqlite:///{tmp_path / 'hypertrainer.db.before-0003'}")
    assert await revision_of(copied) == packaged_revisions()[-1]
    await copied.close()


def test_a_copy_that_cannot_be_written_says_what_to_do(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'not there' / 'hypertrainer.db'}"
    with pytest.raises(StorageError, match=r"before its upgrade.*nothing was changed"):
        copy_before_upgrade(url, "0001")


async def test_references_are_kept_and_enforced_after_an_upgrade(
    empty_sqlite_database: Database,
) -> None:
    await migrate(empty_sqlite_database)
    async with empty_sqlite_database.engine.connect() as connection:
        assert (await connection.execute(text("PRAGMA foreign_keys"))).scalar_one() == 1


def test_starting_on_a_current_database_never_loads_alembic(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'hypertrainer.db'}"
    script = (
        "import asyncio, sys\n"
        "from hypertrainer.database import Database\n"
        "from hypertrainer.migrations import migrate\n"
        f"asyncio.run(migrate(Database({url!r})))\n"
        "print('alembic' in sys.modules)\n"
    )
    command = [sys.executable, "-c", script]
    said = [subprocess.run(command, check=True, capture_output=True).stdout for _ in range(2)]
    assert said == [b"True\n", b"False\n"]
