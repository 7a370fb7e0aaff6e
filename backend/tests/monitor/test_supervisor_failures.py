"""Loops that fail or hang: backed off, cut off, told in health and in the log."""

import asyncio

import pytest

from hypertrainer.errors import PlatformUnreachable
from hypertrainer.monitor import supervisor as supervising
from hypertrainer.monitor.supervisor import Supervisor
from tests.monitor.loops import Work, loop_of, until


async def test_a_failing_pass_backs_off_shows_in_health_and_stops_nobody_else(
    supervisor: Supervisor,
) -> None:
    failing, well = Work(failures=10_000), Work()
    supervisor.add(loop_of(failing.run_once, "failing"))
    supervisor.add(loop_of(well.run_once, "well"))
    await until(lambda: supervisor.health()["failing"].is_failing)
    await until(lambda: well.rounds == 1)
    await asyncio.sleep(0.1)
    assert failing.rounds == 1
    health = supervisor.health()["failing"]
    assert health.last_error == "RuntimeError: the disk is on fire"
    assert (health.consecutive_failures, health.last_success_at) == (1, None)
    assert not supervisor.health()["well"].is_failing


async def test_pauses_grow_with_each_failure_up_to_a_minute() -> None:
    loop = loop_of(Work(failures=10_000).run_once)
    pauses = [await loop._attempt() for _ in range(9)]
    for number, pause in enumerate(pauses, 1):
        expected = min(60.0, 2.0 ** min(number, 6))
        assert expected * 0.8 <= pause <= expected * 1.2
    assert loop.health.consecutive_failures == 9


async def test_a_wake_up_ends_the_pause_after_a_failure_and_a_success_clears_health(
    supervisor: Supervisor,
) -> None:
    work = Work(failures=1)
    loop = loop_of(work.run_once)
    supervisor.add(loop)
    await until(lambda: loop.health.is_failing)
    loop.waker.set()
    await until(lambda: work.rounds == 2)
    await until(lambda: not loop.health.is_failing)
    assert (loop.health.last_error, loop.health.last_success_at is None) == (None, False)


async def test_a_pass_that_hangs_is_cut_off_and_says_so(supervisor: Supervisor) -> None:
    was_cut = asyncio.Event()

    async def hang() -> float:
        try:
            await asyncio.Event().wait()
        finally:
            was_cut.set()
        return 0.0

    loop = loop_of(hang, timeout_seconds=0.05)
    supervisor.add(loop)
    await until(lambda: loop.health.is_failing)
    assert was_cut.is_set()
    assert loop.health.last_error == "TimeoutError: it took longer than 0.05 seconds"


async def test_it_is_told_when_the_next_round_is_due_also_after_a_failure(
    supervisor: Supervisor,
) -> None:
    told: list[float] = []
    work = Work(failures=1)
    loop = loop_of(work.run_once)
    loop.announce, loop.hold = told.append, lambda: 0.05
    supervisor.add(loop)
    await until(lambda: len(told) == 1)
    assert 1.6 <= told[0] <= 2.4
    loop.waker.set()
    await until(lambda: len(told) == 2)
    assert told[1] == 3_600.0


async def test_known_trouble_is_logged_once_for_as_long_as_its_words_are_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    logged: list[dict[str, object]] = []

    class Log:
        def warning(self, _event: str, **fields: object) -> None:
            logged.append(fields)

    monkeypatch.setattr(supervising, "log", Log())
    words = ["no route"] * 3 + ["locked"] + ["no route"]

    async def fail() -> float:
        raise PlatformUnreachable(words.pop(0))

    loop = loop_of(fail)
    for _ in range(5):
        await loop._attempt()
    assert [fields["reason"] for fields in logged] == ["no route", "locked", "no route"]
    assert not any("exc_info" in fields for fields in logged)
    assert loop.health.consecutive_failures == 5
