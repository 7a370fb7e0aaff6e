"""Fifty tasks at once, through a login node that lets two commands run at a time."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.cluster.site import WORK, Site, User, check_end, make_site, until
from tests.labs.cluster import Cluster

pytestmark = pytest.mark.slow
NUM_TASKS = 50
NUM_USERS = 6  # who ask for forecasts meanwhile, all at once
NUM_BATCHES = 2  # of at most 32
# Where the code is, its upload and unpacking, the files, the submission, and polls in between.
COMMANDS_PER_BATCH = 8
SEARCH = f"""\
script: quick.py
resources: {{cpus: 1, memory: 16M}}
rate: 1.0
hpsearch:
  n_trials: {NUM_TASKS}
  type: random_uniform
  params:
    - {{param: rate, lo: 0, hi: 1}}
"""


@pytest.fixture
def site(cluster: Cluster, tmp_path: Path) -> Site:
    site = make_site(tmp_path, cluster)
    site.introduce(poll="2", poll_floor="1")
    return site


def look_ahead(user: User) -> str:
    """What the queue says of a job that is not submitted."""
    body = {"platform": "cluster", "config_text": WORK}
    shown = user.call("POST", "/tasks/preview?forecast=true", body)
    words: str = shown["forecast"]["words"]
    return words


def test_fifty_tasks_of_one_search_end_and_are_asked_about_together(site: Site) -> None:
    ssh = site.cluster.ssh
    log = ssh.folder / "login.log"
    begun = log.stat().st_size

    def sessions() -> list[str]:
        lines = log.read_bytes()[begun:].decode().splitlines()
        return [line for line in lines if "Starting session: command" in line]

    with site.serving() as user:
        tasks = user.submit_all(config_text=SEARCH)
        until(lambda: all(task["job_id"] for task in user.tasks()), tell=user.tasks)
        num_submitting = len(sessions())
        with ThreadPoolExecutor(NUM_USERS) as others:
            foretold = list(others.map(lambda _: look_ahead(user), range(NUM_USERS)))
        assert all(words.startswith("Slurm: ") for words in foretold), foretold
        until(lambda: all(task["is_mirrored"] for task in user.tasks()), 90, tell=user.tasks)
        num_commands = len(sessions())
        now = user.tasks()
        assert user.platform()["condition"] == "ok"
        health = user.call("GET", "/health")
    assert len(now) == len(tasks) == NUM_TASKS
    for task in now:
        check_end(task, "finished", 0)
    assert num_submitting <= NUM_BATCHES * COMMANDS_PER_BATCH
    assert num_commands - NUM_USERS < NUM_TASKS
    assert {loop["consecutive_failures"] for loop in health["loops"].values()} == {0}
    assert "ChannelOpen" not in user.said.read_text()
    assert "Traceback" not in user.said.read_text()
