"""A real Slurm of one node, as users meet it: launched, watched and stopped."""

from dataclasses import replace
from pathlib import Path

import pytest

from hypertrainer.platforms.base import (
    EndCause,
    JobState,
    Resources,
    StopSignal,
    Submitted,
)
from tests.labs.slurm import SlurmLab, SlurmPlace
from tests.platforms.places import until

pytestmark = pytest.mark.slow


@pytest.fixture
def place(slurm_place: SlurmPlace) -> SlurmPlace:
    return slurm_place


@pytest.mark.parametrize("code", [0, 7])
async def test_a_job_runs_and_its_exit_code_is_known(place: SlurmPlace, code: int) -> None:
    job = place.job(f"run{code}")
    handle = await place.running(job)
    running = await place.look(handle)
    assert running.start is not None
    assert running.start.job_id == handle.job_id
    place.finish(job, code)
    seen = await place.ended(handle)
    assert seen.exit is not None
    assert seen.exit.code == code
    assert seen.cause is None


async def test_a_job_submitted_twice_is_one_job(place: SlurmPlace, slurm: SlurmLab) -> None:
    job = place.job("twice")
    first = await place.submitted(job)
    second = await place.submitted(job)
    assert first.job_id == second.job_id
    assert len(slurm.run("squeue", "-h", "-n", job.key).splitlines()) == 1


async def test_gpus_memory_and_raw_options_reach_the_job(
    place: SlurmPlace, slurm: SlurmLab
) -> None:
    wishes = Resources(
        gpus=2,
        cpus=3,
        memory_bytes=300 * 2**20 + 1,
        time_seconds=90,
        partition="low",
        raw=("#SBATCH --nice=7", "mail-type=NONE"),
    )
    job = replace(place.program("echo $CUDA_VISIBLE_DEVICES; echo $LOGIN_SAYS", "wishes"))
    job = replace(job, resources=wishes)
    handle = await place.submitted(job)
    await place.ended(handle)
    told = slurm.run("scontrol", "-o", "show", "job", handle.job_id or "")
    for part in ("CPUs/Task=3", "MinMemoryNode=301M", "TimeLimit=00:02:00", "Nice=7"):
        assert part in told
    assert "Partition=low" in told
    assert Path(job.folder, "out.txt").read_text().splitlines()[0] == "0,1"


async def test_a_job_sees_the_environment_that_it_was_submitted_from_but_no_secret(
    place: SlurmPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGIN_SAYS", "hello")
    monkeypatch.setenv("HYPERTRAINER_TOKEN", "secret")
    monkeypatch.setenv("SBATCH_ARRAY_INX", "1-3")
    monkeypatch.setenv("SQUEUE_PARTITION", "closed")
    job = place.program("echo $LOGIN_SAYS$HYPERTRAINER_TOKEN", "environment")
    await place.ended(await place.submitted(job))
    assert Path(job.folder, "out.txt").read_text() == "hello\n"


async def test_somebody_elses_scancel_is_told_from_a_crash(
    place: SlurmPlace, slurm: SlurmLab
) -> None:
    handle = await place.running(place.job("other"))
    slurm.run("scancel", handle.job_id or "")
    seen = await place.ended(handle)
    assert seen.cause is EndCause.CANCELLED
    assert seen.exit is not None
    assert seen.exit.signal == "TERM"
    assert seen.reason.startswith("Slurm: CANCELLED after")


async def test_a_job_that_waits_says_why_and_never_starts_after_a_stop(
    place: SlurmPlace, slurm: SlurmLab
) -> None:
    job = place.asking(Resources(cpus=1, raw=("hold",)), "held")
    handle = await place.submitted(job)
    seen = await place.seen(handle, JobState.QUEUED)
    assert seen.reason.startswith("is held (JobHeldUser); release it")
    assert await place.platform.stop([handle], StopSignal.TERM) == {}
    seen = await place.ended(handle)
    assert seen.cause is EndCause.CANCELLED
    assert place.runs(job) == 0


async def test_a_partition_that_is_down_is_named_as_the_reason(place: SlurmPlace) -> None:
    job = place.asking(Resources(partition="closed"), "down")
    handle = await place.submitted(job)
    waits = "its partition is down (PartitionDown); choose another `partition`"

    async def is_told() -> bool:
        return (await place.look(handle)).reason == waits

    await until(is_told)


async def test_a_stopped_job_tells_its_program_and_keeps_its_code(place: SlurmPlace) -> None:
    """Slurm tells the wrapper and the program at once: this one takes a moment to save itself."""
    save = "trap '' TERM; sleep 0.3; exit 33"
    script = f'trap "{save}" TERM; echo run >> runs.txt; while :; do sleep 0.1; done'
    job = place.program(script, "stopped")
    handle = await place.running(job)
    assert await place.platform.stop([handle], StopSignal.TERM) == {}
    seen = await place.ended(handle)
    assert seen.exit is not None
    assert (seen.exit.code, seen.exit.signal) == (33, "TERM")
    assert await place.platform.stop([handle], StopSignal.TERM) == {}
    assert await place.platform.stop([handle], StopSignal.KILL) == {}


async def test_a_stubborn_job_is_killed(place: SlurmPlace) -> None:
    job = place.job("stubborn", is_stubborn=True)
    handle = await place.running(job)
    assert await place.platform.stop([handle], StopSignal.KILL) == {}
    seen = await place.ended(handle)
    assert seen.exit is None
    assert seen.cause is not EndCause.OUT_OF_MEMORY


async def test_a_checkpoint_signal_reaches_the_program_and_ends_nothing(
    place: SlurmPlace,
) -> None:
    script = (
        "trap 'echo saved >> saved.txt' USR1; echo run >> runs.txt; "
        "until [[ -s finish ]]; do sleep 0.05; done"
    )
    job = place.program(script, "checkpoint")
    job = replace(job, resources=Resources(checkpoint_signal="USR1", time_seconds=1800))
    handle = replace(await place.running(job), checkpoint_signal="USR1")
    assert await place.platform.stop([handle], StopSignal.CHECKPOINT) == {}
    await until(lambda: Path(job.folder, "saved.txt").exists())
    assert (await place.look(handle)).state is JobState.RUNNING
    place.finish(job, 0)
    assert (await place.ended(handle)).exit is not None


async def test_a_checkpoint_signal_cancels_what_only_waits(place: SlurmPlace) -> None:
    job = place.asking(Resources(raw=("hold",), checkpoint_signal="USR1"), "waits")
    handle = replace(await place.submitted(job), checkpoint_signal="USR1")
    assert await place.platform.stop([handle], StopSignal.CHECKPOINT) == {}
    assert (await place.ended(handle)).cause is EndCause.CANCELLED


async def test_many_jobs_are_one_question(place: SlurmPlace) -> None:
    jobs = [place.program("exit 0", f"many{number}") for number in range(20)]
    jobs = [replace(job, resources=Resources(memory_bytes=2**20)) for job in jobs]
    outcomes = await place.platform.submit(jobs)
    assert all(isinstance(outcome, Submitted) for outcome in outcomes.values())
    handles = [place.handle(job) for job in jobs]

    async def all_ended() -> bool:
        report = await place.platform.observe(handles)
        assert report.is_complete
        return all(seen.state is JobState.ENDED for seen in report.seen.values())

    await until(all_ended)
