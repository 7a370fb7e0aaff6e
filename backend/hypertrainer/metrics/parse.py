"""From appended bytes to rows, with a small state between the appends.

The result is the same however the bytes are cut into appends: only complete lines are consumed.
"""

from dataclasses import dataclass

import polars as pl
from pydantic import BaseModel, ConfigDict

from hypertrainer.metrics.bulk import bulk_rows
from hypertrainer.metrics.formats import Format
from hypertrainer.metrics.lines import (
    KEPT_BAD_LINES,
    KEPT_TEXT_BYTES,
    MAX_LINE_BYTES,
    Rows,
    find_header,
    is_passed_over,
    line_rows,
)

BULK_BYTES = 65_536  # below this, reading by the line is quicker


class BadLine(BaseModel):
    """A line that could not be read: its number (from 1) and its text, cut."""

    model_config = ConfigDict(frozen=True)

    line: int
    text: str


class ParserState(BaseModel):
    """What the parser remembers of the lines before: small, and JSON."""

    model_config = ConfigDict(frozen=True)

    lines: int = 0
    header: str | None = None
    is_started: bool = False  # a first line that was not blank has been seen
    is_in_long_line: bool = False
    bad_lines: int = 0
    bad_samples: tuple[BadLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Parsed:
    """The rows of one append, the state after it, and how many of its bytes were consumed."""

    frame: pl.DataFrame
    state: ParserState
    consumed: int


def parse(form: Format, data: bytes, state: ParserState, *, is_final: bool = False) -> Parsed:
    """Reads the complete lines at the start of `data`, which begins where the last call ended.

    The rest waits, and comes again at the start of the next `data`; with `is_final` (the task has
    ended) it is read as a line. Bad lines are counted, the first few kept, none is fatal.
    """
    reading = _Reading(form, state)
    rest = reading.end_of_long_line(data)
    cut = rest.rfind(b"\n") + 1
    complete, pending = rest[:cut], rest[cut:]
    reading.read(complete)
    if len(pending) > MAX_LINE_BYTES:
        reading.begin_long_line(pending)
    elif pending and is_final:
        reading.read(pending + b"\n")
    else:
        return reading.result(len(data) - len(pending))
    return reading.result(len(data))


class _Reading:
    """One call of `parse`: rows so far and the state so far."""

    def __init__(self, form: Format, state: ParserState) -> None:
        self._form = form
        self._state = state
        self._frames: list[pl.DataFrame] = []

    def result(self, consumed: int) -> Parsed:
        frames = self._frames or [pl.DataFrame(schema=self._form.schema)]
        frame = frames[0] if len(frames) == 1 else pl.concat(frames)
        return Parsed(frame, self._state, consumed)

    def read(self, text: bytes) -> None:
        """Reads complete lines."""
        skipped, start = self._skip_header(text)
        if start == len(text):
            return
        if len(text) < BULK_BYTES:
            self._add(line_rows(self._form, text[start:], self._state.header))
        else:  # not cut: a copy of many megabytes takes half as long as parsing them
            self._add(bulk_rows(self._form, text, self._state.header, skipped))

    def begin_long_line(self, start: bytes) -> None:
        """An endless line is one bad line, thrown away as it comes."""
        rows = Rows(pl.DataFrame(schema=self._form.schema), line_count=0)
        rows.reject(0, start)
        self._add(rows)
        self._update(is_in_long_line=True, is_started=True)

    def end_of_long_line(self, data: bytes) -> bytes:
        """What follows the long line that we are in, if we are in one."""
        if not self._state.is_in_long_line:
            return data
        _, newline, rest = data.partition(b"\n")
        if newline:
            self._update(is_in_long_line=False, lines=self._state.lines + 1)
        return rest

    def _skip_header(self, text: bytes) -> tuple[int, int]:
        """How many lines and bytes stand before the first row: blank lines and a header."""
        skipped = start = 0
        while start < len(text) and not self._state.is_started:
            end = text.index(b"\n", start)
            line = text[start:end]
            header = find_header(self._form, line)
            self._update(header=header, is_started=not is_passed_over(line, None))
            if header is None and self._state.is_started:
                break
            skipped, start = skipped + 1, end + 1
            self._update(lines=self._state.lines + 1)
        return skipped, start

    def _add(self, rows: Rows) -> None:
        first = self._state.lines + 1
        room = KEPT_BAD_LINES - len(self._state.bad_samples)
        samples = [BadLine(line=first + i, text=_sample(t)) for i, t in rows.bad[: max(room, 0)]]
        if rows.frame.height:
            self._frames.append(rows.frame)
        self._update(
            lines=self._state.lines + rows.line_count,
            bad_lines=self._state.bad_lines + rows.bad_count,
            bad_samples=(*self._state.bad_samples, *samples),
        )

    def _update(self, **changes: object) -> None:
        self._state = self._state.model_copy(update=changes)


def _sample(line: bytes) -> str:
    return line[:KEPT_TEXT_BYTES].decode(errors="replace").strip()
