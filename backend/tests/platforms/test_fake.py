"""The fake's faults are those that the core has to bear."""

from pathlib import Path

import pytest

from hypertrainer.errors import PlatformUnreachable
from hypertrainer.platforms.base import (
    Ambiguous,
    EndCause,
    JobHandle,
    JobSpec,
    JobState,
    Rejected,
    StopSignal,
    Submitted,
)
from hypertrainer.platforms.fake import FakePlatform

JOB = JobSpec("h1", 1, "/f", ("true",))
HANDLE = JobHandle("h1", 1, "/f")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def state(fake: FakePlatform) -> JobState:
    report = await fake.observe([HANDLE])
    return report.seen["h1"].state


async def test_an_unreachable_platform_raises_so_often_and_then_answers() -> None:
    fake = FakePlatform()
    fake.faults.unreachable_calls = 2
    for call in (fake.observe([HANDLE]), fake.submit([JOB])):
        with pytest.raises(PlatformUnreachable):
            await call
    assert isinstance((await fake.submit([JOB]))["h1"], Submitted)


async def test_a_lost_answer_leaves_a_job_and_a_lost_request_none() -> None:
    fake = FakePlatform()
    fake.faults.lost_requests = 1
    assert isinstance((await fake.submit([JOB]))["h1"], Ambiguous)
    assert (await fake.find([HANDLE])).jobs == {}
    fake.faults.lost_answers = 1
    assert isinstance((await fake.submit([JOB]))["h1"], Ambiguous)
    assert "h1" in (await fake.find([HANDLE])).jobs
    assert len(fake.jobs) == 1


async def test_a_late_job_is_found_after_some_looks() -> None:
    fake = FakePlatform()
    fake.faults.invisible_polls = 2
    await fake.submit([JOB])
    assert await state(fake) is JobState.ABSENT
    assert (await fake.find([HANDLE])).jobs == {}
    assert await state(fake) is JobState.RUNNING


async def test_unknown_words_incomplete_reports_and_refusals_pass() -> None:
    fake = FakePlatform()
    fake.faults.rejections = 1
    assert isinstance((await fake.submit([JOB]))["h1"], Rejected)
    await fake.submit([JOB])
    fake.faults.unknown_states = 1
    assert await state(fake) is JobState.UNKNOWN
    fake.faults.incomplete_reports = 1
    assert not (await fake.observe([HANDLE])).is_complete
    assert await state(fake) is JobState.RUNNING


async def test_a_purged_job_leaves_nothing() -> None:
    fake = FakePlatform()
    await fake.submit([JOB])
    fake.faults.purges_at_once = True
    fake.finish("h1", 0)
    seen = (await fake.observe([HANDLE])).seen["h1"]
    assert (seen.state, seen.exit) == (JobState.ABSENT, None)


async def test_a_job_may_vanish_for_a_cause() -> None:
    fake = FakePlatform()
    await fake.submit([JOB])
    fake.vanish("h1", cause=EndCause.NODE_FAILED)
    seen = (await fake.observe([HANDLE])).seen["h1"]
    assert (seen.state, seen.cause) == (JobState.ABSENT, EndCause.NODE_FAILED)


async def test_a_signal_may_not_get_through() -> None:
    fake = FakePlatform()
    await fake.submit([JOB])
    fake.faults.cannot_signal = "no route"
    assert await fake.stop([HANDLE], StopSignal.TERM) == {"h1": "no route"}
    assert await state(fake) is JobState.RUNNING


async def test_a_queued_job_starts_when_it_is_told(tmp_path: Path) -> None:
    begun: list[JobSpec] = []
    fake = FakePlatform(starts_at_once=False, on_start=begun.append)
    await fake.submit([JOB])
    assert await state(fake) is JobState.QUEUED
    fake.start("h1")
    assert await state(fake) is JobState.RUNNING
    assert begun == [JOB]
    assert fake.output_root(tmp_path) == str(tmp_path)
