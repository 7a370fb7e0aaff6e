"""Wrappers that meet another one, lead no session, or find no room on the disk."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hypertrainer.platforms.base import JobSpec, JobState
from hypertrainer.platforms.records import parse_exit, parse_start
from hypertrainer.platforms.wrapper import wrapper_path, wrapper_script
from tests.platforms.places import LocalPlace


async def test_a_late_twin_runs_nothing(local: LocalPlace) -> None:
    job = local.job()
    handle = await local.running(job)
    assert run_wrappers(wrapper_path(job.folder)) == [95]
    assert f"pid={handle.job_id} " in Path(job.folder, ".hypertrainer/dup.1").read_text()
    assert (await local.look(handle)).state is JobState.RUNNING
    local.finish(job, 0)
    await local.ended(handle)
    assert local.runs(job) == 1


async def test_of_many_twins_at_once_one_runs(local: LocalPlace) -> None:
    job = local.job()
    path = staged(job, wrapper_script(job))
    local.finish(job, 0)
    assert sorted(run_wrappers(path, count=8)) == [0] + [95] * 7
    assert local.runs(job) == 1


async def test_a_job_that_its_queue_starts_again_passes_the_claim(local: LocalPlace) -> None:
    job = local.program("exit $SLURM_JOB_ID")
    path = staged(job, wrapper_script(job, "$SLURM_JOB_ID"))
    for job_id, code in (("7", 7), ("7", 7), ("8", 95)):
        assert run_wrappers(path, SLURM_JOB_ID=job_id) == [code]
    record = parse_start(Path(job.folder, ".hypertrainer/start.1").read_bytes())
    assert record is not None
    assert record.job_id == "7"


async def test_a_wrapper_that_leads_no_session_ends_only_its_own(local: LocalPlace) -> None:
    job = local.program("sleep 1000 & exit 4")
    with bystander() as other:
        assert run_wrappers(staged(job, wrapper_script(job))) == [4]
        assert local.alive() == []
        assert other.poll() is None


async def test_a_full_disk_leaves_no_record_that_lies(local: LocalPlace) -> None:
    job = local.program("exit 0")
    path = staged(job, wrapper_script(job))
    assert run_wrappers("-c", f"trap '' XFSZ; ulimit -f 0; exec bash {path}") == [97]
    folder = Path(job.folder, ".hypertrainer")
    assert all(parse_exit(file.read_bytes()) is None for file in folder.glob("exit.*"))
    assert list(folder.glob(".exit*")) == []


def run_wrappers(*words: str, count: int = 1, **environment: str) -> list[int]:
    """Run bash so often at once, as a queue would; the exit codes."""
    running = [
        subprocess.Popen(
            ["bash", *words], env={**os.environ, **environment}, stderr=subprocess.DEVNULL
        )
        for _ in range(count)
    ]
    return [process.wait() for process in running]


@contextmanager
def bystander() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sleep", "1000"]) as process:
        yield process
        process.kill()


def staged(job: JobSpec, script: str) -> str:
    path = Path(wrapper_path(job.folder))
    path.parent.mkdir(exist_ok=True)
    path.write_text(script)
    return str(path)
