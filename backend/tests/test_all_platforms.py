"""The contract of every platform. A new one is one line in `PLACES`."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hypertrainer.platforms.base import (
    ConditionKind,
    JobState,
    Observation,
    StopSignal,
    Submitted,
)
from tests.labs.queue_places import QUEUE_PLACES
from tests.labs.sge import SgePlace
from tests.labs.slurm import SlurmPlace
from tests.labs.tsp import TspPlace
from tests.platforms.places import PLACES, Place, unique_suffix, until

ALL_PLACES = {**PLACES, **QUEUE_PLACES, "sge": SgePlace, "slurm": SlurmPlace, "tsp": TspPlace}
# What runs only where its packages are installed: one for the whole session.
DAEMONS = ("sge", "slurm", "tsp")
PARAMETERS = [
    pytest.param(name, marks=pytest.mark.slow) if name in DAEMONS else name for name in ALL_PLACES
]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(params=PARAMETERS)
async def place(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    anyio_backend: str,
) -> AsyncIterator[Place]:
    if request.param in DAEMONS:
        for name, value in request.getfixturevalue(request.param).environment.items():
            monkeypatch.setenv(name, value)
    place = ALL_PLACES[request.param](tmp_path)
    place.suffix = unique_suffix()
    yield place
    await place.close()


def lasting(seen: Observation) -> object:
    """What of an ended job never changes; a queue may still find other words for it."""
    return seen.state, seen.start, seen.exit


async def test_a_check_finds_nothing_wrong(place: Place) -> None:
    health = await place.platform.check()
    assert health.condition is ConditionKind.OK, health.problems
    assert health.facts["host"]


@pytest.mark.parametrize("code", [0, 7])
async def test_a_job_is_seen_running_and_then_ended_with_its_exit_code(
    place: Place, code: int
) -> None:
    job = place.job()
    handle = await place.running(job)
    running = await place.look(handle)
    assert running.start is not None
    assert running.start.job_id == handle.job_id
    assert running.exit is None
    place.finish(job, code)
    ended = await place.seen(handle, JobState.ENDED)
    assert ended.exit is not None
    assert ended.exit.code == code
    assert ended.exit.signal is None
    assert ended.start == running.start
    assert ended.exit.at >= running.start.at


async def test_jobs_of_one_submission_have_an_outcome_each(place: Place) -> None:
    jobs = [place.job(f"h{number}") for number in range(3)]
    outcomes = await place.platform.submit(jobs)
    assert set(outcomes) == {job.key for job in jobs}
    assert all(isinstance(outcome, Submitted) for outcome in outcomes.values())
    handles = [place.handle(job) for job in jobs]
    await until(lambda: all(place.runs(job) == 1 for job in jobs))
    for code, job in enumerate(jobs):
        place.finish(job, code)
    for code, handle in enumerate(handles):
        ended = await place.seen(handle, JobState.ENDED)
        assert ended.exit is not None
        assert ended.exit.code == code


async def test_submitting_nothing_is_answered_with_nothing(place: Place) -> None:
    assert await place.platform.submit([]) == {}
    assert (await place.platform.observe([])).seen == {}
    assert await place.platform.stop([], StopSignal.KILL) == {}


async def test_a_job_submitted_again_is_the_same_job_and_runs_once(place: Place) -> None:
    job = place.job()
    handle = await place.running(job)
    again = await place.outcome(job)
    assert isinstance(again, Submitted)
    assert again.job_id == handle.job_id
    place.finish(job, 0)
    await place.seen(handle, JobState.ENDED)
    after = await place.outcome(job)
    assert isinstance(after, Submitted)
    assert place.runs(job) == 1


async def test_a_job_is_found_by_its_key(place: Place) -> None:
    job = place.job()
    submitted = await place.submitted(job)
    found = await place.platform.find([place.handle(job)])
    assert found.is_complete
    assert found.jobs[job.key].job_id == submitted.job_id


async def test_a_job_is_observed_without_its_id(place: Place) -> None:
    job = place.job()
    await place.running(job)
    assert (await place.look(place.handle(job))).state is JobState.RUNNING


async def test_an_unknown_job_is_absent_and_stopping_it_succeeds(place: Place) -> None:
    unknown = place.handle(place.job("h9"))
    assert (await place.look(unknown)).state is JobState.ABSENT
    found = await place.platform.find([unknown])
    assert found.is_complete
    assert found.jobs == {}
    assert await place.platform.stop([unknown], StopSignal.TERM) == {}
    assert await place.platform.stop([unknown], StopSignal.KILL) == {}


async def test_a_stopped_job_ends_and_says_by_which_signal(place: Place) -> None:
    job = place.job()
    handle = await place.running(job)
    assert await place.platform.stop([handle], StopSignal.TERM) == {}
    ended = await place.seen(handle, JobState.ENDED)
    assert ended.exit is not None
    assert (ended.exit.code, ended.exit.signal) == (143, "TERM")


async def test_a_job_that_ignores_the_polite_signal_is_killed(place: Place) -> None:
    job = place.job(is_stubborn=True)
    handle = await place.running(job)
    await place.platform.stop([handle], StopSignal.TERM)
    assert (await place.look(handle)).state in (JobState.RUNNING, JobState.STOPPING)
    await place.platform.stop([handle], StopSignal.KILL)
    ended = await place.seen(handle, JobState.ENDED)
    # A queue kills the wrapper, too: there is no record then, and the queue's word counts.
    assert ended.exit is not None or not place.leaves_record_when_killed
    assert (ended.exit.code if ended.exit else ended.exit_code) == 137


async def test_stopping_an_ended_job_succeeds_and_changes_nothing(place: Place) -> None:
    job = place.job()
    handle = await place.running(job)
    place.finish(job, 3)
    before = await place.seen(handle, JobState.ENDED)
    assert await place.platform.stop([handle], StopSignal.TERM) == {}
    assert await place.platform.stop([handle], StopSignal.KILL) == {}
    assert lasting(await place.look(handle)) == lasting(before)


@pytest.mark.parametrize("signal", StopSignal)
async def test_a_job_stopped_before_it_started_never_runs(place: Place, signal: StopSignal) -> None:
    job = place.job()
    await place.platform.stop([place.handle(job)], signal)
    handle = await place.submitted(job)
    ended = await place.seen(handle, JobState.ENDED)
    assert ended.exit is not None
    assert ended.exit.code is None
    assert ended.exit.reason == "stopped before start"
    assert place.runs(job) == 0


async def test_a_second_attempt_runs_in_the_same_folder_beside_the_first_record(
    place: Place,
) -> None:
    first = place.job()
    handle = await place.running(first)
    place.finish(first, 1)
    before = await place.seen(handle, JobState.ENDED)
    second = place.job(attempt=2)
    again = await place.submitted(second)
    await until(lambda: place.runs(second) == 2)
    place.finish(second, 0)
    ended = await place.seen(again, JobState.ENDED)
    assert ended.exit is not None
    assert ended.exit.code in (0, 1)
    assert lasting(await place.look(handle)) == lasting(before)


async def test_waiting_for_a_change_ends_when_a_job_ends(place: Place) -> None:
    job, other = place.job("h1"), place.job("h2")
    handles = [await place.running(job), await place.running(other)]
    await place.platform.observe(handles)
    waiting = asyncio.ensure_future(place.platform.wait_for_change(handles))
    done, _ = await asyncio.wait([waiting], timeout=0.1)
    assert not done
    place.finish(job, 0)
    await place.news(waiting)
    await place.seen(handles[0], JobState.ENDED)
    assert (await place.look(handles[0])).state is JobState.ENDED
    assert (await place.look(handles[1])).state is JobState.RUNNING


async def test_waiting_for_a_change_sees_one_that_came_before(place: Place) -> None:
    job = place.job()
    handle = await place.running(job)
    await place.look(handle)
    place.finish(job, 0)
    await place.news(asyncio.ensure_future(place.platform.wait_for_change([handle])))
    await place.seen(handle, JobState.ENDED)


async def test_jobs_go_on_when_the_platform_is_closed(place: Place) -> None:
    job = place.job()
    handle = await place.running(job)
    await place.platform.aclose()
    assert (await place.look(handle)).state is JobState.RUNNING


async def test_output_goes_where_the_server_says_or_to_the_home_elsewhere(
    place: Place, tmp_path: Path
) -> None:
    here = place.platform.has_local_output
    expected = str(tmp_path) if here else "~/hypertrainer/output"
    assert place.platform.output_root(tmp_path) == expected
