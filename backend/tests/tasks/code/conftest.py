"""A script's folder, and the settings of the server that takes it."""

from pathlib import Path

import pytest

from hypertrainer.settings import Settings


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "scripts"
    (folder / "pkg").mkdir(parents=True)
    (folder / "train.py").write_text("import pkg.net\n")
    (folder / "pkg" / "net.py").write_text("x = 1\n")
    return folder


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", output=tmp_path / "home" / "output")
