"""A private SGE for tests: real daemons on this machine, in a folder of their own."""

import contextlib
import os
import random
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from hypertrainer.platforms.schedulers.sge import SgeScheduler
from hypertrainer.platforms.shell import ShellPlatform, ShellSettings
from hypertrainer.platforms.transports.local import LocalTransport
from tests.platforms.places import QueuePlace

SCRIPT = Path(__file__).with_name("sgelab.sh")
PROGRAMS = "/usr/lib/gridengine"
COMMAND_SECONDS = 60


@dataclass(frozen=True, slots=True)
class SgeLab:
    """A cell of one host with 8 slots and the parallel environment `smp`."""

    folder: Path
    port: int

    @property
    def environment(self) -> dict[str, str]:
        """What clients need."""
        return {
            "SGE_ROOT": str(self.folder / "sge"),
            "SGE_CELL": "default",
            "SGE_QMASTER_PORT": str(self.port),
            "SGE_EXECD_PORT": str(self.port + 1),
        }

    def run(self, *words: str) -> str:
        """What one of SGE's commands prints on both streams, however it ends."""
        done = subprocess.run(
            words,
            env={**os.environ, **self.environment},
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=COMMAND_SECONDS,
        )
        return done.stdout


@contextlib.contextmanager
def running_sge() -> Iterator[SgeLab]:
    """A cell that runs meanwhile; it takes seconds to start, and longer to stop."""
    if shutil.which("sge_qmaster", path=PROGRAMS) is None:
        pytest.skip("sge_qmaster is not installed: apt-get install gridengine-{master,exec,client}")
    if os.geteuid() != 0:
        pytest.skip("SGE's execution daemon changes users, so that only root can run it")
    root = Path(tempfile.mkdtemp(prefix="ht-sge-", dir="/tmp"))
    root.chmod(0o755)
    lab = SgeLab(root / "lab", _free_port_pair())
    try:
        _call(lab, "up")
        yield lab
    finally:
        _call(lab, "down")
        shutil.rmtree(root, ignore_errors=True)


def _call(lab: SgeLab, word: str) -> None:
    subprocess.run(
        ["bash", SCRIPT, word, lab.folder, str(lab.port)],
        check=True,
        timeout=180,
        stdout=subprocess.DEVNULL,
    )


def _free_port_pair() -> int:
    for _ in range(100):
        base = random.randrange(20_000, 31_000, 32)
        with contextlib.suppress(OSError), contextlib.ExitStack() as taken:
            for port in (base, base + 1):
                probe = taken.enter_context(socket.socket())
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("127.0.0.1", port))
            return base
    raise RuntimeError("no free ports")


@pytest.fixture(scope="session")
def sge() -> Iterator[SgeLab]:
    """One cell for the whole session."""
    with running_sge() as lab:
        yield lab


class SgePlace(QueuePlace):
    """This machine's SGE. Its commands find the lab by variables in the environment."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        settings = ShellSettings(default_output=str(root), settle_seconds=0.3)
        self.platform = ShellPlatform("here", "sge", LocalTransport(), SgeScheduler(), settings)
