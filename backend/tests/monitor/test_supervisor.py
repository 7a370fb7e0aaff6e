"""Loops: repeated, woken, backed off, limited, stopped."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from hypertrainer.errors import PlatformUnreachable
from hypertrainer.monitor import supervisor as supervising
from hypertrainer.monitor.supervisor import Loop, Supervisor

DEADLINE_SECONDS = 10
STEP_SECONDS = 0.005


class Work:
    """A pass that counts its rounds, fails as often as it is told to, and asks for an hour."""

    def __init__(self, failures: int = 0) -> None:
        self.rounds = 0
        self.failures = failures

    async def run_once(self) -> float:
        self.rounds += 1
        if self.failures:
            self.failures -= 1
            raise RuntimeError("the disk is on fire")
        return 3_600.0


@pytest.fixture
async def supervisor() -> AsyncIterator[Supervisor]:
    made = Supervisor()
    yield made
    await made.stop()


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(int(DEADLINE_SECONDS / STEP_SECONDS)):
        if condition():
            return
        await asyncio.sleep(STEP_SECONDS)
    raise AssertionError("it did not come to that")


def loop_of(
    work: Callable[[], Awaitable[float]], name: str = "work", timeout_seconds: float | None = 60.0
) -> Loop:
    return Loop(name, work, asyncio.Event(), timeout_seconds)


async def test_a_pass_runs_at_once_and_again_when_it_is_woken(supervisor: Supervisor) -> None:
    work = Work()
    loop = loop_of(work.run_once)
    supervisor.add(loop)
    await until(lambda: work.rounds == 1)
    loop.waker.set()
    await until(lambda: work.rounds == 2)
    loop.waker.set()
    await until(lambda: work.rounds == 3)


async def test_a_wake_up_during_a_round_is_not_lost(supervisor: Supervisor) -> None:
    rounds, may_end = 0, asyncio.Event()

    async def run_once() -> float:
        nonlocal rounds
        rounds += 1
        await may_end.wait()
        return 3_600.0

    loop = loop_of(run_once)
    supervisor.add(loop)
    await until(lambda: rounds == 1)
    loop.waker.set()
    may_end.set()
    await until(lambda: rounds == 2)


async def test_a_pass_is_repeated_after_the_pause_it_asked_for(supervisor: Supervisor) -> None:
    rounds = 0

    async def run_once() -> float:
        nonlocal rounds
        rounds += 1
        return 0.01

    supervisor.add(loop_of(run_once))
    await until(lambda: rounds >= 3)


async def test_a_hint_that_something_changed_ends_the_pause(supervisor: Supervisor) -> None:
    work, changed = Work(), asyncio.Event()

    async def wait() -> None:
        await changed.wait()
        changed.clear()

    loop = loop_of(work.run_once)
    loop.wait = wait
    supervisor.add(loop)
    await until(lambda: work.rounds == 1)
    changed.set()
    await until(lambda: work.rounds == 2)


async def test_a_broken_hint_makes_no_busy_loop(supervisor: Supervisor) -> None:
    work, asked = Work(), 0

    async def wait() -> None:
        nonlocal asked
        asked += 1
        raise OSError("no more watches")

    loop = loop_of(work.run_once)
    loop.wait = wait
    supervisor.add(loop)
    await until(lambda: asked == 1)
    await asyncio.sleep(0.05)
    assert (work.rounds, asked) == (1, 1)


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


async def test_stop_ends_passes_under_way_promptly_and_none_runs_again() -> None:
    supervisor, ended = Supervisor(), 0

    async def hang() -> float:
        nonlocal ended
        try:
            await asyncio.Event().wait()
        finally:
            ended += 1
        return 0.0

    work = Work()
    supervisor.add(loop_of(hang, "hanging", None))
    supervisor.add(loop_of(work.run_once, "resting"))
    await until(lambda: work.rounds == 1)
    async with asyncio.timeout(2):
        await supervisor.stop()
    assert ended == 1
    assert supervisor.health() == {}
    others = asyncio.all_tasks() - {asyncio.current_task()}
    assert not [task for task in others if "loop:" in task.get_name()]


async def test_stop_lets_a_round_under_way_come_to_its_end() -> None:
    supervisor, has_begun, may_end, has_saved = (
        Supervisor(),
        asyncio.Event(),
        asyncio.Event(),
        False,
    )

    async def save() -> float:
        nonlocal has_saved
        has_begun.set()
        await may_end.wait()
        has_saved = True
        return 3_600.0

    supervisor.add(loop_of(save))
    await has_begun.wait()
    stopping = asyncio.create_task(supervisor.stop())
    await asyncio.sleep(0)
    may_end.set()
    async with asyncio.timeout(1):
        await stopping
    assert has_saved


async def test_stop_cuts_a_round_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervising, "GRACE_SECONDS", 0.05)
    supervisor, has_begun = Supervisor(), asyncio.Event()

    async def hang() -> float:
        has_begun.set()
        await asyncio.Event().wait()
        return 0.0

    supervisor.add(loop_of(hang))
    await has_begun.wait()
    async with asyncio.timeout(2):
        await supervisor.stop()


async def test_a_loop_that_runs_already_is_not_started_twice(supervisor: Supervisor) -> None:
    first, second = Work(), Work()
    supervisor.add(loop_of(first.run_once))
    supervisor.add(loop_of(second.run_once))
    await until(lambda: first.rounds == 1)
    await supervisor.remove("work")
    assert (second.rounds, supervisor.health()) == (0, {})


async def test_many_wake_ups_make_one_round_where_a_least_pause_is_set(
    supervisor: Supervisor,
) -> None:
    work = Work()
    loop = loop_of(work.run_once)
    loop.least_pause_seconds = 0.2
    supervisor.add(loop)
    await until(lambda: work.rounds == 1)
    for _ in range(20):
        loop.waker.set()
        await asyncio.sleep(0.005)
    await until(lambda: work.rounds == 2)


async def test_no_round_begins_while_the_loop_is_held_whoever_wakes_it(
    supervisor: Supervisor,
) -> None:
    work, began = Work(), asyncio.get_running_loop().time()
    loop = loop_of(work.run_once)
    loop.hold = lambda: began + 0.2 - asyncio.get_running_loop().time()
    supervisor.add(loop)
    await until(lambda: work.rounds == 1)
    loop.waker.set()
    await asyncio.sleep(0.05)
    assert work.rounds == 1
    await until(lambda: work.rounds == 2)
    assert asyncio.get_running_loop().time() - began >= 0.2


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
