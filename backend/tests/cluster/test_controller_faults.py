"""Slurm's controller freezes or dies while it is needed: jobs do not, and none is made twice."""

import time
from collections.abc import Iterator

import pytest

from tests.cluster.site import Site, Task, User, check_end, let_end, runs_of, until
from tests.labs.cluster import Cluster

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def impatience(cluster: Cluster) -> Iterator[None]:
    """Slurm's commands wait for their controller for 10 seconds elsewhere."""
    cluster.slurm.configure("MessageTimeout", "3")
    yield
    cluster.slurm.configure("MessageTimeout", "10")


def jobs_of(site: Site, key: str) -> list[str]:
    """The ids of all jobs of this name that Slurm remembers."""
    return site.cluster.slurm.run("squeue", "-h", "-t", "all", "-n", key, "-o", "%i").split()


def key_of(site: Site, job_id: str) -> str:
    return site.cluster.slurm.run("squeue", "-h", "-j", job_id, "-t", "all", "-o", "%j").strip()


def save_all_jobs(site: Site, task: Task) -> None:
    """Make the controller write down what it knows: the rest it forgets when it dies."""
    begun = time.time()
    site.cluster.slurm.run("scontrol", "update", f"jobid={task['job_id']}", "comment=saved")
    until(lambda: site.cluster.slurm.saved_at() > begun)


def test_a_job_whose_submission_was_not_answered_is_adopted(site: Site, user: User) -> None:
    with site.cluster.slurm.frozen_controller():
        task = user.submit()
        now = user.until(task, lambda now: "Looking up" in now["reason"])
        assert "Socket timed out" in now["reason"]
        assert now["status"] == "submitting"
        until(lambda: user.platform()["condition"] == "degraded", tell=user.platform)
        assert "Slurm did not answer" in user.platform()["why"]
    now = user.running(task)
    let_end(now, 3)
    now = user.ended(task)
    check_end(now, "crashed", 3)
    assert jobs_of(site, key_of(site, now["job_id"])) == [now["job_id"]]
    until(lambda: user.platform()["condition"] == "ok", tell=user.platform)


def test_jobs_outlive_their_controller(site: Site, user: User) -> None:
    slurm = site.cluster.slurm
    running = user.all_running(2)
    waiting = user.submit("script: worker.py\nresources: {cpus: 8}\n")
    user.until(waiting, lambda now: now["job_id"] and "Resources" in now["reason"])
    save_all_jobs(site, running[0])
    with slurm.killed_controller():
        let_end(running[0], 0)
        assert user.ended(running[0])["status"] == "finished"  # its record says so
        until(lambda: user.platform()["condition"] == "degraded", tell=user.platform)
        assert "Unable to contact slurm controller" in user.platform()["why"]
        assert user.task(running[1])["status"] == "running"
        late = user.submit()
        user.until(late, lambda now: "Will be tried again" in now["reason"])
    let_end(running[1], 4)
    check_end(user.ended(running[0]), "finished", 0)
    check_end(user.ended(running[1]), "crashed", 4)
    for task in (waiting, late):
        let_end(user.running(task), 0)
        check_end(user.ended(task), "finished", 0)
    assert runs_of(waiting) == ["1"]
    until(lambda: user.platform()["condition"] == "ok", tell=user.platform)
