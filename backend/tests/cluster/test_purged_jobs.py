"""Slurm forgets jobs before anybody asks: what they left in their folders decides."""

from collections.abc import Iterator

import pytest

from tests.cluster.site import Site, check_end, let_end, until
from tests.labs.cluster import Cluster

pytestmark = pytest.mark.slow


@pytest.fixture
def forgetful(cluster: Cluster) -> Iterator[None]:
    """A Slurm that remembers ended jobs for two seconds."""
    cluster.slurm.configure("MinJobAge", "2")
    yield
    cluster.slurm.configure("MinJobAge", "300")


def test_jobs_that_ended_and_were_forgotten_while_the_server_was_down(
    site: Site, forgetful: None
) -> None:
    with site.serving() as user:
        *tasks, cancelled = user.all_running(4)
    for task, code in zip(tasks, (0, 11, 143), strict=True):
        let_end(task, code)
    site.cluster.slurm.run("scancel", cancelled["job_id"])
    jobs = {task["job_id"] for task in (*tasks, cancelled)}
    slurm = site.cluster.slurm
    until(lambda: not jobs & set(slurm.run("squeue", "-h", "-t", "all", "-o", "%i").split()))
    with site.serving() as user:
        check_end(user.ended(tasks[0]), "finished", 0)
        check_end(user.ended(tasks[1]), "crashed", 11)
        check_end(user.ended(tasks[2]), "crashed", 143)
        now = user.ended(cancelled)
        assert (now["status"], now["exit_code"]) == ("crashed", 143)  # nobody knows by whom
        assert "SIGTERM" in now["reason"]
        assert user.platform()["condition"] == "ok"
