"""A real Slurm whose jobs are put back, killed, forgotten or doubled, and whose controller dies."""

import asyncio
import os
import signal
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest

from hypertrainer.platforms.base import (
    Ambiguous,
    EndCause,
    JobSpec,
    JobState,
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
def place(slurm_place: SlurmPlace) -> SlurmPlace:
    return slurm_place


async def test_a_job_that_slurm_put_back_is_followed(place: SlurmPlace, slurm: SlurmLab) -> None:
    job = place.asking(Resources(raw=("requeue",)), "requeued")
    handle = await place.running(job)
    slurm.run("scontrol", "requeue", handle.job_id or "")
    waiting = await place.seen(handle, JobState.QUEUED)
    assert waiting.exit is None or waiting.exit.signal == "TERM"

    put_back = time.monotonic()

    def runs_again() -> bool:
        """It would be let in after two minutes; its node refuses it in the second of its end."""
        is_over = time.monotonic() - put_back > 2
        if is_over and "BeginTime" in slurm.run("squeue", "-h", "-o", "%r", "-n", job.key):
            slurm.run("scontrol", "update", f"jobid={handle.job_id}", "StartTime=now")
        return place.runs(job) == 2

    await until(runs_again)
    again = await place.seen(handle, JobState.RUNNING)
    assert again.exit is None
    place.finish(job, 5)
    seen = await place.ended(handle)
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
    assert (await place.ended(handle)).cause is EndCause.CANCELLED
    assert place.runs(job) == 1


async def test_a_node_that_fails_is_told_from_a_crash(place: SlurmPlace, slurm: SlurmLab) -> None:
    handle = await place.running(place.job("node"))
    slurm.run("scontrol", "update", "nodename=n1", "state=down", "reason=test")
    try:
        assert (await place.ended(handle)).cause is EndCause.NODE_FAILED
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
        seen = await place.ended(handle)
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
        outcome = await place.outcome(job)
        assert isinstance(outcome, Ambiguous), outcome
    handle = place.handle(job)
    found: list[Submitted] = []

    async def is_found() -> bool:
        answer = await place.platform.find([handle])
        found.extend(answer.jobs.values())
        return answer.is_complete and bool(found)

    await until(is_found)
    await until(lambda: place.runs(job) == 1)
    again = await place.outcome(job)
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
    seen = await place.ended(handle)
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
    seen = await place.ended(handle)
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


async def test_a_time_limit_is_told_from_a_crash(
    place: SlurmPlace, slurm: SlurmLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Limits are whole minutes, and looked at about twice a minute."""
    script = "trap 'echo saved > saved.txt' USR1; echo run >> runs.txt; while :; do sleep 0.2; done"
    job = place.program(script, "limit")
    wishes = Resources(time_seconds=60, checkpoint_signal="USR1", checkpoint_seconds=30)
    handle = await place.running(replace(job, resources=wishes))
    monkeypatch.setattr("tests.platforms.places.DEADLINE_SECONDS", 150)
    seen = await place.ended(handle)
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
        seen = await place.ended(await place.submitted(job))
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
            seen = await place.ended(known)
            assert seen.raw_state == "FAILED"
            assert seen.exit_code == 137
        stranger = place.handle(JobSpec("hnobody", 1, str(tmp_path / "hnobody"), ("true",)))
        assert (await place.look(stranger)).state is JobState.ABSENT
        told = (await LocalTransport().run(SlurmScheduler().probe_script())).output
        assert "ht slurm_sacct yes" in told
        assert "ht slurm_account " in told
        await place.close()
