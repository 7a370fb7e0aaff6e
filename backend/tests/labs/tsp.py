"""A real Task Spooler for the worked example of docs/adding-a-scheduler.md."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from hypertrainer.platforms.shell import ShellPlatform, ShellSettings
from hypertrainer.platforms.transports.local import LocalTransport
from tests.examples.tsp import TspScheduler
from tests.platforms.places import QueuePlace


@dataclass(frozen=True, slots=True)
class TspLab:
    """One server, found by its socket."""

    socket: Path

    @property
    def environment(self) -> dict[str, str]:
        return {"TS_SOCKET": str(self.socket), "TS_SLOTS": "8"}


@pytest.fixture(scope="session")
def tsp() -> Iterator[TspLab]:
    """A queue of eight places for the whole session."""
    if shutil.which("tsp") is None:
        pytest.skip("Task Spooler is not installed: apt-get install task-spooler")
    folder = Path(tempfile.mkdtemp(prefix="ht-tsp-", dir="/tmp"))  # sockets need short paths
    lab = TspLab(folder / "socket")
    yield lab
    subprocess.run(["tsp", "-K"], env={**os.environ, **lab.environment}, check=False, timeout=30)
    shutil.rmtree(folder, ignore_errors=True)


class TspPlace(QueuePlace):
    """The example, on this machine."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        settings = ShellSettings(default_output=str(root), settle_seconds=0.3)
        self.platform = ShellPlatform("tsp", "tsp", LocalTransport(), TspScheduler(), settings)
