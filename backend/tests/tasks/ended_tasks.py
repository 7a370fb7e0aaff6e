"""Tasks that have ended, and some that were archived then."""

from typing import Any

from tests.api import Api


async def ended(api: Api, **body: Any) -> int:
    task = await api.task(**body)
    task_id: int = task["id"]
    await api.run(task_id)
    return task_id


async def archived(api: Api) -> int:
    task_id = await ended(api)
    await api.act("archive", task_id)
    return task_id
