"""Databases that are rebuilt from folders, and what is in them."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlmodel import SQLModel, select

from hypertrainer.database import Database
from hypertrainer.dependencies import Services
from hypertrainer.hpsearch.tables import Search, SearchFact, Trial, TrialTask
from hypertrainer.monitor.advance_searches import AdvanceSearches
from hypertrainer.monitor.collect_output import CollectOutput
from hypertrainer.monitor.output_watch import OutputWatch
from hypertrainer.monitor.record_environments import RecordEnvironments
from hypertrainer.monitor.reindex import ReindexReport, reindex
from hypertrainer.monitor.write_folders import WriteFolders
from hypertrainer.monitor.write_searches import WriteSearches
from hypertrainer.tasks.tables import Attempt, MetricSummary, OutputFile, Task, TaskParam, TaskTag
from tests.postgres import create_tables

TABLES: tuple[type[SQLModel], ...] = (
    Task,
    Attempt,
    TaskTag,
    TaskParam,
    MetricSummary,
    OutputFile,
    Search,
    SearchFact,
    Trial,
    TrialTask,
)
# Numbers of rows that nobody knows outside, and marks of work that is repeated after a rebuild.
LEFT_OUT = {
    Task: {"unsaved_changes", "last_seen_at"},
    Attempt: {"id", "missing_since", "missing_count"},
    Trial: {"id"},
    TrialTask: {"trial_id"},
}


async def contents(database: Database) -> dict[str, list[Any]]:
    """All rows of all tables, without what may differ."""
    found = {}
    async with database.reading() as session:
        for table in TABLES:
            rows = (await session.exec(select(table))).all()
            left_out = LEFT_OUT.get(table, set())
            found[table.__name__] = sorted(
                (row.model_dump(exclude=left_out) for row in rows), key=lambda row: str(row)
            )
    return found


async def settle(services: Services, database: Database) -> None:
    """What the loops do once all is quiet."""
    of_database = replace(services, database=database)
    await CollectOutput(of_database, OutputWatch(services.wakers.collect)).run_once()
    await RecordEnvironments(database).run_once()
    await AdvanceSearches(of_database).run_once()
    searches = WriteSearches(database, services.settings.output)
    await WriteFolders(database, searches).run_once()


async def reindexed(tmp_path: Path, root: Path) -> ReindexReport:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    await create_tables(url)
    database = Database(url)
    try:
        return await reindex(database, [root])
    finally:
        await database.close()
