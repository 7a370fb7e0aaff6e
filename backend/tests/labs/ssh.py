"""Real OpenSSH servers on loopback, for a test session."""

import random
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from hypertrainer.platforms.transports.ssh.settings import Pace, SshSettings
from hypertrainer.platforms.transports.ssh.transport import SshTransport

LAB = Path(__file__).parent / "sshlab.sh"
NODES = ("login", "node", "noisy", "strict", "csh", "closed", "bashless")
EAGER = Pace(connect_interval=0.0, first_wait=0.05, first_auth_wait=0.05, longest_wait=0.1)


@dataclass(frozen=True, slots=True)
class SshLab:
    """The servers of `sshlab.sh`, one key to get in, and one client configuration, empty."""

    folder: Path
    base_port: int
    known_hosts: Path
    opened: list[SshTransport] = field(default_factory=list)

    def port(self, node: str) -> int:
        """The port of a server."""
        return self.base_port + NODES.index(node)

    def settings(self, node: str = "node", **changes: Any) -> SshSettings:
        """The way to a server, its key accepted."""
        settings = SshSettings(
            host="127.0.0.1",
            known_hosts=self.known_hosts,
            port=self.port(node),
            key=str(self.folder / "id"),
            ssh_config=str(self.folder / "ssh_config"),
            pace=EAGER,
        )
        return replace(settings, **changes)

    def transport(self, node: str = "node", **changes: Any) -> SshTransport:
        """A way to a server that is closed at the end of the test."""
        self.opened.append(SshTransport(self.settings(node, **changes)))
        return self.opened[-1]

    async def answers(self, node: str = "node", **changes: Any) -> bool:
        """Whether a command comes through."""
        return (await self.transport(node, **changes).run("echo mine")).output == "mine\n"

    def connections(self, node: str) -> list[psutil.Process]:
        """The server's processes that each serve one connection."""
        listener = self._listener(node)
        return listener.children() if listener else []

    def cut(self, node: str) -> None:
        """Kill what serves the server's connections; the commands there live on."""
        for connection in self.connections(node):
            for process in [*connection.children(recursive=True), connection]:
                if process.name() == "sshd":
                    process.kill()

    def stop(self, node: str) -> None:
        """End a server; open connections stay."""
        listener = self._listener(node)
        assert listener is not None
        listener.terminate()
        deadline = time.monotonic() + 10
        while _is_alive(listener):
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def start(self, node: str) -> None:
        """Start a server again, once its port is free."""
        config, log = self.folder / f"{node}.conf", self.folder / f"{node}.log"
        command = ["/usr/sbin/sshd", "-f", str(config), "-E", str(log)]
        deadline = time.monotonic() + 10
        while not self._is_served(node):
            assert time.monotonic() < deadline, log.read_text()
            if self._listener(node) is None:
                subprocess.run(command, check=True, timeout=10)
            time.sleep(0.05)

    def _listener(self, node: str) -> psutil.Process | None:
        try:
            process = psutil.Process(int((self.folder / f"{node}.pid").read_text()))
        except (OSError, ValueError, psutil.NoSuchProcess):
            return None
        return process if _is_alive(process) else None

    def _is_served(self, node: str) -> bool:
        with socket.socket() as client:
            is_open = client.connect_ex(("127.0.0.1", self.port(node))) == 0
        return is_open and self._listener(node) is not None

    def show_key(self, node: str, key: str) -> None:
        """Set a server up anew, with another host key."""
        config = self.folder / f"{node}.conf"
        lines = config.read_text().splitlines()
        kept = [line for line in lines if not line.startswith("HostKey ")]
        config.write_text("\n".join([*kept, f"HostKey {self.folder / key}", ""]))
        self.stop(node)
        self.start(node)


def _is_alive(process: psutil.Process) -> bool:
    """Whether it still does anything: nobody may bury it for a while."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def has_sshd() -> bool:
    """Whether Debian's package is installed."""
    return Path("/usr/sbin/sshd").exists() and shutil.which("ssh-keygen") is not None


def free_block(size: int) -> int:
    """The first of so many neighbouring ports that nobody has; any, as others look for some too."""
    blocks = range(22_400, 32_000, size)
    for first in random.sample(blocks, len(blocks)):
        try:
            for port in range(first, first + size):
                with socket.socket() as listener:
                    listener.bind(("127.0.0.1", port))
        except OSError:
            continue
        return first
    raise AssertionError("there is no free block of ports")


@contextmanager
def running_sshd() -> Iterator[SshLab]:
    """Start the servers in a folder of their own, whose name is short enough for sockets."""
    folder = Path(tempfile.mkdtemp(prefix="ht-ssh-", dir="/tmp"))
    lab = SshLab(folder, free_block(len(NODES)), folder / "known_hosts")
    command = ["bash", str(LAB)]
    try:
        subprocess.run([*command, "up", str(folder), str(lab.base_port)], check=True, timeout=60)
        (folder / "ssh_config").touch()
        yield lab
    finally:
        subprocess.run([*command, "down", str(folder)], check=True, timeout=60)
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def ssh_servers() -> Iterator[SshLab]:
    """The servers of this session."""
    if not has_sshd():
        pytest.skip("OpenSSH's server is not installed: apt-get install openssh-server")
    with running_sshd() as lab:
        yield lab


@pytest.fixture
async def ssh(
    ssh_servers: SshLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[SshLab]:
    """The servers, for a user who has no agent, no keys and no configuration of their own."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    known_hosts = Path(shutil.copy(ssh_servers.known_hosts, tmp_path / "known_hosts"))
    lab = replace(ssh_servers, known_hosts=known_hosts, opened=[])
    yield lab
    for transport in lab.opened:
        await transport.aclose()
