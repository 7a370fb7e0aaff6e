"""Records what each newly launched script runs in, soon after its launch and off the hot path."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import update
from sqlmodel import col, select

from hypertrainer.database import Database
from hypertrainer.tasks.creation import saved_id
from hypertrainer.tasks.environment import describe_git, record_environment
from hypertrainer.tasks.launch import LaunchPlan
from hypertrainer.tasks.statuses import TaskStatus
from hypertrainer.tasks.tables import Task

log = structlog.get_logger(__name__)
BATCH = 50
PAUSE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class RecordEnvironments:
    """The pass that writes `environment.json`. A task that waits may yet meet another one."""

    database: Database

    async def run_once(self) -> float:
        while tasks := await self._load():
            await asyncio.to_thread(_record_all, tasks)
            await self._mark([saved_id(task) for task in tasks])
        return PAUSE_SECONDS

    async def _load(self) -> list[Task]:
        query = (
            select(Task)
            .where(
                col(Task.is_environment_recorded).is_(False),
                col(Task.status) != TaskStatus.WAITING,
            )
            .order_by(col(Task.id))
            .limit(BATCH)
        )
        async with self.database.reading() as session:
            return list((await session.exec(query)).all())

    async def _mark(self, ids: Sequence[int]) -> None:
        still_so = (col(Task.id).in_(ids), col(Task.status) != TaskStatus.WAITING)
        async with self.database.transaction() as session:
            await session.exec(update(Task).where(*still_so).values(is_environment_recorded=True))


def _record_all(tasks: Sequence[Task]) -> None:
    repositories: dict[Path, dict[str, Any] | None] = {}  # asked once for all tasks of a round
    for task in tasks:
        plan = LaunchPlan.model_validate(task.launch)
        git = None
        if plan.script_path:
            folder = Path(plan.script_path).parent
            if folder not in repositories:
                repositories[folder] = describe_git(folder)
            git = repositories[folder]
        try:
            record_environment(Path(task.output_path), git, plan.python)
        except OSError as error:  # the folder is gone or full: the task runs all the same
            log.warning("environment_not_recorded", task=task.id, reason=str(error))
