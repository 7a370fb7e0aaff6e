"""A platform's round where the platform is far away, has a queue, or is several machines."""

from datetime import timedelta
from pathlib import Path

import pytest

from hypertrainer.clock import utc_now
from hypertrainer.database import Database
from hypertrainer.dependencies import Services
from hypertrainer.errors import AuthNeeded, PlatformUnreachable
from hypertrainer.monitor import submit_tasks as submitting
from hypertrainer.monitor.platform_pass import PlatformPass
from hypertrainer.platforms.base import Capacity, ConditionKind
from hypertrainer.platforms.fake import FakePlatform
from hypertrainer.platforms.pool import PoolPlatform
from hypertrainer.tasks.statuses import AttemptState, TaskStatus
from tests.monitor.place import MonitoredPlace, monitored_place


@pytest.fixture
def place(database: Database, tmp_path: Path) -> MonitoredPlace:
    return monitored_place(database, tmp_path, capacity=None)


# --- talking and not talking -------------------------------------------------------------------


async def test_a_place_without_our_jobs_is_not_asked_anything(place: MonitoredPlace) -> None:
    for _ in range(3):
        await place.round()
    assert place.platform.calls == 0
    assert (place.work.state.last_poll_at, place.work.state.next_poll_at) == (None, None)
    task_id = await place.running()
    assert place.work.state.next_poll_at is not None
    place.platform.finish(await place.key(task_id))
    await place.round()
    calls = place.platform.calls
    for _ in range(3):
        await place.round()
    assert place.platform.calls == calls
    assert place.work.state.next_poll_at is None
    assert place.work.state.calls_per_hour == calls


async def test_lost_jobs_are_looked_for_ever_more_seldom(place: MonitoredPlace) -> None:
    task_id = await place.running()
    place.platform.absence_reports, place.platform.absence_seconds = 1, 0
    place.platform.vanish(await place.key(task_id))
    await place.round()
    assert await place.status(task_id) == TaskStatus.LOST
    intervals = []
    for _ in range(9):
        place.work._lost_looked_at = None
        await place.round()
        intervals.append(place.work._lost_interval.total_seconds() / 60)
    assert intervals == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    calls = place.platform.calls
    await place.round()
    assert place.platform.calls == calls


async def test_no_round_may_begin_before_the_floor(place: MonitoredPlace) -> None:
    place.platform.poll_floor_seconds = 30.0
    assert place.work.held() == 0.0
    await place.running()
    assert 29.0 < place.work.held() <= 30.0
    place.platform.faults.unreachable_calls = 1
    with pytest.raises(PlatformUnreachable):
        await place.round()
    assert place.work.held() > 29.0


async def test_a_job_that_waits_in_a_queue_is_asked_about_ever_more_seldom(
    place: MonitoredPlace,
) -> None:
    place.platform._starts_at_once = False
    place.platform.poll_soon_seconds, place.platform.poll_seconds = 5.0, 60.0
    task_id = await place.add()
    assert await place.round() == 5.0
    await place.backdate(task_id, submitted_at=utc_now() - timedelta(minutes=5))
    assert [await place.round() for _ in range(5)] == [10.0, 20.0, 40.0, 60.0, 60.0]
    place.platform.start(await place.key(task_id))
    assert await place.round() == 5.0


async def test_a_task_that_writes_is_asked_about_every_quarter_of_a_minute(
    sqlite_database: Database, tmp_path: Path
) -> None:
    place = monitored_place(sqlite_database, tmp_path, capacity=None, is_remote=True)
    place.platform.poll_soon_seconds, place.platform.poll_seconds = 5.0, 300.0
    task_id = await place.running()
    pauses = []
    for _ in range(6):
        place.platform.write(await place.key(task_id), "out.txt", b"line\n")
        pauses.append(await place.round())
    assert pauses[-1] == 15.0
    for _ in range(6):
        pauses.append(await place.round())
    assert pauses[-1] == 300.0


# --- conditions --------------------------------------------------------------------------------


async def test_a_place_that_lets_nobody_in_says_so_and_changes_no_status(
    place: MonitoredPlace,
) -> None:
    task_id = await place.running()
    polled_at = place.work.state.last_poll_at
    place.platform.faults.refusal = AuthNeeded("Unlock the key.")
    with pytest.raises(AuthNeeded):
        await place.round()
    state = place.work.state
    assert (state.condition, state.why) == (ConditionKind.AUTH_NEEDED, "Unlock the key.")
    assert state.last_poll_at == polled_at
    assert await place.status(task_id) == TaskStatus.RUNNING


async def test_trouble_with_a_part_of_a_place_shows_though_the_round_succeeds(
    place: MonitoredPlace,
) -> None:
    place.platform.troubles = "gpu2: no route."
    await place.running()
    state = place.work.state
    assert (state.condition, state.why) == (ConditionKind.DEGRADED, "gpu2: no route.")
    place.platform.troubles = ""
    await place.round()
    assert (place.work.state.condition, place.work.state.why) == (ConditionKind.OK, "")


# --- submitting --------------------------------------------------------------------------------


async def test_a_busy_place_is_not_asked_again_before_its_slowest_pace_is_over(
    place: MonitoredPlace,
) -> None:
    place.platform.poll_seconds = 60.0
    place.platform.faults.rejections = 1
    first = await place.add()
    await place.round()
    assert "tried again" in (await place.task(first)).reason
    second = await place.add()
    arrived = len(place.platform.submissions)
    for _ in range(3):
        assert await place.round() <= 60.0
    assert len(place.platform.submissions) == arrived
    place.work._submit._busy_until.clear()
    await place.round()
    for task_id in (first, second):
        assert await place.status(task_id) == TaskStatus.SUBMITTING


async def test_what_was_never_sent_goes_as_soon_as_the_place_answers(
    place: MonitoredPlace,
) -> None:
    task_id = await place.add()
    place.platform.faults.unreachable_calls = 1
    with pytest.raises(PlatformUnreachable):
        await place.round()
    task = await place.task(task_id)
    assert task.status == TaskStatus.WAITING
    assert task.reason == "Will be tried again: The fake platform does not answer."
    await place.round()
    assert (await place.task(task_id)).reason == ""
    assert len(place.platform.submissions) == 1


async def test_many_tasks_go_in_commands_of_at_most_32(place: MonitoredPlace) -> None:
    for number in range(70):
        await place.add(str(number))
    before = place.platform.calls
    await place.round()
    assert place.platform.calls - before == 3
    assert len(place.platform.submissions) == 70


async def test_a_round_submits_for_a_while_and_goes_on_in_the_next_at_once(
    place: MonitoredPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submitting, "ROUND_SECONDS", 0.0)
    await place.add()
    assert await place.round() == 0.0
    assert place.platform.submissions == []
    monkeypatch.setattr(submitting, "ROUND_SECONDS", 30.0)
    await place.round()
    assert len(place.platform.submissions) == 1


# --- a pool of machines ------------------------------------------------------------------------


class Lab:
    """Two machines as one platform, and its pass."""

    def __init__(self, database: Database, folder: Path) -> None:
        small = Capacity(slots=1, cpus=4, gpus=("0",))
        large = Capacity(slots=2, cpus=8, gpus=("0", "1"))
        self.small, self.large = (
            FakePlatform("small", capacity=small),
            FakePlatform("large", capacity=large),
        )
        pool = PoolPlatform("fake", "ssh", {"small": self.small, "large": self.large})
        self.place = monitored_place(database, folder)
        services: Services = self.place.services
        self.place.work = PlatformPass(services, pool)


async def test_tasks_of_a_pool_go_where_there_is_most_room(
    database: Database, tmp_path: Path
) -> None:
    lab = Lab(database, tmp_path)
    ids = [await lab.place.add(str(number)) for number in range(4)]
    await lab.place.round()
    machines = [(await lab.place.attempt(task_id)).machine for task_id in ids]
    assert machines == ["large", "small", "large", ""]
    gpus = [job.environment["CUDA_VISIBLE_DEVICES"] for job in lab.large.submissions]
    assert gpus == ["0", "1"]
    assert [job.machine for job in lab.small.submissions] == ["small"]
    await lab.place.round()
    statuses = [await lab.place.status(task_id) for task_id in ids]
    assert statuses == ["running", "running", "running", "waiting"]


async def test_a_task_that_only_a_silent_machine_could_take_waits_and_blocks_nobody(
    sqlite_database: Database, tmp_path: Path
) -> None:
    lab = Lab(sqlite_database, tmp_path)
    first = await lab.place.add(resources={"gpus": 2})
    await lab.place.round()
    lab.large.faults.unreachable_calls = 1_000
    await lab.place.round()
    assert lab.place.work.state.condition is ConditionKind.DEGRADED
    assert "large" in lab.place.work.state.why
    big, little = await lab.place.add(resources={"gpus": 2}), await lab.place.add()
    await lab.place.round()
    assert await lab.place.status(big) == TaskStatus.WAITING
    assert await lab.place.status(little) == TaskStatus.SUBMITTING
    assert TaskStatus(await lab.place.status(first)).is_active


async def test_what_no_machine_of_a_pool_could_take_fails_and_says_why(
    sqlite_database: Database, tmp_path: Path
) -> None:
    lab = Lab(sqlite_database, tmp_path)
    task_id = await lab.place.add(resources={"gpus": 3})
    await lab.place.round()
    task = await lab.place.task(task_id)
    assert task.status == TaskStatus.FAILED_TO_START
    assert "small: 3 GPUs" in task.reason
    assert "large: 3 GPUs" in task.reason


async def test_a_job_in_doubt_on_one_machine_does_not_wait_for_a_silent_other(
    sqlite_database: Database, tmp_path: Path
) -> None:
    lab = Lab(sqlite_database, tmp_path)
    lab.large.faults.lost_answers = 1
    lab.small.faults.lost_answers = 1
    ids = [await lab.place.add(str(number)) for number in range(2)]
    await lab.place.round()
    states = [(await lab.place.attempt(task_id)).state for task_id in ids]
    assert states == [AttemptState.INTENT, AttemptState.INTENT]
    lab.small.faults.unreachable_calls = 1_000
    await lab.place.round()
    states = [(await lab.place.attempt(task_id)).state for task_id in ids]
    assert states == [AttemptState.SUBMITTED, AttemptState.INTENT]


async def test_a_task_does_not_follow_its_platform_to_another_kind_of_place(
    place: MonitoredPlace,
) -> None:
    task_id = await place.add()
    place.platform.has_local_output = False
    await place.round()
    task = await place.task(task_id)
    assert task.status == TaskStatus.FAILED_TO_START
    assert "is on another machine now" in task.reason
    assert place.platform.submissions == []


async def test_many_jobs_are_read_by_pages_and_judged_beside_the_loop(
    place: MonitoredPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hypertrainer.monitor.attempts.PAGE", 2)
    monkeypatch.setattr("hypertrainer.monitor.observe_jobs.MANY_JOBS", 1)
    ids = [await place.add(f"task {number}") for number in range(5)]
    for _ in range(2):
        await place.round()
    assert [await place.status(task_id) for task_id in ids] == [TaskStatus.RUNNING] * 5
    for task_id in ids:
        place.platform.finish(await place.key(task_id))
    await place.round()
    assert [await place.status(task_id) for task_id in ids] == [TaskStatus.FINISHED] * 5
