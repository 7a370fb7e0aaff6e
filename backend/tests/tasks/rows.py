"""Tasks for tests of queries, written straight into the tables, and lists of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypertrainer.database import Database
from hypertrainer.pagination import PageParams
from hypertrainer.tasks.filters import TaskFilters
from hypertrainer.tasks.queries import list_tasks
from hypertrainer.tasks.tables import Attempt, MetricSummary, Task, TaskParam, TaskTag

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
EVERYTHING = PageParams(offset=0, limit=500)


async def add_task(
    database: Database,
    name: str = "run",
    *,
    params: dict[str, Any] | None = None,
    metrics: dict[str, float | None] | None = None,
    tags: tuple[str, ...] = (),
    attempts: int = 1,
    **columns: Any,
) -> int:
    """Add one task; a metric's value is its last, its min is half of it and its max the double."""
    async with database.transaction() as session:
        task = Task(
            **{
                "uuid": f"{name}-{datetime.now(UTC).timestamp()}",
                "name": name,
                "script": "train.py",
                "platform": "local",
                "output_path": f"/nowhere/{name}",
                "params": params or {},
                **columns,
            }
        )
        session.add(task)
        await session.flush()
        assert task.id is not None
        for path, value in (params or {}).items():
            number = float(value) if isinstance(value, int | float) else None
            text = None if value is None else str(value)
            session.add(TaskParam(task_id=task.id, path=path, number=number, text=text))
        session.add_all(TaskTag(task_id=task.id, tag=tag) for tag in tags)
        for metric, value in (metrics or {}).items():
            session.add(
                MetricSummary(
                    task_id=task.id,
                    name=metric,
                    count=3,
                    last=value,
                    min=None if value is None else value / 2,
                    max=None if value is None else value * 2,
                )
            )
        for number in range(1, attempts + 1):
            session.add(Attempt(task_id=task.id, number=number, key=f"h{task.id}n{number}"))
    return task.id


def at(hours: float) -> datetime:
    """A moment this long after the first of January 2026."""
    return EPOCH + timedelta(hours=hours)


async def names(database: Database, sort: str = "id", **filters: Any) -> list[str]:
    """The names of the tasks that these filters find, in this order."""
    async with database.reading() as session:
        tasks, total = await list_tasks(session, TaskFilters(**filters), sort, EVERYTHING)
    assert total == len(tasks)
    return [task.name for task in tasks]
