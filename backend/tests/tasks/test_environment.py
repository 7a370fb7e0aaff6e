"""What a script runs in, from real repositories and real interpreters."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hypertrainer.tasks import environment
from hypertrainer.tasks.environment import (
    describe_git,
    describe_machine,
    describe_python,
    environment_path,
    read_environment,
    record_environment,
)


def git(folder: Path, *words: str) -> str:
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"]
    done = subprocess.run(
        ["git", "-C", str(folder), *who, *words], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    git(folder, "init")
    (folder / ".gitignore").write_text("*.ckpt\n")
    (folder / "train.py").write_text("lr = 0.1\n")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "Begin")
    return folder


def test_a_clean_repository_is_its_commit(repository: Path) -> None:
    found = describe_git(repository)
    assert found is not None
    assert found["commit"] == git(repository, "rev-parse", "HEAD")
    assert (found["branch"], found["root"]) == ("main", str(repository))
    assert (found["is_dirty"], found["diff"], found["untracked"]) == (False, "", [])


def test_a_changed_file_shows_in_the_diff_and_a_new_one_among_the_untracked(
    repository: Path,
) -> None:
    (repository / "train.py").write_text("lr = 0.2\n")
    (repository / "größe.py").write_text("")
    (repository / "last.ckpt").write_text("")
    found = describe_git(repository)
    assert found is not None
    assert found["is_dirty"]
    assert "-lr = 0.1\n+lr = 0.2\n" in found["diff"]
    assert found["untracked"] == ["größe.py"]


def test_the_repository_is_found_from_a_folder_inside(repository: Path) -> None:
    (repository / "vision").mkdir()
    (repository / "new.py").write_text("")
    found = describe_git(repository / "vision")
    assert found is not None
    assert (found["root"], found["untracked"]) == (str(repository), ["new.py"])


def test_a_very_long_diff_is_cut_and_says_so(repository: Path) -> None:
    (repository / "train.py").write_text("x = 1\n" * 2_000_000)
    found = describe_git(repository)
    assert found is not None
    assert found["is_diff_cut"]
    assert len(found["diff"]) == environment.MAX_DIFF_CHARS


def test_a_folder_outside_of_any_repository_has_no_git(tmp_path: Path) -> None:
    assert describe_git(tmp_path) is None
    assert describe_git(tmp_path / "none") is None


def test_an_interpreter_tells_its_version_and_packages() -> None:
    found = describe_python(sys.executable)
    assert found["version"] == sys.version.split()[0]
    assert found["packages"]["pytest"] == pytest.__version__


def fake_python(folder: Path, says: str) -> Path:
    """An interpreter that counts how often it is asked."""
    (folder / "bin").mkdir(parents=True)
    (folder / "lib" / "python3.12" / "site-packages").mkdir(parents=True)
    program = folder / "bin" / "python"
    program.write_text(f"#!/bin/sh\necho asked >> {folder}/asked\necho '{says}'\n")
    program.chmod(0o755)
    return program


def num_asked(folder: Path) -> int:
    return len((folder / "asked").read_text().splitlines())


def test_packages_are_listed_again_only_when_they_changed(tmp_path: Path) -> None:
    says = json.dumps({"version": "3.12.1", "executable": "x", "packages": {"numpy": "2.0"}})
    python = fake_python(tmp_path / "venv", says)
    for _ in range(3):
        assert describe_python(str(python))["packages"] == {"numpy": "2.0"}
    assert num_asked(tmp_path / "venv") == 1
    (tmp_path / "venv" / "lib" / "python3.12" / "site-packages" / "torch").mkdir()
    describe_python(str(python))
    assert num_asked(tmp_path / "venv") == 2


def test_an_interpreter_that_says_nothing_sensible_is_asked_again(tmp_path: Path) -> None:
    python = fake_python(tmp_path / "venv", "Traceback (most recent call last):")
    for _ in range(2):
        assert describe_python(str(python)) == {"executable": str(python), "packages": {}}
    assert num_asked(tmp_path / "venv") == 2
    assert describe_python(str(tmp_path / "none"))["packages"] == {}


def test_a_command_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "COMMAND_SECONDS", 0.2)
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nexec sleep 60\n")
    python.chmod(0o755)
    before = time.monotonic()
    assert describe_python(str(python))["packages"] == {}
    assert time.monotonic() - before < 20


def test_a_machine_has_a_name_processors_and_memory() -> None:
    machine = describe_machine()
    assert machine["host"]
    assert machine["cpus"] >= 1
    assert machine["memory_bytes"] > 2**20


def test_what_is_recorded_can_be_read_and_nothing_reads_as_nothing(tmp_path: Path) -> None:
    nothing = read_environment(tmp_path)
    assert (nothing.recorded_at, nothing.git, nothing.packages) == (None, None, {})
    (tmp_path / ".hypertrainer").mkdir()
    record_environment(tmp_path, {"commit": "abc"}, sys.executable)
    found = read_environment(tmp_path)
    assert found.git == {"commit": "abc"}
    assert found.python is not None
    assert "packages" not in found.python
    assert found.packages["pytest"] == pytest.__version__
    assert found.recorded_at is not None
    environment_path(tmp_path).write_text(json.dumps({"git": "not a section", "packages": 3}))
    assert read_environment(tmp_path) == nothing
