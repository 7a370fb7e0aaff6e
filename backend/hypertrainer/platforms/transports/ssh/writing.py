"""The text that writes many files in one command, and what its answer means: pure."""

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from shlex import quote

from hypertrainer.platforms.transports.base import NewFile

MAX_SENT_BYTES = 2**20  # of content, in one command
BROKEN_NAME = re.compile(r"[\n\0]")
WHO_SAYS = re.compile(r"^(bash|environment|main|base64|mkdir|mv|chmod|cat)[^:]*: (line \d+: )?")


@cache
def _functions() -> str:
    return Path(__file__).with_suffix(".sh").read_text()


def portions(files: Sequence[NewFile]) -> Iterator[Sequence[NewFile]]:
    """Files in portions that fit into one command each; a larger file is a portion of its own."""
    portion: list[NewFile] = []
    size = 0
    for file in files:
        if portion and size + len(file.data) > MAX_SENT_BYTES:
            yield portion
            portion, size = [], 0
        portion.append(file)
        size += len(file.data)
    if portion:
        yield portion


def put_script(files: Sequence[NewFile], nonce: str) -> str:
    """A bash script that writes these files, for `parse_failures` with this nonce."""
    lines = [_functions(), f"ht_put_nonce={nonce}"]
    for index, file in enumerate(files):
        if not BROKEN_NAME.search(file.path):
            content = base64.b64encode(file.data).decode()
            lines.append(f"ht_put {index} {file.mode:o} {quote(file.path)} '{content}'")
    return "\n".join([*lines, ""])


def receive_script(path: str, mode: int, size: int, nonce: str) -> str:
    """A bash script that writes its input, of so many bytes, to a file, for `parse_failures`."""
    call = f"ht_receive {mode:o} {quote(path)} {size}"
    return "\n".join([_functions(), f"ht_put_nonce={nonce}", call, ""])


def parse_failures(output: str, paths: Sequence[str], nonce: str) -> Mapping[str, str]:
    """Why files were not written, by path."""
    told = {}
    for line in output.split("\n"):
        name, _, rest = line.partition(" ")
        if name == nonce:
            index, _, reason = rest.partition(" ")
            told[index] = reason.strip()
    reasons = {path: told.get(str(index)) for index, path in enumerate(paths)}
    return {
        path: _reason(path, reason) for path, reason in reasons.items() if reason is None or reason
    }


def _reason(path: str, said: str | None) -> str:
    if BROKEN_NAME.search(path):
        return f"a name with a line break cannot be written: {path!r}"
    if said is None:
        return f"nothing was said of it: {path}"
    cause = WHO_SAYS.sub("", said).rpartition(": ")[2]
    return f"{cause}: {path}"
