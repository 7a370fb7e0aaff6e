"""A server for all tests of a module, over the scripts that the module names."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.shell import PROGRAM, Shell
from tests.served import Served, serving


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, scripts: Path) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("server")
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    with serving(PROGRAM, folder, path, HYPERTRAINER_PATH=str(scripts)) as served:
        yield served


@pytest.fixture
def shell(served: Served, scripts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.setenv("HYPERTRAINER_URL", served.url)
    monkeypatch.setenv("HYPERTRAINER_TOKEN", served.headers["Authorization"].split()[1])
    monkeypatch.chdir(tmp_path)
    return Shell(scripts, tmp_path)
