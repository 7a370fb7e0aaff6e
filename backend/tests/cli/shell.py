"""Commands typed against a real server that is in a process of its own."""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from hypertrainer.cli import app

PROGRAM = Path(sys.executable).parent / "hypertrainer"
PATIENCE_SECONDS = 30


@dataclass(frozen=True)
class Shell:
    """Runs commands in this process, against the server."""

    scripts: Path
    output: Path

    def __call__(self, *arguments: str, code: int = 0, text: str | None = None) -> Result:
        result = CliRunner().invoke(app, list(arguments), input=text)
        assert result.exit_code == code, f"{arguments}: {result.output}"
        return result

    def json(self, *arguments: str, code: int = 0) -> Any:
        return json.loads(self(*arguments, "--json", code=code).stdout)

    def submit(self, *arguments: str) -> int:
        task_id: int = self.json("submit", *arguments)["tasks"][0]["id"]
        return task_id


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
