"""Rows as a typed table in a Parquet file, through parts on disk."""

import json
import tempfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import polars as pl

from hypertrainer.tasks.export_rows import Row, compound

LARGEST_INTEGER = 2**63 - 1
TIME = pl.Datetime("us", "UTC")
# What columns hold that may be empty throughout.
KNOWN: dict[str, pl.DataType] = {
    "tags": pl.List(pl.String()),
    "search_id": pl.Int64(),
    "cloned_from": pl.Int64(),
    "exit_code": pl.Int64(),
    "epoch": pl.Int64(),
    "num_epochs": pl.Int64(),
    "fraction": pl.Float64(),
    "duration_seconds": pl.Float64(),
    "created_at": TIME,
    "started_at": TIME,
    "ended_at": TIME,
    "last_seen_at": TIME,
}


class TypedParts:
    """Collects rows in files until all were seen, then writes them with one type per column.

    A column is boolean, integer, float or text, the narrowest that holds all its values; texts,
    lists and mixtures become text.
    """

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = columns
        self._kinds: dict[str, set[str]] = {name: set() for name in columns}
        self._parts: list[Path] = []

    def __enter__(self) -> Self:
        self._temporary = tempfile.TemporaryDirectory(prefix="hypertrainer-export-")
        self._folder = Path(self._temporary.name)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._temporary.cleanup()

    def add(self, rows: Iterable[Row]) -> None:
        """Keep these rows, and what kinds of values they hold."""
        part = self._folder / f"{len(self._parts):06}.jsonl"
        with part.open("w", encoding="utf-8", errors="surrogatepass") as file:
            for row in rows:
                for name, value in row.items():
                    self._kinds[name].add(_kind(value))
                file.write(json.dumps(row, default=_text) + "\n")
        self._parts.append(part)

    def write(self) -> Path:
        """Write the Parquet file; it lives as long as this object."""
        schema = {name: self._type(name) for name in self._columns}
        frames = [self._folder / "empty.parquet"]
        pl.DataFrame(schema=schema).write_parquet(frames[0])
        for part in self._parts:
            frames.append(part.with_suffix(".parquet"))
            _typed(part, schema).write_parquet(frames[-1])
            part.unlink()
        path = self._folder / "tasks.parquet"
        pl.scan_parquet(frames).sink_parquet(path)
        return path

    def _type(self, name: str) -> pl.DataType:
        if name in KNOWN:
            return KNOWN[name]
        if name.startswith("metrics."):
            return pl.Float64()
        kinds = self._kinds[name] - {"null"}
        if kinds and kinds <= {"bool"}:
            return pl.Boolean()
        if kinds and kinds <= {"int"}:
            return pl.Int64()
        return pl.Float64() if kinds and kinds <= {"int", "float"} else pl.String()


def _typed(part: Path, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    with part.open(encoding="utf-8", errors="surrogatepass") as file:
        rows = [json.loads(line) for line in file]
    return pl.DataFrame(
        {
            name: pl.Series([_value(row.get(name), kind) for row in rows], dtype=kind)
            for name, kind in schema.items()
        }
    )


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > LARGEST_INTEGER:
        return "huge"
    return type(value).__name__


def _value(value: Any, kind: pl.DataType) -> Any:
    if value is None:
        return None
    if isinstance(kind, pl.String):
        text = value if isinstance(value, str) else _cell(value)
        return text.encode("utf-8", "replace").decode()
    if isinstance(kind, pl.Float64):
        return float(value)
    return datetime.fromisoformat(value) if isinstance(kind, pl.Datetime) else value


def _cell(value: Any) -> str:
    return compound(value) if isinstance(value, list | dict) else str(value)


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
