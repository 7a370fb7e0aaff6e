"""A task's folder: made whole or not at all, removed only when it is the task's own."""

import json
import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hypertrainer.clock import utc_now
from hypertrainer.errors import StorageError
from hypertrainer.tasks.creation import KEY_LENGTH, new_key
from hypertrainer.tasks.folder import (
    NewFolders,
    folder_name,
    read_json,
    read_record,
    remove_folder,
    write_record,
    write_whole,
)
from hypertrainer.tasks.statuses import TaskStatus
from hypertrainer.tasks.task_record import TaskRecord


def record(uuid: str = "the-uuid") -> TaskRecord:
    return TaskRecord(
        uuid=uuid,
        id=1,
        name="digits",
        script="train.py",
        platform="local",
        status=TaskStatus.WAITING,
        created_at=utc_now(),
        launch={},
    )


def made(folder: Path, uuid: str = "the-uuid") -> Path:
    NewFolders().make(folder, "a: 1\n", record(uuid))
    return folder


def everything_below(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


# --- making ------------------------------------------------------------------------------------


def test_a_folder_holds_its_config_and_its_record(tmp_path: Path) -> None:
    folder = made(tmp_path / "out" / "digits-1")
    assert (folder / "config.yaml").read_text() == "a: 1\n"
    found = read_record(folder)
    assert found is not None
    assert found == record().model_copy(update={"created_at": found.created_at})
    assert everything_below(folder) == [".hypertrainer", ".hypertrainer/task.json", "config.yaml"]


def test_a_folder_that_is_there_already_is_never_touched(tmp_path: Path) -> None:
    mine = tmp_path / "out" / "digits-1"
    mine.mkdir(parents=True)
    (mine / "config.yaml").write_text("mine: true\n")
    with pytest.raises(StorageError):
        made(mine)
    assert (mine / "config.yaml").read_text() == "mine: true\n"


def test_what_failed_takes_the_parents_it_made_with_it_and_no_others(tmp_path: Path) -> None:
    folders = NewFolders()
    folders.make(tmp_path / "new" / "deep" / "one", "a: 1\n", record())
    (tmp_path / "old").mkdir()
    (tmp_path / "file").write_text("")
    folders.make(tmp_path / "old" / "two", "a: 1\n", record())
    with pytest.raises(StorageError, match="HYPERTRAINER_OUTPUT"):
        folders.make(tmp_path / "file" / "three", "a: 1\n", record())
    assert everything_below(tmp_path) == ["file", "old"]


def test_a_parent_that_others_use_by_now_stays(tmp_path: Path) -> None:
    folders = NewFolders()
    folders.make(tmp_path / "out" / "one", "a: 1\n", record())
    made(tmp_path / "out" / "two")
    folders.take_back()
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["two"]


# --- whole files -------------------------------------------------------------------------------


def test_a_reader_sees_the_old_text_or_the_new_and_never_a_part(tmp_path: Path) -> None:
    path = tmp_path / "task.json"
    texts = ["a" * 100_000, "b" * 200_000]
    write_whole(path, texts[0])
    done = threading.Event()
    seen: set[str] = set()

    def read() -> None:
        while not done.is_set():
            seen.add(path.read_text())

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(50):
        write_whole(path, texts[number % 2])
    done.set()
    reader.join()
    assert seen <= set(texts)
    assert everything_below(tmp_path) == ["task.json"]


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "task.json"
    write_whole(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_whole(path, "new \ud800")
    assert path.read_text() == "old"
    assert everything_below(tmp_path) == ["task.json"]


@pytest.mark.parametrize("text", ["", "[]", "{", "null", "\ud800", "[" * 100_000])
def test_what_is_no_json_object_reads_as_nothing(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(text.encode(errors="surrogatepass"))
    assert read_json(path) is None
    assert read_json(tmp_path / "none") is None


# --- records -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"status": "dancing"},
        {"name": "a\0b"},
        {"attempts": [{"number": 1, "key": "H!", "state": "ended"}]},
        {"attempts": [{"number": 1, "key": "h1", "state": "odd"}]},
        {"uuid": None},
        {"created_at": "yesterday"},
    ],
)
def test_a_record_that_the_database_could_not_hold_is_unreadable(
    tmp_path: Path, change: dict[str, object]
) -> None:
    folder = made(tmp_path / "one")
    path = folder / ".hypertrainer" / "task.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    assert read_record(folder) is None


def test_a_record_of_a_later_version_is_read_as_far_as_it_is_known(tmp_path: Path) -> None:
    folder = made(tmp_path / "one")
    path = folder / ".hypertrainer" / "task.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"version": 9, "mood": "good"}))
    found = read_record(folder)
    assert found is not None
    assert found.uuid == "the-uuid"


# --- removing ----------------------------------------------------------------------------------


def test_a_folder_that_is_gone_counts_as_removed(tmp_path: Path) -> None:
    assert remove_folder(tmp_path / "none", "the-uuid") is None


@pytest.mark.parametrize("uuid", ["another-uuid", None])
def test_a_folder_of_another_task_or_of_none_is_left_and_it_says_so(
    tmp_path: Path, uuid: str | None
) -> None:
    folder = made(tmp_path / "one", uuid) if uuid else tmp_path
    assert "was left" in (remove_folder(folder, "the-uuid") or "")
    assert folder.is_dir()


def test_a_link_to_the_folder_is_left_and_so_is_the_folder(tmp_path: Path) -> None:
    folder = made(tmp_path / "one")
    (tmp_path / "link").symlink_to(folder)
    assert "is a link" in (remove_folder(tmp_path / "link", "the-uuid") or "")
    assert read_record(folder) is not None


def test_a_dangling_link_is_left(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    assert remove_folder(tmp_path / "link", "the-uuid") is not None


def test_a_removal_that_failed_can_be_repeated(tmp_path: Path) -> None:
    folder = made(tmp_path / "one")
    (folder / "out.txt").write_text("x")
    (folder / "sub").mkdir()
    stubborn = folder / "sub" / "mounted"
    stubborn.mkdir()
    if os.system(f"mount -t tmpfs tmpfs {stubborn} 2>/dev/null") != 0:  # noqa: S605 - our own path
        pytest.skip("nothing may be mounted here")
    try:
        assert "could not be removed" in (remove_folder(folder, "the-uuid") or "")
        assert read_record(folder) is not None
    finally:
        os.system(f"umount {stubborn}")  # noqa: S605 - our own path
    assert remove_folder(folder, "the-uuid") is None
    assert not folder.exists()


# --- names -------------------------------------------------------------------------------------


@given(st.text(max_size=300))
def test_any_name_gives_one_plain_component_of_a_path(name: str) -> None:
    slug = folder_name(name, "0123456789")
    assert slug.endswith("-01234567")
    assert slug.isascii()
    assert "/" not in slug
    assert not slug.startswith((".", "-"))
    assert len(slug) <= 70


def test_a_key_is_a_job_name_that_every_scheduler_takes() -> None:
    keys = {new_key() for _ in range(1_000)}
    assert len(keys) == 1_000
    assert all(len(key) == KEY_LENGTH and key.isalnum() and key.islower() for key in keys)
    assert all(key[0].isalpha() for key in keys)


def test_a_record_written_over_another_is_the_new_one(tmp_path: Path) -> None:
    folder = made(tmp_path / "one")
    write_record(folder, record().model_copy(update={"notes": "new"}))
    found = read_record(folder)
    assert found is not None
    assert found.notes == "new"
