"""A server with a home of its own, for the benchmarks."""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

PROGRAM = Path(sys.executable).with_name("hypertrainer")
START_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Bench:
    """A running server, and a client that may use it."""

    folder: Path
    url: str
    token: str
    client: httpx.Client
    process: psutil.Process
    start_seconds: float  # from the program's start to the first answer

    @property
    def link(self) -> str:
        return f"{self.url}/?token={self.token}"


@contextmanager
def bench_server(scripts: dict[str, str], platforms: str = "") -> Iterator[Bench]:
    """Serve from an empty home with these scripts on the path, and this platforms.yaml."""
    folder = Path(tempfile.mkdtemp(prefix="ht-bench-"))
    try:
        lay_out(folder, scripts, platforms)
        with running(folder) as bench:
            yield bench
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def lay_out(folder: Path, scripts: dict[str, str], platforms: str = "") -> None:
    """An empty home, these scripts on the path, and this platforms.yaml."""
    (folder / "home").mkdir(mode=0o700)
    (folder / "scripts").mkdir()
    for name, text in scripts.items():
        (folder / "scripts" / name).write_text(text)
    if platforms:
        (folder / "home" / "platforms.yaml").write_text(platforms)


@contextmanager
def running(folder: Path) -> Iterator[Bench]:
    """Serve from a folder laid out before, until the end of the block."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    token = secrets.token_hex(16)
    environment = {
        **os.environ,
        "HYPERTRAINER_HOME": str(folder / "home"),
        "HYPERTRAINER_OUTPUT": str(folder / "output"),
        "HYPERTRAINER_PATH": str(folder / "scripts"),
        "HYPERTRAINER_TOKEN": token,
    }
    began = time.perf_counter()
    process = subprocess.Popen(
        [PROGRAM, "serve", "--port", str(port)],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    headers = {"Authorization": f"Bearer {token}"}
    try:
        with httpx.Client(base_url=url, headers=headers, timeout=60) as client:
            _wait_for_answer(client)
            start = time.perf_counter() - began
            yield Bench(folder, url, token, client, psutil.Process(process.pid), start)
    finally:
        process.terminate()
        process.wait(30)


def _wait_for_answer(client: httpx.Client) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            if client.get("/health").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.01)
    raise RuntimeError("the server did not answer")


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a Markdown table."""
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(row) + " |")
