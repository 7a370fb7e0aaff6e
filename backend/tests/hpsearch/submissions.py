"""What a submission has made, or not."""

from pathlib import Path
from typing import Any

from sqlmodel import func, select

from hypertrainer.hpsearch.tables import Search, Trial
from hypertrainer.tasks.config import Config
from hypertrainer.tasks.tables import Attempt, Task
from tests.api import Api


def config_of(task: dict[str, Any]) -> Config:
    return Config.parse((Path(task["output_path"]) / "config.yaml").read_text())


async def assert_nothing_was_made(api: Api) -> None:
    assert api.folders() == []
    async with api.database.reading() as session:
        for table in (Task, Attempt, Search, Trial):
            assert (await session.exec(select(func.count()).select_from(table))).one() == 0
