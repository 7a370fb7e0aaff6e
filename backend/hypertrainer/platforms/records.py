"""The files a wrapper leaves in a task's folder, read without trusting them.

A record is lines of `name=value`, the last of which is `end=1`. Whatever lacks that line is torn (a
disk was full, a write is under way) and counts as absent.
"""

import contextlib
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum

from hypertrainer.platforms.base import EndCause, ExitRecord, StartRecord
from hypertrainer.platforms.processes import ProcessIdentity

RECORD_FOLDER = ".hypertrainer"
MAX_RECORD_BYTES = 65_536
MAX_EXIT_BYTES = 524_288  # with the sizes of a thousand logs of the longest names
MAX_DIGITS = 18
LAST_LINE = "end=1"
STOP_RECORD = b"asked=1\nend=1\n"


class RecordKind(StrEnum):
    """The files of one attempt, below `.hypertrainer/`."""

    SUBMITTED = "submitted"  # by the launcher: which process or job it made
    CLAIM = "claim"  # by the wrapper that may run: who it is
    START = "start"
    EXIT = "exit"
    STOP = "stop"  # by whoever wants the attempt to end


def record_path(folder: str, kind: RecordKind, attempt: int) -> str:
    """Where an attempt's record is, in the task folder `folder`."""
    separator = "/" if kind is RecordKind.CLAIM else "."
    return f"{folder}/{RECORD_FOLDER}/{kind.value}{separator}{attempt}"


def parse_start(data: bytes) -> StartRecord | None:
    """The start record in these bytes; None where they are torn or no such record."""
    fields, _ = _parse_lines(data)
    at = _parse_time(fields.get("at", ""))
    pid = _parse_integer(fields.get("pid", ""))
    if pid is None or at is None:
        return None
    return StartRecord(
        pid=pid,
        process_start=fields.get("process_start", ""),
        boot_id=fields.get("boot_id", ""),
        host=fields.get("host", ""),
        job_id=fields.get("job_id", ""),
        at=at,
    )


def parse_exit(data: bytes) -> ExitRecord | None:
    """The exit record in these bytes; None where they are torn or no such record."""
    fields, sizes = _parse_lines(data)
    at = _parse_time(fields.get("at", ""))
    code = _parse_integer(fields.get("code", ""))
    if at is None or "code" not in fields or (code is None and fields["code"]):
        return None
    return ExitRecord(
        code=code,
        signal=fields.get("signal") or None,
        at=at,
        sizes=sizes,
        reason=fields.get("reason") or None,
        cause=_parse_cause(fields.get("cause", "")),
    )


def parse_identity(data: bytes) -> ProcessIdentity | None:
    """The process in a `submitted` or `start` record; None where they are torn."""
    fields, _ = _parse_lines(data)
    pid = _parse_integer(fields.get("pid", ""))
    if pid is None:
        return None
    return ProcessIdentity(pid, fields.get("process_start", ""), fields.get("boot_id", ""))


def identity_record(process: ProcessIdentity) -> bytes:
    """A `submitted` record."""
    return (
        f"pid={process.pid}\nprocess_start={process.process_start}\n"
        f"boot_id={process.boot_id}\n{LAST_LINE}\n"
    ).encode()


def parse_owner(data: bytes) -> str | None:
    """The queue's job in a `claim` or `submitted` record; None: no record, or no queue there."""
    return _parse_lines(data)[0].get("job_id")


def _parse_lines(data: bytes) -> tuple[Mapping[str, str], Mapping[str, int]]:
    text = data.decode(errors="replace")
    if not text.endswith(f"\n{LAST_LINE}\n"):
        return {}, {}
    fields: dict[str, str] = {}
    sizes: dict[str, int] = {}
    for name, has_value, value in (line.partition("=") for line in text.split("\n")):
        if name == "size":
            size, _, log = value.partition(" ")
            number = _parse_integer(size)
            if log and number is not None:
                sizes[log] = number
        elif has_value:
            fields[name] = value
    return fields, sizes


def _parse_integer(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS else None


def _parse_time(text: str) -> datetime | None:
    with contextlib.suppress(ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(float(text), UTC)
    return None


def _parse_cause(text: str) -> EndCause | None:
    with contextlib.suppress(ValueError):
        return EndCause(text)
    return None
