"""Deletes the folders that deleted tasks left on a platform, whenever it answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic

import structlog
from sqlalchemy import delete
from sqlmodel import col, select

from hypertrainer.database import Database
from hypertrainer.errors import PlatformError, PlatformUnreachable
from hypertrainer.platforms.base import Platform
from hypertrainer.tasks.tables import AbandonedFolder

log = structlog.get_logger(__name__)
MAX_FOLDERS = 20  # of one round: a large one takes its time
RETRY_SECONDS = 3_600.0  # after one that could not be deleted


@dataclass(slots=True)
class RemoveFolders:
    """The part of a platform's round that deletes what nobody needs there any more."""

    database: Database
    platform: Platform
    _retry_at: dict[int, float] = field(default_factory=dict)  # by row
    _told: dict[int, str] = field(default_factory=dict)  # by row, the reason that was logged

    async def run_once(self) -> float | None:
        """One round: in how many seconds the next is due; None where nothing is left.

        Raises:
            PlatformUnreachable: nothing was sent.
        """
        rows = await self._load()
        now = monotonic()
        due = [row for row in rows if self._retry_at.get(row.id or 0, 0.0) <= now]
        batch = due[:MAX_FOLDERS]
        if batch:
            failed = await self._remove([row.path for row in batch])
            await self._forget([row for row in batch if row.path not in failed])
            for row in batch:
                if row.path in failed:
                    self._retry_later(row, failed[row.path])
        if len(due) > len(batch):
            return 0.0
        waits = [
            self._retry_at[row.id or 0] - now for row in rows if (row.id or 0) in self._retry_at
        ]
        return max(min(waits), 0.0) if waits else None

    async def _load(self) -> Sequence[AbandonedFolder]:
        query = (
            select(AbandonedFolder)
            .where(col(AbandonedFolder.platform) == self.platform.name)
            .order_by(col(AbandonedFolder.id))
        )
        async with self.database.reading() as session:
            return (await session.exec(query)).all()

    async def _remove(self, paths: Sequence[str]) -> Mapping[str, str]:
        try:
            return await self.platform.remove(paths)
        except PlatformUnreachable:
            raise
        except PlatformError as error:  # it may have begun: what is left goes the next time
            return dict.fromkeys(paths, error.message)

    async def _forget(self, rows: Sequence[AbandonedFolder]) -> None:
        ids = [row.id for row in rows]
        if not ids:
            return
        async with self.database.transaction() as session:
            await session.exec(delete(AbandonedFolder).where(col(AbandonedFolder.id).in_(ids)))
        for row_id in ids:
            self._retry_at.pop(row_id or 0, None)
            self._told.pop(row_id or 0, None)

    def _retry_later(self, row: AbandonedFolder, reason: str) -> None:
        row_id = row.id or 0
        self._retry_at[row_id] = monotonic() + RETRY_SECONDS
        if self._told.get(row_id) != reason:
            self._told[row_id] = reason
            name = self.platform.name
            log.warning("folder_not_removed", platform=name, path=row.path, reason=reason)
