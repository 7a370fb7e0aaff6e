"""A byte range of a text file, cut between UTF-8 characters."""

import codecs
import os
from pathlib import Path

from hypertrainer.logs.schemas import LogSlice

DEFAULT_LIMIT = 64 * 1024
MAX_LIMIT = 1024 * 1024
_LONGEST_CHARACTER = 4


def read_slice(path: Path, offset: int, limit: int = DEFAULT_LIMIT) -> LogSlice:
    """Read at most `limit` bytes from `offset`, without ever splitting a character.

    A negative `offset` counts from the end of the file; one inside a character moves to the next;
    one beyond the end (the file shrank) becomes the end. A character that is only half written at
    the end of the file waits for the rest. `limit` is raised to 4, so that every slice advances.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        start = _start(file.fileno(), max(0, size + offset) if offset < 0 else min(offset, size))
        limit = max(_LONGEST_CHARACTER, min(limit, MAX_LIMIT))
        chunk = os.pread(file.fileno(), min(limit, size - start), start)
    text, num_decoded = decoded(chunk)
    return LogSlice(
        text=text,
        offset=start,
        next_offset=start + num_decoded,
        size=size,
        is_complete=start + len(chunk) >= size,
    )


def decoded(chunk: bytes) -> tuple[str, int]:
    """The text of a chunk and the bytes it stands for, without a character cut off at the end."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    text = decoder.decode(chunk)
    waiting, _ = decoder.getstate()
    return text, len(chunk) - len(waiting)


def _start(descriptor: int, position: int) -> int:
    """The first character boundary at or after `position`."""
    before = min(position, _LONGEST_CHARACTER - 1)
    around = os.pread(descriptor, before + _LONGEST_CHARACTER - 1, position - before)
    for back in range(1, before + 1):
        lead = around[before - back]
        length = _length_after(lead)
        if length > back and _is_character(around[before - back : before - back + length]):
            return position - back + length
    return position


def _length_after(lead: int) -> int:
    """How many bytes a character with this first byte has; 1 for what starts none."""
    if lead >= 0xF0:
        return 4
    if lead >= 0xE0:
        return 3
    return 2 if lead >= 0xC0 else 1


def _is_character(encoded: bytes) -> bool:
    try:
        return len(encoded.decode("utf-8")) == 1
    except UnicodeDecodeError:
        return False
