"""Output that is read while servers die, databases refuse and files are none."""

import os
from typing import Any

import pytest
from sqlmodel import select

from hypertrainer.database import Database
from hypertrainer.monitor.collect_output import _save
from hypertrainer.monitor.output_reading import TaskOutput, read, scan
from hypertrainer.tasks.tables import MetricSummary, OutputFile
from tests.monitor.collecting import Collecting


async def everything(database: Database) -> list[dict[str, Any]]:
    async with database.reading() as session:
        rows: list[MetricSummary | OutputFile] = list(
            (await session.exec(select(MetricSummary))).all()
        )
        rows += (await session.exec(select(OutputFile))).all()
    return sorted((row.model_dump() for row in rows), key=lambda row: str(row["name"]))


async def test_a_crash_between_reading_and_saving_repeats_to_the_same_numbers(
    task: Collecting,
) -> None:
    lines = ["0\t3.0\n1\t2.0\n", "2\t1.0\n", "3\t1.5\n"]
    for line in lines:
        task.append("metric_loss.log", line)
        task.append("progress.log", f"{line[0]}\ttrain\t0\t1\t{100 + int(line[0])}\n")
        await crash_while_saving(task)
        task.restart()
        await task.look()
    crashed, whole = await everything(task.place.database), (await task.read()).progress
    await forget(task)
    task.restart()
    await task.look()
    assert await everything(task.place.database) == crashed
    assert (await task.read()).progress == whole
    assert (await task.summary("loss"))["count"] == 4


class Crash(Exception):
    """The server dies."""


async def crash_while_saving(task: Collecting) -> None:
    (seen,) = await task.work._load()
    output = scan(seen, {})
    read(output, (await task.work._load_states([task.task_id])).get(task.task_id, {}))
    assert output.files
    with pytest.raises(Crash):
        await _save_and_crash(task.place.database, output)


async def _save_and_crash(database: Database, output: TaskOutput) -> None:
    async with database.transaction() as session:
        await _save(session, output)
        await session.flush()
        raise Crash


async def forget(task: Collecting) -> None:
    async with task.place.database.transaction() as session:
        for table in (MetricSummary, OutputFile):
            for row in (await session.exec(select(table))).all():
                await session.delete(row)


async def test_what_could_not_be_saved_is_read_again_in_the_next_round(
    task: Collecting,
) -> None:
    task.append("metric_loss.log", "0\t1.0\n")
    database = task.place.database
    async with database.transaction() as session:
        connection = await session.connection()
        await connection.exec_driver_sql("ALTER TABLE metric_summary RENAME TO away")
    with pytest.raises(Exception, match="metric_summary"):
        await task.look()
    async with database.transaction() as session:
        connection = await session.connection()
        await connection.exec_driver_sql("ALTER TABLE away RENAME TO metric_summary")
    await task.look()
    assert (await task.summary("loss"))["count"] == 1


async def test_a_file_that_cannot_be_read_hides_no_other(task: Collecting) -> None:
    (task.folder / "metric_odd.log").mkdir()
    os.mkfifo(task.folder / "metric_pipe.log")
    (task.folder / "metric_gone.log").symlink_to(task.folder / "nowhere")
    task.append("metric_loss.log", "0\t1.0\n")
    await task.look()
    assert set((await task.read()).metrics) == {"loss"}
    await task.finish()
    await task.look()
    assert await task.is_collected()
