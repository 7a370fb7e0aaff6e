"""A home whose server has the cluster among its platforms, and what its user does there."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from hypertrainer.settings import SAMPLE_FOLDER
from tests.labs.cluster import Cluster
from tests.served import serving

PROGRAM = Path(sys.executable).with_name("hypertrainer")
DEADLINE_SECONDS = 60.0
PACE = {"poll": "0.5", "poll_floor": "0.2"}
# Ends as soon as a file `end` in its folder says with which code.
WORKER = """\
import os, sys, time
from pathlib import Path

here = Path(os.environ["HYPERTRAINER_OUTPUT_PATH"])
with (here / "runs").open("a") as runs:
    runs.write(os.environ["HYPERTRAINER_ATTEMPT"] + "\\n")
print("begun as attempt", os.environ["HYPERTRAINER_ATTEMPT"])
while not (here / "end").exists():
    time.sleep(0.05)
print("told to end")
sys.exit(int((here / "end").read_text()))
"""
QUICK = """\
import os
from pathlib import Path

with Path(os.environ["HYPERTRAINER_OUTPUT_PATH"], "runs").open("a") as runs:
    runs.write(os.environ["HYPERTRAINER_ATTEMPT"] + "\\n")
print("to the end")
"""
WORK = "script: worker.py\nresources: {cpus: 1}\n"
Task = dict[str, Any]


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who talks to the server's API."""

    client: httpx.Client
    said: Path  # what the server prints

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """The answer, which must be one of success."""
        answer = self.client.request(method, path, json=body)
        assert answer.is_success, answer.text
        is_json = answer.content and "json" in answer.headers.get("content-type", "")
        return answer.json() if is_json else answer.text

    def submit_all(self, **body: Any) -> list[Task]:
        """Submit to the cluster; a search becomes many tasks."""
        made = self.call("POST", "/tasks", {"platform": "cluster", **body})
        tasks: list[Task] = made["tasks"]
        return tasks

    def submit(self, config: str = WORK, **body: Any) -> Task:
        """Submit one task."""
        (task,) = self.submit_all(config_text=config, **body)
        return task

    def task(self, task: Task) -> Task:
        """The task as it is now."""
        now: Task = self.call("GET", f"/tasks/{task['id']}")
        return now

    def tasks(self, **filters: Any) -> list[Task]:
        """All tasks, oldest first."""
        query = httpx.QueryParams({"sort": "id", "limit": 500, **filters})
        items: list[Task] = self.call("GET", f"/tasks?{query}")["items"]
        return items

    def act(self, action: str, task: Task) -> None:
        """Do something with a task."""
        (result,) = self.call("POST", f"/tasks/{action}", {"ids": [task["id"]]})["results"]
        assert result["ok"], result

    def platform(self, name: str = "cluster") -> dict[str, Any]:
        """The platform as it is shown now."""
        shown: dict[str, Any] = self.call("GET", f"/platforms/{name}")
        return shown

    def until(
        self, task: Task, is_met: Callable[[Task], Any], seconds: float = DEADLINE_SECONDS
    ) -> Task:
        """Wait until something is true of a task."""
        until(lambda: is_met(self.task(task)), seconds, lambda: self.task(task))
        return self.task(task)

    def running(self, task: Task) -> Task:
        """Wait until a task runs and has begun to write."""
        self.until(task, lambda now: now["status"] == "running")
        until(lambda: there(task, "runs").exists())
        return self.task(task)

    def all_running(self, count: int) -> list[Task]:
        """So many workers that run."""
        tasks = [self.submit() for _ in range(count)]
        return [self.running(task) for task in tasks]

    def ended(self, task: Task, seconds: float = DEADLINE_SECONDS) -> Task:
        """Wait until a task has ended and all its output is here."""
        return self.until(task, lambda now: now["ended_at"] and now["is_mirrored"], seconds)


@dataclass(frozen=True, slots=True)
class Site:
    """A home, its scripts, and a folder of the cluster for the tasks of its server."""

    folder: Path
    cluster: Cluster

    @property
    def output_there(self) -> Path:
        return self.folder / "there"

    def introduce(self, **settings: str) -> None:
        """Write platforms.yaml."""
        self.cluster.introduce(self.folder / "home", self.output_there, **{**PACE, **settings})

    @contextmanager
    def serving(self) -> Iterator[User]:
        """A server that runs meanwhile."""
        path = f"{self.folder / 'scripts'}:{SAMPLE_FOLDER}"
        with (
            serving(PROGRAM, self.folder, os.environ["PATH"], HYPERTRAINER_PATH=path) as served,
            httpx.Client(base_url=served.url, headers=served.headers, timeout=60) as client,
        ):
            yield User(client, self.folder / "server.txt")


def make_site(folder: Path, cluster: Cluster) -> Site:
    """A home without tasks, with scripts."""
    (folder / "home").mkdir(mode=0o700, parents=True)
    (folder / "scripts").mkdir()
    (folder / "scripts/worker.py").write_text(WORKER)
    (folder / "scripts/quick.py").write_text(QUICK)
    site = Site(folder, cluster)
    site.introduce()
    return site


def until(
    is_met: Callable[[], Any],
    seconds: float = DEADLINE_SECONDS,
    tell: Callable[[], Any] = lambda: "it never came to be",
) -> None:
    """Wait until something is true."""
    deadline = time.monotonic() + seconds
    while not is_met():
        assert time.monotonic() < deadline, tell()
        time.sleep(0.1)


def there(task: Task, name: str = "") -> Path:
    """A file in a task's folder on the cluster."""
    return Path(task["remote_path"], name)


def let_end(task: Task, code: int = 0) -> None:
    """Tell a worker to end with a code."""
    draft = there(task, "end.tmp")
    draft.write_text(str(code))
    draft.replace(there(task, "end"))


def let_go_on(task: Task) -> None:
    """Let the next run of a worker wait again."""
    there(task, "end").unlink()


def runs_of(task: Task) -> list[str]:
    """The attempts that ran, each as often as it did."""
    return there(task, "runs").read_text().split() if there(task, "runs").exists() else []


def check_output(task: Task) -> None:
    """All logs are the same here and there."""
    logs = sorted([*there(task).glob("*.txt"), *there(task).glob("*.log")])
    assert logs, task
    for log in logs:
        here = Path(task["output_path"], log.name)
        assert here.read_bytes() == log.read_bytes(), (log.name, task)


def check_end(task: Task, status: str, code: int | None, runs: int = 1) -> None:
    """It ended so, its attempts ran once each, and all output is here."""
    assert (task["status"], task["exit_code"]) == (status, code), task
    assert runs_of(task) == [str(number) for number in range(1, runs + 1)], task
    check_output(task)
