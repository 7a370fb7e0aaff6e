"""A search whose trials are real processes, on a server that lives."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.crash.serving import Api

DEADLINE_SECONDS = 90
Trial = dict[str, Any]


@dataclass(slots=True)
class Search:
    """One search on a server that lives."""

    api: Api
    id: int

    def read(self) -> dict[str, Any]:
        search: dict[str, Any] = self.api.call("GET", f"/hpsearch/{self.id}")
        return search

    def trials(self) -> list[Trial]:
        items: list[Trial] = self.api.call("GET", f"/hpsearch/{self.id}/trials")["items"]
        return items

    def states(self) -> list[str]:
        return [trial["state"] for trial in self.trials()]

    def until(self, is_met: Callable[[], Any]) -> None:
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not is_met():
            assert time.monotonic() < deadline, (self.read()["reason"], self.trials())
            time.sleep(0.05)

    def until_over(self, status: str = "finished") -> list[Trial]:
        self.until(lambda: self.read()["status"] == status)
        return self.trials()

    def until_states(self, *states: str) -> None:
        self.until(lambda: self.states() == list(states))

    def has_reported(self, number: int) -> bool:
        return bool(self.trials()[number]["epochs"])

    def folder(self, number: int) -> Path:
        """A trial's folder; waits for it to have been started."""
        self.until(lambda: len(self.trials()) > number)
        task = self.api.call("GET", f"/tasks/{self.trials()[number]['task_id']}")
        return Path(task["output_path"])

    def pid(self, number: int) -> int:
        """The process of a trial; waits for it to have begun."""
        path = self.folder(number) / "pid"
        self.until(lambda: path.exists() and path.read_text())
        return int(path.read_text())

    def runs(self, number: int) -> list[str]:
        return (self.folder(number) / "runs").read_text().split()

    def let(self, what: str, *numbers: int) -> None:
        """Let trials go, or end: they wait for a file of this name."""
        for number in numbers:
            (self.folder(number) / what).touch()

    def act(self, verb: str, number: int) -> None:
        ids = [self.trials()[number]["task_id"]]
        (result,) = self.api.call("POST", f"/tasks/{verb}", {"ids": ids})["results"]
        assert result["ok"], result

    def check_replay(self) -> None:
        replay = self.api.call("POST", f"/hpsearch/{self.id}/replay")
        assert replay["is_equal"], replay["differences"]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
