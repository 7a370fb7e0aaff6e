"""What the records of this machine's jobs prove, and what they do not."""

import asyncio
import os
import subprocess
from pathlib import Path

import psutil

from hypertrainer.platforms.base import EndCause, JobHandle, JobSpec, JobState, StopSignal
from tests.platforms.places import LocalPlace, until


async def test_a_job_from_before_a_restart_of_the_machine_is_absent_with_its_cause(
    local: LocalPlace,
) -> None:
    handle = await old_job(local, boot_id="another-boot")
    seen = await local.look(handle)
    assert (seen.state, seen.cause) == (JobState.ABSENT, EndCause.NODE_FAILED)
    assert seen.reason == "the machine was restarted"


async def test_a_job_of_another_machine_is_named_as_such(local: LocalPlace) -> None:
    seen = await local.look(await old_job(local, boot_id="another-boot", host="elsewhere"))
    assert seen.state is JobState.ABSENT
    assert seen.reason.startswith("it ran on elsewhere; this is ")


async def test_a_stranger_with_the_same_process_number_is_not_the_job(local: LocalPlace) -> None:
    handle = await old_job(local, pid=os.getpid())
    assert (await local.look(handle)).state is JobState.ABSENT
    assert await local.platform.stop([handle], StopSignal.TERM) == {}
    assert await local.platform.stop([handle], StopSignal.KILL) == {}  # or this test would end


async def test_a_zombie_is_dead(local: LocalPlace) -> None:
    zombie = await asyncio.to_thread(subprocess.Popen, ["sleep", "1000"])
    started = Path(f"/proc/{zombie.pid}/stat").read_text().rpartition(") ")[2].split()[19]
    handle = await old_job(local, pid=zombie.pid, process_start=started)
    assert (await local.look(handle)).state is JobState.RUNNING
    zombie.kill()
    await until(lambda: psutil.Process(zombie.pid).status() == psutil.STATUS_ZOMBIE)
    assert (await local.look(handle)).state is JobState.ABSENT
    zombie.wait()


async def test_a_torn_exit_record_does_not_end_a_job(local: LocalPlace) -> None:
    job = local.job()
    handle = await local.running(job)
    Path(job.folder, ".hypertrainer/exit.1").write_text("code=0\nat=1\n")
    assert (await local.look(handle)).state is JobState.RUNNING


async def test_records_that_cannot_be_read_prove_nothing(local: LocalPlace) -> None:
    job = local.job("h2")
    Path(job.folder, ".hypertrainer/start.1").mkdir(parents=True)
    seen = await local.look(local.handle(job))
    assert seen.state is JobState.UNKNOWN
    assert "its records cannot be read" in seen.reason


async def test_a_job_whose_folder_was_deleted_still_counts_as_running(local: LocalPlace) -> None:
    job = local.program("echo run >> runs.txt; exec sleep 1000")
    handle = await local.running(job)
    Path(job.folder).rename(local.root / "elsewhere")
    assert (await local.look(handle)).state is JobState.RUNNING
    await local.platform.stop([handle], StopSignal.KILL)
    await local.seen(handle, JobState.ABSENT)


async def old_job(
    place: LocalPlace,
    *,
    pid: int = 4_000_000,
    process_start: str = "1",
    boot_id: str | None = None,
    host: str | None = None,
) -> JobHandle:
    """A job of which only a start record is there."""
    record = {
        "pid": pid,
        "process_start": process_start,
        "boot_id": boot_id or Path("/proc/sys/kernel/random/boot_id").read_text().strip(),
        "host": host or Path("/proc/sys/kernel/hostname").read_text().strip(),
        "job_id": pid,
        "at": 1e9,
        "end": 1,
    }
    job: JobSpec = place.job()
    folder = Path(job.folder, ".hypertrainer")
    folder.mkdir()
    (folder / "start.1").write_text("".join(f"{name}={value}\n" for name, value in record.items()))
    return place.handle(job, str(pid))
