"""A script's folder on its way elsewhere: what is taken and what is refused."""

import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hypertrainer.settings import Settings
from hypertrainer.tasks import code_files
from tests.tasks.code.folders import git, members, refused, stored, taken

NOBODY = 65_534


# --- which files -------------------------------------------------------------------------------


def test_without_git_everything_is_taken_but_what_nobody_needs(
    settings: Settings, folder: Path
) -> None:
    for path in (
        "__pycache__/a.pyc", "pkg/b.pyc", ".venv/lib/c.py", "node_modules/d.js", ".git/e",
        "my/pyvenv.cfg", "my/lib/f.py", "runs/one/.hypertrainer/task.json", "runs/one/out.txt",
    ):  # fmt: skip
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).touch()
    (folder / ".env.example").touch()
    (folder / "runs" / "plot.py").touch()
    assert taken(settings, folder) == [
        ".env.example", "pkg/net.py", "runs/plot.py", "train.py",
    ]  # fmt: skip


def test_in_a_work_tree_git_decides_of_this_folder_alone(settings: Settings, folder: Path) -> None:
    git(folder.parent, "init", "-q", str(folder.parent))
    (folder.parent / ".gitignore").write_text("*.log\ndata/\n")
    for path in ("a.log", "new.py", "data/x.bin", "forced.log", "gone.py"):
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text("x")
    git(folder, "add", "-f", "train.py", "pkg", "forced.log", "gone.py")
    git(folder, "commit", "-q", "-m", "All")
    (folder / "gone.py").unlink()
    assert taken(settings, folder) == ["forced.log", "new.py", "pkg/net.py", "train.py"]


def test_submodules_and_repositories_inside_are_taken_as_their_own_git_decides(
    settings: Settings, folder: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "lib.py").touch()
    git(other, "init", "-q", ".")
    git(other, "add", ".")
    git(other, "commit", "-q", "-m", "Lib")
    git(folder, "init", "-q", ".")
    git(folder, "submodule", "add", "-q", str(other), "sub")
    (folder / "sub" / "new.py").touch()
    git(folder, "clone", "-q", str(other), "inner")
    assert taken(settings, folder) == [
        ".gitmodules", "inner/lib.py", "pkg/net.py", "sub/lib.py", "sub/new.py", "train.py",
    ]  # fmt: skip


def test_of_a_script_that_git_ignores_the_whole_folder_is_taken(
    settings: Settings, folder: Path
) -> None:
    git(folder.parent, "init", "-q", str(folder.parent))
    (folder.parent / ".gitignore").write_text("scripts/\n")
    assert taken(settings, folder) == ["pkg/net.py", "train.py"]


def test_an_ignore_file_leaves_out_of_what_git_tracks_too(settings: Settings, folder: Path) -> None:
    (folder / "big.bin").write_text("x" * 100)
    git(folder, "init", "-q", ".")
    git(folder, "add", ".")
    (folder / ".hypertrainerignore").write_text("*.bin\n/pkg/\n")
    assert taken(settings, folder) == [".hypertrainerignore", "train.py"]


def test_a_script_that_is_left_out_itself_is_refused(settings: Settings, folder: Path) -> None:
    (folder / ".hypertrainerignore").write_text("*.py\n")
    assert "Add the line `!train.py`" in refused(settings, folder)


def test_the_server_s_own_folders_are_not_taken(settings: Settings, folder: Path) -> None:
    inside = Settings(home=folder / "ht", output=folder / "results")
    for path in ("ht/token", "results/old.txt"):
        (folder / path).parent.mkdir()
        (folder / path).touch()
    assert taken(inside, folder) == ["pkg/net.py", "train.py"]


def test_a_script_in_the_home_folder_or_beside_the_token_is_refused(
    settings: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "folder of its own" in refused(Settings(home=folder), folder)
    monkeypatch.setenv("HOME", str(folder))
    assert "folder of its own" in refused(settings, folder)


def test_names_that_are_no_text_and_modes_come_along(settings: Settings, folder: Path) -> None:
    odd = os.fsdecode(b"caf\xe9\n.txt")
    (folder / odd).touch()
    (folder / "run.sh").touch(0o755)
    packed = members(stored(settings, folder))
    assert odd in packed
    assert (packed["run.sh"].mode, packed["train.py"].mode) == (0o755, 0o644)
    assert {(one.mtime, one.uid, one.uname) for one in packed.values()} == {(0, 0, "")}


# --- links -------------------------------------------------------------------------------------


def test_a_link_to_something_in_the_folder_stays_a_link_that_works_anywhere(
    settings: Settings, folder: Path
) -> None:
    (folder / "pkg" / "up.py").symlink_to("../train.py")
    (folder / "absolute.py").symlink_to(folder / "pkg" / "net.py")
    (folder / "again").symlink_to("../scripts/pkg")
    (folder / "nowhere").symlink_to("missing.bin")
    packed = members(stored(settings, folder))
    assert {name: one.linkname for name, one in packed.items() if one.issym()} == {
        "pkg/up.py": "../train.py",
        "absolute.py": "pkg/net.py",
        "again": "pkg",
        "nowhere": "missing.bin",
    }


def test_a_link_to_a_file_outside_is_the_file(settings: Settings, folder: Path) -> None:
    (folder.parent / "common.py").write_text("y = 2\n")
    (folder / "common.py").symlink_to("../common.py")
    with tarfile.open(stored(settings, folder).archive) as archive:
        content = archive.extractfile("common.py")
        assert content is not None
        assert content.read() == b"y = 2\n"


def test_a_link_to_a_folder_outside_is_refused_with_what_to_do(
    settings: Settings, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    (folder / "data").symlink_to(tmp_path / "data")
    assert "List `/data` in" in refused(settings, folder)
    (folder / ".hypertrainerignore").write_text("/data\n")
    assert "data" not in taken(settings, folder)


# --- limits ------------------------------------------------------------------------------------


def test_a_folder_that_is_too_large_names_the_largest_in_it(
    settings: Settings, folder: Path
) -> None:
    (folder / "data").mkdir()
    (folder / "data" / "a.bin").write_bytes(b"x" * 3_000)
    (folder / "data" / "b.bin").write_bytes(b"x" * 3_000)
    (folder / "model.bin").write_bytes(b"x" * 5_000)
    message = refused(settings, folder)
    assert "10.8 KiB; at most 9.8 KiB" in message
    assert "Largest: `data/` (5.9 KiB), `model.bin` (4.9 KiB), `train.py` (15 B)" in message
    for remedy in (".hypertrainerignore", "`code_limit:`", "`stage: false`"):
        assert remedy in message


def test_far_too_many_files_are_refused_before_all_are_looked_at(
    settings: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(code_files, "MAX_FILES", 1)
    assert "more than 1 files" in refused(settings, folder)


@pytest.fixture
def of_nobody() -> Iterator[Path]:
    """A folder of a user who is not root: who runs the test, or else nobody, as whom it runs."""
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    folder.chmod(0o777)
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(NOBODY)
    yield folder
    if is_root:
        os.seteuid(0)
    shutil.rmtree(folder)


@pytest.mark.parametrize("what", ["secret.txt", "secrets"])
def test_what_may_not_be_read_is_named(settings: Settings, of_nobody: Path, what: str) -> None:
    (of_nobody / "train.py").touch()
    if what == "secrets":
        (of_nobody / what).mkdir(0o000)
    else:
        (of_nobody / what).touch(0o000)
    message = refused(settings, of_nobody)
    assert message.startswith(f"`{of_nobody / what}`")
    assert "chmod u+r" in message
    (of_nobody / what).chmod(0o700)
