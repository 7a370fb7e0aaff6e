"""A real Slurm of one node, as users meet it: launched, watched, stopped, and broken on purpose."""

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from hypertrainer.platforms.base import (
    Ambiguous,
    EndCause,
    Forecast,
    JobHandle,
    JobSpec,
    JobState,
    Observation,
    Rejected,
    Resources,
    StopSignal,
    Submitted,
)
from hypertrainer.platforms.schedulers.slurm import SlurmScheduler
from hypertrainer.platforms.transports.local import LocalTransport
from hypertrainer.platforms.wrapper import wrapper_path
from tests.labs.slurm import SlurmLab, SlurmPlace, running_slurm
from tests.platforms.places import until

pytestmark = pytest.mark.slow


@pytest.fixture
async def place(
    slurm: SlurmLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, anyio_backend: str
) -> AsyncIterator[SlurmPlace]:
    monkeypatch.setenv("SLURM_CONF", str(slurm.configuration))
    place = SlurmPlace(tmp_path)
    yield place
    await place.close()
    await until(lambda: not slurm.run("squeue", "-h"))


async def ended(place: SlurmPlace, handle: JobHandle) -> Observation:
    return await place.seen(handle, JobState.ENDED)


@pytest.mark.parametrize("code", [0, 7])
async def test_a_job_runs_and_its_exit_code_is_known(place: SlurmPlace, code: int) -> None:
    job = place.job(f"run{code}")
    handle = await place.running(job)
    running = await place.look(handle)
    assert running.start is not None
    assert running.start.job_id == handle.job_id
    place.finish(job, code)
    seen = await ended(place, handle)
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
    await ended(place, handle)
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
    await ended(place, await place.submitted(job))
    assert Path(job.folder, "out.txt").read_text() == "hello\n"


async def test_somebody_elses_scancel_is_told_from_a_crash(
    place: SlurmPlace, slurm: SlurmLab
) -> None:
    handle = await place.running(place.job("other"))
    slurm.run("scancel", handle.job_id or "")
    seen = await ended(place, handle)
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
    seen = await ended(place, handle)
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
    seen = await ended(place, handle)
    assert seen.exit is not None
    assert (seen.exit.code, seen.exit.signal) == (33, "TERM")
    assert await place.platform.stop([handle], StopSignal.TERM) == {}
    assert await place.platform.stop([handle], StopSignal.KILL) == {}


async def test_a_stubborn_job_is_killed(place: SlurmPlace) -> None:
    job = place.job("stubborn", is_stubborn=True)
    handle = await place.running(job)
    assert await place.platform.stop([handle], StopSignal.KILL) == {}
    seen = await ended(place, handle)
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
    assert (await ended(place, handle)).exit is not None


async def test_a_checkpoint_signal_cancels_what_only_waits(place: SlurmPlace) -> None:
    job = place.asking(Resources(raw=("hold",), checkpoint_signal="USR1"), "waits")
    handle = replace(await place.submitted(job), checkpoint_signal="USR1")
    assert await place.platform.stop([handle], StopSignal.CHECKPOINT) == {}
    assert (await ended(place, handle)).cause is EndCause.CANCELLED


async def test_a_job_that_slurm_put_back_is_followed(place: SlurmPlace, slurm: SlurmLab) -> None:
    job = place.asking(Resources(raw=("requeue",)), "requeued")
    handle = await place.running(job)
    slurm.run("scontrol", "requeue", handle.job_id or "")
    waiting = await place.seen(handle, JobState.QUEUED)
    assert waiting.exit is None or waiting.exit.signal == "TERM"

    def runs_again() -> bool:
        """It would be let in after two minutes; while its last run ends, that begins anew."""
        if "BeginTime" in slurm.run("squeue", "-h", "-o", "%r", "-n", job.key):
            slurm.run("scontrol", "update", f"jobid={handle.job_id}", "StartTime=now")
        return place.runs(job) == 2

    await until(runs_again)
    again = await place.seen(handle, JobState.RUNNING)
    assert again.exit is None
    place.finish(job, 5)
    seen = await ended(place, handle)
    assert seen.exit is not None
    assert seen.exit.code == 5


async def test_a_requeued_job_can_be_cancelled_while_it_waits(
    place: SlurmPlace, slurm: SlurmLab
) -> None:
    job = place.asking(Resources(raw=("requeue",)), "putback")
    handle = await place.running(job)
    slurm.run("scontrol", "requeue", handle.job_id or "")
    await until(lambda: "BeginTime" in slurm.run("squeue", "-h", "-o", "%r", "-n", job.key))
    assert await place.platform.stop([handle], StopSignal.TERM) == {}
    assert (await ended(place, handle)).cause is EndCause.CANCELLED
    assert place.runs(job) == 1


async def test_a_node_that_fails_is_told_from_a_crash(place: SlurmPlace, slurm: SlurmLab) -> None:
    handle = await place.running(place.job("node"))
    slurm.run("scontrol", "update", "nodename=n1", "state=down", "reason=test")
    try:
        assert (await ended(place, handle)).cause is EndCause.NODE_FAILED
    finally:
        await until(lambda: _is_node_up(slurm))


def _is_node_up(slurm: SlurmLab) -> bool:
    command = ["scontrol", "update", "nodename=n1", "state=resume"]
    subprocess.run(command, env={**_path(), **slurm.environment}, check=False, capture_output=True)
    return "idle" in slurm.run("sinfo", "-h", "-p", "debug", "-o", "%t")


def _path() -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin:/usr/sbin"}


async def test_a_job_purged_before_the_next_poll_has_its_code(
    place: SlurmPlace, slurm: SlurmLab
) -> None:
    slurm.configure("MinJobAge", "2")
    try:
        job = place.program("exit 9", "purged")
        handle = await place.submitted(job)
        await until(lambda: Path(job.folder, ".hypertrainer/exit.1").exists())
        await until(lambda: not slurm.run("squeue", "-h", "-t", "all", "-n", job.key))
        seen = await ended(place, handle)
        assert seen.exit is not None
        assert seen.exit.code == 9
        stranger = place.handle(place.job("never"))
        assert (await place.look(stranger)).state is JobState.ABSENT
    finally:
        slurm.configure("MinJobAge", "300")


async def test_a_lost_answer_is_looked_up_and_the_job_adopted(
    place: SlurmPlace, slurm: SlurmLab
) -> None:
    job = place.job("frozen")
    with slurm.frozen_controller():
        outcome = (await place.platform.submit([job]))[job.key]
        assert isinstance(outcome, Ambiguous), outcome
    handle = place.handle(job)
    found: list[Submitted] = []

    async def is_found() -> bool:
        answer = await place.platform.find([handle])
        found.extend(answer.jobs.values())
        return answer.is_complete and bool(found)

    await until(is_found)
    await until(lambda: place.runs(job) == 1)
    again = (await place.platform.submit([job]))[job.key]
    assert again == found[0]
    assert len(slurm.run("squeue", "-h", "-n", job.key).splitlines()) == 1


async def test_a_dead_controller_makes_nothing_absent(place: SlurmPlace, slurm: SlurmLab) -> None:
    job = place.job("outage")
    handle = await place.running(job)
    begun = time.time()
    await until(lambda: slurm.saved_at() > begun)  # what it has not written down it forgets
    late = place.job("late")
    with slurm.killed_controller():
        report, outcomes = await asyncio.gather(
            place.platform.observe([handle]), place.platform.submit([late])
        )
        assert not report.is_complete
        refused = outcomes[late.key]
        assert isinstance(refused, Rejected)
        assert refused.is_retryable
        found = await place.platform.find([place.handle(late)])
        assert not found.is_complete
    await place.seen(handle, JobState.RUNNING)
    place.finish(job, 3)
    seen = await ended(place, handle)
    assert seen.exit is not None
    assert seen.exit.code == 3


async def test_of_two_jobs_of_one_attempt_one_runs_and_it_counts(
    place: SlurmPlace, slurm: SlurmLab
) -> None:
    job = place.job("twin")
    handle = await place.submitted(job)
    script = wrapper_path(job.folder)
    twin = slurm.run("sbatch", "--parsable", f"--job-name={job.key}", "-o", "/dev/null", script)
    await until(lambda: len(_states(slurm, job.key)) == 2 and "FAILED" in _states(slurm, job.key))
    await until(lambda: place.runs(job) == 1)
    seen = await place.seen(handle, JobState.RUNNING)
    assert seen.start is not None
    assert seen.start.job_id in (handle.job_id, twin.strip())
    place.finish(job, 4)
    seen = await ended(place, handle)
    assert seen.exit is not None
    assert seen.exit.code == 4
    assert place.runs(job) == 1


def _states(slurm: SlurmLab, name: str) -> list[str]:
    return slurm.run("squeue", "-h", "-t", "all", "-n", name, "-o", "%T").split()


async def test_a_stop_takes_both_twins(place: SlurmPlace, slurm: SlurmLab) -> None:
    job = place.asking(Resources(raw=("hold",)), "twins")
    handle = await place.submitted(job)
    script = wrapper_path(job.folder)
    slurm.run("sbatch", "--hold", f"--job-name={job.key}", "-o", "/dev/null", script)
    await place.platform.stop([handle], StopSignal.TERM)
    await until(lambda: _states(slurm, job.key) == ["CANCELLED", "CANCELLED"])


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        (Resources(partition="nowhere"), "Invalid partition name specified. Set `partition`"),
        (Resources(constraint="big"), "Invalid feature specification. Correct `constraint`"),
        (Resources(memory_bytes=2**50), "can not be satisfied"),
        (Resources(gpus=1, gpu_type="h100"), "node configuration is not available. No node has"),
        (Resources(raw=("bogus",)), "unrecognized option '--bogus'"),
    ],
)
async def test_what_slurm_refuses_is_said_with_a_remedy(
    place: SlurmPlace, wishes: Resources, words: str
) -> None:
    job = place.asking(wishes, "refused")
    outcome = (await place.platform.submit([job]))[job.key]
    assert isinstance(outcome, Rejected)
    assert not outcome.is_retryable
    assert words in outcome.reason
    forecast = await place.platform.forecast(job)
    assert forecast is not None
    assert forecast.problems
    assert forecast.starts_at is None


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        (Resources(partition="closed"), "The partition closed is DOWN"),
        (Resources(time_seconds=7200), "2:00:00; the partition debug allows 1:00:00"),
        (Resources(partition="closed,debug", time_seconds=7200), "allows 1:00:00"),
    ],
)
async def test_a_forecast_sees_what_test_only_overlooks(
    place: SlurmPlace, wishes: Resources, words: str
) -> None:
    forecast = await place.platform.forecast(place.asking(wishes))
    assert forecast is not None
    assert words in forecast.problems[0].message
    assert "low" in forecast.problems[0].remedy


async def test_a_forecast_of_a_job_that_fits_says_when(place: SlurmPlace) -> None:
    wishes = Resources(partition="low", time_seconds=72_000, cpus=2)
    forecast = await place.platform.forecast(place.asking(wishes))
    assert forecast is not None
    assert forecast.problems == ()
    assert forecast.starts_at is not None
    assert "on n1 in partition low" in forecast.words
    wishes = replace(wishes, partition="closed,low")  # Slurm's estimate is for the closed one
    forecast = await place.platform.forecast(place.asking(wishes))
    assert forecast == Forecast(words="Slurm would take the job.")


async def test_the_probe_tells_of_the_cluster(place: SlurmPlace) -> None:
    scheduler = SlurmScheduler()
    result = await LocalTransport().run(scheduler.probe_script())
    told = dict(line.split(" ", 2)[1:] for line in result.output.splitlines() if line[:3] == "ht ")
    facts, problems = scheduler.facts_of(told)
    assert problems == []
    assert facts["scheduler"].startswith("Slurm 2")
    assert "debug (up, at most 1:00:00, 1 of 1 nodes idle, gpu:4)" in facts["partitions"]
    assert facts["accounting"].startswith("no sacct")
    assert facts["finished jobs are remembered for"] == "300 s"


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


async def test_a_time_limit_is_told_from_a_crash(
    place: SlurmPlace, slurm: SlurmLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Limits are whole minutes, and looked at about twice a minute."""
    script = "trap 'echo saved > saved.txt' USR1; echo run >> runs.txt; while :; do sleep 0.2; done"
    job = place.program(script, "limit")
    wishes = Resources(time_seconds=60, checkpoint_signal="USR1", checkpoint_seconds=30)
    handle = await place.running(replace(job, resources=wishes))
    monkeypatch.setattr("tests.platforms.places.DEADLINE_SECONDS", 150)
    seen = await ended(place, handle)
    assert seen.cause is EndCause.TIMED_OUT
    assert seen.exit is not None
    assert seen.exit.signal == "TERM"
    assert Path(job.folder, "saved.txt").exists()
    assert seen.reason.startswith("Slurm: TIMEOUT after 1:")


def _has_memory_cgroup() -> bool:
    return Path("/sys/fs/cgroup/memory/memory.limit_in_bytes").exists()


async def test_a_job_out_of_memory_is_told_from_a_crash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, anyio_backend: str
) -> None:
    if not _has_memory_cgroup():
        pytest.skip("Slurm's task/cgroup needs the memory controller of cgroup v1")
    with running_slurm(CGROUP="1", AUTH="none", GPUS="1") as lab:
        monkeypatch.setenv("SLURM_CONF", str(lab.configuration))
        place = SlurmPlace(tmp_path)
        job = place.program("exec python3 -c 'x = bytearray(400_000_000)'", "hmemory")
        job = replace(job, resources=Resources(memory_bytes=64 * 2**20))
        seen = await ended(place, await place.submitted(job))
        assert seen.cause is EndCause.OUT_OF_MEMORY
        await place.close()


async def test_the_accounting_tells_of_a_job_that_the_queue_has_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, anyio_backend: str
) -> None:
    with running_slurm(DBD="1", MINJOBAGE="2") as lab:
        monkeypatch.setenv("SLURM_CONF", str(lab.configuration))
        place = SlurmPlace(tmp_path)
        job = place.job("hforgotten", is_stubborn=True)
        handle = await place.running(job)
        bare = replace(handle, job_id=None)
        running = await place.look(handle)
        assert running.start is not None
        os.kill(running.start.pid, signal.SIGKILL)  # the wrapper: it can record nothing
        await until(lambda: not lab.run("squeue", "-h", "-t", "all", "-n", job.key))
        for known in (handle, bare):
            seen = await ended(place, known)
            assert seen.raw_state == "FAILED"
            assert seen.exit_code == 137
        stranger = place.handle(JobSpec("hnobody", 1, str(tmp_path / "hnobody"), ("true",)))
        assert (await place.look(stranger)).state is JobState.ABSENT
        told = (await LocalTransport().run(SlurmScheduler().probe_script())).output
        assert "ht slurm_sacct yes" in told
        assert "ht slurm_account " in told
        await place.close()
