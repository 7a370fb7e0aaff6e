"""Search a whole text file for a pattern, line by line. Runs as a process of its own.

A pathological regular expression can keep `re` busy for hours on one line, and nothing inside the
process can interrupt it: whoever started this program ends it when its time is over, and keeps the
last progress record it wrote. It imports the standard library alone, so that it starts at once.

Input (JSON on standard input): `path`, `pattern`, `is_regex`, `ignore_case`, `seconds`.
Output (JSON lines): records of `lines`, `total`, `bytes_searched`, or of `error`; the last stands.
"""

import json
import math
import re
import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import BinaryIO

MOST_LINES = 1000
_BLOCK = 1024 * 1024
_LONGEST_LINE = 8 * 1024
_RECORD_SECONDS = 0.1
_MOST_MEMORY = 1024**3
_COLOUR = re.compile(rb"\x1b\[[0-9;:]*m")
_LONGEST_COLOUR = 32


@dataclass(slots=True)
class Matches:
    """What was found so far: numbers (from 0) of the first matching lines, and how many match."""

    lines: list[int] = field(default_factory=list)
    total: int = 0
    bytes_searched: int = 0

    def add(self, numbers: list[int], num_before: int) -> None:
        """Count the matching lines of a block that starts after `num_before` lines."""
        self.total += len(numbers)
        room = MOST_LINES - len(self.lines)
        self.lines += [num_before + number for number in numbers[:room]]


def scan(path: Path, pattern: str, *, is_regex: bool, ignore_case: bool) -> Iterator[Matches]:
    """Search the file block by block; what was found so far, after each block.

    Escape codes of colours are not part of the text. A regular expression sees the first 8 KiB of
    a line, or the last 8 KiB of a progress bar.

    Raises:
        re.error: the pattern is not a regular expression.
        OSError: the file cannot be read.
    """
    kind = _Regex if is_regex else _Plain
    search = kind(pattern, ignore_case=ignore_case)
    matches = Matches()
    num_lines = 0
    with path.open("rb", buffering=0) as file:
        for block in _blocks(file, search.shortened):
            matches.add(search.matching(block), num_lines)
            num_lines += block.count(b"\n")
            matches.bytes_searched = file.tell()
            yield matches


class _Plain:
    """Text looked for as it stands."""

    def __init__(self, pattern: str, *, ignore_case: bool) -> None:
        self._folded = _folding(pattern) if ignore_case else bytes
        self._needle = self._folded(pattern.encode("utf-8", "replace"))

    def matching(self, block: bytes) -> list[int]:
        """The numbers of the matching lines within a block of whole lines."""
        text = self._folded(_uncoloured(block))
        numbers: list[int] = []
        number = counted = 0
        found = text.find(self._needle)
        while found >= 0:
            number += text.count(b"\n", counted, found)
            numbers.append(number)
            counted = text.find(b"\n", found)
            found = text.find(self._needle, counted) if counted >= 0 else -1
        return numbers

    def shortened(self, start: bytes) -> bytes:
        """What must be kept of the start of a giant line for it to match as the whole would."""
        if self._needle in self._folded(_uncoloured(start)):
            return self._needle
        # Folding can shorten a character, colours may stand in between: keep enough.
        return start[-(4 * len(self._needle) + _LONGEST_COLOUR) :]


class _Regex:
    """A regular expression, searched line by line in text."""

    def __init__(self, pattern: str, *, ignore_case: bool) -> None:
        self._search = re.compile(pattern, re.IGNORECASE if ignore_case else 0).search

    def matching(self, block: bytes) -> list[int]:
        """The numbers of the matching lines within a block of whole lines."""
        lines = _uncoloured(block).decode("utf-8", "replace").removesuffix("\n").split("\n")
        if b"\r" in block or max(map(len, lines)) > _LONGEST_LINE:
            lines = [_cut(line) for line in lines]
        search = self._search
        return [number for number, line in enumerate(lines) if search(line)]

    def shortened(self, start: bytes) -> bytes:
        """What must be kept of the start of a giant line for it to match as the whole would."""
        return start[:_LONGEST_LINE] + start[-_LONGEST_LINE:]


def _cut(line: str) -> str:
    line = line.rstrip("\r")
    return line[-_LONGEST_LINE:] if "\r" in line else line[:_LONGEST_LINE]


def _folding(pattern: str) -> Callable[[bytes], bytes]:
    """How to remove the difference of case: quickly where the pattern is ASCII."""
    return bytes.lower if pattern.isascii() else _lower


def _lower(text: bytes) -> bytes:
    return text.decode("utf-8", "replace").lower().encode("utf-8")


def _uncoloured(text: bytes) -> bytes:
    return _COLOUR.sub(b"", text) if b"\x1b" in text else text


def _blocks(file: BinaryIO, shortened: Callable[[bytes], bytes]) -> Iterator[bytes]:
    """The file in blocks of whole lines; a line that is longer than a block is shortened."""
    rest = b""
    while content := file.read(_BLOCK):
        rest += content
        end = rest.rfind(b"\n") + 1
        if end:
            yield rest[:end]
            rest = rest[end:]
        elif len(rest) > _BLOCK:
            rest = shortened(rest)
    if rest:
        yield rest


def main() -> None:
    """Answer the request on standard input with records on standard output."""
    request = json.load(sys.stdin)
    path = Path(request.pop("path"))
    _limit(request.pop("seconds"))
    try:
        for record in _records(scan(path, **request)):
            _write(record)
    except (re.error, OverflowError, RecursionError, MemoryError) as error:
        _write({"error": str(error) or "it is too complex"})


def _write(record: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(record) + "\n")
    sys.stdout.flush()


def _limit(seconds: float) -> None:
    """End by ourselves, even when nobody is left to end us."""
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    processor_seconds = math.ceil(seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (processor_seconds, processor_seconds))


def _records(progress: Iterator[Matches]) -> Iterator[dict[str, object]]:
    """The first, the last and not too many of the others."""
    matches = Matches()
    due = 0.0
    for matches in progress:
        if time.monotonic() >= due:
            yield asdict(matches)
            due = time.monotonic() + _RECORD_SECONDS
    yield asdict(matches)


if __name__ == "__main__":
    main()
