"""Records what each newly launched script runs in, soon after its launch and off the hot path."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import update
from sqlmodel import col, select

from hypertrainer.database import Database
from hypertrainer.monitor.remote_pythons import RemotePythons
from hypertrainer.platforms.registry import Registry
from hypertrainer.tasks.creation import saved_id
from hypertrainer.tasks.environment import describe_git, record_environment, write_environment
from hypertrainer.tasks.launch import LaunchPlan
from hypertrainer.tasks.statuses import ON_PLATFORM_STATES, TaskStatus
from hypertrainer.tasks.tables import Attempt, Task

log = structlog.get_logger(__name__)
BATCH = 50
PAUSE_SECONDS = 30.0

Git = dict[Path, dict[str, Any] | None]  # by a script's folder: asked once for all of a round


@dataclass(slots=True)
class RecordEnvironments:
    """The pass that writes `environment.json`. A task that waits may yet meet another one.

    Of a task that runs elsewhere, git is described here, the interpreter there, and the machine is
    the one that its job started on. A platform that does not answer is asked again, for a while.
    """

    database: Database
    registry: Registry | None = None
    _pythons: RemotePythons = field(default_factory=RemotePythons)

    async def run_once(self) -> float:
        while tasks := await self._load():
            await asyncio.to_thread(_record_all, tasks)
            await self._mark([saved_id(task) for task in tasks])
        await self._record_remote()
        return PAUSE_SECONDS

    async def _load(self) -> list[Task]:
        query = (
            select(Task)
            .where(
                col(Task.is_environment_recorded).is_(False),
                col(Task.remote_path).is_(None),
                col(Task.status) != TaskStatus.WAITING,
            )
            .order_by(col(Task.id))
            .limit(BATCH)
        )
        async with self.database.reading() as session:
            return list((await session.exec(query)).all())

    async def _record_remote(self) -> None:
        last_id = 0
        git: Git = {}
        while tasks := await self._load_remote(after=last_id):
            last_id = saved_id(tasks[-1])
            recorded = [saved_id(task) for task in tasks if await self._is_recorded(task, git)]
            await self._mark(recorded)

    async def _load_remote(self, *, after: int) -> list[Task]:
        """Tasks elsewhere whose job has started, or that have ended."""
        starting = select(Attempt.task_id).where(
            col(Attempt.state).in_(ON_PLATFORM_STATES), col(Attempt.started_at).is_(None)
        )
        query = (
            select(Task)
            .where(
                col(Task.is_environment_recorded).is_(False),
                col(Task.remote_path).is_not(None),
                col(Task.status) != TaskStatus.WAITING,
                col(Task.id) > after,
                col(Task.id).not_in(starting),
            )
            .order_by(col(Task.id))
            .limit(BATCH)
        )
        async with self.database.reading() as session:
            return list((await session.exec(query)).all())

    async def _is_recorded(self, task: Task, git: Git) -> bool:
        plan = LaunchPlan.model_validate(task.launch)
        platform = self.registry.find(task.platform) if self.registry else None
        if platform is not None and plan.python:
            packages = await self._pythons.describe(platform, plan.python, plan.setup)
            if packages is None:
                return False
        else:
            packages = {}
        await asyncio.to_thread(_record_one, task, plan, git, dict(packages))
        return True

    async def _mark(self, ids: Sequence[int]) -> None:
        if not ids:
            return
        still_so = (col(Task.id).in_(ids), col(Task.status) != TaskStatus.WAITING)
        async with self.database.transaction() as session:
            await session.exec(update(Task).where(*still_so).values(is_environment_recorded=True))


def _record_all(tasks: Sequence[Task]) -> None:
    git: Git = {}
    for task in tasks:
        plan = LaunchPlan.model_validate(task.launch)
        try:
            record_environment(Path(task.output_path), _git_of(plan, git), plan.python)
        except OSError as error:  # the folder is gone or full: the task runs all the same
            log.warning("environment_not_recorded", task=task.id, reason=str(error))


def _record_one(task: Task, plan: LaunchPlan, git: Git, packages: dict[str, str]) -> None:
    version = packages.pop("python", None)
    try:
        write_environment(
            Path(task.output_path),
            git=_git_of(plan, git),
            python={"executable": plan.python, "version": version} if version else None,
            packages=packages,
            machine={"host": task.host} if task.host else None,
        )
    except OSError as error:
        log.warning("environment_not_recorded", task=task.id, reason=str(error))


def _git_of(plan: LaunchPlan, git: Git) -> dict[str, Any] | None:
    if not plan.script_path:
        return None
    folder = Path(plan.script_path).parent
    if not folder.is_dir():  # a script that is there only
        return None
    if folder not in git:
        git[folder] = describe_git(folder)
    return git[folder]
