"""What remote tasks write comes here, whole, however it is torn, cut, replaced or late."""

import contextlib
import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from hypertrainer.database import Database
from hypertrainer.errors import PlatformError, StorageError
from hypertrainer.monitor import mirror_output as mirroring
from hypertrainer.monitor.mirror_files import MAX_FILES, admitted
from hypertrainer.monitor.mirror_shares import CALL_BYTES, FILE_BYTES
from hypertrainer.platforms.base import ConditionKind
from hypertrainer.platforms.transports.base import Slice
from hypertrainer.tasks.statuses import TaskStatus
from tests.monitor.place import MonitoredPlace, monitored_place
from tests.monitor.remote_files import assert_same, finish, here, there, write


@pytest.fixture
def place(database: Database, tmp_path: Path) -> MonitoredPlace:
    return monitored_place(database, tmp_path, capacity=None, is_remote=True)


@pytest.fixture
def sqlite_place(sqlite_database: Database, tmp_path: Path) -> MonitoredPlace:
    return monitored_place(sqlite_database, tmp_path, capacity=None, is_remote=True)


# --- growing -----------------------------------------------------------------------------------


async def test_logs_come_here_as_they_grow_and_nothing_else_does(place: MonitoredPlace) -> None:
    task_id = await place.running()
    for piece in (b"one\n", b"tw", b"o\n\xff\xc3", b"\xa9\n"):
        await write(place, task_id, "out.txt", piece)
        await write(place, task_id, "metric_loss.log", b"0\t1.0\n")
        await write(place, task_id, "model.pt", b"weights")
        await place.round()
        await assert_same(place, task_id, "out.txt", "metric_loss.log")
    assert not (await here(place, task_id) / "model.pt").exists()
    assert (await here(place, task_id) / "config.yaml").read_text() == "a: 1\n"


async def test_an_empty_log_is_here_too(sqlite_place: MonitoredPlace) -> None:
    task_id = await sqlite_place.running()
    await write(sqlite_place, task_id, "err.txt", b"")
    await sqlite_place.round()
    assert (await here(sqlite_place, task_id) / "err.txt").read_bytes() == b""
    before = len(sqlite_place.platform.files.requests)
    await sqlite_place.round()
    assert len(sqlite_place.platform.files.requests) == before


async def test_only_the_new_bytes_are_fetched_in_one_call_for_all_tasks(
    place: MonitoredPlace,
) -> None:
    ids = [await place.running(str(number)) for number in range(5)]
    for task_id in ids:
        await write(place, task_id, "out.txt", b"x" * 10_000)
    await place.round()
    for task_id in ids:
        await write(place, task_id, "out.txt", b"y" * 10)
    place.platform.files.requests.clear()
    await place.round()
    (requests,) = place.platform.files.requests
    assert len(requests) == 5
    assert all(request.offset >= 9_900 for request in requests)
    place.platform.files.requests.clear()
    await place.round()
    assert place.platform.files.requests == []


async def test_a_large_backlog_comes_in_bounded_pieces_and_starves_nobody(
    sqlite_place: MonitoredPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = sqlite_place
    monkeypatch.setattr(mirroring, "ROUND_SECONDS", 0.0001)
    large, small = await place.running("large"), await place.running("small")
    await write(place, large, "out.txt", os.urandom(2 * CALL_BYTES))
    await write(place, small, "out.txt", b"hello\n")
    place.platform.files.requests.clear()
    assert await place.round() == 0.0
    await assert_same(place, small, "out.txt")
    for _ in range(4):
        await write(place, small, "out.txt", b"more\n")
        pause = await place.round()
        await assert_same(place, small, "out.txt")
    await assert_same(place, large, "out.txt")
    assert pause > 0.0
    for requests in place.platform.files.requests:
        assert sum(request.max_bytes for request in requests) <= CALL_BYTES + 200


async def test_a_backlog_is_fetched_at_full_speed_within_a_round(
    sqlite_place: MonitoredPlace,
) -> None:
    task_id = await sqlite_place.running()
    await write(sqlite_place, task_id, "out.txt", os.urandom(3 * CALL_BYTES + 17))
    await sqlite_place.round()
    await assert_same(sqlite_place, task_id, "out.txt")


async def test_slow_reads_bring_everything_in_the_end(sqlite_place: MonitoredPlace) -> None:
    task_id = await sqlite_place.running()
    sqlite_place.platform.files.slow_bytes = 1_000
    await write(sqlite_place, task_id, "out.txt", os.urandom(20_000))
    await sqlite_place.round()
    await assert_same(sqlite_place, task_id, "out.txt")


# --- other files under the same names -------------------------------------------------------------


async def test_a_file_that_was_cut_short_is_copied_anew(place: MonitoredPlace) -> None:
    task_id = await place.running()
    await write(place, task_id, "out.txt", b"old\n" * 100)
    await place.round()
    first = (await here(place, task_id) / "out.txt").stat().st_ino
    (await there(place, task_id) / "out.txt").write_bytes(b"new\n")
    await place.round()
    await assert_same(place, task_id, "out.txt")
    assert (await here(place, task_id) / "out.txt").stat().st_ino != first


async def test_a_file_in_anothers_place_is_copied_anew_though_it_is_longer(
    place: MonitoredPlace,
) -> None:
    task_id = await place.running()
    await write(place, task_id, "out.txt", b"old\n" * 100)
    await place.round()
    await write(place, task_id, "fresh", b"new\n" * 200)
    folder = await there(place, task_id)
    (folder / "fresh").replace(folder / "out.txt")
    await place.round()
    await assert_same(place, task_id, "out.txt")


async def test_a_file_that_was_written_anew_and_outgrew_its_copy_is_noticed(
    place: MonitoredPlace,
) -> None:
    task_id = await place.running()
    await write(place, task_id, "out.txt", b"old\n" * 100)
    await place.round()
    (await there(place, task_id) / "out.txt").write_bytes(b"new\n" * 300)
    await place.round()
    await assert_same(place, task_id, "out.txt")


async def test_a_copy_that_somebody_changed_is_begun_anew(sqlite_place: MonitoredPlace) -> None:
    task_id = await sqlite_place.running()
    await write(sqlite_place, task_id, "out.txt", b"a\n" * 100)
    await sqlite_place.round()
    with (await here(sqlite_place, task_id) / "out.txt").open("ab") as copy:
        copy.write(b"scribble")
    await write(sqlite_place, task_id, "out.txt", b"b\n" * 100)
    await sqlite_place.round()
    await assert_same(sqlite_place, task_id, "out.txt")


async def test_a_file_that_is_gone_there_stays_here(sqlite_place: MonitoredPlace) -> None:
    task_id = await sqlite_place.running()
    await write(sqlite_place, task_id, "out.txt", b"a\n")
    await sqlite_place.round()
    (await there(sqlite_place, task_id) / "out.txt").unlink()
    await sqlite_place.round()
    assert (await here(sqlite_place, task_id) / "out.txt").read_bytes() == b"a\n"


# --- names -------------------------------------------------------------------------------------


def test_names_that_no_log_can_have_are_left_there() -> None:
    names = ["out.txt", "../x.log", "a/b.log", ".hidden.log", "x.pt", "x\n.log", "é" * 130 + ".log"]
    assert admitted([*names, "metric_é.log"]) == ["out.txt", "metric_é.log"]
    assert len(admitted([f"{number}.log" for number in range(MAX_FILES + 500)])) == MAX_FILES


def test_samples_without_end_leave_room_for_metrics_and_output() -> None:
    samples = [f"a{number}.txt" for number in range(MAX_FILES)]
    kept = admitted([*samples, "metric_x.log", "out.txt", "err.txt"])
    assert kept[:3] == ["err.txt", "out.txt", "metric_x.log"]


async def test_a_link_in_a_copys_place_is_not_followed(
    sqlite_place: MonitoredPlace, tmp_path: Path
) -> None:
    task_id = await sqlite_place.running()
    precious = tmp_path / "precious"
    precious.write_text("")
    (await here(sqlite_place, task_id) / "out.txt").symlink_to(precious)
    await write(sqlite_place, task_id, "out.txt", b"a" * 1_000)
    with contextlib.suppress(StorageError):
        await sqlite_place.round()
    assert precious.read_text() == ""


# --- crashes and failures -------------------------------------------------------------------------


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
    assert place.work.state.condition is ConditionKind.DEGRADED
    assert str(copy.parent) in place.work.state.why
    assert await place.status(hindered) == TaskStatus.CRASHED
    await assert_same(place, well, "out.txt")
    copy.rmdir()
    await place.round()
    assert place.work.state.condition is ConditionKind.OK
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
    assert sqlite_place.work.state.condition is ConditionKind.OK
    assert not folder.exists()
