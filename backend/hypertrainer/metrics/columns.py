"""Metric files as parsed columns: in memory while they are asked for, on disk when they are large.

A file is stat-ed at every request and only what was appended is parsed, so that an answer holds
what was written a moment before it, and costs what is new.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

import polars as pl

from hypertrainer.metrics.appended import Position, read_appended
from hypertrainer.metrics.column_store import ColumnStore, StoredColumns
from hypertrainer.metrics.formats import Source
from hypertrainer.metrics.parse import Parsed, ParserState, parse
from hypertrainer.metrics.summary import Summary, empty_summary
from hypertrainer.metrics.timeline import TIMELINE_SCHEMA, extended_timeline

BLOCK_BYTES = 33_554_432
STORED_BYTES = 1_048_576  # a smaller file is parsed again sooner than it is found on disk
BUDGET_BYTES = 33_554_432
_ENTRY_BYTES = 4_096  # about what an entry costs beside its columns
_MOST_CHUNKS = 64
Frames = Mapping[str | None, pl.DataFrame]
POINTS_SCHEMA = {"epoch": pl.Float64, "value": pl.Float64}


@dataclass(frozen=True, slots=True)
class Columns:
    """One file as far as it was read; never changed, only replaced.

    `frames` are columns by class, None where there are no classes: (epoch, value) of a metric,
    (epoch, time) of `progress.log`. Epochs ascend; equal ones stand in the order of the file.
    """

    source: Source
    position: Position
    parser: ParserState
    summary: Summary
    frames: Frames

    def extended(self, position: Position, parsed: Parsed) -> "Columns":
        """The columns with further rows, and the file's position and parser state after them."""
        frame, state = parsed.frame, parsed.state
        summary = self.summary
        frames = dict(self.frames)
        if self.source.metric is None:
            frames[None] = extended_timeline(frames[None], frame)
        else:
            summary = summary.extended(frame, state.bad_lines)
            for label, rows in _by_label(frame).items():
                known = frames.get(label)
                frames[label] = _ascending(rows) if known is None else _joined(known, rows)
        return Columns(self.source, position, state, summary, frames)

    @property
    def size_bytes(self) -> int:
        return _ENTRY_BYTES + sum(int(f.estimated_size()) for f in self.frames.values())


def empty_columns(source: Source) -> Columns:
    """The columns of a file that was not read yet."""
    schema = TIMELINE_SCHEMA if source.metric is None else POINTS_SCHEMA
    has_classes = source.metric is not None and source.format.has_text
    frames: Frames = {} if has_classes else {None: pl.DataFrame(schema=schema)}
    summary = empty_summary(source.metric or "", source.format.name)
    return Columns(source, Position(), ParserState(), summary, frames)


@dataclass(slots=True)
class _Entry:
    columns: Columns | None = None
    stored_bytes: int = 0  # how much of the file the store holds
    lock: Lock = field(default_factory=Lock)


class ColumnCache:
    """Parsed columns by path. Safe to use from several threads; the folder may go at any time."""

    def __init__(self, folder: Path, budget_bytes: int = BUDGET_BYTES) -> None:
        self._store = ColumnStore(folder)
        self._budget_bytes = budget_bytes
        self._entries: OrderedDict[Path, _Entry] = OrderedDict()
        self._lock = Lock()

    def read(self, path: Path, source: Source, *, is_final: bool) -> Columns:
        """The file as it is now. Call `settle` when the answer is out.

        With `is_final` (its task has ended) a last line without its newline is read too.

        Raises:
            OSError: the file cannot be read.
        """
        with self._lock:
            entry = self._entries.setdefault(path, _Entry())
            self._entries.move_to_end(path)
        with entry.lock:
            columns = entry.columns or self._stored(path, source, entry) or empty_columns(source)
            try:
                entry.columns, rest = _refreshed(path, columns)
            except OSError:
                with self._lock:
                    self._entries.pop(path, None)
                raise
            return _with_rest(entry.columns, rest) if is_final and rest else entry.columns

    def settle(self) -> None:
        """Stores what is worth it, and forgets what was not asked for lately. Blocks on the disk.

        Meant to be called after an answer, so that nobody waits for it.
        """
        with self._lock:
            entries = list(self._entries.items())
        for path, entry in entries:
            with entry.lock:
                self._save(path, entry)
        with self._lock:
            self._forget()

    def _stored(self, path: Path, source: Source, entry: _Entry) -> Columns | None:
        stored = self._store.find(path)
        if stored is None:
            return None
        entry.stored_bytes = stored.position.offset
        frames = _by_label(stored.frame)
        return Columns(source, stored.position, stored.parser, stored.summary, frames)

    def _save(self, path: Path, entry: _Entry) -> None:
        columns = entry.columns
        if columns is None:
            return
        read_bytes = columns.position.offset
        if read_bytes < entry.stored_bytes:  # the file was written anew
            entry.stored_bytes = 0
        # Growing by half before each writing keeps all writings together below three files' size.
        if read_bytes < max(STORED_BYTES, entry.stored_bytes * 3 // 2):
            return
        frame = _labelled(columns.frames)
        stored = StoredColumns(columns.position, columns.parser, columns.summary, frame)
        self._store.save(path, stored)
        entry.stored_bytes = read_bytes

    def _forget(self) -> None:
        sizes = {p: e.columns.size_bytes if e.columns else 0 for p, e in self._entries.items()}
        total = sum(sizes.values())
        for path, size in sizes.items():
            if total <= self._budget_bytes:
                return
            del self._entries[path]
            total -= size


def _refreshed(path: Path, columns: Columns) -> tuple[Columns, bytes]:
    """The columns with all complete lines there are, and the bytes of the one that is not."""
    while True:
        appended = read_appended(path, columns.position, BLOCK_BYTES)
        if appended.is_anew:
            columns = empty_columns(columns.source)
        parsed = parse(columns.source.format, appended.data, columns.parser)
        position = appended.start.advanced(appended.data, parsed.consumed)
        if parsed.consumed or appended.is_anew:
            columns = columns.extended(position, parsed)
        if appended.is_at_end:
            return columns, appended.data[parsed.consumed :]


def _with_rest(columns: Columns, rest: bytes) -> Columns:
    parsed = parse(columns.source.format, rest, columns.parser, is_final=True)
    return columns.extended(columns.position, parsed)


def _by_label(frame: pl.DataFrame) -> Frames:
    if "label" not in frame.columns:
        return {None: frame}
    parts = frame.partition_by("label", maintain_order=True, as_dict=True, include_key=False)
    return {str(key[0]): part for key, part in parts.items()}


def _labelled(frames: Frames) -> pl.DataFrame:
    """All frames in one, with a column `label` where there are classes."""
    if None in frames:
        return frames[None]
    parts = [part.select(pl.lit(label).alias("label"), pl.all()) for label, part in frames.items()]
    return pl.concat(parts) if parts else pl.DataFrame(schema={"label": pl.String, **POINTS_SCHEMA})


def _ascending(frame: pl.DataFrame) -> pl.DataFrame:
    is_ascending = frame["epoch"].is_sorted()
    return frame if is_ascending else frame.sort("epoch", maintain_order=True)


def _joined(before: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    rows = _ascending(rows)
    if before.is_empty() or rows.is_empty():
        return rows if before.is_empty() else before
    frame = pl.concat([before, rows])
    if rows["epoch"][0] < before["epoch"][-1]:
        return frame.sort("epoch", maintain_order=True)
    return frame.rechunk() if frame.n_chunks() > _MOST_CHUNKS else frame
