"""Follow a log as it grows, from a byte offset."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

from hypertrainer.logs.schemas import LogSlice
from hypertrainer.logs.tail import MAX_LIMIT, read_slice

# Looking at a file costs a tenth of a millisecond, works on network file systems too, and is never
# later than this.
_POLL_SECONDS = 0.025


@dataclass(frozen=True, slots=True)
class Growth:
    """What was appended to a log; `is_truncated` says that it started anew before."""

    slice: LogSlice
    is_truncated: bool


class Follower:
    """Reads what is appended to a file; the file may come later, shrink or be replaced."""

    def __init__(self, path: Path, offset: int) -> None:
        self._path = path
        self._offset = offset
        self._inode: int | None = None
        self._size_read = -1

    def poll(self) -> Growth | None:
        """What is new since the last poll, at most 1 MiB; None where nothing is.

        Raises:
            OSError: the file is there but cannot be read.
        """
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return None
        is_truncated = self._is_anew(status.st_ino, status.st_size)
        self._inode = status.st_ino
        if is_truncated:
            self._offset = 0
        elif status.st_size == self._size_read:
            return None
        return self._read(is_truncated=is_truncated)

    def _read(self, *, is_truncated: bool) -> Growth | None:
        piece = read_slice(self._path, self._offset, MAX_LIMIT)
        self._offset = piece.next_offset
        self._size_read = piece.size if piece.is_complete else -1
        return Growth(piece, is_truncated) if piece.text or is_truncated else None

    def _is_anew(self, inode: int, size: int) -> bool:
        return self._inode not in {None, inode} or size < self._offset


async def follow(path: Path, offset: int) -> AsyncGenerator[Growth, None]:
    """What stands after `offset` (negative: counted from the end) and what is appended, for ever.

    Raises:
        OSError: the file is there but cannot be read.
    """
    follower = Follower(path, offset)
    while True:
        growth = await asyncio.to_thread(follower.poll)
        if growth is None:
            await asyncio.sleep(_POLL_SECONDS)
        else:
            yield growth
