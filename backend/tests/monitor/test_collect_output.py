"""Progress and summaries from real files, written in pieces as scripts write them."""

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import select

from hypertrainer.database import Database
from hypertrainer.events import Event, Subscription
from hypertrainer.metrics import collect as collecting
from hypertrainer.monitor.collect_output import CollectOutput, _save
from hypertrainer.monitor.output_reading import TaskOutput, read, scan
from hypertrainer.monitor.output_watch import OutputWatch
from hypertrainer.tasks import actions
from hypertrainer.tasks.queries import get_task_read
from hypertrainer.tasks.schemas import TaskRead
from hypertrainer.tasks.statuses import TaskStatus
from hypertrainer.tasks.tables import MetricSummary, OutputFile, Task
from tests.monitor.place import MonitoredPlace, monitored_place


@dataclass
class Collecting:
    """A running task, its folder, and the pass that reads it."""

    place: MonitoredPlace
    task_id: int
    folder: Path
    work: CollectOutput = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """As after a crash of the server: nothing is remembered."""
        watch = OutputWatch(self.place.services.wakers.collect)
        self.work = CollectOutput(self.place.services, watch)

    def append(self, name: str, text: str) -> None:
        with (self.folder / name).open("a") as log:
            log.write(text)

    async def look(self) -> float:
        """One round that looks at every folder."""
        self.work._scanned_at = float("-inf")
        return await self.work.run_once()

    async def read(self) -> TaskRead:
        async with self.place.database.reading() as session:
            return await get_task_read(session, self.task_id)

    async def summary(self, name: str) -> dict[str, Any]:
        async with self.place.database.reading() as session:
            row = await session.get(MetricSummary, (self.task_id, name))
        assert row is not None, name
        return row.model_dump()

    async def is_collected(self) -> bool:
        return (await self.place.task(self.task_id)).is_output_collected

    async def finish(self) -> None:
        attempt = await self.place.attempt(self.task_id)
        self.place.platform.finish(attempt.key, 0, attempt=attempt.number)
        await self.place.round()


async def running_task(place: MonitoredPlace, name: str = "task") -> Collecting:
    task_id = await place.add(name)
    for _ in range(2):
        await place.round()
    async with place.database.transaction() as session:
        task = await session.get(Task, task_id)
        assert task is not None
        task.params = {"training.num_epochs": 4}
        session.add(task)
    return Collecting(place, task_id, Path(task.output_path))


@pytest.fixture
async def task(database: Database, tmp_path: Path) -> Collecting:
    return await running_task(monitored_place(database, tmp_path, capacity=None))


@pytest.fixture
async def sqlite_task(sqlite_database: Database, tmp_path: Path) -> Collecting:
    return await running_task(monitored_place(sqlite_database, tmp_path, capacity=None))


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


# --- crashes -----------------------------------------------------------------------------------


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


# --- events ------------------------------------------------------------------------------------


def events_in(subscription: Subscription) -> dict[str, list[Event]]:
    events: dict[str, list[Event]] = {}
    while not subscription.queue.empty():
        event = subscription.queue.get_nowait()
        events.setdefault(event.kind, []).append(event)
    return events


async def test_open_pages_are_told_of_rows_metrics_and_logs_that_changed(task: Collecting) -> None:
    with task.place.services.broker.subscribe() as subscription:
        task.append("metric_loss.log", "0\t1.0\n")
        task.append("progress.log", "0\ttrain\t0\t10\t100.0\n")
        task.append("out.txt", "hello\n")
        task.append("data.csv", "1,2\n")
        await task.look()
        events = events_in(subscription)
        assert events["tasks"][0].data[0]["metrics"]["loss"]["last"] == 1.0
        assert events["metrics"][0].data == [{"task_id": task.task_id, "name": "loss"}]
        sizes = {item["name"]: item["size"] for item in events["logs"][0].data}
        assert sizes == {"metric_loss.log": 6, "progress.log": 19, "out.txt": 6}
        task.append("out.txt", "again\n")
        await task.look()
        events = events_in(subscription)
        assert set(events) == {"logs"}
        log = {"task_id": task.task_id, "name": "out.txt", "size": 12}
        assert events["logs"][0].data == [log]
        await task.look()
        assert events_in(subscription) == {}


async def test_a_folder_that_the_system_says_changed_is_looked_at_before_the_next_full_scan(
    task: Collecting,
) -> None:
    await task.look()
    task.append("metric_loss.log", "0\t1.0\n")
    await task.work.run_once()
    assert (await task.read()).metrics == {}
    task.work.watch._note([task.folder])
    await task.work.run_once()
    assert (await task.summary("loss"))["count"] == 1


async def test_a_line_reaches_the_database_through_the_watch_within_seconds(
    sqlite_task: Collecting,
) -> None:
    task, waker = sqlite_task, sqlite_task.place.services.wakers.collect
    await task.look()
    watching = asyncio.create_task(watch_for_ever(task.work.watch))
    try:
        await reach(waker, task.work, lambda: "0\t1.0\n", task)
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def watch_for_ever(watch: OutputWatch) -> None:
    while True:
        await watch.run_once()


async def reach(
    waker: asyncio.Event, work: CollectOutput, line: Callable[[], str], task: Collecting
) -> None:
    work._scanned_at = float("inf")  # no full scan: only what the watch tells
    async with asyncio.timeout(20):
        while "loss" not in (await task.read()).metrics:
            task.append("metric_loss.log", line())
            await waker.wait()
            waker.clear()
            await work.run_once()
