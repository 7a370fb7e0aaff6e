"""The program itself: `hypertrainer serve`, `reindex`, and what it says without a server."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hypertrainer.cli import app
from tests.cli.shell import PATIENCE_SECONDS, PROGRAM
from tests.served import free_port


def test_no_server_exits_with_three(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HYPERTRAINER_URL", f"http://127.0.0.1:{free_port()}")
    result = CliRunner().invoke(app, ["ls"])
    assert result.exit_code == 3
    assert "hypertrainer serve" in result.stderr.replace("\n", " ")


def loaded_with(module: str, *names: str) -> list[str]:
    """Which of these modules come with this one."""
    check = (
        f"import sys, json, {module}; print(json.dumps([n for n in {names} if n in sys.modules]))"
    )
    result = subprocess.run([sys.executable, "-c", check], capture_output=True, check=True)
    loaded: list[str] = json.loads(result.stdout)
    return loaded


def test_help_does_not_load_what_only_the_server_needs() -> None:
    heavy = ("fastapi", "sqlalchemy", "polars", "httpx", "pydantic")
    assert loaded_with("hypertrainer.cli", *heavy) == []


def test_a_client_command_does_not_load_what_only_the_server_needs() -> None:
    heavy = ("fastapi", "sqlalchemy", "polars", "uvicorn")
    assert loaded_with("hypertrainer.client", *heavy) == []


def run(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "HYPERTRAINER_HOME": str(home), "COLUMNS": "200"}
    return subprocess.run(
        [str(PROGRAM), *arguments], env=environment, capture_output=True, text=True, timeout=60
    )


def test_a_taken_port_is_told_with_another_one(tmp_path: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        result = run("serve", "--port", str(port), home=tmp_path)
    assert result.returncode == 1
    assert f"Port {port} is taken" in result.stderr
    assert f"--port {port + 1}" in result.stderr


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_serve_prints_a_link_that_works_and_stops_in_good_order(
    tmp_path: Path, stop: signal.Signals
) -> None:
    environment = {**os.environ, "HYPERTRAINER_HOME": str(tmp_path / "home")}
    command = [str(PROGRAM), "serve", "--port", "0"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert "http://127.0.0.1:" in line
        assert "/?token=" in line
        assert "finished" not in run("ls", home=tmp_path / "home").stdout
        second = run("serve", "--port", "0", home=tmp_path / "home")
        assert second.returncode == 1
        assert "already" in second.stderr
        process.send_signal(stop)
        rest = process.stdout.read()
        assert process.wait(PATIENCE_SECONDS) == 0
    assert "stopped" in rest
    assert not (tmp_path / "home" / "server.json").exists()
    assert run("ls", home=tmp_path / "home").returncode == 3


def test_wrong_settings_exit_with_two(tmp_path: Path) -> None:
    result = run("serve", "--port", "70000", home=tmp_path)
    assert result.returncode == 2


def test_a_home_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = run("serve", "--port", "0", home=tmp_path / "file" / "home")
    assert result.returncode == 1
    assert "HYPERTRAINER_HOME" in result.stderr
    assert "Traceback" not in result.stderr


def test_reindex_reports_on_an_empty_home(tmp_path: Path) -> None:
    result = run("reindex", "--output", str(tmp_path / "output"), "--json", home=tmp_path)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout) == {"added": 0, "known": 0, "unreadable": []}
