"""Servers that die and come back in one home, and what a test asks of them."""

import multiprocessing
import secrets
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from hypertrainer.settings import Settings
from tests.crash.crashing_server import serve

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.crash.crashing_server"])
TOKEN = secrets.token_hex(16)
DEADLINE_SECONDS = 60
MAX_STEPS = 80
SCRIPT = """\
import os, signal, sys, time
here = os.environ["HYPERTRAINER_OUTPUT_PATH"]
with open(os.path.join(here, "runs"), "a") as runs:
    runs.write(os.environ["HYPERTRAINER_ATTEMPT"] + "\\n")
if "wait" in open(sys.argv[1]).read():
    time.sleep(300)
time.sleep(0.2)
print("to the end")
sys.exit(3)
"""


@dataclass(slots=True)
class Place:
    """A home, and how to run servers in it one after another."""

    folder: Path
    platform: str = "local"

    @contextmanager
    def serving(self, fatal_step: int) -> Iterator["Api"]:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen(64)
            port: int = listener.getsockname()[1]
            said = self.folder / "server.txt"
            process = FORKS.Process(
                target=serve, args=(self.settings(), listener, fatal_step, said)
            )
            process.start()
        # Only the server holds the socket now: when it dies, connections are refused.
        try:
            yield Api(f"http://127.0.0.1:{port}", self.platform, process)
        finally:
            process.kill()
            process.join()
            process.close()

    def end_jobs(self) -> None:
        """Kill what still runs below the folder: jobs outlive every server, and the tests."""
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                output = process.environ().get("HYPERTRAINER_OUTPUT_PATH", "")
                if output.startswith(str(self.folder)):
                    process.kill()

    def settings(self) -> Settings:
        return Settings(
            home=self.folder / "home",
            output=self.folder / "output",
            path=(self.folder / "scripts",),
            token=TOKEN,
            python=sys.executable,
        )


@dataclass(slots=True)
class Api:
    """The server's API, while it lives."""

    url: str
    platform: str
    process: ForkServerProcess

    @property
    def is_dead(self) -> bool:
        return not self.process.is_alive()

    def call(self, method: str, path: str, body: Any = None) -> Any:
        answer = httpx.request(
            method,
            self.url + path,
            json=body,
            headers={"Authorization": f"Bearer {TOKEN}"},
            timeout=DEADLINE_SECONDS,
        )
        answer.raise_for_status()
        return answer.json()

    def submit(self, config: str) -> None:
        body = {"script": "script.py", "config_text": config, "platform": self.platform}
        self.call("POST", "/tasks", body)

    def tasks(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.call("GET", "/tasks?sort=id")["items"]
        return items

    def wait_for(self, is_met: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
        deadline = time.monotonic() + DEADLINE_SECONDS
        while time.monotonic() < deadline:
            tasks = self.tasks()
            if is_met(tasks):
                return tasks
            time.sleep(0.05)
        raise AssertionError(f"it never came to be: {tasks}")


def fresh_place(factory: pytest.TempPathFactory) -> Place:
    """A home without tasks, with a script."""
    folder = factory.mktemp("place")
    (folder / "home").mkdir(mode=0o700)
    (folder / "scripts").mkdir()
    (folder / "scripts" / "script.py").write_text(SCRIPT)
    return Place(folder)


ENDED = {"crashed", "cancelled", "finished", "failed_to_start", "lost", "timed_out"}


def all_ended(tasks: list[dict[str, Any]]) -> bool:
    """Whether nothing goes on; so it is where there is nothing."""
    return all(task["status"] in ENDED for task in tasks)


def all_running(tasks: list[dict[str, Any]]) -> bool:
    """Whether every task runs, and there is one."""
    return bool(tasks) and all(task["status"] == "running" for task in tasks)


def runs_of(task: dict[str, Any]) -> list[str]:
    """The attempts that ran, each as often as it did."""
    folder = Path(task["remote_path"] or task["output_path"])
    return (folder / "runs").read_text().split()


def crash_at(place: Place, step: int, scenario: Callable[[Api], None]) -> bool:
    """Run a scenario on a server that dies at a step; whether it lived through it."""
    with place.serving(step) as api, suppress(httpx.HTTPError):
        scenario(api)
        return not api.is_dead
    return False


def survive_every_step(
    make: Callable[[], Place],
    scenario: Callable[[Api], None],
    check: Callable[[Api, int, bool], None],
    prepare: Callable[[Api], None] | None = None,
) -> None:
    """Run a scenario on servers that die one step later each, and check a server that lives."""
    for step in range(1, MAX_STEPS):
        place = make()
        if prepare is not None:
            with place.serving(0) as api:
                prepare(api)
        survived = crash_at(place, step, scenario)
        with place.serving(0) as api:
            check(api, step, survived)
        if survived:
            assert step > 5
            return
    raise AssertionError(f"more than {MAX_STEPS} steps")


def run_to_the_end(api: Api) -> None:
    """Submit a task, and wait for its end."""
    api.submit("a: 1\n")
    api.wait_for(all_ended)


def start_waiting(api: Api) -> None:
    """Submit a task that does not end by itself, and see it run."""
    api.submit("wait: true\n")
    api.wait_for(all_running)


def cancel_the_task(api: Api) -> None:
    """Cancel the only task, and wait for its end."""
    api.call("POST", "/tasks/cancel", {"ids": [1]})
    api.wait_for(all_ended)


def resume_the_task(api: Api) -> None:
    """Resume the only task, and wait for its end."""
    api.call("POST", "/tasks/resume", {"ids": [1]})
    api.wait_for(all_ended)


def check_one_run(api: Api, step: int, survived: bool) -> None:
    """The task ran once and has its exit code."""
    tasks = api.wait_for(all_ended)
    if survived:
        assert len(tasks) == 1
    for task in tasks:  # none where the crash came before the answer
        assert (task["status"], task["exit_code"]) == ("crashed", 3), (step, task)
        assert runs_of(task) == ["1"], step


def check_cancelled(api: Api, step: int, survived: bool) -> None:
    """The task ran once and was stopped, whoever had to ask again."""
    del survived
    if api.tasks()[0]["status"] == "running":  # the crash came before the commit
        api.call("POST", "/tasks/cancel", {"ids": [1]})
    (task,) = api.wait_for(all_ended)
    assert task["status"] == "cancelled", (step, task)
    assert runs_of(task) == ["1"], step


def check_resumed(api: Api, step: int, survived: bool) -> None:
    """Each of two attempts ran once."""
    del survived
    (task,) = api.wait_for(all_ended)
    if task["num_attempts"] == 1:  # the crash came before the commit
        api.call("POST", "/tasks/resume", {"ids": [1]})
        (task,) = api.wait_for(all_ended)
    assert (task["status"], task["exit_code"]) == ("crashed", 3), (step, task)
    assert runs_of(task) == ["1", "2"], step
