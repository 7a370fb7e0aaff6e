"""Mirroring while servers die, lines are cut, and folders or files fail."""

import json
import os
import shutil
from collections.abc import Sequence
from typing import Any

import pytest

from hypertrainer.errors import PlatformError, StorageError
from hypertrainer.monitor.mirror_shares import CALL_BYTES, FILE_BYTES
from hypertrainer.platforms.base import ConditionKind
from hypertrainer.platforms.transports.base import Slice
from hypertrainer.tasks.statuses import TaskStatus
from tests.monitor.place import MonitoredPlace
from tests.monitor.remote_files import assert_same, finish, here, there, write


def condition_of(place: MonitoredPlace) -> ConditionKind:
    return place.work.state.condition


async def test_a_crash_in_between_does_no_harm(place: MonitoredPlace) -> None:
    task_id = await place.running()
    await write(place, task_id, "out.txt", b"a" * 100)
    await place.round()
    with (await here(place, task_id) / "out.txt").open("ab") as copy:
        copy.write(b"b" * 30)  # appended, and then the server died
    await write(place, task_id, "out.txt", b"b" * 100)
    place.restart()
    await place.round()
    await assert_same(place, task_id, "out.txt")
    record = json.loads((await here(place, task_id) / ".hypertrainer/mirror.json").read_text())
    inode = (await there(place, task_id) / "out.txt").stat().st_ino
    assert record == {"inodes": {"out.txt": inode}}


async def test_a_file_that_was_replaced_while_no_server_ran_is_noticed(
    place: MonitoredPlace,
) -> None:
    task_id = await place.running()
    await write(place, task_id, "out.txt", b"same beginning " * 10)
    await place.round()
    folder = await there(place, task_id)
    await write(place, task_id, "fresh", b"same beginning " * 10)
    (folder / "fresh").replace(folder / "out.txt")
    (await here(place, task_id) / "out.txt").write_bytes(b"same beginning " * 9)
    place.restart()
    await place.round()
    await assert_same(place, task_id, "out.txt")


async def test_a_record_of_nonsense_is_no_obstacle(sqlite_place: MonitoredPlace) -> None:
    task_id = await sqlite_place.running()
    (await here(sqlite_place, task_id) / ".hypertrainer/mirror.json").write_text('{"inodes": [1]}')
    await write(sqlite_place, task_id, "out.txt", b"a\n")
    await sqlite_place.round()
    await assert_same(sqlite_place, task_id, "out.txt")


async def test_a_folder_that_cannot_be_written_is_the_platforms_trouble_and_not_the_tasks(
    place: MonitoredPlace,
) -> None:
    hindered, well = await place.running("hindered"), await place.running("well")
    copy = await here(place, hindered) / "out.txt"
    copy.mkdir()  # nothing can be appended to it
    for task_id in (hindered, well):
        await write(place, task_id, "out.txt", b"a" * 10_000)
    await finish(place, hindered, code=3)
    with pytest.raises(StorageError, match="cannot be written"):
        await place.round()
    assert condition_of(place) is ConditionKind.DEGRADED
    assert str(copy.parent) in place.work.state.why
    assert await place.status(hindered) == TaskStatus.CRASHED
    await assert_same(place, well, "out.txt")
    copy.rmdir()
    await place.round()
    assert condition_of(place) is ConditionKind.OK
    await assert_same(place, hindered, "out.txt")


async def test_a_cut_line_carries_less_the_next_time_and_loses_nothing(
    sqlite_place: MonitoredPlace,
) -> None:
    place = sqlite_place
    task_id = await place.running()
    await write(place, task_id, "out.txt", os.urandom(2 * CALL_BYTES))
    place.platform.faults.lost_reads = 1
    with pytest.raises(PlatformError):
        await place.round()
    assert await place.status(task_id) == TaskStatus.RUNNING
    place.platform.files.requests.clear()
    await place.round()
    await assert_same(place, task_id, "out.txt")
    assert place.platform.files.requests[0][0].max_bytes <= CALL_BYTES // 2
    assert place.platform.files.requests[-1][0].max_bytes >= FILE_BYTES


async def test_a_file_that_cannot_be_read_holds_up_nothing(sqlite_place: MonitoredPlace) -> None:
    task_id = await sqlite_place.running()
    await write(sqlite_place, task_id, "out.txt", b"a\n")
    sqlite_place.platform.files.unreadable = "Permission denied"
    await sqlite_place.round()
    assert not (await here(sqlite_place, task_id) / "out.txt").exists()
    sqlite_place.platform.files.unreadable = ""
    await sqlite_place.round()
    await assert_same(sqlite_place, task_id, "out.txt")


async def test_a_folder_that_was_removed_here_stays_removed(sqlite_place: MonitoredPlace) -> None:
    task_id = await sqlite_place.running()
    folder = await here(sqlite_place, task_id)
    folder.rename(folder.with_name("moved"))
    await write(sqlite_place, task_id, "out.txt", b"a\n")
    await sqlite_place.round()
    assert not folder.exists()
    await finish(sqlite_place, task_id)
    await sqlite_place.round()
    assert (await sqlite_place.task(task_id)).is_mirrored


async def test_a_task_that_is_deleted_while_its_output_is_fetched_is_no_trouble(
    sqlite_place: MonitoredPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    task_id = await sqlite_place.running()
    await write(sqlite_place, task_id, "out.txt", b"one\n")
    folder = await here(sqlite_place, task_id)
    read = sqlite_place.platform.read

    async def deleted_meanwhile(*args: Any) -> Sequence[Slice]:
        shutil.rmtree(folder)
        return await read(*args)

    monkeypatch.setattr(sqlite_place.platform, "read", deleted_meanwhile)
    await sqlite_place.round()
    assert condition_of(sqlite_place) is ConditionKind.OK
    assert not folder.exists()
