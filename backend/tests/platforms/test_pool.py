"""Several machines as one platform, some of which do not answer."""

import asyncio
from pathlib import Path

import pytest

from hypertrainer.errors import AuthNeeded, PlatformError, PlatformUnreachable
from hypertrainer.platforms import pool as pooling
from hypertrainer.platforms.base import (
    Ambiguous,
    Capacity,
    ConditionKind,
    GpuLoad,
    Health,
    HostKey,
    JobHandle,
    JobSpec,
    JobState,
    Problem,
    Rejected,
    StopSignal,
    Submitted,
)
from hypertrainer.platforms.fake import FakePlatform
from hypertrainer.platforms.pool import PoolPlatform
from hypertrainer.platforms.pool_health import merged_health
from hypertrainer.platforms.transports.base import ReadRequest

ONE = Capacity(slots=1, cpus=4, gpus=("0",), memory_bytes=2**30)
TWO = Capacity(slots=2, cpus=8, gpus=("0", "1"), memory_bytes=2**31)
A, B = (
    JobSpec("ha", 1, "/a", ("true",), machine="gpu1"),
    JobSpec("hb", 1, "/b", ("true",), machine="gpu2"),
)
HANDLES = [JobHandle("ha", 1, "/a", machine="gpu1"), JobHandle("hb", 1, "/b", machine="gpu2")]


class Lab:
    """Two machines as one platform."""

    def __init__(self, folder: Path | None = None) -> None:
        first = folder / "1" if folder else None
        second = folder / "2" if folder else None
        self.gpu1 = FakePlatform("gpu1", capacity=ONE, remote=first)
        self.gpu2 = FakePlatform("gpu2", capacity=TWO, remote=second)
        self.pool = PoolPlatform("lab", "ssh", {"gpu1": self.gpu1, "gpu2": self.gpu2})


@pytest.fixture
def lab() -> Lab:
    return Lab()


async def test_each_job_goes_to_its_machine_and_is_found_seen_and_stopped_there(lab: Lab) -> None:
    outcomes = await lab.pool.submit([A, B])
    assert all(isinstance(outcome, Submitted) for outcome in outcomes.values())
    assert [job.key for job in lab.gpu1.submissions] == ["ha"]
    assert [job.key for job in lab.gpu2.submissions] == ["hb"]
    found = await lab.pool.find(HANDLES)
    assert (found.is_complete, set(found.jobs)) == (True, {"ha", "hb"})
    report = await lab.pool.observe(HANDLES)
    assert {key: seen.state for key, seen in report.seen.items()} == {
        "ha": JobState.RUNNING,
        "hb": JobState.RUNNING,
    }
    assert await lab.pool.stop(HANDLES, StopSignal.TERM) == {}
    assert lab.gpu2.jobs["hb", 1].signals == (StopSignal.TERM,)


async def test_a_job_without_a_machine_is_the_first_ones(lab: Lab) -> None:
    await lab.pool.submit([JobSpec("hc", 1, "/c", ("true",))])
    assert ("hc", 1) in lab.gpu1.jobs


async def test_a_silent_machine_changes_nothing_for_its_jobs_and_the_others_are_seen(
    lab: Lab,
) -> None:
    await lab.pool.submit([A, B])
    lab.gpu1.vanish("ha")
    lab.gpu2.faults.unreachable_calls = 1
    report = await lab.pool.observe(HANDLES)
    assert report.is_complete
    assert report.seen["ha"].state is JobState.ABSENT
    assert report.seen["hb"].state is JobState.UNKNOWN
    assert "gpu2" in lab.pool.trouble
    report = await lab.pool.observe(HANDLES)
    assert (report.seen["hb"].state, lab.pool.trouble) == (JobState.RUNNING, "")


async def test_a_machine_that_hangs_does_not_keep_the_others_waiting(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(*_: object) -> None:
        await asyncio.Event().wait()

    await lab.pool.submit([A, B])
    monkeypatch.setattr("hypertrainer.platforms.pool.PATIENCE_SECONDS", 0.1)
    monkeypatch.setattr(lab.gpu2, "observe", hang)
    report = await lab.pool.observe(HANDLES)
    assert report.seen["ha"].state is JobState.RUNNING
    assert report.seen["hb"].state is JobState.UNKNOWN
    assert lab.pool.trouble == "gpu2: No answer came within 0.1 seconds."


async def test_an_incomplete_answer_of_one_machine_leaves_the_absences_of_the_other(
    lab: Lab,
) -> None:
    lab.gpu1.faults.incomplete_reports = 1
    report = await lab.pool.observe(HANDLES)
    assert report.seen["ha"].state is JobState.UNKNOWN
    assert report.seen["hb"].state is JobState.ABSENT


async def test_a_look_up_is_incomplete_where_a_machine_is_silent(lab: Lab) -> None:
    await lab.pool.submit([A, B])
    lab.gpu2.faults.unreachable_calls = 1
    found = await lab.pool.find(HANDLES)
    assert (found.is_complete, set(found.jobs)) == (False, {"ha"})


async def test_only_where_no_machine_answers_is_the_pool_unreachable(lab: Lab) -> None:
    for machine in (lab.gpu1, lab.gpu2):
        machine.faults.unreachable_calls = 1
    with pytest.raises(PlatformUnreachable, match=r"gpu1: .*gpu2: "):
        await lab.pool.observe(HANDLES)
    assert (await lab.pool.observe(HANDLES)).is_complete


async def test_a_pool_that_lets_nobody_in_says_that_somebody_must_act(lab: Lab) -> None:
    for machine in (lab.gpu1, lab.gpu2):
        machine.faults.refusal = AuthNeeded("Unlock the key.")
    with pytest.raises(AuthNeeded, match="Unlock the key"):
        await lab.pool.observe(HANDLES)


async def test_a_job_for_a_silent_machine_is_tried_again_and_one_in_doubt_is_looked_up(
    lab: Lab,
) -> None:
    lab.gpu2.faults.unreachable_calls = 1
    outcomes = await lab.pool.submit([A, B])
    assert isinstance(outcomes["ha"], Submitted)
    assert isinstance(outcomes["hb"], Rejected)
    assert outcomes["hb"].is_retryable
    lab.gpu2.faults.refusal = PlatformError("cut")
    assert isinstance((await lab.pool.submit([B]))["hb"], Ambiguous)


async def test_a_machine_that_is_no_member_any_more_ends_nothing(lab: Lab) -> None:
    stranger = JobHandle("hx", 1, "/x", machine="gpu9")
    report = await lab.pool.observe([*HANDLES, stranger])
    assert report.is_complete
    assert report.seen["hx"].state is JobState.UNKNOWN
    assert not (await lab.pool.find([stranger])).is_complete
    assert "gpu9" in (await lab.pool.stop([stranger], StopSignal.TERM))["hx"]
    outcome = (await lab.pool.submit([JobSpec("hx", 1, "/x", ("true",), machine="gpu9")]))["hx"]
    assert isinstance(outcome, Rejected)
    with pytest.raises(PlatformUnreachable, match="gpu9"):
        await lab.pool.read([ReadRequest("/x/out.txt")], "gpu9")


async def test_only_machines_that_answer_have_something_to_give(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await lab.pool.capacities() == {"gpu1": ONE, "gpu2": TWO}
    whole = await lab.pool.capacity()
    assert whole == Capacity(3, 12, ("0", "0", "1"), 2**30 + 2**31)
    lab.gpu2.faults.unreachable_calls = 1
    await lab.pool.stop(HANDLES, StopSignal.TERM)
    assert await lab.pool.capacities() == {"gpu1": ONE}
    monkeypatch.setattr(pooling, "ASK_AGAIN_SECONDS", 0.0)
    assert await lab.pool.capacities() == {"gpu1": ONE, "gpu2": TWO}


async def test_a_user_who_asks_to_try_again_need_not_wait(lab: Lab) -> None:
    lab.gpu2.faults.unreachable_calls = 1
    await lab.pool.observe(HANDLES)
    assert await lab.pool.capacities() == {"gpu1": ONE}
    lab.pool.retry_now()
    assert await lab.pool.capacities() == {"gpu1": ONE, "gpu2": TWO}


async def test_files_are_read_on_the_machine_that_has_them_and_deleted_on_all(
    tmp_path: Path,
) -> None:
    lab = Lab(tmp_path)
    job = JobSpec("hb", 1, str(tmp_path / "2" / "task"), ("true",), machine="gpu2")
    await lab.pool.submit([job])
    lab.gpu2.write("hb", "out.txt", b"hello")
    (found,) = await lab.pool.read([ReadRequest(f"{job.folder}/out.txt")], "gpu2")
    assert found.data == b"hello"
    handle = JobHandle("hb", 1, job.folder, machine="gpu2")
    (listed,) = (await lab.pool.observe([handle])).files["hb"]
    assert (listed.name, listed.size) == ("out.txt", 5)
    lab.gpu1.faults.unreachable_calls = 1
    assert "gpu1" in (await lab.pool.remove([job.folder]))[job.folder]
    lab.gpu1.files.root = lab.gpu2.files.root  # as where they share a file system
    assert await lab.pool.remove([job.folder]) == {}
    assert not Path(job.folder).exists()


async def test_news_of_any_machine_are_news_of_the_pool(lab: Lab) -> None:
    await lab.pool.submit([A, B])
    await lab.pool.observe(HANDLES)
    waiting = asyncio.create_task(lab.pool.wait_for_change(HANDLES))
    await asyncio.sleep(0)
    lab.gpu2.finish("hb")
    async with asyncio.timeout(5):
        await waiting


async def test_calls_of_all_machines_count(lab: Lab) -> None:
    await lab.pool.observe(HANDLES)
    assert lab.pool.num_calls == 2


KEY = HostKey("gpu2", "ssh-ed25519", "SHA256:x", "gpu2 ssh-ed25519 AAAA")
WELL = Health(ConditionKind.OK, {"user": "a"}, gpus=(GpuLoad("", "0", "A100", None, None, None),))
LOCKED = Health(ConditionKind.AUTH_NEEDED, {}, (Problem("unknown key", "accept it"),), KEY)
DEAD = Health(ConditionKind.UNREACHABLE, {})


def test_a_check_names_the_machine_of_each_fact_and_problem() -> None:
    health = merged_health({"gpu1": WELL, "gpu2": LOCKED})
    assert health.condition is ConditionKind.DEGRADED
    assert health.facts == {"gpu1: user": "a"}
    assert health.problems == (Problem("gpu2: unknown key", "accept it"),)
    assert health.host_key == KEY
    assert health.gpus[0].machine == "gpu1"


@pytest.mark.parametrize(
    ("checks", "condition"),
    [
        ([WELL, WELL], ConditionKind.OK),
        ([DEAD, DEAD], ConditionKind.UNREACHABLE),
        ([DEAD, LOCKED], ConditionKind.AUTH_NEEDED),
        ([DEAD, WELL], ConditionKind.DEGRADED),
    ],
)
def test_a_pool_is_as_well_as_its_machines(checks: list[Health], condition: ConditionKind) -> None:
    named = {str(number): health for number, health in enumerate(checks)}
    assert merged_health(named).condition is condition


async def test_a_check_brings_a_silent_machine_back(lab: Lab) -> None:
    lab.gpu2.faults.unreachable_calls = 1
    await lab.pool.observe(HANDLES)
    assert lab.pool.trouble
    assert (await lab.pool.check()).condition is ConditionKind.OK
    assert lab.pool.trouble == ""
