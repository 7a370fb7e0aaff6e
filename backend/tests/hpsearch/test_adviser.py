"""The samplers' process, as it is: started, told what is new, killed, too slow, left alone."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import psutil
import pytest

from hypertrainer.errors import AdviserFailed, FieldProblem, InvalidInput, NoPointLeft
from hypertrainer.hpsearch import adviser_worker
from hypertrainer.hpsearch.adviser import Adviser
from hypertrainer.hpsearch.adviser_worker import Behind, advise
from hypertrainer.hpsearch.history import fold
from hypertrainer.hpsearch.samplers.suggest import suggest
from hypertrainer.hpsearch.spec import Algorithm, Parameter
from tests.hpsearch.logs_of_facts import FactLog, spec_with

SEED = 11
DEADLINE = 30.0
TWO = Parameter(path="width", type="categorical", values=(1, 2))


@pytest.fixture
async def adviser() -> AsyncIterator[Adviser]:
    adviser = Adviser(call_seconds=60)
    yield adviser
    await adviser.aclose()


def log_of(algorithm: Algorithm = Algorithm.TPE, **changes: Any) -> FactLog:
    return FactLog(spec_with(None, algorithm=algorithm, **changes), SEED)


def grow(log: FactLog, count: int) -> None:
    """So many further trials, of which all but the last are over."""
    first = log.history.next_number
    for number in range(first, first + count):
        log.ask(number, width=((number * 37) % 100) / 100)
        if number > 0:
            log.tell(number - 1, [abs(0.3 - log.history.trials[number - 1].values["width"])])


async def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


async def test_it_suggests_what_the_history_says(adviser: Adviser) -> None:
    log = log_of()
    for _ in range(4):
        found = await adviser.ask("one", SEED, log.facts)
        assert found == suggest(fold(SEED, log.facts), log.history.next_number)
        grow(log, 6)


async def test_it_is_sent_only_what_is_new(adviser: Adviser) -> None:
    log = log_of()
    grow(log, 5)
    await adviser.ask("one", SEED, log.facts)
    known = len(log.facts)
    grow(log, 5)
    new = log.facts[known:]
    found = await adviser.run(advise, "one", SEED, known, new, 1)
    assert found == [suggest(fold(SEED, log.facts), 10)]
    assert await adviser.run(advise, "one", SEED, known, new, 1) == Behind()
    assert await adviser.run(advise, "other", SEED, known, new, 1) == Behind()


async def test_who_knows_more_than_it_is_told_everything_again(adviser: Adviser) -> None:
    log = log_of()
    grow(log, 5)
    await adviser.ask("one", SEED, log.facts)
    earlier = log.facts[:4]
    assert await adviser.ask("one", SEED, earlier) == suggest(fold(SEED, earlier), 2)
    assert await adviser.ask("one", SEED, log.facts) == suggest(log.history, 5)


async def test_questions_at_once_about_several_searches_do_not_mix(adviser: Adviser) -> None:
    logs = [log_of() for _ in range(4)]
    for index, log in enumerate(logs):
        grow(log, 8 + index)
    asked = [adviser.ask(f"{index % 3}", SEED, log.facts) for index, log in enumerate(logs)]
    found = await asyncio.gather(*asked)
    assert found == [suggest(log.history, log.history.next_number) for log in logs]


async def test_it_keeps_the_searches_asked_about_last(adviser: Adviser) -> None:
    log = log_of(Algorithm.RANDOM)
    for index in range(adviser_worker.KEPT_SEARCHES + 1):
        await adviser.ask(f"{index}", SEED, log.facts)
    assert await adviser.run(advise, "1", SEED, len(log.facts), [], 1) != Behind()
    assert await adviser.run(advise, "0", SEED, len(log.facts), [], 1) == Behind()
    assert await adviser.ask("0", SEED, log.facts) == suggest(log.history, 0)


async def test_many_points_at_once_are_those_asked_for_one_by_one(adviser: Adviser) -> None:
    log = log_of(Algorithm.SOBOL)
    many = await adviser.ask_many("one", SEED, log.facts, 5)
    for number, found in enumerate(many):
        assert await adviser.ask("two", SEED, log.facts) == found
        log.ask(number, **found.values)


async def test_the_last_points_are_fewer_than_were_asked_for(adviser: Adviser) -> None:
    log = log_of(Algorithm.GRID, params=(TWO,))
    many = await adviser.ask_many("one", SEED, log.facts, 5)
    assert [found.values["width"] for found in many] == [1, 2]


async def test_a_killed_process_is_replaced_and_told_everything(adviser: Adviser) -> None:
    log = log_of()
    grow(log, 12)
    before = await adviser.ask("one", SEED, log.facts)
    pid = await adviser.run(os.getpid)
    os.kill(pid, signal.SIGKILL)
    await until(lambda: not psutil.pid_exists(pid))
    assert await adviser.ask("one", SEED, log.facts) == before
    assert await adviser.run(os.getpid) != pid


async def test_a_process_killed_while_it_works_is_asked_again(adviser: Adviser) -> None:
    pid = await adviser.run(os.getpid)
    waiting = asyncio.create_task(adviser.run(time.sleep, 0.5))
    behind = asyncio.create_task(adviser.run(os.getpid))
    await asyncio.sleep(0.1)
    os.kill(pid, signal.SIGKILL)
    await waiting
    assert await behind != pid


async def test_what_kills_the_process_twice_is_an_error_of_ours(adviser: Adviser) -> None:
    with pytest.raises(AdviserFailed, match="died twice"):
        await adviser.run(os._exit, 3)
    assert await adviser.run(abs, -2) == 2


async def test_what_takes_too_long_is_stopped() -> None:
    adviser = Adviser(call_seconds=60)
    pid = await adviser.run(os.getpid)
    adviser._call_seconds = 0.3
    with pytest.raises(AdviserFailed, match=r"longer than 0\.3 s"):
        await adviser.run(time.sleep, 60)
    await until(lambda: not psutil.pid_exists(pid))
    adviser._call_seconds = 60
    assert await adviser.run(abs, -2) == 2
    await adviser.aclose()


async def test_who_is_cancelled_leaves_it_as_it_was(adviser: Adviser) -> None:
    log = log_of()
    grow(log, 9)
    await adviser.ask("one", SEED, log.facts)
    grow(log, 1)
    impatient = asyncio.create_task(adviser.ask("one", SEED, log.facts))
    await asyncio.sleep(0)
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    assert await adviser.ask("one", SEED, log.facts) == suggest(log.history, 10)


async def test_errors_arrive_as_they_are(adviser: Adviser) -> None:
    log = log_of(Algorithm.GRID, params=(TWO,))
    log.ask(0, width=1)
    log.ask(1, width=2)
    with pytest.raises(NoPointLeft, match="All 2 points") as left:
        await adviser.ask("one", SEED, log.facts)
    assert left.value.message == "All 2 points of the grid have been tried."
    log = log_of(Algorithm.GRID)
    with pytest.raises(InvalidInput, match="A grid needs"):
        await adviser.ask("two", SEED, log.facts)
    log = log_of(Algorithm.RANDOM, constraints=("width > 2",))
    with pytest.raises(NoPointLeft, match="`width > 2`"):
        await adviser.ask("three", SEED, log.facts)


def refuse() -> None:
    raise InvalidInput("One is wrong.", [FieldProblem("hpsearch.params.lr", "Higher.", 3, 7)])


async def test_errors_arrive_with_all_they_name(adviser: Adviser) -> None:
    with pytest.raises(InvalidInput) as refused:
        await adviser.run(refuse)
    assert refused.value.fields == (FieldProblem("hpsearch.params.lr", "Higher.", 3, 7),)


async def test_it_ends_when_nobody_has_asked_for_long_and_starts_again() -> None:
    adviser = Adviser(call_seconds=60, idle_seconds=0.3)
    pid = await adviser.run(os.getpid)
    await adviser.run(time.sleep, 0.6)  # a call that is longer is no idleness
    assert await adviser.run(os.getpid) == pid
    await until(lambda: not psutil.pid_exists(pid))
    assert await adviser.run(os.getpid) != pid
    await adviser.aclose()


async def test_it_ends_when_it_is_closed(adviser: Adviser) -> None:
    pid = await adviser.run(os.getpid)
    await adviser.aclose()
    await until(lambda: not psutil.pid_exists(pid))


async def test_a_signal_for_the_server_alone_leaves_it_running(adviser: Adviser) -> None:
    pid = await adviser.run(os.getpid)
    os.kill(pid, signal.SIGINT)
    assert await adviser.run(os.getpid) == pid
    assert await adviser.run(os.getenv, "OMP_NUM_THREADS") == "1"


SERVER = """
import asyncio, os
from hypertrainer.hpsearch.adviser import Adviser

async def main():
    print(await Adviser().run(os.getpid), flush=True)
    await asyncio.sleep(600)

if __name__ == "__main__":
    asyncio.run(main())
"""


@pytest.mark.slow
async def test_it_ends_with_a_server_that_is_killed() -> None:
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SERVER, stdout=asyncio.subprocess.PIPE
    )
    assert server.stdout is not None
    pid = int(await server.stdout.readline())
    assert _is_alive(pid)
    server.kill()
    await server.wait()
    await until(lambda: not _is_alive(pid))


def _is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


HEAVY = ("optuna", "scipy", "cmaes", "torch", "sklearn", "numpy")


def _loaded_by(statement: str) -> set[str]:
    code = f"import sys\n{statement}\nprint(*{{name.split('.')[0] for name in sys.modules}})"
    command = [sys.executable, "-W", "error", "-c", code]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (told.returncode, told.stderr) == (0, "")
    return set(told.stdout.split()) & set(HEAVY)


def test_the_server_itself_loads_none_of_what_samplers_need() -> None:
    """But what its tables of metrics load anyway."""
    assert _loaded_by("import hypertrainer.app") <= _loaded_by("import polars")


def test_a_grid_and_random_points_need_no_library() -> None:
    asked = (
        "from hypertrainer.hpsearch.history import History\n"
        "from hypertrainer.hpsearch.samplers.suggest import suggest\n"
        "from hypertrainer.hpsearch.spec import Parameter, Spec\n"
        "params = (Parameter(path='width', type='int', low=1, high=3),)\n"
        "for algorithm in ('grid', 'random'):\n"
        "    suggest(History(Spec(algorithm=algorithm, params=params), 1), 0)"
    )
    assert _loaded_by(asked) == set()


async def test_the_event_loop_goes_on_while_it_thinks(adviser: Adviser) -> None:
    log = log_of()
    grow(log, 300)
    await adviser.ask("one", SEED, log.facts[:3])
    asking = asyncio.create_task(adviser.ask("one", SEED, log.facts))
    turns = 0
    while not asking.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns > 100
    await asking
