"""The platform in memory as one that is not on this machine, and what it is handed."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import select

from hypertrainer.platforms.base import JobSpec
from hypertrainer.tasks.tables import Task
from tests.api import Api

THERE = "~/runs"


async def rows(api: Api) -> Sequence[Task]:
    async with api.database.reading() as session:
        return (await session.exec(select(Task).order_by("id"))).all()


async def launched(api: Api) -> JobSpec:
    await api.round()
    return api.fake.submissions[-1]


async def preview(api: Api, path: str = "/tasks/preview", **body: Any) -> Any:
    answer = await api.post(path, **({"platform": "fake"} | body))
    assert answer.status_code == 200, answer.text
    return answer.json()
