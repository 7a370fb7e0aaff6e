"""One search on this machine and on a cluster: stops there, and a login node that goes away."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.site import Site, User, until
from tests.cluster.test_connection_faults import NODE, leave

pytestmark = pytest.mark.slow
# Writes an epoch, and ends, as soon as files in its folder say so.
TRIAL = """\
import os, sys, time
from pathlib import Path

here = Path(os.environ["HYPERTRAINER_OUTPUT_PATH"])
lines = Path(sys.argv[1]).read_text().splitlines()
trial = next(int(line.split(":")[1]) for line in lines if "trial:" in line)
with (here / "runs").open("a") as runs:
    runs.write(os.environ["HYPERTRAINER_ATTEMPT"] + "\\n")
while not (here / "go").exists():
    time.sleep(0.05)
with (here / "metric_loss.log").open("a") as file:
    file.write(f"0\\t{trial + 1}\\n")
while not (here / "end").exists():
    time.sleep(0.05)
"""
CONFIG = """\
script: trial.py
resources: {{cpus: 1}}
rate: 1.0e-2
where: here
hpsearch:
  algorithm: sobol
  seed: 5
  objective: {{metric: loss, direction: minimize}}
  params:
    rate: {{low: 1.0e-6, high: 1.0, log: true}}
{more}
"""
BOTH = """\
  n_trials: 8
  placement: spread
  platforms:
  - {platform: local, max_concurrent: 2}
  - {platform: cluster, max_concurrent: 2, set: {where: there}}
"""
STOPPING = """\
  n_trials: 5
  max_concurrent: 4
  early_stopping: {rule: asha, max_epochs: 9}
"""
Trial = dict[str, Any]


class Search:
    """A search, and its trials as they are now."""

    def __init__(self, site: Site, user: User, more: str, platform: str) -> None:
        (site.folder / "scripts/trial.py").write_text(TRIAL)
        body = {"config_text": CONFIG.format(more=more), "platform": platform}
        self.user = user
        self.id: int = user.call("POST", "/hpsearch", body)["search"]["id"]

    def read(self) -> dict[str, Any]:
        search: dict[str, Any] = self.user.call("GET", f"/hpsearch/{self.id}")
        return search

    def trials(self) -> list[Trial]:
        items: list[Trial] = self.user.call("GET", f"/hpsearch/{self.id}/trials")["items"]
        return items

    def on(self, platform: str, *states: str) -> list[int]:
        """The numbers of the trials there, in these states."""
        return [
            trial["number"]
            for trial in self.trials()
            if trial["platform"] == platform and trial["state"] in states
        ]

    def task(self, number: int) -> dict[str, Any]:
        return self.user.task({"id": self.trials()[number]["task_id"]})

    def folder(self, number: int) -> Path:
        """Where its script runs; waits until it does."""
        until(lambda: len(self.trials()) > number, tell=self.trials)
        task = self.task(number)
        folder = Path(task["remote_path"] or task["output_path"])
        until((folder / "runs").exists, tell=partial(self.task, number))
        return folder

    def let(self, what: str, number: int) -> None:
        (self.folder(number) / what).touch()

    def has_reported(self, number: int) -> bool:
        return bool(self.trials()[number]["epochs"])

    def runs(self, number: int) -> list[str]:
        return (self.folder(number) / "runs").read_text().split()


@pytest.fixture
def settled(site: Site) -> Iterator[Site]:
    yield site
    site.cluster.slurm.run("scancel", "--me")


def test_a_search_goes_on_here_while_the_cluster_is_out_of_reach(settled: Site, user: User) -> None:
    search = Search(settled, user, BOTH, "local")
    ssh = settled.cluster.ssh
    until(lambda: len(search.trials()) == 4, tell=search.trials)
    here, there = search.on("local", "running"), search.on("cluster", "running")
    assert (len(here), len(there)) == (2, 2)
    for number in there:
        assert search.task(number)["params"]["where"] == "there"
        search.folder(number)
    leave(ssh)
    try:
        for number in (*there, *here):
            search.let("go", number)
            search.let("end", number)
        until(lambda: len(search.on("local", "complete")) == 2, tell=search.trials)
        until(lambda: len(search.trials()) == 6, tell=search.trials)
        until(lambda: user.platform()["condition"] == "unreachable", tell=user.platform)
        assert search.on("cluster", "running") == there
        assert len(search.on("local", "running")) == 2
    finally:
        ssh.start(NODE)
    until(lambda: search.on("cluster", "complete")[:2] == there, tell=search.trials)
    for number in range(4, 8):
        search.let("go", number)
        search.let("end", number)
    until(lambda: search.read()["status"] == "finished", tell=search.trials)
    trials = search.trials()
    assert [trial["state"] for trial in trials] == ["complete"] * 8
    assert [trial["objectives"] for trial in trials] == [[number + 1.0] for number in range(8)]
    assert len({trial["task_name"] for trial in trials}) == 8
    assert len({trial["params"]["rate"] for trial in trials}) == 8
    assert [search.runs(number) for number in range(8)] == [["1"]] * 8
    for trial in trials:
        is_there = trial["platform"] == "cluster"
        params = search.task(trial["number"])["params"]
        assert params["where"] == ("there" if is_there else "here")
    replay = user.call("POST", f"/hpsearch/{search.id}/replay")
    assert replay["is_equal"], replay["differences"]


def test_trials_are_stopped_on_the_cluster_with_the_reason(settled: Site, user: User) -> None:
    search = Search(settled, user, STOPPING, "cluster")
    for number in range(4):
        search.let("go", number)
        until(partial(search.has_reported, number), tell=search.trials)
    until(lambda: search.on("cluster", "stopped") == [2, 3], tell=search.trials)
    third, fourth = search.trials()[2:4]
    assert third["reason"] == (
        "stopped at epoch 1: loss 3 is 3rd of 3 at this rung; only the best goes on"
    )
    assert fourth["reason"].startswith("stopped at epoch 1: loss 4 is 4th of 4")
    jobs = [search.task(number)["job_id"] for number in (2, 3)]
    states = settled.cluster.slurm.run(
        "squeue", "-h", "-t", "all", "-j", ",".join(jobs), "-o", "%T"
    )
    assert set(states.split()) <= {"CANCELLED", "COMPLETED", "FAILED"}
    assert [search.task(number)["status"] for number in (2, 3)] == ["pruned"] * 2
    for number in (0, 1):
        search.let("end", number)
    search.let("go", 4)
    until(lambda: search.read()["status"] == "finished", tell=search.trials)
    states_then = [trial["state"] for trial in search.trials()]
    assert states_then == ["complete", "complete", "stopped", "stopped", "stopped"]
    assert user.call("POST", f"/hpsearch/{search.id}/replay")["is_equal"]
