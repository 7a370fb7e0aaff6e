"""Records what each newly launched script runs in, soon after its launch and off the hot path."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import col, select

from hypertrainer.database import Database
from hypertrainer.tasks.creation import saved_id
from hypertrainer.tasks.environment import record_environment
from hypertrainer.tasks.launch import LaunchPlan
from hypertrainer.tasks.tables import Task

BATCH = 50
PAUSE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class RecordEnvironments:
    """The pass that writes `environment.json`."""

    database: Database

    async def run_once(self) -> float:
        while tasks := await self._load():
            for task in tasks:
                await asyncio.to_thread(_record, task)
            await self._mark([saved_id(task) for task in tasks])
        return PAUSE_SECONDS

    async def _load(self) -> list[Task]:
        query = (
            select(Task)
            .where(col(Task.is_environment_recorded).is_(False))
            .order_by(col(Task.id))
            .limit(BATCH)
        )
        async with self.database.reading() as session:
            return list((await session.exec(query)).all())

    async def _mark(self, ids: list[int]) -> None:
        async with self.database.transaction() as session:
            for task in await session.exec(select(Task).where(col(Task.id).in_(ids))):
                task.is_environment_recorded = True
                session.add(task)


def _record(task: Task) -> None:
    plan = LaunchPlan.model_validate(task.launch)
    script = Path(plan.script_path) if plan.script_path else None
    record_environment(Path(task.output_path), script, plan.python)
