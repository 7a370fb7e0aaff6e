"""Progress and summaries from real files, written in pieces as scripts write them."""

import os
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import select

from hypertrainer.database import Database
from hypertrainer.metrics import collect as collecting
from hypertrainer.tasks import actions
from hypertrainer.tasks.statuses import TaskStatus
from hypertrainer.tasks.tables import MetricSummary, Task
from tests.monitor.collecting import Collecting
from tests.monitor.place import monitored_place

# --- what is read ------------------------------------------------------------------------------


async def test_progress_follows_the_file(task: Collecting) -> None:
    task.append("progress.log", "0\ttrain\t0\t10\t100.0\n0\ttrain\t4\t10\t104.0\n")
    await task.look()
    progress = (await task.read()).progress
    assert progress is not None
    assert (progress.epoch, progress.phase, progress.iteration) == (0, "train", 4)
    assert (progress.num_epochs, progress.iterations_per_epoch) == (4, 10)
    assert progress.fraction == pytest.approx(0.5 / 4)
    task.append("progress.log", "3\ttrain\t9\t10\t140.0\n")
    await task.look()
    progress = (await task.read()).progress
    assert progress is not None
    assert (progress.epoch, progress.fraction) == (3, 1.0)


async def test_a_summary_grows_with_the_file_however_its_lines_are_torn(task: Collecting) -> None:
    pieces = ["0\t3.0\n1\t", "1.", "0\n", "2\t2.5", "\n"]
    for piece in pieces:
        task.append("metric_loss.log", piece)
        await task.look()
    summary = await task.summary("loss")
    assert (summary["count"], summary["first"], summary["last"]) == (3, 3.0, 2.5)
    assert (summary["min"], summary["min_epoch"]) == (1.0, 1.0)
    assert (summary["max"], summary["max_epoch"], summary["bad_lines"]) == (3.0, 0.0, 0)
    assert (await task.read()).metrics["loss"].last == 2.5


async def test_a_torn_last_line_waits_and_is_read_at_the_end(task: Collecting) -> None:
    task.append("metric_loss.log", "0\t3.0\n1\t0.25")
    await task.look()
    assert (await task.summary("loss"))["count"] == 1
    assert not await task.is_collected()
    await task.finish()
    await task.look()
    assert (await task.summary("loss"))["last"] == 0.25
    assert await task.is_collected()


async def test_a_metric_and_a_classwise_one_of_the_same_name_are_two(task: Collecting) -> None:
    task.append("metric_acc.log", "0\t0.5\n")
    task.append("metric_classwise_acc.log", "0\tcat\t0.1\n0\tdog\t0.9\n")
    await task.look()
    plain, classwise = await task.summary("acc"), await task.summary("classwise_acc")
    assert (plain["last"], plain["is_classwise"]) == (0.5, False)
    assert (classwise["classes"], classwise["max"]) == (["cat", "dog"], 0.9)
    assert set((await task.read()).metrics) == {"acc", "classwise_acc"}


async def test_bad_lines_are_counted_and_hide_no_good_ones(task: Collecting) -> None:
    task.append("metric_loss.log", "epoch value\n0 1.0\nrubbish here too\n1 nan\n2 0.5\n")
    await task.look()
    summary = await task.summary("loss")
    assert (summary["count"], summary["bad_lines"], summary["last"]) == (3, 1, 0.5)
    assert (summary["min"], summary["max"]) == (0.5, 1.0)


async def test_a_file_that_was_written_anew_is_read_from_its_beginning(task: Collecting) -> None:
    task.append("metric_loss.log", "0\t9.0\n1\t8.0\n2\t7.0\n")
    await task.look()
    (task.folder / "metric_loss.log").write_text("0\t1.0\n")
    await task.look()
    summary = await task.summary("loss")
    assert (summary["count"], summary["max"]) == (1, 1.0)


async def test_a_file_that_takes_anothers_place_is_read_from_its_beginning(
    task: Collecting,
) -> None:
    task.append("metric_loss.log", "0\t9.0\n")
    await task.look()
    task.append("new", "0\t1.0\n1\t2.0\n2\t3.0\n")
    (task.folder / "new").replace(task.folder / "metric_loss.log")
    await task.look()
    summary = await task.summary("loss")
    assert (summary["count"], summary["first"], summary["max"]) == (3, 1.0, 3.0)


async def test_more_than_one_step_is_read_at_once_without_waiting_for_a_change(
    sqlite_task: Collecting,
) -> None:
    lines = collecting.STEP_BYTES * 2 // 8
    sqlite_task.append("metric_loss.log", "".join(f"{n % 100:03d}\t1.5\n" for n in range(lines)))
    pause, rounds = await sqlite_task.look(), 1
    while pause == 0.0:
        pause, rounds = await sqlite_task.work.run_once(), rounds + 1
    assert rounds in (2, 3)
    assert (await sqlite_task.summary("loss"))["count"] == lines


# --- the end, and after ------------------------------------------------------------------------


async def test_output_is_collected_only_after_the_end_of_the_task(task: Collecting) -> None:
    task.append("metric_loss.log", "0\t1.0\n")
    for _ in range(2):
        await task.look()
        assert not await task.is_collected()
    await task.finish()
    task.append("metric_loss.log", "1\t0.5\n")
    await task.work.run_once()  # an ended task needs no change to be looked at
    assert await task.is_collected()
    assert (await task.summary("loss"))["count"] == 2


async def test_a_task_that_wrote_nothing_or_whose_folder_is_gone_is_collected_too(
    task: Collecting,
) -> None:
    os.rename(task.folder, f"{task.folder}-moved")  # noqa: PTH104 - of a folder
    await task.finish()
    await task.look()
    assert await task.is_collected()


async def test_a_waiting_task_is_not_looked_at(sqlite_database: Database, tmp_path: Path) -> None:
    place = monitored_place(sqlite_database, tmp_path)
    task_id = await place.add()
    task = Collecting(place, task_id, Path((await place.task(task_id)).output_path))
    task.append("metric_loss.log", "0\t1.0\n")
    await task.look()
    assert (await task.read()).metrics == {}


async def test_a_resumed_task_goes_on_where_it_was(task: Collecting) -> None:
    task.append("metric_loss.log", "0\t1.0\n1\t0.5\n")
    await task.finish()
    await task.look()
    await task.place.act(task.task_id, actions.resume)
    assert not await task.is_collected()
    for _ in range(2):
        await task.place.round()
    task.append("metric_loss.log", "1\t0.75\n2\t0.25\n")
    await task.look()
    summary = await task.summary("loss")
    assert (summary["count"], summary["first"], summary["last"]) == (4, 1.0, 0.25)
    await task.finish()
    await task.look()
    assert await task.is_collected()


async def test_a_task_that_was_resumed_while_it_was_read_is_not_taken_as_collected(
    task: Collecting,
) -> None:
    await task.finish()
    (seen,) = await task.work._load()
    await task.place.act(task.task_id, actions.resume)
    await task.work._collect([seen])
    assert not await task.is_collected()


# --- many tasks --------------------------------------------------------------------------------


async def test_every_one_of_many_running_tasks_is_read_and_then_there_is_rest(
    sqlite_database: Database, tmp_path: Path
) -> None:
    place = monitored_place(sqlite_database, tmp_path, capacity=None)
    ids = [await place.add(f"task-{number}") for number in range(210)]
    async with place.database.transaction() as session:
        await session.exec(update(Task).values(status=TaskStatus.RUNNING))
    for task_id in ids:
        folder = Path((await place.task(task_id)).output_path)
        (folder / "metric_loss.log").write_text("0\t1.0\n")
    work = Collecting(place, ids[0], tmp_path)
    pause = await work.look()
    async with place.database.reading() as session:
        summaries = (await session.exec(select(MetricSummary))).all()
    assert {summary.task_id for summary in summaries} == set(ids)
    assert pause > 0
