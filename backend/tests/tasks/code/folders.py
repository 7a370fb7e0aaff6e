"""What is taken of a script's folder, or refused."""

import subprocess
import tarfile
from pathlib import Path

import pytest

from hypertrainer.errors import InvalidInput
from hypertrainer.platforms.base import Code
from hypertrainer.settings import Settings
from hypertrainer.tasks.code import digest_of, find_code_folder, store_code

LIMIT = 10_000


def taken(settings: Settings, folder: Path, limit: int = LIMIT) -> list[str]:
    return [file.path for file in find_code_folder(settings, folder / "train.py", limit).files]


def stored(settings: Settings, folder: Path) -> Code:
    return store_code(settings, find_code_folder(settings, folder / "train.py", LIMIT))


def members(code: Code) -> dict[str, tarfile.TarInfo]:
    with tarfile.open(code.archive) as archive:
        return {member.name: member for member in archive}


def refused(settings: Settings, folder: Path, limit: int = LIMIT) -> str:
    with pytest.raises(InvalidInput) as caught:
        digest_of(find_code_folder(settings, folder / "train.py", limit))
    return caught.value.message


def git(folder: Path, *words: str) -> None:
    names = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "protocol.file.allow=always"]
    subprocess.run(["git", "-C", str(folder), *names, *words], check=True, capture_output=True)
