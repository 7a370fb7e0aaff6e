"""Parsed columns on disk: one Arrow file and one manifest per metric file.

A cache: it may be deleted at any time, and whatever does not fit together is thrown away.
"""

import hashlib
import os
import shutil
import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import polars as pl
import structlog
from pydantic import BaseModel, ConfigDict

from hypertrainer.metrics.appended import Position
from hypertrainer.metrics.parse import ParserState
from hypertrainer.metrics.summary import Summary

log = structlog.get_logger(__name__)

VERSION = 1
LIMIT_BYTES = 1_073_741_824
_MANIFEST = "manifest.json"
_EDGE_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class StoredColumns:
    """What is kept of a file: how far it was read, and its columns."""

    position: Position
    parser: ParserState
    summary: Summary
    frame: pl.DataFrame


class _Manifest(BaseModel):
    """Says which Arrow file belongs to which state of which file."""

    model_config = ConfigDict(frozen=True)

    version: int
    path: str
    position: Position
    parser: ParserState
    summary: Summary
    file: str
    size: int
    checksum: int  # of the file's edges, where Arrow keeps its structure


class ColumnStore:
    """Columns by path, in a folder of its own; above `limit_bytes` the oldest go."""

    def __init__(self, folder: Path, limit_bytes: int = LIMIT_BYTES) -> None:
        self._folder = folder
        self._limit_bytes = limit_bytes

    def find(self, path: Path) -> StoredColumns | None:
        """What is stored of the file; None if there is nothing, or nothing that is sound."""
        folder = self._folder_of(path)
        try:
            manifest = _Manifest.model_validate_json((folder / _MANIFEST).read_bytes())
            frame = _load(folder, manifest, path)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, pl.exceptions.PolarsError) as error:
            log.warning("a metric cache is rebuilt", path=str(path), why=str(error))
            shutil.rmtree(folder, ignore_errors=True)
            return None
        with suppress(OSError):
            os.utime(folder / _MANIFEST)
        return StoredColumns(manifest.position, manifest.parser, manifest.summary, frame)

    def save(self, path: Path, columns: StoredColumns) -> None:
        """Replaces what is stored of the file. A full disk is logged: the cache can wait."""
        folder = self._folder_of(path)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _write(folder, path, columns)
            self._prune()
        except OSError as error:
            log.warning("a metric cache cannot be written", path=str(path), why=str(error))

    def _folder_of(self, path: Path) -> Path:
        return self._folder / hashlib.sha256(os.fsencode(path)).hexdigest()[:32]

    def _prune(self) -> None:
        used = sorted(
            ((m.stat().st_mtime, m.parent) for m in self._folder.glob(f"*/{_MANIFEST}")),
            reverse=True,
        )
        total = 0
        for _, folder in used:
            total += sum(file.stat().st_size for file in folder.iterdir())
            if total > self._limit_bytes:
                shutil.rmtree(folder, ignore_errors=True)


def _load(folder: Path, manifest: _Manifest, path: Path) -> pl.DataFrame:
    """The columns a manifest names. Raises ValueError when anything does not fit."""
    if manifest.version != VERSION or manifest.path != str(path):
        raise ValueError("the manifest is another version's or another file's")
    file = folder / manifest.file
    if file.stat().st_size != manifest.size or _edges(file) != manifest.checksum:
        raise ValueError("the columns are not the manifest's")
    return pl.read_ipc(file)


def _write(folder: Path, path: Path, columns: StoredColumns) -> None:
    file = folder / f"{uuid4().hex}.arrow"
    columns.frame.write_ipc(file)
    manifest = _Manifest(
        version=VERSION,
        path=str(path),
        position=columns.position,
        parser=columns.parser,
        summary=columns.summary,
        file=file.name,
        size=file.stat().st_size,
        checksum=_edges(file),
    )
    # The manifest is replaced last and at once: it never names a file that is half there.
    waiting = folder / f"{uuid4().hex}.json"
    waiting.write_text(manifest.model_dump_json())
    waiting.replace(folder / _MANIFEST)
    for other in folder.iterdir():
        if other.name not in {_MANIFEST, file.name}:
            other.unlink(missing_ok=True)


def _edges(file: Path) -> int:
    with file.open("rb") as stream:
        start = stream.read(_EDGE_BYTES)
        stream.seek(-min(_EDGE_BYTES, len(start)), os.SEEK_END)
        return zlib.crc32(stream.read(), zlib.crc32(start))
