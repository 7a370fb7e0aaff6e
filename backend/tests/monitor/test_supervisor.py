"""Loops: repeated, woken, held, stopped."""

import asyncio

import pytest

from hypertrainer.monitor import supervisor as supervising
from hypertrainer.monitor.supervisor import Supervisor
from tests.monitor.loops import Work, loop_of, until


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
