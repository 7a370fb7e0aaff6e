"""How a script's own output is told from whatever else a host prints: pure.

The command is always a bare `bash`, which every login shell can start and every forced command
passes on. It reads one line, which says that it has begun, on both streams; only then is the script
sent. A second shell runs it, once it has arrived whole; the first one then says how it ended.
"""

import re
import secrets
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from hypertrainer.platforms.transports.base import ExecResult

MAX_OUTPUT_BYTES = 64 * 2**20
MAX_NOISE_BYTES = 4096
MARKER_BYTES = 80  # longer than any marker

# The markers are composed there, so that a shell that echoes its commands does not print them.
_SAY = 'printf "<ht-%s %s>\\n" begin {nonce}; printf "<ht-%s %s>\\n" begin {nonce} >&2; '
_RUN = 'ht_whole=$(cat <&3); exec 3<&-; case $ht_whole in *{nonce}) eval "$ht_whole";; esac'
_STREAM = 'exec <&3 3<&-; eval "$1"'  # the script is an argument, its input is sent


@dataclass(frozen=True, slots=True)
class Call:
    """What to send to a `bash`: the line it begins with, then what follows once it has begun."""

    nonce: str
    opening: bytes
    script: bytes = b""


def call_of(script: str, args: Sequence[str] = (), *, is_login: bool = False) -> Call:
    """Run a script with arguments; it has no input."""
    nonce = secrets.token_hex(16)
    words = " ".join(shlex.quote(word) for word in args)
    text = f"set -- {words}\n{script}" if args else script
    opening = _opening(nonce, _SAY + _RUN, (), is_login=is_login)
    return Call(nonce, opening, _bytes(f"{text}\n# {nonce}"))


def stream_call_of(script: str, *, is_login: bool = False) -> Call:
    """Run a short script whose input will be sent after it."""
    nonce = secrets.token_hex(16)
    return Call(nonce, _opening(nonce, _SAY + _STREAM, (script,), is_login=is_login))


def _opening(nonce: str, code: str, args: Sequence[str], *, is_login: bool) -> bytes:
    login = "-l " if is_login else ""
    words = " ".join(shlex.quote(word) for word in (code.replace("{nonce}", nonce), "bash", *args))
    # A login shell's start-up files may read their input: they find none.
    return _bytes(
        f"{{ bash {login}-c {words} 3<&0 </dev/null; ht_code=$?; "
        f'printf "<ht-%s %s>\\n" end {nonce} >&2; '
        f'printf "<ht-%s %s %s>\\n" end {nonce} $ht_code; exit; }}\n'
    )


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogateescape")


class Stream:
    """One of a command's two streams: noise, then a marker, its own output, and a marker."""

    def __init__(self, nonce: str) -> None:
        self._begin = re.compile(rf"<ht-begin {nonce}>\r?\n".encode())
        self._end = re.compile(rf"<ht-end {nonce} ?(\d*)>\r?\n".encode())
        self.content = bytearray()
        self.noise = b""
        self.is_begun = False
        self.is_over = False
        self.code: int | None = None

    def feed(self, data: bytes) -> None:
        """Take what has arrived. What comes after the end is of processes left behind."""
        if self.is_over:
            return
        looked_at = max(0, len(self.content) - MARKER_BYTES)
        self.content += data
        if not self.is_begun and (found := self._begin.search(self.content, looked_at)):
            self.is_begun = True
            self.noise = bytes(self.content[: found.start()][:MAX_NOISE_BYTES])
            del self.content[: found.end()]
            looked_at = 0
        if found := self._end.search(self.content, looked_at):
            self.is_over = True
            self.code = int(found[1]) if found[1] else None
            del self.content[found.start() :]


class Reply:
    """What a command has answered so far."""

    def __init__(self, nonce: str, max_bytes: int = MAX_OUTPUT_BYTES) -> None:
        self._output = Stream(nonce)
        self._errors = Stream(nonce)
        self._max_bytes = max_bytes

    def feed(self, data: bytes, *, is_error: bool = False) -> None:
        """Take what has arrived on one of the streams."""
        (self._errors if is_error else self._output).feed(data)

    @property
    def is_begun(self) -> bool:
        """Whether a bash there waits for the script."""
        return self._output.is_begun and self._errors.is_begun

    @property
    def has_a_beginning(self) -> bool:
        """Whether it may be that a bash has begun."""
        return self._output.is_begun or self._errors.is_begun

    @property
    def is_over(self) -> bool:
        """Whether all has arrived, however long processes left behind keep the streams open."""
        return self._output.is_over and self._errors.is_over

    @property
    def is_too_long(self) -> bool:
        """Whether more has arrived than anybody wants to know."""
        return len(self._output.content) + len(self._errors.content) > self._max_bytes

    @property
    def noise(self) -> str:
        """What was printed before the script began; where it has not begun, all there is."""
        parts = [
            stream.noise if stream.is_begun else bytes(stream.content[:MAX_NOISE_BYTES])
            for stream in (self._output, self._errors)
        ]
        return b"".join(parts).decode(errors="replace").strip()

    def result(self) -> ExecResult:
        """The whole answer, once it is over."""
        assert self._output.code is not None
        return ExecResult(
            self._output.code,
            self._output.content.decode(errors="replace"),
            self._errors.content.decode(errors="replace"),
        )
