"""Many lines at once through Polars, with exactly the result of `lines.py`.

Polars reads the clean rows; every row that it could not read, or that it might have read
differently, is read again by the definition.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property

import polars as pl

from hypertrainer.metrics.finite import are_finite
from hypertrainer.metrics.formats import Format
from hypertrainer.metrics.lines import (
    Row,
    Rows,
    is_passed_over,
    line_rows,
    may_hold_long_line,
    parse_line,
)

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_WHITE_SPACE = " \t\n\r\x0b\x0c"  # what bytes.strip() strips
_REPLACEMENT = "\ufffd"
_MANY = 0.2  # above this share of doubtful rows, reading all of them by the line costs less


def bulk_rows(form: Format, text: bytes, header: str | None, skipped: int = 0) -> Rows:
    """Reads complete lines, after the first `skipped` ones; see `lines.line_rows`."""
    readable = _readable(text)
    separator = _separator(text, skipped)
    reading = _Reading(form, text, header, skipped)
    if readable is None:
        return reading.by_line()
    frame = _read(form, readable, separator, skipped, is_ragged=False)
    if frame is not None:
        doubtful = _doubtful(form, frame, separator)
        return reading.repaired(frame, doubtful) if doubtful else Rows(frame, frame.height)
    frame = _read(form, readable, separator, skipped, is_ragged=True)
    if frame is None or frame.height != len(reading.lines):
        return reading.by_line()
    ragged = {i for i, line in enumerate(reading.lines) if _width(line, separator) != frame.width}
    return reading.repaired(frame, ragged | set(_doubtful(form, frame, separator)))


class _Reading:
    """The text of one call, for what Polars cannot read."""

    def __init__(self, form: Format, text: bytes, header: str | None, skipped: int) -> None:
        self._form = form
        self._text = text
        self._header = header
        self._skipped = skipped

    @cached_property
    def lines(self) -> list[bytes]:
        return self._text[:-1].split(b"\n")[self._skipped :]

    def by_line(self) -> Rows:
        return line_rows(self._form, b"\n".join([*self.lines, b""]), self._header)

    def repaired(self, frame: pl.DataFrame, doubtful: Collection[int]) -> Rows:
        """The frame with its doubtful rows read again, in the order of the lines."""
        if len(doubtful) > _MANY * len(self.lines):
            return self.by_line()
        rows = Rows(frame, len(self.lines))
        again: dict[int, Row] = {}
        for index in sorted(doubtful):
            if is_passed_over(self.lines[index], self._header):
                continue
            row = parse_line(self._form, self.lines[index])
            if row is None:
                rows.reject(index, self.lines[index])
            else:
                again[index] = row
        rows.frame = _spliced(self._form, frame, doubtful, again)
        return rows


def _width(line: bytes, separator: str) -> int:
    return line.count(separator.encode()) + 1


def _separator(text: bytes, skipped: int) -> str:
    """Tab or space, by the first line to be read."""
    start = 0
    for _ in range(skipped):
        start = text.find(b"\n", start) + 1
    return "\t" if text.find(b"\t", start, text.find(b"\n", start)) >= 0 else " "


def _readable(text: bytes) -> bytes | None:
    """The text as Polars may have it: UTF-8, no mark at its start, no endless line; else None."""
    if text.startswith(_BYTE_ORDER_MARK):  # Polars would swallow it
        return None
    if may_hold_long_line(text):
        return None
    if text.isascii():
        return text
    try:
        text.decode()
    except UnicodeDecodeError:
        return text.decode(errors="replace").encode()
    return text


def _read(
    form: Format, text: bytes, separator: str, skipped: int, *, is_ragged: bool
) -> pl.DataFrame | None:
    """One row per line, null where a number does not parse or a field is missing.

    Where a line has more fields they are cut off if `is_ragged`; else the result is None.
    """
    try:
        return pl.read_csv(
            text,
            separator=separator,
            has_header=False,
            skip_lines=skipped,
            schema=form.schema,
            quote_char=None,
            ignore_errors=True,
            empty_string_is_null=False,
            missing_columns="insert",
            extra_columns="ignore" if is_ragged else "raise",
            truncate_ragged_lines=is_ragged,
        )
    except pl.exceptions.PolarsError:
        return None


def _doubtful(form: Format, frame: pl.DataFrame, separator: str) -> Sequence[int]:
    """Indices of the rows to read again."""
    if not form.has_text and _is_clean(form, frame):
        return ()
    tests = [_test(form, name, separator) for name in form.schema]
    return frame.select(pl.any_horizontal(tests).arg_true()).to_series().to_list()


def _is_clean(form: Format, frame: pl.DataFrame) -> bool:
    """A quick look for the usual case of numbers only."""
    for column in form.columns:
        values = frame[column.name]
        if values.null_count() or (column.is_finite and not are_finite(values)):
            return False
    return True


def _test(form: Format, name: str, separator: str) -> pl.Expr:
    column = pl.col(name)
    form_column = next(c for c in form.columns if c.name == name)
    if not form_column.is_text:
        finite = ~column.is_finite() if form_column.is_finite else pl.lit(value=False)
        return column.is_null() | finite
    suspects = f"[{_REPLACEMENT}\t]" if separator == " " else _REPLACEMENT
    stripped = column.str.strip_chars(_WHITE_SPACE)
    # Stripping is left to the definition too, so that the clean rows can stand as they are.
    return (
        column.is_null() | (stripped == "") | (stripped != column) | column.str.contains(suspects)
    )


def _spliced(
    form: Format, frame: pl.DataFrame, dropped: Collection[int], again: Mapping[int, Row]
) -> pl.DataFrame:
    """The frame without the dropped rows, and with those of `again` at their indices."""
    index = pl.int_range(pl.len(), dtype=pl.UInt32).alias("index")
    out = pl.Series(list(dropped), dtype=pl.UInt32)
    clean = frame.with_columns(index).filter(~pl.col("index").is_in(out.implode()))
    repaired = pl.DataFrame(list(again.values()), schema=form.schema, orient="row")
    repaired = repaired.with_columns(pl.Series("index", list(again), dtype=pl.UInt32))
    return pl.concat([clean, repaired]).sort("index").drop("index")
