"""`task.json` says what the database says, whatever happens in between."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from hypertrainer.database import Database
from hypertrainer.monitor.write_folders import Snapshot, WriteFolders, _write_all, read_records
from hypertrainer.tasks.folder import read_record
from hypertrainer.tasks.tables import Task
from tests.api import Api


async def write(api: Api) -> None:
    await WriteFolders(api.database).run_once()


async def tasks_of(database: Database) -> list[Task]:
    async with database.reading() as session:
        return list((await session.exec(select(Task).order_by(col(Task.id)))).all())


async def assert_folders_are_true(api: Api) -> None:
    tasks = await tasks_of(api.database)
    async with api.database.reading() as session:
        records = await read_records(session, tasks)
    for task, record in zip(tasks, records, strict=True):
        assert task.unsaved_changes == 0
        assert read_record(Path(task.output_path)) == record


async def test_every_change_reaches_the_folder(api: Api) -> None:
    task_id = (await api.task(tags=["a"]))["id"]
    steps = [
        lambda: api.round(),
        lambda: api.client.patch(f"/tasks/{task_id}", json={"notes": "n", "tags": ["b"]}),
        lambda: api.run(task_id, code=1),
        lambda: api.act("tag", task_id, add=["c"], project="p"),
        lambda: api.act("resume", task_id),
        lambda: api.round(),
        lambda: api.act("cancel", task_id),
        lambda: api.round(),
        lambda: api.round(),
        lambda: api.act("archive", task_id),
    ]
    await write(api)
    for step in steps:
        await step()
        assert (await tasks_of(api.database))[0].unsaved_changes > 0
        await write(api)
        await assert_folders_are_true(api)
    record = read_record(Path((await api.read(task_id))["output_path"]))
    assert record is not None
    assert (record.id, record.status, record.is_archived) == (task_id, "cancelled", True)
    assert (record.tags, record.project, record.notes) == (["b", "c"], "p", "n")
    assert [attempt.outcome for attempt in record.attempts] == ["crashed", "cancelled"]
    assert record.attempts[1].term_sent_at is not None


async def test_a_searchs_end_reaches_the_folders_of_all_its_trials(api: Api) -> None:
    body = await api.search()
    await write(api)
    await assert_folders_are_true(api)
    await api.post(f"/hpsearch/{body['search']['id']}/stop")
    await write(api)
    await assert_folders_are_true(api)
    for task in body["tasks"]:
        record = read_record(Path(task["output_path"]))
        assert record is not None
        assert record.search is not None
        assert (record.search.id, record.search.is_stopped) == (body["search"]["id"], True)


async def test_a_change_made_while_a_folder_is_written_is_written_next(api: Api) -> None:
    task_id = (await api.task())["id"]
    work = WriteFolders(api.database)
    snapshots = await work._load(after=0)
    await api.client.patch(f"/tasks/{task_id}", json={"notes": "meanwhile"})
    await work._mark(_write_all(snapshots))
    record = read_record(Path((await api.read(task_id))["output_path"]))
    assert record is not None
    assert record.notes == ""
    await write(api)
    await assert_folders_are_true(api)


async def test_a_crash_before_the_mark_writes_once_more(api: Api) -> None:
    await api.task()
    _write_all(await WriteFolders(api.database)._load(after=0))
    assert (await tasks_of(api.database))[0].unsaved_changes > 0
    await write(api)
    await assert_folders_are_true(api)


async def test_a_folder_that_is_gone_stays_gone(api: Api) -> None:
    task = await api.task()
    shutil.rmtree(task["output_path"])
    await write(api)
    assert not Path(task["output_path"]).exists()
    assert (await tasks_of(api.database))[0].unsaved_changes == 0


async def test_a_lost_state_folder_is_made_again(api: Api) -> None:
    task = await api.task()
    shutil.rmtree(Path(task["output_path"]) / ".hypertrainer")
    await write(api)
    await assert_folders_are_true(api)


async def test_the_folder_of_another_task_is_never_written_to(api: Api) -> None:
    mine, other = await api.task(), await api.task()
    await write(api)
    path = Path(other["output_path"]) / ".hypertrainer" / "task.json"
    before = path.read_text()
    async with api.database.transaction() as session:
        task = await session.get(Task, mine["id"])
        assert task is not None
        task.output_path, task.unsaved_changes = other["output_path"], 1
        session.add(task)
    await write(api)
    assert path.read_text() == before


async def add_unwritable(api: Api, count: int) -> None:
    """Tasks whose state folder cannot be made, because a file stands there."""
    folder = api.scripts.parent / "unwritable"
    folder.mkdir()
    (folder / ".hypertrainer").write_text("")
    fields: dict[str, Any] = {"name": "x", "script": "s", "platform": "fake"}
    async with api.database.transaction() as session:
        session.add_all(
            Task(uuid=f"u{number}", output_path=str(folder), **fields) for number in range(count)
        )


async def test_folders_that_cannot_be_written_hold_up_no_others_and_are_tried_again(
    sqlite_api: Api,
) -> None:
    await add_unwritable(sqlite_api, 120)
    task = await sqlite_api.task(notes="after them")
    await write(sqlite_api)
    tasks = await tasks_of(sqlite_api.database)
    assert [task.unsaved_changes for task in tasks] == [1] * 120 + [0]
    record = read_record(Path(task["output_path"]))
    assert record is not None
    assert record.id == task["id"]


async def test_a_pass_without_work_writes_nothing(api: Api) -> None:
    task = await api.task()
    await write(api)
    path = Path(task["output_path"]) / ".hypertrainer" / "task.json"
    before = path.stat().st_ino
    await write(api)
    assert path.stat().st_ino == before


@pytest.mark.parametrize("count", [1, 3])
async def test_a_snapshot_covers_all_changes_up_to_it(api: Api, count: int) -> None:
    task_id = (await api.task())["id"]
    for number in range(count):
        await api.client.patch(f"/tasks/{task_id}", json={"notes": str(number)})
    (snapshot,) = await WriteFolders(api.database)._load(after=0)
    assert isinstance(snapshot, Snapshot)
    assert (snapshot.num_changes, snapshot.record.notes) == (count + 1, str(count - 1))
    assert json.loads(snapshot.record.model_dump_json())["notes"] == str(count - 1)
