"""Stops in stages, requeues by a queue, and tasks that go on by themselves."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from hypertrainer.clock import utc_now
from hypertrainer.database import Database
from hypertrainer.platforms.base import EndCause, JobHandle, JobState, Report, StopSignal
from hypertrainer.tasks import actions
from hypertrainer.tasks.statuses import AttemptState, TaskStatus
from hypertrainer.tasks.tables import Attempt
from tests.monitor.place import MonitoredPlace, monitored_place


@pytest.fixture
def place(database: Database, tmp_path: Path) -> MonitoredPlace:
    return monitored_place(database, tmp_path, capacity=None)


async def attempts_of(place: MonitoredPlace, task_id: int) -> list[Attempt]:
    query = select(Attempt).where(col(Attempt.task_id) == task_id).order_by(col(Attempt.number))
    async with place.database.reading() as session:
        return list((await session.exec(query)).all())


# --- stopping ----------------------------------------------------------------------------------

CHECKPOINT = {"checkpoint_signal": "USR1", "checkpoint_seconds": 60}


async def test_a_task_that_asked_for_it_is_told_to_save_itself_before_it_is_stopped(
    place: MonitoredPlace,
) -> None:
    place.platform.faults.ignores_term = True
    task_id = await place.running(resources=CHECKPOINT)
    await place.act(task_id, actions.cancel)
    await place.round()
    attempt = await place.attempt(task_id)
    assert attempt.checkpoint_sent_at is not None
    assert attempt.kill_after is not None
    wait = (attempt.kill_after - attempt.checkpoint_sent_at).total_seconds()
    assert (wait, attempt.term_sent_at) == (60.0, None)
    signals = [StopSignal.CHECKPOINT]
    for expected in (StopSignal.TERM, StopSignal.KILL):
        place.restart()  # the deadline is in the database
        await place.round()
        assert list(await _signals(place, task_id)) == signals
        await place.backdate(task_id, kill_after=utc_now() - timedelta(seconds=1))
        place.restart()
        await place.round()
        signals.append(expected)
        assert list(await _signals(place, task_id)) == signals
    await place.round()
    assert await place.status(task_id) == TaskStatus.CANCELLED


async def _signals(place: MonitoredPlace, task_id: int) -> tuple[StopSignal, ...]:
    attempt = await place.attempt(task_id)
    return place.platform.jobs[attempt.key, attempt.number].signals


async def test_a_task_that_saves_itself_and_ends_is_cancelled_without_more_ado(
    place: MonitoredPlace,
) -> None:
    place.platform.faults.ends_at_checkpoint = True
    task_id = await place.running(resources=CHECKPOINT)
    await place.act(task_id, actions.cancel)
    for _ in range(2):
        await place.round()
    task = await place.task(task_id)
    assert (task.status, task.signal) == (TaskStatus.CANCELLED, "SIGUSR1")
    assert await _signals(place, task_id) == (StopSignal.CHECKPOINT,)


async def test_what_waits_in_a_queue_has_nothing_to_save(place: MonitoredPlace) -> None:
    place.platform._starts_at_once = False
    task_id = await place.running(resources=CHECKPOINT)
    await place.act(task_id, actions.cancel)
    for _ in range(2):
        await place.round()
    assert await _signals(place, task_id) == (StopSignal.TERM,)
    assert await place.status(task_id) == TaskStatus.CANCELLED


async def test_a_signal_that_cannot_be_sent_is_tried_again_without_haste(
    place: MonitoredPlace,
) -> None:
    place.platform.poll_seconds = 60.0
    task_id = await place.running(resources=CHECKPOINT)
    place.platform.faults.cannot_signal = "no route"
    await place.act(task_id, actions.cancel)
    pause = await place.round()
    assert 1.0 <= pause <= 5.0
    assert (await place.attempt(task_id)).term_sent_at is None


# --- requeues and resumes ----------------------------------------------------------------------


async def test_a_requeued_job_waits_again_and_goes_on(place: MonitoredPlace) -> None:
    task_id = await place.running()
    key = await place.key(task_id)
    started_at = (await place.task(task_id)).started_at
    place.platform.requeue(key, reason="BeginTime")
    await place.round()
    task = await place.task(task_id)
    assert (task.status, task.started_at) == (TaskStatus.SUBMITTING, started_at)
    assert "Requeued by its platform" in task.reason
    assert "BeginTime" in task.reason
    place.platform.start(key)
    await place.round()
    assert await place.status(task_id) == TaskStatus.RUNNING
    first = await place.attempt(task_id)
    assert first.started_at != started_at
    assert (await place.task(task_id)).started_at == started_at
    place.platform.finish(key)
    await place.round()
    assert await place.status(task_id) == TaskStatus.FINISHED


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (EndCause.TIMED_OUT, "after its time limit (1 of 2)"),
        (EndCause.PREEMPTED, "after a preemption (1 of 2)"),
        (EndCause.NODE_FAILED, "after its machine failed (1 of 2)"),
    ],
)
async def test_a_task_goes_on_by_itself_after_the_ends_it_named(
    place: MonitoredPlace, cause: EndCause, words: str
) -> None:
    task_id = await place.running(resume_on=[cause.value], resume_limit=2)
    place.platform.vanish(await place.key(task_id), cause=cause)
    place.platform._starts_at_once = False
    place.work._submit._busy_until[""] = float("inf")
    await place.round()
    task = await place.task(task_id)
    assert (task.status, task.ended_at, task.exit_code) == (TaskStatus.WAITING, None, None)
    assert task.reason == f"Resumed automatically {words}."
    first, second = await attempts_of(place, task_id)
    assert (first.state, first.is_automatic) == (AttemptState.ENDED, False)
    assert (second.state, second.is_automatic, second.number) == ("queued", True, 2)
    place.work._submit._busy_until.clear()
    await place.round()
    assert place.platform.submissions[-1].environment["HYPERTRAINER_RESUMED"] == "1"


async def test_a_task_goes_on_by_itself_only_as_often_as_it_may(place: MonitoredPlace) -> None:
    task_id = await place.running(resume_on=["timed_out"], resume_limit=2)
    for _ in range(3):
        attempt = await place.attempt(task_id)
        place.platform.finish(attempt.key, 1, attempt.number, "TERM", EndCause.TIMED_OUT)
        for _ in range(2):
            await place.round()
    task = await place.task(task_id)
    assert (task.status, task.exit_code) == (TaskStatus.TIMED_OUT, 1)
    assert task.reason.endswith("It was resumed automatically 2 times already, which is its limit.")
    assert [one.is_automatic for one in await attempts_of(place, task_id)] == [False, True, True]


async def test_other_ends_and_stops_are_followed_by_nothing(place: MonitoredPlace) -> None:
    plan: dict[str, Any] = {"resume_on": ["timed_out", "preempted"]}
    failed, crashed, stopped = [await place.running(str(number), **plan) for number in range(3)]
    place.platform.vanish(await place.key(failed), cause=EndCause.NODE_FAILED)
    place.platform.finish(await place.key(crashed), code=1)
    await place.act(stopped, actions.cancel)
    place.platform.finish(await place.key(stopped), 143, 1, "TERM", EndCause.TIMED_OUT)
    await place.round()
    statuses = [await place.status(task_id) for task_id in (failed, crashed, stopped)]
    assert statuses == ["crashed", "crashed", "cancelled"]


class Crash(Exception):
    """The server dies."""


async def test_a_crash_while_an_end_is_written_resumes_once(
    place: MonitoredPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    task_id = await place.running(resume_on=["preempted"])
    place.platform.vanish(await place.key(task_id), cause=EndCause.PREEMPTED)
    place.platform._starts_at_once = False

    def crash(*_: object) -> None:
        raise Crash

    with monkeypatch.context() as patched:
        patched.setattr("hypertrainer.monitor.observe_jobs.waiting_again", crash)
        with pytest.raises(Crash):
            await place.round()
    assert await place.status(task_id) == TaskStatus.RUNNING
    assert len(await attempts_of(place, task_id)) == 1
    for _ in range(3):
        place.restart()
        await place.round()
    assert len(await attempts_of(place, task_id)) == 2
    assert [job.attempt for job in place.platform.submissions] == [1, 2]


async def test_a_lost_task_that_is_found_again_is_read_and_fetched_again(
    sqlite_database: Database, tmp_path: Path
) -> None:
    place = monitored_place(sqlite_database, tmp_path, capacity=None, is_remote=True)
    task_id = await place.running()
    place.platform.absence_reports, place.platform.absence_seconds = 1, 0
    key = await place.key(task_id)
    place.platform.vanish(key)
    await place.round()
    assert await place.status(task_id) == TaskStatus.LOST
    async with place.database.transaction() as session:
        task = await session.get(type(await place.task(task_id)), task_id)
        assert task is not None
        task.is_mirrored = task.is_output_collected = True
        session.add(task)
    place.platform.jobs[key, 1].state = JobState.RUNNING
    place.work._lost_looked_at = None
    await place.round()
    task = await place.task(task_id)
    assert (task.status, task.is_mirrored, task.is_output_collected) == ("running", False, False)


async def lost(place: MonitoredPlace) -> int:
    """A task whose job has vanished."""
    place.platform.absence_reports, place.platform.absence_seconds = 1, 0
    task_id = await place.running()
    place.platform.vanish(await place.key(task_id))
    await place.round()
    assert await place.status(task_id) == TaskStatus.LOST
    place.work._lost_looked_at = None
    return task_id


async def test_a_lost_task_that_is_resumed_while_it_is_found_again_is_not_opened_twice(
    place: MonitoredPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    task_id = await lost(place)
    place.platform.jobs[await place.key(task_id), 1].state = JobState.RUNNING
    observe = place.platform.observe

    async def slowly(handles: Sequence[JobHandle]) -> Report:
        report = await observe(handles)
        monkeypatch.undo()
        await place.act(task_id, actions.resume)
        return report

    monkeypatch.setattr(place.platform, "observe", slowly)
    await place.round()
    first, second = await attempts_of(place, task_id)
    assert (first.state, first.outcome) == (AttemptState.ENDED, TaskStatus.LOST)
    assert second.state == AttemptState.SUBMITTED


async def test_only_the_last_of_several_lost_attempts_re_opens_a_task(
    place: MonitoredPlace,
) -> None:
    task_id = await lost(place)
    first = await place.key(task_id)
    await place.act(task_id, actions.resume)
    for _ in range(2):
        await place.round()
    place.platform.vanish(await place.key(task_id), attempt=2)
    await place.round()
    assert await place.status(task_id) == TaskStatus.LOST
    place.platform.jobs[first, 1].state = JobState.RUNNING
    place.work._lost_looked_at = None
    await place.round()
    assert await place.status(task_id) == TaskStatus.LOST
