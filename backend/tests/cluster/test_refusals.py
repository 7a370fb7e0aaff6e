"""What cannot work there says so, with what to do about it, and leaves nothing behind."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.site import WORK, Site, Task, User, check_end, let_end, there, until
from tests.labs.cluster import Cluster

pytestmark = pytest.mark.slow
# Without accounting Slurm takes any account and any QOS. These are its words where it has one.
RECORDED = """\
#!/bin/bash
said=
case $* in
  *--account=*) said='Invalid account or account/partition combination specified' ;;
  *--qos=*) said='Invalid qos specification' ;;
esac
[[ ! $said ]] || { echo "sbatch: error: Batch job submission failed: $said" >&2; exit 1; }
exec %s "$@"
"""


@pytest.fixture(scope="module")
def strict(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a login node whose sbatch knows of accounts and QOS."""
    folder = tmp_path_factory.mktemp("bin")
    sbatch = folder / "sbatch"
    sbatch.write_text(RECORDED % shutil.which("sbatch"))
    sbatch.chmod(0o755)
    config = cluster.ssh.folder / "node.conf"
    before = config.read_text()
    path = f"PATH={folder}:{os.environ['PATH']}"
    config.write_text(before.replace("SetEnv ", f"SetEnv {path} "))
    cluster.ssh.stop("node")
    cluster.ssh.start("node")
    yield f"root@127.0.0.1:{cluster.ssh.port('node')}"
    config.write_text(before)
    cluster.ssh.stop("node")
    cluster.ssh.start("node")


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A file system with room for a few files, mounted under /tmp."""
    folder = tmp_path_factory.mktemp("disk")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], check=False, timeout=10
    )
    if mounted.returncode:
        pytest.skip("only root can mount a small file system")
    yield folder
    subprocess.run(["umount", folder], check=True, timeout=10)


@contextmanager
def filled(disk: Path) -> Iterator[None]:
    """Nothing more fits meanwhile."""
    with (disk / "filler").open("wb", buffering=0) as filler:
        while room := shutil.disk_usage(disk).free:
            filler.write(bytes(room))
    try:
        yield
    finally:
        (disk / "filler").unlink()


@contextmanager
def unwritable(disk: Path) -> Iterator[None]:
    """Nobody may write there meanwhile."""
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True, timeout=10)
    try:
        yield
    finally:
        subprocess.run(["mount", "-o", "remount,rw", disk], check=True, timeout=10)


def add(user: User, name: str, **changes: Any) -> None:
    """Add a platform that differs from the cluster so."""
    settings = {**user.platform()["settings"], **changes}
    user.call("POST", "/platforms", {"name": name, "type": "slurm", "settings": settings})


def all_jobs(site: Site) -> set[str]:
    return set(site.cluster.slurm.run("squeue", "-h", "-t", "all", "-o", "%i").split())


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if not path.is_dir()]


def check_refused(user: User, task: Task, words: str) -> None:
    """It never started, says why, and when it is deleted nothing of it is left there."""
    now = user.until(task, lambda now: now["ended_at"])
    assert now["status"] == "failed_to_start", now
    assert words in now["reason"], now["reason"]
    assert (now["job_id"], now["started_at"], now["exit_code"]) == (None, None, None)
    assert now["is_mirrored"]
    user.act("archive", task)
    user.act("delete", task)
    until(lambda: not there(task).exists())


def test_a_partition_that_there_is_not(site: Site, user: User) -> None:
    before = all_jobs(site)
    task = user.submit("script: worker.py\nresources: {partition: nowhere}\n")
    check_refused(user, task, "Invalid partition name specified. Set `partition`")
    assert all_jobs(site) == before


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ("account: nobodys", "Invalid account or account/partition combination specified. Set `ac"),
        ("qos: best", "Invalid qos specification. Set another `qos`, or none."),
    ],
)
def test_an_account_and_a_qos_that_are_not_one_s_own(
    site: Site, user: User, strict: str, wish: str, words: str
) -> None:
    before = all_jobs(site)
    name = wish.partition(":")[0]
    add(user, name, host=strict)
    task = user.submit(f"script: worker.py\nresources: {{{wish}}}\n", platform=name)
    check_refused(user, task, words)
    assert all_jobs(site) == before
    user.call("DELETE", f"/platforms/{name}")


def test_an_output_folder_that_may_not_be_written(site: Site, user: User, disk: Path) -> None:
    before = all_jobs(site)
    with unwritable(disk):
        task = user.submit(f"{WORK}output_root: {disk}\n")
        check_refused(user, task, "The task's folder cannot be written: Read-only file system")
    assert all_jobs(site) == before
    assert files_below(disk) == []


def test_no_room_for_the_task_s_files_until_there_is(site: Site, user: User, disk: Path) -> None:
    before = all_jobs(site)
    with filled(disk):
        task = user.submit(f"{WORK}output_root: {disk}\n")
        now = user.until(task, lambda now: now["ended_at"])
        assert now["status"] == "failed_to_start"
        assert "The task's folder cannot be written: No space left on device" in now["reason"]
        assert [path.name for path in files_below(disk)] == ["filler"]
    assert all_jobs(site) == before
    user.act("resume", task)
    let_end(user.running(task))
    now = user.ended(task)
    assert now["num_attempts"] == 2
    assert (now["status"], now["exit_code"]) == ("finished", 0)
    assert there(now, "runs").read_text().split() == ["2"]


def test_no_room_for_the_code(site: Site, user: User, disk: Path) -> None:
    before = all_jobs(site)
    add(user, "full", output=str(disk))
    left = files_below(disk)
    with filled(disk):
        task = user.submit(WORK, platform="full")
        check_refused(user, task, "The code could not be brought there: ")
        assert set(files_below(disk)) == {*left, disk / "filler"}
    assert all_jobs(site) == before
    user.call("DELETE", "/platforms/full")


def test_a_script_s_folder_that_is_too_large_to_be_brought(site: Site, user: User) -> None:
    add(user, "narrow", code_limit=100, output=str(site.folder / "narrow"))
    before = user.tasks(), all_jobs(site), files_below(site.folder / "output")
    body = {"platform": "narrow", "config_text": WORK}
    answer = user.client.post("/tasks", json=body)
    assert answer.status_code == 422, answer.text
    (problem,) = answer.json()["fields"]
    assert "at most 100 B may be brought" in problem["message"]
    assert "raise the platform's `code_limit:`" in problem["message"]
    (shown,) = user.call("POST", "/tasks/preview", body)["problems"]
    assert shown["message"] == problem["message"]
    assert before == (user.tasks(), all_jobs(site), files_below(site.folder / "output"))
    assert not (site.folder / "narrow").exists()
    task = user.submit(WORK)  # the others are not concerned
    let_end(user.running(task))
    check_end(user.ended(task), "finished", 0)
