"""What was appended to a file since it was last read, and whether it is still the same file."""

import errno
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

_TAIL_BYTES = 64


class Position(BaseModel):
    """How far a file was read: its inode, the offset, and the last bytes before it (hex).

    The tail tells a file that was written anew, and has grown past the offset, from an append.
    """

    model_config = ConfigDict(frozen=True)

    inode: int = 0
    offset: int = 0
    tail: str = ""

    def advanced(self, data: bytes, consumed: int) -> "Position":
        """The position after `consumed` bytes of `data`, which was read from here."""
        before = bytes.fromhex(self.tail) + data[max(consumed - _TAIL_BYTES, 0) : consumed]
        tail = before[-_TAIL_BYTES:].hex()
        return Position(inode=self.inode, offset=self.offset + consumed, tail=tail)


@dataclass(frozen=True, slots=True)
class Appended:
    """Bytes from `start` on. `is_anew`: the file is another one, and `start` its beginning."""

    data: bytes
    start: Position
    is_anew: bool
    is_at_end: bool


def read_appended(path: Path, position: Position, limit_bytes: int) -> Appended:
    """At most `limit_bytes` of what follows the position.

    Raises:
        OSError: there is no such file, it is not a regular one, or it cannot be read.
    """
    # A script may leave a named pipe: opening it must not wait for a writer.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        is_same = _is_continued(descriptor, status, position)
        start = position if is_same else Position(inode=status.st_ino)
        wanted = max(min(status.st_size - start.offset, limit_bytes), 0)
        data = os.pread(descriptor, wanted, start.offset) if wanted else b""
        is_at_end = start.offset + len(data) >= status.st_size
        return Appended(data, start, not is_same, is_at_end)
    finally:
        os.close(descriptor)


def _is_continued(descriptor: int, status: os.stat_result, position: Position) -> bool:
    if position.inode != status.st_ino or status.st_size < position.offset:
        return False
    tail = bytes.fromhex(position.tail)
    return os.pread(descriptor, len(tail), position.offset - len(tail)) == tail
