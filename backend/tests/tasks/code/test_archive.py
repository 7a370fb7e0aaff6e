"""A script's folder as one archive: one digest for the same content, and packed once."""

import os
import subprocess
from pathlib import Path

import pytest

from hypertrainer.errors import InvalidInput, StorageError
from hypertrainer.settings import Settings
from hypertrainer.tasks.code import digest_of, find_code_folder, store_code
from tests.tasks.code.folders import LIMIT, members, stored


def test_the_same_content_has_the_same_digest_whenever_and_wherever(
    settings: Settings, folder: Path, tmp_path: Path
) -> None:
    first = stored(settings, folder)
    os.utime(folder / "train.py", (1, 1))
    assert stored(settings, folder) == first
    elsewhere = folder.rename(tmp_path / "elsewhere")
    assert stored(settings, elsewhere) == first
    assert first.size_bytes == 21
    assert digest_of(find_code_folder(settings, elsewhere / "train.py", LIMIT)) == first.digest


@pytest.mark.parametrize("change", ["content", "mode", "name", "new"])
def test_any_change_has_another_digest(settings: Settings, folder: Path, change: str) -> None:
    before = stored(settings, folder)
    match change:
        case "content":
            (folder / "pkg" / "net.py").write_text("x = 2\n")
        case "mode":
            (folder / "pkg" / "net.py").chmod(0o755)
        case "name":
            (folder / "pkg" / "net.py").rename(folder / "pkg" / "Net.py")
        case _:
            (folder / "new").mkdir()
            (folder / "new" / "empty.py").touch()
    after = stored(settings, folder)
    assert after.digest != before.digest
    assert Path(before.archive).exists()


def test_an_unchanged_folder_is_not_packed_again_unless_its_archive_is_gone(
    settings: Settings, folder: Path
) -> None:
    code = stored(settings, folder)
    written = Path(code.archive).stat().st_ino
    assert stored(settings, folder) == code
    assert Path(code.archive).stat().st_ino == written
    Path(code.archive).unlink()
    assert stored(settings, folder) == code
    assert Path(code.archive).exists()


def test_looking_writes_nothing(settings: Settings, folder: Path) -> None:
    digest_of(find_code_folder(settings, folder / "train.py", LIMIT))
    assert not settings.home.exists()


def test_the_archive_unpacks_to_the_folder(
    settings: Settings, folder: Path, tmp_path: Path
) -> None:
    there = tmp_path / "there"
    there.mkdir()
    subprocess.run(["tar", "-xzf", stored(settings, folder).archive, "-C", str(there)], check=True)
    assert (there / "pkg" / "net.py").read_text() == "x = 1\n"
    assert sorted(path.name for path in there.iterdir()) == ["pkg", "train.py"]


def test_a_folder_that_changed_since_it_was_looked_at_is_packed_as_it_is_now(
    settings: Settings, folder: Path
) -> None:
    seen = find_code_folder(settings, folder / "train.py", LIMIT)
    (folder / "pkg" / "net.py").unlink()
    (folder / "train.py").write_text("a longer script than it was\n")
    assert list(members(store_code(settings, seen))) == ["train.py"]


def test_a_folder_that_never_comes_to_rest_is_refused(settings: Settings, folder: Path) -> None:
    seen = find_code_folder(settings, folder / "train.py", LIMIT)
    inside = Settings(home=folder / "inside")  # where every archive changes the folder
    with pytest.raises(InvalidInput, match="changed again and again"):
        store_code(inside, seen)
    assert not [path for path in (folder / "inside" / "code").iterdir() if path.suffix != ".gz"]


def test_a_home_that_cannot_be_written_is_told(settings: Settings, folder: Path) -> None:
    settings.home.touch()  # a file, where a folder is needed
    with pytest.raises(StorageError, match="cannot be packed"):
        stored(settings, folder)
