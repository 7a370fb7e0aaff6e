"""What other features ask of tasks."""

from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.errors import NotFound
from hypertrainer.tasks.tables import Task


async def get_task(session: AsyncSession, task_id: int) -> Task:
    """The task's row.

    Raises:
        NotFound: there is no such task.
    """
    task = await session.get(Task, task_id)
    if task is None:
        raise no_task(task_id)
    return task


def no_task(task_id: int) -> NotFound:
    """What to say of an id that no task has."""
    return NotFound(f"There is no task #{task_id}. It may have been deleted.")
