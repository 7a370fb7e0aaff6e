"""What the wrapper ends, passes on and survives: signals, stops, families, time limits."""

import os
import signal
from dataclasses import replace
from functools import partial
from pathlib import Path

import psutil
import pytest

from hypertrainer.platforms.base import EndCause, JobSpec, JobState, Resources, StopSignal
from tests.platforms.places import UNTIL_TOLD, LocalPlace, until

FAMILY = """
sleep 1000 &
bash -c 'set -m; sleep 1000 & wait' &
setsid sleep 1000 &
setsid bash -c 'sleep 1000 & wait' &
job=$HYPERTRAINER_JOB; env -i setsid -w bash -c "HYPERTRAINER_JOB=$job exec sleep 1000" &
echo run >> runs.txt
"""


async def test_a_stop_during_setup_keeps_the_program_from_running(local: LocalPlace) -> None:
    job = replace(local.program("echo never"), setup=("echo run >> runs.txt", "sleep 1000"))
    handle = await local.running(job)
    await local.platform.stop([handle], StopSignal.TERM)
    await local.platform.stop([handle], StopSignal.KILL)
    seen = await local.ended(handle)
    assert seen.exit is not None
    assert (seen.exit.code, seen.exit.reason) == (None, "stopped before start")
    assert seen.cause is EndCause.CANCELLED


@pytest.mark.parametrize("name", ["INT", "HUP", "USR1", "USR2"])
async def test_signals_are_passed_on_to_the_program(local: LocalPlace, name: str) -> None:
    job = local.program(f"trap 'echo got; exit 5' {name}; {UNTIL_TOLD}")
    handle = await local.running(job)
    assert handle.job_id is not None
    os.kill(int(handle.job_id), getattr(signal, f"SIG{name}"))
    seen = await local.ended(handle)
    assert seen.exit is not None
    assert (seen.exit.code, seen.exit.signal) == (5, name)


async def test_a_signal_that_the_program_survives_does_not_end_the_wait(local: LocalPlace) -> None:
    job = local.program(f"trap 'echo saved >> runs.txt' USR1; {UNTIL_TOLD}")
    handle = await local.running(job)
    assert handle.job_id is not None
    for _ in range(3):
        before = local.runs(job)
        os.kill(int(handle.job_id), signal.SIGUSR1)
        await until(partial(has_grown, local, job, before))
    local.finish(job, 9)
    seen = await local.ended(handle)
    assert seen.exit is not None
    assert (seen.exit.code, seen.exit.signal) == (9, "USR1")


async def test_a_suspended_program_has_not_ended(local: LocalPlace) -> None:
    job = local.program(f"echo $$ > pid; {UNTIL_TOLD}")
    handle = await local.running(job)
    program = psutil.Process(int(Path(job.folder, "pid").read_text()))
    program.suspend()
    await until(lambda: program.status() == psutil.STATUS_STOPPED)
    assert (await local.look(handle)).state is JobState.RUNNING
    program.resume()
    local.finish(job, 4)
    seen = await local.ended(handle)
    assert seen.exit is not None
    assert seen.exit.code == 4


async def test_what_a_program_leaves_behind_ends_with_it(local: LocalPlace) -> None:
    record = await local.ran(local.program(FAMILY + "exit 6"))
    assert record.code == 6
    assert local.alive() == []


async def test_what_is_left_and_ignores_the_polite_signal_is_killed(local: LocalPlace) -> None:
    record = await local.ran(
        local.program("setsid bash -c 'trap \"\" TERM; while :; do sleep 1; done' & exit 2")
    )
    assert record.code == 2
    assert local.alive() == []


@pytest.mark.parametrize("how", StopSignal)
async def test_a_stop_takes_the_whole_family(local: LocalPlace, how: StopSignal) -> None:
    job = local.program(FAMILY + "wait")
    handle = await local.running(job)
    await until(lambda: len(local.alive()) >= 7)
    await local.platform.stop([handle], how)
    seen = await local.ended(handle)
    assert seen.exit is not None
    assert seen.exit.code == (137 if how is StopSignal.KILL else 143)
    assert [
        process.pid for process in local.alive() if process.pid != int(handle.job_id or 0)
    ] == []


async def test_a_time_limit_ends_the_program_and_is_the_cause(local: LocalPlace) -> None:
    job = replace(local.program("sleep 1000"), resources=Resources(time_seconds=1))
    seen = await local.ended(await local.submitted(job))
    assert seen.exit is not None
    assert (seen.exit.code, seen.cause, seen.exit.cause) == (143, EndCause.TIMED_OUT, seen.cause)
    assert seen.reason == "the time limit of 1 seconds was reached"


async def test_a_time_limit_does_not_wait_for_a_stubborn_program(local: LocalPlace) -> None:
    job = replace(local.job(is_stubborn=True), resources=Resources(time_seconds=1))
    record = await local.ran(job)
    assert (record.code, record.cause) == (137, EndCause.TIMED_OUT)


async def test_a_checkpoint_signal_comes_before_the_time_limit(local: LocalPlace) -> None:
    program = "trap 'echo saved; exit 0' USR1; while :; do read -t 0.05 < <(sleep 0.05); done"
    wishes = Resources(time_seconds=31, checkpoint_signal="USR1", checkpoint_seconds=30)
    seen = await local.ran(replace(local.program(program), resources=wishes))
    assert (seen.code, seen.cause) == (0, None)
    assert Path(local.root, "h1", "out.txt").read_text() == "saved\n"


async def test_a_time_limit_holds_for_a_program_that_goes_on_after_its_checkpoint(
    local: LocalPlace,
) -> None:
    program = "trap 'echo saved' USR1; while :; do read -t 0.05 < <(sleep 0.05); done"
    wishes = Resources(time_seconds=2, checkpoint_signal="USR1", checkpoint_seconds=1)
    seen = await local.ran(replace(local.program(program), resources=wishes))
    assert (seen.code, seen.cause) == (143, EndCause.TIMED_OUT)
    assert Path(local.root, "h1", "out.txt").read_text() == "saved\n"


async def test_a_program_within_its_time_limit_is_not_touched(local: LocalPlace) -> None:
    job = replace(local.program("exit 3"), resources=Resources(time_seconds=100))
    record = await local.ran(job)
    assert (record.code, record.cause) == (3, None)
    await until(lambda: not local.alive())  # the wrapper itself ends after its record


def has_grown(place: LocalPlace, job: JobSpec, before: int) -> bool:
    return place.runs(job) > before
