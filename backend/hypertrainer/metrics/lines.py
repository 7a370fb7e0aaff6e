"""What one line means. `bulk.py` reads the same language faster; this is the definition.

Fields are separated by tabs, else by any ASCII white space: a class or phase may hold spaces
only between tabs. Numbers are what Python's `float` reads, without underscores.
"""

from dataclasses import dataclass, field
from math import isfinite

import polars as pl

from hypertrainer.metrics.formats import Column, Format

MAX_LINE_BYTES = 65_536
KEPT_BAD_LINES = 5
KEPT_TEXT_BYTES = 200

Row = tuple[float | str, ...]


@dataclass(slots=True)
class Rows:
    """The good lines of some text as a frame, and the bad ones as a count and a few samples."""

    frame: pl.DataFrame
    line_count: int
    bad_count: int = 0
    bad: list[tuple[int, bytes]] = field(default_factory=list)  # (index of the line, its bytes)

    def reject(self, index: int, line: bytes) -> None:
        self.bad_count += 1
        if len(self.bad) < KEPT_BAD_LINES:
            self.bad.append((index, line))


def line_rows(form: Format, text: bytes, header: str | None) -> Rows:
    """Reads complete lines (each ends with a newline) one by one.

    A line equal to `header` and a blank line are passed over.
    """
    if (frame := _clean_frame(form, text)) is not None:
        return Rows(frame, frame.height)
    lines = text[:-1].split(b"\n")
    rows = Rows(pl.DataFrame(schema=form.schema), len(lines))
    good: list[Row] = []
    for index, line in enumerate(lines):
        if is_passed_over(line, header):
            continue
        row = parse_line(form, line)
        if row is None:
            rows.reject(index, line)
        else:
            good.append(row)
    rows.frame = pl.DataFrame(good, schema=form.schema, orient="row")
    return rows


def may_hold_long_line(text: bytes) -> bool:
    """Whether a line may be longer than allowed; False is certain."""
    step = MAX_LINE_BYTES // 2
    return any(text.find(b"\n", at, at + step) < 0 for at in range(0, len(text) - step, step))


def parse_line(form: Format, line: bytes) -> Row | None:
    """The values of a line; None when it is a bad one."""
    fields = None if len(line) > MAX_LINE_BYTES else split_fields(form, line)
    if fields is None:
        return None
    row = []
    for column, text in zip(form.columns, fields, strict=True):
        value = _text(text) if column.is_text else _number(column, text)
        if value is None:
            return None
        row.append(value)
    return tuple(row)


def split_fields(form: Format, line: bytes) -> list[bytes] | None:
    """The fields of a line; None when their number is wrong."""
    fields = [part.strip() for part in line.split(b"\t")]
    if len(fields) != len(form.columns) or not all(fields):
        fields = line.split()
    return fields if len(fields) == len(form.columns) else None


def find_header(form: Format, line: bytes) -> str | None:
    """The text of a line that names the columns; None when it is not one.

    It has as many fields as a row, and nothing that reads as a number where one belongs.
    """
    fields = None if len(line) > KEPT_TEXT_BYTES else split_fields(form, line.lstrip(b"# \t"))
    if fields is None:
        return None
    numbers = [_number(c, t) for c, t in zip(form.columns, fields, strict=True) if not c.is_text]
    has_none = all(number is None for number in numbers)
    return _text(line.strip()) if has_none else None


def is_passed_over(line: bytes, header: str | None) -> bool:
    """Blank lines and repeated headers (a resumed run writes its header again) say nothing."""
    text = line.strip()
    if len(line) > MAX_LINE_BYTES:
        return False
    return not text or (header is not None and text == header.encode())


def _number(column: Column, text: bytes) -> float | None:
    if b"_" in text:
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return None if column.is_finite and not isfinite(value) else value


def _text(text: bytes) -> str | None:
    try:
        return text.decode()
    except UnicodeDecodeError:
        return None


def _clean_frame(form: Format, text: bytes) -> pl.DataFrame | None:
    """All lines at once, when every one is tab-separated and good: several times quicker."""
    width = len(form.columns)
    # A newline becomes a field of its own, so that one look tells whether all lines are as wide.
    fields = text[:-1].replace(b"\n", b"\t\n\t").split(b"\t")
    if set(fields[width :: width + 1]) - {b"\n"} or (len(fields) + 1) % (width + 1):
        return None
    if may_hold_long_line(text):
        return None
    try:
        values = [
            _clean_column(column, fields[at :: width + 1]) for at, column in enumerate(form.columns)
        ]
    except ValueError:
        return None
    return pl.DataFrame(dict(zip(form.schema, values, strict=True)), schema=form.schema)


def _clean_column(column: Column, texts: list[bytes]) -> list[str] | list[float]:
    """The values of one column. Raises ValueError when one of them is bad."""
    if column.is_text:
        labels = [text.strip().decode() for text in texts]
        if not all(labels):
            raise ValueError("an empty class or phase")
        return labels
    if b"_" in b"".join(texts):
        raise ValueError("an underscore in a number")
    numbers = list(map(float, texts))
    if column.is_finite and not all(map(isfinite, numbers)):
        raise ValueError("a number that must be finite")
    return numbers
