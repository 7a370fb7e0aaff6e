"""Keeps the statuses of searches true to those of their tasks."""

from dataclasses import dataclass

from hypertrainer.database import Database
from hypertrainer.events import Broker
from hypertrainer.hpsearch.service import update_statuses

PAUSE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class AdvanceSearches:
    """The pass that keeps searches' statuses true."""

    database: Database
    broker: Broker

    async def run_once(self) -> float:
        async with self.database.transaction() as session:
            changed = await update_statuses(session)
        if changed:
            self.broker.publish("invalidate", [["get", "/hpsearch"]])
        return PAUSE_SECONDS
