"""Pages of a text file by line number, over a sparse index of its newlines."""

import os
import threading
from array import array
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import FileIO
from itertools import islice
from pathlib import Path

from hypertrainer.logs.schemas import LogLines
from hypertrainer.logs.tail import decoded
from hypertrainer.logs.terminal import LONGEST_LINE, drawn, marked, shortened

MAX_COUNT = 2000
_BLOCK = 64 * 1024
# A longer line is never read whole: its end decides what a progress bar shows.
_WINDOW = 64 * 1024
_FINGERPRINT = 64


@dataclass(slots=True)
class LineIndex:
    """How many newlines stand before each 64 KiB block of one file.

    Counting them reads the file once, at the speed of the disk; later calls read only what was
    appended. A file that shrank, was replaced or rewritten is counted anew.
    """

    size: int = 0
    num_newlines: int = 0
    _before_block: "array[int]" = field(default_factory=lambda: array("Q"))
    _identity: tuple[int, int] = (0, 0)
    _last_bytes: bytes = b""

    @property
    def total(self) -> int:
        """Lines in the file; an unfinished last line counts."""
        is_unfinished = self.size > 0 and not self._last_bytes.endswith(b"\n")
        return self.num_newlines + is_unfinished

    def update(self, file: FileIO) -> None:
        """Count what was appended to the open file since the last update."""
        descriptor = file.fileno()
        status = os.fstat(descriptor)
        identity = (status.st_dev, status.st_ino)
        if not self._is_continued(descriptor, identity, status.st_size):
            self._forget(identity)
        self._count(file, status.st_size)
        self._last_bytes = self._fingerprint(descriptor)

    def line_start(self, descriptor: int, number: int) -> int:
        """The byte at which line `number` (from 0) starts; the end of the file if there is none."""
        if number <= 0:
            return 0
        if number > self.num_newlines:
            return self.size
        block = bisect_left(self._before_block, number) - 1
        content = self._block(descriptor, block)
        position = -1
        for _ in range(number - self._before_block[block]):
            position = content.find(b"\n", position + 1)
        return block * _BLOCK + position + 1

    def bounds(self, descriptor: int, number: int) -> Iterator[tuple[int, int]]:
        """The first byte and the end (newline excluded) of each line from line `number` on."""
        start = self.line_start(descriptor, number)
        for newline in self._newlines(descriptor, start, number):
            yield start, newline
            start = newline + 1
        if start < self.size:
            yield start, self.size

    def _newlines(self, descriptor: int, start: int, seen: int) -> Iterator[int]:
        """Every newline at or after byte `start`, before which there are `seen` of them."""
        while seen < self.num_newlines:
            # The last block with no more newlines before it than seen: blocks without any are
            # stepped over unread, so that a line of a gigabyte costs nothing.
            block = bisect_left(self._before_block, seen + 1) - 1
            content = self._block(descriptor, block)
            position = content.find(b"\n", max(0, start - block * _BLOCK))
            if position < 0 and len(content) < _BLOCK:
                return
            while position >= 0:
                seen += 1
                yield block * _BLOCK + position
                position = content.find(b"\n", position + 1)
            start = (block + 1) * _BLOCK

    def _block(self, descriptor: int, block: int) -> bytes:
        start = block * _BLOCK
        return os.pread(descriptor, min(_BLOCK, self.size - start), start)

    def _is_continued(self, descriptor: int, identity: tuple[int, int], size: int) -> bool:
        if identity != self._identity or size < self.size:
            return False
        return self._fingerprint(descriptor) == self._last_bytes

    def _fingerprint(self, descriptor: int) -> bytes:
        """The last bytes counted: other ones there mean that the file was rewritten."""
        start = max(0, self.size - _FINGERPRINT)
        return os.pread(descriptor, self.size - start, start)

    def _forget(self, identity: tuple[int, int]) -> None:
        self.size = self.num_newlines = 0
        self._before_block = array("Q", [0])
        self._identity = identity

    def _count(self, file: FileIO, size: int) -> None:
        buffer = bytearray(_BLOCK)
        file.seek(self.size)
        while self.size < size:
            wanted = min(_BLOCK - self.size % _BLOCK, size - self.size)
            num_read = file.readinto(memoryview(buffer)[:wanted])
            if not num_read:
                return
            self.num_newlines += buffer.count(b"\n", 0, num_read)
            self.size += num_read
            if self.size % _BLOCK == 0:
                self._before_block.append(self.num_newlines)


@dataclass(slots=True)
class _Entry:
    index: LineIndex = field(default_factory=LineIndex)
    lock: threading.Lock = field(default_factory=threading.Lock)


class LogIndexes:
    """The line indexes of the logs that were read last. Safe to use from several threads."""

    def __init__(self, capacity: int = 256) -> None:
        self._capacity = capacity
        self._entries: OrderedDict[Path, _Entry] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._entries)

    def lines(self, path: Path, start: int, count: int) -> LogLines:
        """At most `count` (≤ 2,000) lines from line `start`; a negative one counts from the end.

        Raises:
            OSError: the file cannot be read.
        """
        entry = self._entry(path)
        with entry.lock, path.open("rb", buffering=0) as file:
            descriptor = file.fileno()
            index = entry.index
            index.update(file)
            total = index.total
            first = max(0, total + start) if start < 0 else min(start, total)
            bounds = islice(index.bounds(descriptor, first), max(0, min(count, MAX_COUNT)))
            lines = [_line(descriptor, begin, end) for begin, end in bounds]
            return LogLines(lines=lines, start=first, total=total, size=index.size)

    def _entry(self, path: Path) -> _Entry:
        with self._lock:
            entry = self._entries.setdefault(path, _Entry())
            self._entries.move_to_end(path)
            while len(self._entries) > self._capacity:
                self._entries.popitem(last=False)
            return entry


def _line(descriptor: int, begin: int, end: int) -> str:
    """The line of these bytes as a terminal would draw it, cut where it is long."""
    if end - begin <= _WINDOW:
        content = os.pread(descriptor, end - begin, begin)
        return shortened(drawn(content.decode("utf-8", "replace")))
    tail = os.pread(descriptor, _WINDOW, end - _WINDOW).rstrip(b"\r")
    if b"\r" in tail:
        # A progress bar: what it drew before this window was drawn over since.
        visible = tail[tail.index(b"\r") + 1 :]
        return shortened(drawn(visible.decode("utf-8", "replace")))
    head = os.pread(descriptor, LONGEST_LINE, begin)
    kept, num_kept = decoded(head)
    return marked(drawn(kept), end - begin - num_kept)
