"""How jobs end in a queue: by themselves, by others, by a limit, with their node, or not yet."""

from dataclasses import replace
from pathlib import Path

import pytest

from hypertrainer.platforms.base import Ambiguous, EndCause, JobState, Resources, StopSignal
from tests.labs.queue_places import FakeQueuePlace
from tests.platforms.places import until


async def test_a_twin_never_runs(place: FakeQueuePlace) -> None:
    with place.queue.settings() as settings:
        settings.lose_answer, settings.slots = 2, 0
    job = place.job()
    assert isinstance(await place.outcome(job), Ambiguous)
    assert isinstance(await place.outcome(job), Ambiguous)
    with place.queue.settings() as settings:
        settings.slots = 8
    handle = place.handle(job)
    await place.seen(handle, JobState.RUNNING)
    await until(lambda: any(known.state == "ended" for known in place.queue.jobs()))
    assert (await place.look(handle)).state is JobState.RUNNING
    place.finish(job, 4)
    seen = await place.ended(handle)
    assert seen.exit is not None
    assert seen.exit.code == 4
    assert place.runs(job) == 1


async def test_a_job_purged_before_the_next_poll_keeps_its_code(place: FakeQueuePlace) -> None:
    with place.queue.settings() as settings:
        settings.keep, settings.has_accounting = 0.0, False
    job = place.job()
    handle = await place.running(job)
    place.finish(job, 6)
    seen = await place.ended(handle)
    assert seen.exit is not None
    assert seen.exit.code == 6


async def test_the_time_limit_is_a_cause(place: FakeQueuePlace) -> None:
    place.queue.hold()
    handle = await place.submitted(replace(place.job(), resources=Resources(time_seconds=60)))
    (known,) = place.queue.jobs()
    assert known.limit == 60
    place.queue.limit(known.name, 0.5)
    seen = await place.ended(handle)
    assert seen.cause is EndCause.TIMED_OUT


async def test_a_job_cancelled_by_somebody_else_says_so(
    place: FakeQueuePlace, flavour: str
) -> None:
    job = place.job()
    handle = await place.running(job)
    place.queue.cancel(job.key)
    seen = await place.ended(handle)
    assert seen.exit is not None
    if flavour in ("sge", "torque"):  # which do not tell a deletion from another signal
        assert seen.exit.signal == "TERM"
    else:
        assert seen.cause is EndCause.CANCELLED


async def test_a_crashed_node_leaves_no_record_but_a_word(
    place: FakeQueuePlace, flavour: str
) -> None:
    job = place.job()
    handle = await place.running(job)
    place.queue.crash_node(job.key)

    async def is_over() -> bool:
        return (await place.look(handle)).state in (JobState.ENDED, JobState.ABSENT)

    await until(is_over)
    seen = await place.look(handle)
    assert seen.exit is None
    assert seen.cause is EndCause.NODE_FAILED or flavour in ("pbs", "torque")


@pytest.mark.parametrize("flavour", ["slurm", "pbs", "torque"])
async def test_a_requeued_job_is_followed(place: FakeQueuePlace) -> None:
    with place.queue.settings() as settings:
        settings.requeue_delay = 60.0
    job = place.job()
    handle = await place.running(job)
    place.queue.requeue(job.key)
    await place.seen(handle, JobState.QUEUED)
    place.queue.release(job.key)
    await place.seen(handle, JobState.RUNNING)
    await until(lambda: place.runs(job) == 2)
    place.finish(job, 2)
    seen = await place.ended(handle)
    assert seen.exit is not None
    assert seen.exit.code == 2


async def test_a_checkpoint_signal_reaches_the_program(place: FakeQueuePlace, flavour: str) -> None:
    script = "trap 'echo saved >> saved.txt' USR1\necho run >> runs.txt\n" + (
        "until [[ -s finish ]]; do read -t 0.02 < <(sleep 0.02); done\nexit $(< finish)"
    )
    wishes = Resources(checkpoint_signal="USR1", checkpoint_seconds=1)
    job = replace(place.program(script), resources=wishes)
    handle = replace(await place.running(job), checkpoint_signal="USR1")
    assert await place.platform.stop([handle], StopSignal.CHECKPOINT) == {}
    await until(lambda: Path(job.folder, "saved.txt").exists())
    place.finish(job, 0)
    await place.ended(handle)


@pytest.mark.parametrize("flavour", ["slurm", "pbs", "torque", "sge"])
async def test_a_checkpoint_signal_comes_before_the_time_limit(place: FakeQueuePlace) -> None:
    script = "trap 'echo saved >> saved.txt; exit 5' USR1\necho run >> runs.txt\n" + (
        "while :; do read -t 0.02 < <(sleep 0.02); done"
    )
    wishes = Resources(checkpoint_signal="USR1", checkpoint_seconds=2, time_seconds=3)
    job = replace(place.program(script), resources=wishes)
    handle = await place.running(job)
    seen = await place.ended(handle)
    assert Path(job.folder, "saved.txt").exists()
    assert seen.exit is not None
    assert seen.exit.code == 5
