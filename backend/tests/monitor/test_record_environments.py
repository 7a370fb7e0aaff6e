"""The environment of a task is recorded once, soon after its launch."""

import sys
from pathlib import Path
from typing import Any

from hypertrainer.monitor.record_environments import RecordEnvironments
from hypertrainer.tasks.environment import environment_path
from hypertrainer.tasks.tables import Task
from tests.api import Api


async def record(api: Api) -> None:
    await RecordEnvironments(api.database).run_once()


async def is_recorded(api: Api, task: dict[str, Any]) -> bool:
    async with api.database.reading() as session:
        row = await session.get(Task, task["id"])
    assert row is not None
    return row.is_environment_recorded


async def test_a_launched_tasks_environment_is_recorded(api: Api) -> None:
    task = await api.task()
    await api.round()
    await record(api)
    environment = await api.get(f"/tasks/{task['id']}/environment")
    assert environment["python"]["version"] == sys.version.split()[0]
    assert "pytest" in environment["packages"]
    assert environment["machine"]["cpus"] >= 1
    assert environment["recorded_at"] >= task["created_at"]
    assert await is_recorded(api, task)


async def test_a_task_that_waits_is_not_recorded_yet(api: Api) -> None:
    task = await api.task()
    await record(api)
    assert not environment_path(Path(task["output_path"])).exists()
    await api.round()
    await record(api)
    assert environment_path(Path(task["output_path"])).exists()


async def test_a_task_that_was_never_launched_is_never_recorded(api: Api) -> None:
    task = await api.task()
    await api.act("cancel", task["id"])
    await record(api)
    assert not environment_path(Path(task["output_path"])).exists()


async def test_an_environment_is_recorded_once_and_anew_when_resumed(api: Api) -> None:
    task = await api.task()
    await api.run(task["id"])
    await record(api)
    path = environment_path(Path(task["output_path"]))
    first = path.stat().st_ino
    await record(api)
    assert path.stat().st_ino == first
    await api.act("resume", task["id"])
    await record(api)
    assert path.stat().st_ino == first  # it has not been launched again yet
    await api.round()
    path.unlink()
    await record(api)
    assert path.exists()


async def test_a_folder_that_is_gone_or_full_holds_up_no_other_task(api: Api) -> None:
    gone, well = await api.task(), await api.task()
    await api.round()
    Path(gone["output_path"]).rename(Path(gone["output_path"]).with_name("moved"))
    await record(api)
    assert await is_recorded(api, gone)
    assert environment_path(Path(well["output_path"])).exists()


async def test_launching_wakes_the_recorder(api: Api) -> None:
    await api.task()
    api.services.wakers.environments.clear()
    await api.round()
    assert api.services.wakers.environments.is_set()
