"""The copies here of files that are elsewhere; a copy's size is how far it was fetched. Blocks.

A crash between any two writes does no harm: a copy is always a beginning of the file, or is seen to
be one of another file and begun anew.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from hypertrainer.errors import StorageError
from hypertrainer.logs.folder import is_log_name
from hypertrainer.monitor.mirror_shares import Wanted
from hypertrainer.platforms.base import OutputFile
from hypertrainer.platforms.transports.base import Slice
from hypertrainer.tasks.folder import STATE_FOLDER, read_json, write_whole

RECORD_NAME = "mirror.json"
MAX_FILES = 1_000  # of one task
MAIN_NAMES = ("out.txt", "err.txt")
FILE_MODE = 0o644


def admitted(names: Sequence[str]) -> Sequence[str]:
    """The names that a task's copies may have, the thousand that matter most of them."""
    return sorted((name for name in set(names) if is_log_name(name)), key=_rank)[:MAX_FILES]


def _rank(name: str) -> tuple[bool, bool, str]:
    """As `poll.sh` and `wrapper.sh` have it: metrics come before any number of samples."""
    return name not in MAIN_NAMES, not name.endswith(".log"), name


@dataclass(slots=True)
class Copies:
    """One task's copies, and by file name the inode there of which each is a copy."""

    folder: Path
    inodes: dict[str, int] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path) -> "Copies":
        """As an earlier server left them."""
        record = (read_json(folder / STATE_FOLDER / RECORD_NAME) or {}).get("inodes")
        known = record if isinstance(record, dict) else {}
        return cls(folder, {name: known[name] for name in known if isinstance(known[name], int)})

    def size(self, name: str) -> int | None:
        """How much of a file is here; None where it has no copy."""
        try:
            return (self.folder / name).lstat().st_size
        except OSError:
            return None

    def find_wanted(
        self, task_id: int, there: str, machine: str, listed: Sequence[OutputFile]
    ) -> Iterator[Wanted]:
        """The files that seem to differ there from their copies here."""
        by_name = {file.name: file for file in listed}
        for name in admitted(list(by_name)):
            file, size = by_name[name], self.size(name)
            if file.size != size or self._is_other(name, file.inode):
                yield Wanted(task_id, self.folder, there, machine, name, size or 0, file.size)

    def _is_other(self, name: str, inode: int) -> bool:
        known = self.inodes.get(name, 0)
        return known != 0 and inode != 0 and known != inode

    def has(self, sizes: Mapping[str, int]) -> bool:
        """Whether all that these files held is here."""
        return all((self.size(name) or 0) >= sizes[name] for name in admitted(list(sizes)))

    def store(self, found: Sequence[tuple[Wanted, Slice]]) -> Mapping[str, Wanted]:
        """Append what was read; by name, each file that was read well, as far as it is here now.

        A file that is another one by now is begun anew, and nothing of it stored yet.

        Raises:
            StorageError: the disk is full, or the folder cannot be written.
        """
        read = [
            (file, part) for file, part in found if part.error is None and part.size is not None
        ]
        if not self.folder.is_dir():  # it was deleted a moment ago
            return {}
        with _storing(self.folder):
            stale = {file.name for file, part in read if self._is_stale(file, part)}
            for name in stale:
                write_whole(self.folder / name, "")  # another inode here too: readers notice
            self._remember({file.name: part.inode for file, part in read})
            return {
                file.name: replace(file, offset=0, size=part.size or 0)
                if file.name in stale
                else self._append(file, part)
                for file, part in read
            }

    def _is_stale(self, file: Wanted, part: Slice) -> bool:
        if self._is_other(file.name, part.inode) or (part.size or 0) < file.offset:
            return True
        again = part.data[: file.overlap]
        return again != self._tail(file)[: len(again)]

    def _tail(self, file: Wanted) -> bytes:
        if not file.overlap:
            return b""
        with (self.folder / file.name).open("rb") as copy:
            copy.seek(file.offset - file.overlap)
            return copy.read(file.overlap)

    def _remember(self, inodes: Mapping[str, int]) -> None:
        if all(self.inodes.get(name) == inode for name, inode in inodes.items()):
            return
        self.inodes |= inodes
        (self.folder / STATE_FOLDER).mkdir(exist_ok=True)
        record = json.dumps({"inodes": self.inodes})
        write_whole(self.folder / STATE_FOLDER / RECORD_NAME, record)

    def _append(self, file: Wanted, part: Slice) -> Wanted:
        data = part.data[file.overlap :]
        if data or not file.offset:
            _append_to(self.folder / file.name, data)
        # What was written since the poll is the next poll's: a growing file would never be whole.
        size = min(file.size, part.size or 0)
        return replace(file, offset=file.offset + len(data), size=size)


def _append_to(path: Path, data: bytes) -> None:
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(path, flags, FILE_MODE)
    with os.fdopen(descriptor, "wb", buffering=0) as copy:
        left = memoryview(data)
        while left:
            left = left[copy.write(left) or 0 :]


@contextmanager
def _storing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = error.strerror or str(error)
        raise StorageError(
            f"Output that was fetched cannot be written to {folder} on the server: {why}. "
            "Make room, or correct the folder's owner; it is fetched again then."
        ) from error
