"""The text that reads slices of many files in one command, and what its answer means: pure."""

import base64
import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby
from pathlib import Path
from shlex import quote

from hypertrainer.platforms.transports.base import ReadRequest, Slice

MAX_ANSWER_BYTES = 4 * 2**20  # of content, unless one slice alone is larger
MAX_LOOKED_AT = 500  # paths on one command line
READ_STATUSES = ("0", "141")  # by SIGPIPE `tail` ends when `head` has had enough
BROKEN_NAME = re.compile(r"[\n\0]")
ESCAPED = re.compile(r"\\(.)")


@cache
def _functions() -> str:
    return Path(__file__).with_suffix(".sh").read_text()


def read_script(
    requests: Sequence[ReadRequest], nonce: str, max_bytes: int = MAX_ANSWER_BYTES
) -> str:
    """A bash script that reads these slices, in this order, for `parse_slices` with this nonce.

    Every line that it prints begins with the nonce. Once `max_bytes` of content are printed, it
    says nothing of what follows.
    """
    asked = [(index, one) for index, one in enumerate(requests) if not _is_broken(one.path)]
    lines = [f"ht_slice_nonce={nonce} ht_slice_room={max_bytes} ht_slice_told=0"]
    for is_proc, group in groupby(asked, key=lambda item: _is_proc(item[1].path)):
        lines += _reads(list(group), is_proc=is_proc)
    return "\n".join([_functions(), *lines, ""])


def _reads(asked: Sequence[tuple[int, ReadRequest]], *, is_proc: bool) -> Iterator[str]:
    if not is_proc:
        paths = list(dict.fromkeys(quote(request.path) for _, request in asked))
        for start in range(0, len(paths), MAX_LOOKED_AT):
            yield f"ht_slice_look {' '.join(paths[start : start + MAX_LOOKED_AT])}"
    name = "ht_slice_proc" if is_proc else "ht_slice"
    for index, request in asked:
        yield f"{name} {index} {request.offset} {request.max_bytes} {quote(request.path)}"


def parse_slices(
    output: str, requests: Sequence[ReadRequest], nonce: str
) -> Sequence[Slice | None]:
    """What each request found; None where the answer says nothing: ask again for these."""
    found: list[Slice | None] = [
        Slice(one.path, error="a name with a line break cannot be read")
        if _is_broken(one.path)
        else None
        for one in requests
    ]
    for line in output.split("\n"):
        words = line.split(" ", 5)
        if words[0] == nonce and len(words) > 2 and words[1].isdigit():
            index = int(words[1])
            if index < len(requests):
                found[index] = _slice(requests[index], words[2:])
    return found


def _slice(request: ReadRequest, words: Sequence[str]) -> Slice | None:
    """What the words after the index say."""
    if words[0] == "absent":
        return Slice(request.path)
    if words[0] == "error":
        return Slice(request.path, error=f"{' '.join(words[1:])}: {request.path}")
    if len(words) < 3 or not (words[0].isdigit() and words[1].isdigit()):
        return None
    size, inode, kind = int(words[0]), int(words[1]), words[2]
    if kind == "none":
        return Slice(request.path, b"", size, inode)
    content = words[3] if len(words) > 3 else ""
    if kind == "text":
        data = _unescaped(content).encode()
    else:
        encoded, _, status = content.rpartition(" ")
        if status not in READ_STATUSES:
            return Slice(request.path, error=f"It could not be read: {request.path}")
        data = base64.b64decode(encoded)
    return Slice(request.path, data, max(size, request.offset + len(data)), inode)


def _unescaped(text: str) -> str:
    return ESCAPED.sub(lambda found: "\n" if found[1] == "n" else found[1], text)


def _is_proc(path: str) -> bool:
    return path.startswith("/proc/")


def _is_broken(path: str) -> bool:
    return BROKEN_NAME.search(path) is not None
