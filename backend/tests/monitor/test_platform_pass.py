"""One platform's round, against a platform in memory that has every fault."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from hypertrainer.clock import utc_now
from hypertrainer.database import Database
from hypertrainer.errors import PlatformUnreachable
from hypertrainer.platforms.base import ConditionKind, StopSignal
from hypertrainer.tasks import actions
from hypertrainer.tasks.statuses import AttemptState, TaskStatus
from hypertrainer.tasks.tables import Attempt
from tests.monitor.place import MonitoredPlace, monitored_place


@pytest.fixture
def place(database: Database, tmp_path: Path) -> MonitoredPlace:
    return monitored_place(database, tmp_path)


async def test_a_waiting_task_is_launched_runs_and_ends_with_its_exit_code(place: MonitoredPlace):
    task_id = await place.add()
    await place.round()
    await place.round()
    assert await place.status(task_id) == TaskStatus.RUNNING
    place.platform.finish(await place.key(task_id), code=3)
    await place.round()
    task = await place.task(task_id)
    assert (task.status, task.exit_code) == (TaskStatus.CRASHED, 3)
    assert task.reason
    assert task.started_at
    assert task.ended_at


async def test_no_more_tasks_run_than_there_are_slots_and_the_next_starts_when_one_ends(
    place: MonitoredPlace,
):
    ids = [await place.add(resources={"gpus": 0}) for _ in range(3)]
    await place.round()
    assert await place.status(ids[2]) == TaskStatus.WAITING
    place.platform.finish(await place.key(ids[0]))
    await place.round()
    assert await place.status(ids[2]) in {TaskStatus.SUBMITTING, TaskStatus.RUNNING}


async def test_gpus_are_handed_out_without_overlap(place: MonitoredPlace):
    ids = [await place.add(resources={"gpus": 1}) for _ in range(2)]
    await place.round()
    given = [(await place.attempt(task_id)).gpus for task_id in ids]
    assert sorted(given) == [["0"], ["1"]]
    seen = [job.environment["CUDA_VISIBLE_DEVICES"] for job in place.platform.submissions]
    assert sorted(seen) == ["0", "1"]


async def test_a_task_that_can_never_fit_fails_to_start_and_says_why(place: MonitoredPlace):
    impossible = await place.add(resources={"gpus": 9})
    possible = await place.add()
    await place.round()
    task = await place.task(impossible)
    assert task.status == TaskStatus.FAILED_TO_START
    assert "9 GPUs" in task.reason
    assert await place.status(possible) != TaskStatus.WAITING


async def test_a_lost_answer_is_looked_up_and_adopted_never_submitted_twice(place: MonitoredPlace):
    place.platform.faults.lost_answers = 1
    task_id = await place.add()
    await place.round()
    assert (await place.attempt(task_id)).state == AttemptState.INTENT
    await place.round()
    await place.round()
    assert await place.status(task_id) == TaskStatus.RUNNING
    assert len(place.platform.submissions) == 1


async def test_a_lost_request_is_sent_again_only_after_it_was_looked_for_long_enough(
    place: MonitoredPlace,
):
    place.platform.faults.lost_requests = 1
    place.platform.resubmit_seconds = 90
    task_id = await place.add()
    await place.round()
    await place.round()
    assert place.platform.submissions == []
    await _backdate(place, task_id)
    await place.round()
    assert len(place.platform.submissions) == 1


async def _backdate(place: MonitoredPlace, task_id: int) -> None:
    attempt = await place.attempt(task_id)
    async with place.database.transaction() as session:
        row = await session.get(Attempt, attempt.id)
        assert row is not None
        row.missing_since = utc_now() - timedelta(minutes=5)
        session.add(row)


async def test_a_retryable_refusal_waits_and_another_one_fails_to_start(place: MonitoredPlace):
    place.platform.faults.rejections = 1
    task_id = await place.add()
    await place.round()
    assert await place.status(task_id) == TaskStatus.WAITING
    place.platform.faults.rejections = 1
    place.platform.faults.is_rejection_retryable = False
    place.restart()  # it is not known any more that the place was busy
    await place.round()
    assert await place.status(task_id) == TaskStatus.FAILED_TO_START


async def test_an_unreachable_platform_changes_nothing_but_its_condition(place: MonitoredPlace):
    task_id = await place.add()
    await place.round()
    await place.round()
    place.platform.faults.unreachable_calls = 1
    with pytest.raises(PlatformUnreachable):
        await place.round()
    assert await place.status(task_id) == TaskStatus.RUNNING
    assert place.work.state.condition is ConditionKind.UNREACHABLE
    await place.round()
    assert place.work.state.condition is ConditionKind.OK


async def test_an_incomplete_report_concludes_nothing(place: MonitoredPlace):
    task_id = await place.add()
    await place.round()
    place.platform.absence_reports, place.platform.absence_seconds = 1, 0
    place.platform.faults.incomplete_reports = 5
    for _ in range(5):
        await place.round()
    assert await place.status(task_id) != TaskStatus.LOST


async def test_a_state_that_nobody_knows_is_still_active(place: MonitoredPlace):
    task_id = await place.add()
    place.platform.faults.unknown_states = 3
    for _ in range(3):
        await place.round()
    assert TaskStatus(await place.status(task_id)).is_active


async def test_a_job_without_a_trace_is_lost_and_reopens_when_it_is_seen_again(
    place: MonitoredPlace,
):
    task_id = await place.add()
    await place.round()
    await place.round()
    place.platform.absence_reports, place.platform.absence_seconds = 2, 0
    key = await place.key(task_id)
    place.platform.vanish(key)
    for _ in range(3):
        await place.round()
    assert await place.status(task_id) == TaskStatus.LOST
    place.platform.finish(key, code=0)
    place.work._lost_looked_at = None
    await place.round()
    assert await place.status(task_id) == TaskStatus.FINISHED


async def test_a_cancelled_task_gets_term_and_then_kill_when_it_ignores_it(place: MonitoredPlace):
    place.platform.faults.ignores_term = True
    place.platform.grace_seconds = 0
    task_id = await place.add()
    await place.round()
    await place.round()
    await place.act(task_id, actions.cancel)
    for _ in range(3):
        await place.round()
    job = place.platform.jobs[await place.key(task_id), 1]
    assert job.signals == (StopSignal.TERM, StopSignal.KILL)
    assert await place.status(task_id) == TaskStatus.CANCELLED


async def test_a_cancel_before_the_launch_never_launches(place: MonitoredPlace):
    task_id = await place.add()
    await place.act(task_id, actions.cancel)
    await place.round()
    assert await place.status(task_id) == TaskStatus.CANCELLED
    assert place.platform.submissions == []


async def test_a_resumed_task_runs_in_its_folder_as_a_second_attempt(place: MonitoredPlace):
    task_id = await place.add()
    await place.round()
    place.platform.finish(await place.key(task_id), code=1)
    await place.round()
    await place.act(task_id, actions.resume)
    await place.round()
    first, second = place.platform.submissions
    assert first.folder == second.folder
    assert (second.attempt, second.environment["HYPERTRAINER_RESUMED"]) == (2, "1")


async def test_a_platform_with_a_queue_of_its_own_gets_everything_at_once(
    database: Database, tmp_path: Path
):
    place = monitored_place(database, tmp_path, capacity=None)
    ids = [await place.add() for _ in range(40)]
    await place.round()
    assert len(place.platform.submissions) == len(ids)


async def test_a_round_asks_the_platform_the_same_number_of_times_for_many_jobs_as_for_one(
    database: Database, tmp_path: Path
):
    calls = []
    for count in (1, 30):
        place = monitored_place(database, tmp_path, capacity=None)
        for _ in range(count):
            await place.add()
        await place.round()
        before = place.platform.calls
        await place.round()
        calls.append(place.platform.calls - before)
        async with database.transaction() as session:
            for row in (await session.exec(select(Attempt))).all():
                await session.delete(row)
    assert calls[0] == calls[1]
