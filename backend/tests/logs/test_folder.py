import os
from pathlib import Path

import pytest

from hypertrainer.errors import NotFound
from hypertrainer.logs.folder import find_log, list_logs


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    output = tmp_path / "task"
    (output / ".hypertrainer").mkdir(parents=True)
    return output


def test_output_and_error_come_first_then_the_names(folder: Path) -> None:
    for name in ("metric_loss.log", "err.txt", "a.txt", "out.txt", "model.pt", ".hidden.log"):
        (folder / name).write_text("x" * len(name))
    (folder / ".hypertrainer" / "run.log").write_text("x")
    (folder / "folder.log").mkdir()
    files = list_logs(folder)
    assert [file.name for file in files] == ["out.txt", "err.txt", "a.txt", "metric_loss.log"]
    assert [file.size for file in files] == [7, 7, 5, 15]
    assert all(file.modified_at.tzinfo is not None for file in files)


def test_a_folder_that_is_not_there_yet_has_no_logs(folder: Path) -> None:
    assert list_logs(folder / "later") == []


def test_a_pipe_is_no_log(folder: Path) -> None:
    os.mkfifo(folder / "pipe.log")
    assert list_logs(folder) == []
    with pytest.raises(NotFound):
        find_log(folder, "pipe.log")


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../secret.txt", "sub/a.txt", "sub\\a.txt", "/etc/x.txt", "config.yaml",
     ".hidden.txt", "a\0.txt", "missing.txt", "é" * 200 + ".txt", "a\n.txt"],
)  # fmt: skip
def test_a_name_cannot_leave_the_folder(folder: Path, name: str) -> None:
    (folder.parent / "secret.txt").write_text("secret")
    (folder / ".hidden.txt").write_text("x")
    (folder / "config.yaml").write_text("x")
    with pytest.raises(NotFound):
        find_log(folder, name)


def test_a_link_out_of_the_folder_is_refused(folder: Path) -> None:
    secret = folder.parent / "secret.txt"
    secret.write_text("secret")
    (folder / "link.txt").symlink_to(secret)
    (folder / "loop.txt").symlink_to(folder / "loop.txt")
    (folder / "broken.txt").symlink_to(folder / "nowhere.txt")
    assert list_logs(folder) == []
    for name in ("link.txt", "loop.txt", "broken.txt"):
        with pytest.raises(NotFound):
            find_log(folder, name)


def test_a_link_inside_the_folder_and_a_linked_folder_are_fine(folder: Path) -> None:
    (folder / "run-1.log").write_text("x")
    (folder / "latest.log").symlink_to("run-1.log")
    linked = folder.parent / "linked"
    linked.symlink_to(folder)
    assert [file.name for file in list_logs(linked)] == ["latest.log", "run-1.log"]
    assert find_log(linked, "latest.log").read_text() == "x"
