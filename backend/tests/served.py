"""A real server in a process of its own, for tests that need one from outside."""

import os
import secrets
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

START_SECONDS = 60
STOP_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Served:
    """Where the server answers, and the headers that open it."""

    url: str
    headers: dict[str, str]


@contextmanager
def serving(program: Path, folder: Path, path: str, **settings: str) -> Iterator[Served]:
    """Run `hypertrainer serve` with this program, its home under `folder` and this PATH alone."""
    port, token = free_port(), secrets.token_hex(16)
    environment = {
        "PATH": path,
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "HYPERTRAINER_HOME": str(folder / "home"),
        "HYPERTRAINER_OUTPUT": str(folder / "output"),
        "HYPERTRAINER_TOKEN": token,
        **settings,
    }
    said = folder / "server.txt"
    with said.open("wb") as output:
        process = subprocess.Popen(
            [str(program), "serve", "--port", str(port)],
            env=environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until_healthy(url, process, said)
        yield Served(url, {"Authorization": f"Bearer {token}"})
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)


def wait_until_healthy(url: str, process: subprocess.Popen[bytes], said: Path) -> None:
    """Wait for the first answer; a server that ended, or says nothing for long, is an error."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{url}/health", timeout=2).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError(f"no answer from {url}; it said: {said.read_text(errors='replace')}")


def free_port() -> int:
    """A port of this machine that nobody has just now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


def has_command(name: str) -> bool:
    """Whether Debian's usual folders, also root's, have this program."""
    folders = [*os.get_exec_path(), "/usr/sbin", "/usr/local/sbin"]
    return any(os.access(Path(folder, name), os.X_OK) for folder in folders)
