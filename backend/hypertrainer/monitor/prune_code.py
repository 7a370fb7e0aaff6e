"""Deletes packed code that no task and no search needs any more."""

import asyncio
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from hypertrainer.database import Database
from hypertrainer.hpsearch.places import read_places
from hypertrainer.hpsearch.tables import Search
from hypertrainer.tasks.code import ARCHIVE_SUFFIX
from hypertrainer.tasks.tables import Task

PAUSE_SECONDS = 6 * 3600.0
YOUNG_SECONDS = 24 * 3600.0  # the task that an archive was made for may be on its way


@dataclass(frozen=True, slots=True)
class PruneCode:
    """The pass that keeps the server's folder of packed code from growing for ever."""

    database: Database
    folder: Path

    async def run_once(self) -> float:
        if archives := await asyncio.to_thread(_old_archives, self.folder):
            used = await self._used_digests()
            unused = (path for digest, path in archives.items() if digest not in used)
            await asyncio.to_thread(_delete, unused)
        return PAUSE_SECONDS

    async def _used_digests(self) -> set[str]:
        digest = col(Task.launch)["code"]["digest"].as_string()
        async with self.database.reading() as session:
            rows = await session.exec(select(digest).where(digest.is_not(None)).distinct())
            places = await session.exec(select(Search.places))  # over or not: it may be extended
            return {*rows, *(one for row in places for one in _digests(row))}


def _digests(places: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for place in read_places(places):
        if code := place.launch.get("code"):
            yield code["digest"]


def _old_archives(folder: Path) -> dict[str, Path]:
    """The archives that are not young, by what names their content."""
    limit = time.time() - YOUNG_SECONDS
    found = {}
    for path in folder.glob(f"*{ARCHIVE_SUFFIX}"):
        with suppress(OSError):
            if path.stat().st_mtime < limit:
                found[path.name.removesuffix(ARCHIVE_SUFFIX)] = path
    return found


def _delete(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
