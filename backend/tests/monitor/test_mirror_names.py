"""Which files are mirrored, and what becomes of a copy when its file is another one."""

import contextlib
from pathlib import Path

from hypertrainer.errors import StorageError
from hypertrainer.monitor.mirror_files import MAX_FILES, admitted
from tests.monitor.place import MonitoredPlace
from tests.monitor.remote_files import assert_same, here, there, write

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
