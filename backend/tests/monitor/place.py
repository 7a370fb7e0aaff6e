"""A platform in memory beside a real database, and tasks to run there."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from hypertrainer.database import Database
from hypertrainer.dependencies import Services, Wakers
from hypertrainer.events import Broker
from hypertrainer.monitor.platform_pass import PlatformPass
from hypertrainer.platforms.base import Capacity
from hypertrainer.platforms.fake import FakePlatform
from hypertrainer.platforms.registry import Registry
from hypertrainer.settings import Settings
from hypertrainer.tasks import actions
from hypertrainer.tasks.creation import TaskDraft, add_tasks, create_folders, new_uuid
from hypertrainer.tasks.launch import LaunchPlan
from hypertrainer.tasks.tables import Attempt, Task

TWO_SLOTS = Capacity(slots=2, cpus=4, gpus=("0", "1"), memory_bytes=2**34)


@dataclass(slots=True)
class MonitoredPlace:
    """The pass under test, and what it works on."""

    services: Services
    platform: FakePlatform
    work: PlatformPass
    folder: Path

    @property
    def database(self) -> Database:
        return self.services.database

    async def add(
        self, name: str = "task", resources: dict[str, object] | None = None, **plan: object
    ) -> int:
        """Submit a task; where the platform's output is not local, with a folder there too."""
        uuid = new_uuid()
        remote = self.platform.files.root
        draft = TaskDraft(
            name=name,
            script="script.py",
            config=None,
            config_text="a: 1\n",
            platform=self.platform.name,
            output_path=str(self.folder / uuid),
            params={"a": 1},
            launch=LaunchPlan.model_validate(
                {"command_template": ["script.py"], "resources": resources or {}, **plan}
            ),
            uuid=uuid,
            remote_path=str(remote / uuid) if remote else None,
        )
        create_folders([draft])
        async with self.database.transaction() as session:
            (task,) = await add_tasks(session, [draft])
        assert task.id is not None
        return task.id

    async def task(self, task_id: int) -> Task:
        async with self.database.reading() as session:
            return (await session.exec(select(Task).where(col(Task.id) == task_id))).one()

    async def status(self, task_id: int) -> str:
        return (await self.task(task_id)).status

    async def attempt(self, task_id: int) -> Attempt:
        async with self.database.reading() as session:
            return (await actions.select_tasks(session, [task_id]))[task_id].attempt

    async def key(self, task_id: int) -> str:
        return (await self.attempt(task_id)).key

    async def act(self, task_id: int, action: actions.Action) -> str:
        async with self.database.transaction() as session:
            return action(session, (await actions.select_tasks(session, [task_id]))[task_id])

    async def round(self) -> float:
        return await self.work.run_once()

    async def running(self, name: str = "task", **more: Any) -> int:
        """Submit a task, and let it start."""
        task_id = await self.add(name, **more)
        for _ in range(2):
            await self.round()
        return task_id

    async def backdate(self, task_id: int, **moments: datetime) -> None:
        """Set moments of a task's newest attempt."""
        attempt = await self.attempt(task_id)
        async with self.database.transaction() as session:
            row = await session.get(Attempt, attempt.id)
            assert row is not None
            for name, moment in moments.items():
                setattr(row, name, moment)
            session.add(row)

    def restart(self) -> None:
        """As after a crash of the server: nothing is remembered."""
        self.work = PlatformPass(self.services, self.platform)


def monitored_place(
    database: Database,
    folder: Path,
    capacity: Capacity | None = TWO_SLOTS,
    *,
    is_remote: bool = False,
) -> MonitoredPlace:
    """A fresh place; the platform has two slots unless told otherwise, None for its own queue."""
    platform = FakePlatform(capacity=capacity, remote=folder / "there" if is_remote else None)
    settings = Settings(home=folder / "home", output=folder / "output")
    registry = Registry(settings.platforms_file, settings.output, fixed=[platform])
    services = Services(settings, database, registry, Broker(), Wakers())
    return MonitoredPlace(services, platform, PlatformPass(services, platform), folder)
