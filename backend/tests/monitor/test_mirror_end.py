"""When nothing is left to fetch of a task that has ended."""

from pathlib import Path

import pytest
from sqlmodel import col, select

from hypertrainer.database import Database
from hypertrainer.monitor import mirror_output as mirroring
from hypertrainer.monitor.collect_output import CollectOutput
from hypertrainer.monitor.output_watch import OutputWatch
from hypertrainer.tasks import actions
from hypertrainer.tasks.statuses import TaskStatus
from hypertrainer.tasks.tables import Task
from tests.monitor.place import MonitoredPlace, monitored_place
from tests.monitor.remote_files import assert_same, finish, here, there, write


async def test_an_ended_task_is_asked_about_until_its_last_byte_is_here(
    place: MonitoredPlace,
) -> None:
    task_id = await place.running()
    place.platform.files.lagging_bytes = 4
    await write(place, task_id, "out.txt", b"first\nlast\n")
    await finish(place, task_id)
    for _ in range(3):
        await place.round()
        task = await place.task(task_id)
        assert (task.status, task.is_mirrored) == (TaskStatus.FINISHED, False)
    place.platform.files.lagging_bytes = 0
    await place.round()
    assert (await place.task(task_id)).is_mirrored
    await assert_same(place, task_id, "out.txt")
    calls = place.platform.calls
    await place.round()
    assert place.platform.calls == calls


async def test_what_never_comes_is_not_waited_for_for_ever(
    place: MonitoredPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    task_id = await place.running()
    await write(place, task_id, "out.txt", b"first\nlast\n")
    await finish(place, task_id)
    (await there(place, task_id) / "out.txt").unlink()
    await place.round()
    assert not (await place.task(task_id)).is_mirrored
    monkeypatch.setattr(mirroring, "QUIET_SECONDS", 0.0)
    await place.round()
    assert (await place.task(task_id)).is_mirrored


async def test_a_task_without_an_exit_record_is_given_time(
    place: MonitoredPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    task_id = await place.running()
    place.platform.absence_reports, place.platform.absence_seconds = 1, 0
    await write(place, task_id, "out.txt", b"the end\n")
    place.platform.vanish(await place.key(task_id))
    await place.round()
    task = await place.task(task_id)
    assert (task.status, task.is_mirrored) == (TaskStatus.LOST, False)
    monkeypatch.setattr(mirroring, "QUIET_SECONDS", 0.0)
    await place.round()
    assert (await place.task(task_id)).is_mirrored
    await assert_same(place, task_id, "out.txt")


async def test_metrics_are_collected_to_the_end_only_when_all_is_here(
    place: MonitoredPlace,
) -> None:
    task_id = await place.running()
    collect = CollectOutput(place.services, OutputWatch(place.services.wakers.collect))

    async def is_collected() -> bool:
        collect._scanned_at = float("-inf")
        await collect.run_once()
        return (await place.task(task_id)).is_output_collected

    place.platform.files.lagging_bytes = 3
    await write(place, task_id, "metric_loss.log", b"0\t1.0\n1\t0.25")
    await finish(place, task_id)
    await place.round()
    assert not await is_collected()
    place.platform.files.lagging_bytes = 0
    place.services.wakers.collect.clear()
    await place.round()
    assert place.services.wakers.collect.is_set()
    assert await is_collected()
    assert (await here(place, task_id) / "metric_loss.log").read_bytes().endswith(b"0.25")


async def test_a_resumed_task_is_mirrored_again(place: MonitoredPlace) -> None:
    task_id = await place.running()
    await write(place, task_id, "out.txt", b"first\n")
    await finish(place, task_id, code=1)
    await place.round()
    assert (await place.task(task_id)).is_mirrored
    await place.act(task_id, actions.resume)
    assert not (await place.task(task_id)).is_mirrored
    for _ in range(2):
        await place.round()
    await write(place, task_id, "out.txt", b"second\n")
    await finish(place, task_id)
    await place.round()
    assert (await place.task(task_id)).is_mirrored
    await assert_same(place, task_id, "out.txt")


async def test_a_task_that_was_resumed_meanwhile_is_not_marked_as_whole(
    place: MonitoredPlace,
) -> None:
    task_id = await place.running()
    await finish(place, task_id)
    pairs = await place.work._load()
    await place.work._observe.run_once(pairs)
    await place.act(task_id, actions.resume)
    assert await place.work._mirror._mark(pairs) == frozenset()
    assert not (await place.task(task_id)).is_mirrored


async def test_a_task_that_was_never_launched_has_nothing_to_be_fetched(
    place: MonitoredPlace,
) -> None:
    cancelled, refused = await place.add("cancelled"), await place.add("refused")
    await place.act(cancelled, actions.cancel)
    place.platform.faults.rejections = 1
    place.platform.faults.is_rejection_retryable = False
    await place.round()
    assert await place.status(refused) == TaskStatus.FAILED_TO_START
    async with place.database.reading() as session:
        whole = (await session.exec(select(Task.is_mirrored).order_by(col(Task.id)))).all()
    assert whole == [True, True]


async def test_where_output_is_local_nothing_is_fetched(
    sqlite_database: Database, tmp_path: Path
) -> None:
    place = monitored_place(sqlite_database, tmp_path, capacity=None)
    task_id = await place.running()
    await place.round()
    assert place.platform.files.requests == []
    assert (await place.task(task_id)).is_mirrored
