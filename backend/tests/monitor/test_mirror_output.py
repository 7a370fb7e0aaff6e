"""What remote tasks write comes here, whole, as it grows."""

import os

import pytest

from hypertrainer.monitor import mirror_output as mirroring
from hypertrainer.monitor.mirror_shares import CALL_BYTES
from tests.monitor.place import MonitoredPlace
from tests.monitor.remote_files import assert_same, here, write


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
