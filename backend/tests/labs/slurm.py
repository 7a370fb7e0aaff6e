"""A private Slurm for tests: real daemons on this machine, in a folder of their own."""

import contextlib
import os
import random
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import psutil
import pytest

from hypertrainer.platforms.base import JobSpec, Resources
from hypertrainer.platforms.schedulers.slurm import SlurmScheduler
from hypertrainer.platforms.shell import ShellPlatform, ShellSettings
from hypertrainer.platforms.transports.local import LocalTransport
from tests.platforms.places import LocalPlace, until

SCRIPT = Path(__file__).with_name("slurmlab.sh")
PORTS_OF_A_LAB = 16
COMMAND_SECONDS = 60


@dataclass(frozen=True, slots=True)
class SlurmLab:
    """A cluster of one node with 8 CPUs and 4 make-believe GPUs. Clients need but SLURM_CONF."""

    folder: Path
    port: int

    @property
    def environment(self) -> dict[str, str]:
        return {"SLURM_CONF": str(self.configuration)}

    @property
    def configuration(self) -> Path:
        return self.folder / "etc/slurm.conf"

    def run(self, *words: str) -> str:
        """What one of Slurm's commands prints."""
        return subprocess.run(
            words,
            env={**os.environ, **self.environment},
            check=True,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
        ).stdout

    def configure(self, name: str, value: str) -> None:
        """Change a setting of the running cluster."""
        lines = self.configuration.read_text().splitlines()
        kept = [line for line in lines if not line.startswith(f"{name}=")]
        self.configuration.write_text("\n".join([f"{name}={value}", *kept, ""]))
        self.run("scontrol", "reconfigure")

    def saved_at(self) -> float:
        """When the controller last wrote its jobs down, as `time.time` counts."""
        return (self.folder / "state/job_state").stat().st_mtime

    def controller(self) -> psutil.Process:
        return psutil.Process(int((self.folder / "run/slurmctld.pid").read_text()))

    @contextlib.contextmanager
    def frozen_controller(self) -> Iterator[None]:
        """Nobody answers, but nothing is lost."""
        controller = self.controller()
        controller.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            controller.send_signal(signal.SIGCONT)

    @contextlib.contextmanager
    def killed_controller(self) -> Iterator[None]:
        """The controller dies, and comes back at the end."""
        controller = self.controller()
        controller.kill()
        psutil.wait_procs([controller], timeout=COMMAND_SECONDS)
        try:
            yield
        finally:
            program = shutil.which("slurmctld", path=_search_path())
            self.run(program or "slurmctld", "-f", str(self.configuration))


def _search_path() -> str:
    return f"{os.environ['PATH']}:/usr/sbin"


def _free_block() -> int:
    for _ in range(100):
        base = random.randrange(20_000, 31_000, 32)
        with contextlib.suppress(OSError), contextlib.ExitStack() as taken:
            for port in range(base, base + PORTS_OF_A_LAB):
                probe = taken.enter_context(socket.socket())
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("127.0.0.1", port))
            return base
    raise RuntimeError("no free ports")


@contextlib.contextmanager
def running_slurm(**knobs: str) -> Iterator[SlurmLab]:
    """A cluster that runs meanwhile; see slurmlab.sh for the knobs."""
    programs = ["slurmctld", "munged", *(["slurmdbd", "mariadbd"] if "DBD" in knobs else [])]
    for program in programs:
        if shutil.which(program, path=_search_path()) is None:
            pytest.skip(f"{program} is not installed: apt-get install slurm-wlm munge")
    root = Path(tempfile.mkdtemp(prefix="ht-slurm-", dir="/tmp"))  # sockets need short paths
    root.chmod(0o755)
    lab = SlurmLab(root / "lab", _free_block())
    try:
        _call(lab, "up", knobs)
        yield lab
    finally:
        _call(lab, "down", knobs)
        _end_leftovers(lab)
        shutil.rmtree(root, ignore_errors=True)


def _end_leftovers(lab: SlurmLab) -> None:
    """Kill the programs that ignored what the cluster told them in its last moment."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            environment = process.environ()
            is_job = "SLURM_JOB_ID" in environment
            if is_job and environment.get("SLURM_CONF") == str(lab.configuration):
                process.kill()


def _call(lab: SlurmLab, word: str, knobs: dict[str, str]) -> None:
    subprocess.run(
        ["bash", SCRIPT, word, lab.folder, str(lab.port)],
        env={**os.environ, **knobs},
        check=True,
        timeout=180,
    )


@pytest.fixture(scope="session")
def slurm() -> Iterator[SlurmLab]:
    """One cluster for the whole session, without accounting."""
    with running_slurm(KILLWAIT="2") as lab:
        yield lab


class SlurmPlace(LocalPlace):
    """This machine's Slurm. Its commands find the lab by SLURM_CONF in the environment."""

    brings_news = False
    leaves_record_when_killed = False

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.suffix = secrets.token_hex(3)  # the cluster remembers other tests' jobs by their names
        settings = ShellSettings(default_output=str(root), settle_seconds=1)
        self.platform = ShellPlatform("here", "slurm", LocalTransport(), SlurmScheduler(), settings)

    def job(self, key: str = "h1", attempt: int = 1, *, is_stubborn: bool = False) -> JobSpec:
        job = super().job(f"{key}{self.suffix}", attempt, is_stubborn=is_stubborn)
        return replace(job, resources=Resources(cpus=1))

    def asking(self, resources: Resources, key: str = "h1") -> JobSpec:
        """A job that wants something particular."""
        return replace(self.job(key), resources=resources)


@pytest.fixture
async def slurm_place(
    slurm: SlurmLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, anyio_backend: str
) -> AsyncIterator[SlurmPlace]:
    """The session's cluster as a place, left without jobs."""
    monkeypatch.setenv("SLURM_CONF", str(slurm.configuration))
    place = SlurmPlace(tmp_path)
    yield place
    await place.close()
    await until(lambda: not slurm.run("squeue", "-h"))
