"""A running task whose output is read round by round."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypertrainer.monitor.collect_output import CollectOutput
from hypertrainer.monitor.output_watch import OutputWatch
from hypertrainer.tasks.queries import get_task_read
from hypertrainer.tasks.schemas import TaskRead
from hypertrainer.tasks.tables import MetricSummary, Task
from tests.monitor.place import MonitoredPlace


@dataclass
class Collecting:
    """A running task, its folder, and the pass that reads it."""

    place: MonitoredPlace
    task_id: int
    folder: Path
    work: CollectOutput = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """As after a crash of the server: nothing is remembered."""
        watch = OutputWatch(self.place.services.wakers.collect)
        self.work = CollectOutput(self.place.services, watch)

    def append(self, name: str, text: str) -> None:
        with (self.folder / name).open("a") as log:
            log.write(text)

    async def look(self) -> float:
        """One round that looks at every folder."""
        self.work._scanned_at = float("-inf")
        return await self.work.run_once()

    async def read(self) -> TaskRead:
        async with self.place.database.reading() as session:
            return await get_task_read(session, self.task_id)

    async def summary(self, name: str) -> dict[str, Any]:
        async with self.place.database.reading() as session:
            row = await session.get(MetricSummary, (self.task_id, name))
        assert row is not None, name
        return row.model_dump()

    async def is_collected(self) -> bool:
        return (await self.place.task(self.task_id)).is_output_collected

    async def finish(self) -> None:
        attempt = await self.place.attempt(self.task_id)
        self.place.platform.finish(attempt.key, 0, attempt=attempt.number)
        await self.place.round()


async def running_task(place: MonitoredPlace, name: str = "task") -> Collecting:
    task_id = await place.add(name)
    for _ in range(2):
        await place.round()
    async with place.database.transaction() as session:
        task = await session.get(Task, task_id)
        assert task is not None
        task.params = {"training.num_epochs": 4}
        session.add(task)
    return Collecting(place, task_id, Path(task.output_path))
