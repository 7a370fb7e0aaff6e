"""The database is an index: it is rebuilt from the folders, equal to what it was."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import select

from hypertrainer.database import Database
from hypertrainer.monitor.platform_pass import PlatformPass
from hypertrainer.monitor.rebuilt_rows import NEVER_LAUNCHED
from hypertrainer.monitor.record_environments import RecordEnvironments
from hypertrainer.monitor.reindex import ReindexReport, reindex
from hypertrainer.monitor.write_folders import WriteFolders
from hypertrainer.tasks.tables import Attempt, Task
from tests.api import Api
from tests.monitor.place import MonitoredPlace
from tests.monitor.rebuilding import TABLES, contents, reindexed, settle


async def a_history(api: Api) -> None:
    """Tasks of every kind, with output."""
    ended = (await api.task(tags=["b", "a"], notes="first", project="p", name="Größe"))["id"]
    await api.run(ended, code=1)
    folder = Path((await api.read(ended))["output_path"])
    (folder / "metric_loss.log").write_text("0\t2.0\n1\t1.0\nbad\n2\tnan\n3\t0.5")
    (folder / "metric_classwise_loss.log").write_text("0\tcat\t2.0\n0\tdog\t1.0\n")
    (folder / "progress.log").write_text("0\ttrain\t1\t2\t100.0\n0\ttrain\t2\t2\t101.0\n")
    await api.act("resume", ended)
    await api.run(ended, code=0)
    put_away = (await api.task())["id"]
    await api.act("cancel", put_away)
    await api.act("archive", put_away)
    await api.created(f"/tasks/{ended}/clone", name="copy")
    await a_history_of_searches(api)
    await api.act("delete", put_away)
    await api.task(notes="still waiting")
    stopping = (await api.task())["id"]
    await api.round()
    await api.act("cancel", stopping)
    api.fake.faults.ignores_term = True
    await api.round()


async def a_history_of_searches(api: Api) -> None:
    finished, stopped = await api.search(notes="why", name="rates"), await api.search()
    for task in finished["tasks"]:
        await api.run(task["id"])
    await api.post(f"/hpsearch/{stopped['search']['id']}/stop")
    for _ in range(3):
        await api.round()


async def test_a_rebuilt_database_is_equal_and_a_second_rebuild_changes_nothing(
    api: Api, rebuilt: Database
) -> None:
    await a_history(api)
    await settle(api.services, api.database)
    before = await contents(api.database)
    assert all(before[table.__name__] for table in TABLES)
    report = await reindex(rebuilt, [api.output])
    num_tasks = len(before["Task"])
    assert report == ReindexReport(added=num_tasks)
    await settle(api.services, rebuilt)
    assert await contents(rebuilt) == before
    again = await reindex(rebuilt, [api.output, api.output])
    assert again == ReindexReport(known=2 * num_tasks)
    assert await contents(rebuilt) == before


async def test_the_next_task_and_search_get_ids_of_their_own(api: Api, rebuilt: Database) -> None:
    for _ in range(2):
        await api.search()
    await WriteFolders(api.database).run_once()
    await reindex(rebuilt, [api.output])
    api.app.state.services = replace(api.services, database=rebuilt)
    body = await api.search()
    assert [task["id"] for task in body["tasks"]] == [7, 8, 9]
    assert body["search"]["id"] == 3


async def test_an_id_that_is_taken_by_another_task_is_replaced(api: Api, rebuilt: Database) -> None:
    await api.task(name="mine")
    await WriteFolders(api.database).run_once()
    async with rebuilt.transaction() as session:
        session.add(
            Task(id=1, uuid="other", name="x", script="s", platform="p", output_path="/nowhere")
        )
    report = await reindex(rebuilt, [api.output])
    assert report.added == 1
    async with rebuilt.reading() as session:
        names = {task.name: task.id for task in await session.exec(select(Task))}
    assert names["x"] == 1
    assert names["mine"] != 1


async def test_a_task_that_never_got_an_id_takes_none_of_those_that_did(
    api: Api, rebuilt: Database
) -> None:
    new = await api.task(name="a")
    known = await api.task(name="b")
    async with api.database.transaction() as session:
        task = await session.get(Task, new["id"])
        assert task is not None
        task.unsaved_changes = 0  # the server dies before it writes this one's record
        session.add(task)
    await WriteFolders(api.database).run_once()
    assert (await reindex(rebuilt, [api.output])).added == 2
    async with rebuilt.reading() as session:
        ids = {task.uuid: task.id for task in await session.exec(select(Task))}
    assert ids == {known["uuid"]: known["id"], new["uuid"]: known["id"] + 1}


async def test_a_folder_without_any_attempt_was_never_launched_and_can_be(
    api: Api, rebuilt: Database
) -> None:
    task = await api.task()  # its record is as the submission wrote it: without id and attempt
    await reindex(rebuilt, [api.output])
    async with rebuilt.reading() as session:
        (found,) = (await session.exec(select(Task))).all()
        (attempt,) = (await session.exec(select(Attempt))).all()
    assert (found.uuid, found.status, found.reason) == (task["uuid"], "cancelled", NEVER_LAUNCHED)
    assert (attempt.number, attempt.state) == (1, "ended")
    assert found.created_at.isoformat().startswith(task["created_at"][:19])


async def test_an_attempt_that_left_traces_only_in_the_folder_is_looked_for_not_forgotten(
    api: Api, rebuilt: Database
) -> None:
    task = await api.task()
    (Path(task["output_path"]) / ".hypertrainer" / "start.1").write_text("pid=1\n")
    await reindex(rebuilt, [api.output])
    async with rebuilt.reading() as session:
        (found,) = (await session.exec(select(Task))).all()
        (attempt,) = (await session.exec(select(Attempt))).all()
    assert (found.status, attempt.number, attempt.state) == ("submitting", 1, "submitted")


async def test_a_running_task_is_found_running_and_ends_with_its_exit_code(
    api: Api, rebuilt: Database
) -> None:
    task = await api.task()
    for _ in range(2):
        await api.round()
    await WriteFolders(api.database).run_once()
    await reindex(rebuilt, [api.output])
    place = rebuilt_place(api, rebuilt)
    assert await place.status(task["id"]) == "running"
    api.fake.finish(await place.key(task["id"]), 3)
    await place.round()
    found = await place.task(task["id"])
    assert (found.status, found.exit_code) == ("crashed", 3)
    assert len(api.fake.submissions) == 1


def rebuilt_place(api: Api, database: Database) -> MonitoredPlace:
    services = replace(api.services, database=database)
    return MonitoredPlace(services, api.fake, PlatformPass(services, api.fake), api.output)


BROKEN = ["{", "[]", "{}", '{"uuid": "x"}', "\0", None]


@pytest.mark.parametrize("text", BROKEN)
async def test_an_unreadable_record_is_reported_and_hides_no_other(
    sqlite_api: Api, tmp_path: Path, text: str | None
) -> None:
    broken, well = await sqlite_api.task(), await sqlite_api.task()
    path = Path(broken["output_path"]) / ".hypertrainer" / "task.json"
    record = json.loads(path.read_text())
    path.write_text(json.dumps(record | {"status": "dancing"}) if text is None else text)
    report = await reindexed(tmp_path, sqlite_api.output)
    assert report.unreadable == [broken["output_path"]]
    assert report.added == 1
    assert well["name"] == "mnist"


async def test_a_copied_folder_is_the_same_task_and_a_forged_one_is_reported(
    api: Api, rebuilt: Database
) -> None:
    task = await api.task()
    await api.run(task["id"])
    await WriteFolders(api.database).run_once()
    original = Path(task["output_path"])
    shutil.copytree(original, original.with_name("z-copy"))
    forged = original.with_name("z-forged")
    shutil.copytree(original, forged)
    path = forged / ".hypertrainer" / "task.json"
    path.write_text(path.read_text().replace(task["uuid"], "another-uuid"))
    report = await reindex(rebuilt, [api.output])
    assert report == ReindexReport(added=1, known=1, unreadable=[str(forged)])


async def test_folders_are_found_below_others_but_not_behind_links_or_in_hidden_places(
    sqlite_api: Api, tmp_path: Path
) -> None:
    task = await sqlite_api.task()
    root = tmp_path / "moved"
    deep = root / "2026" / "digits"
    deep.mkdir(parents=True)
    shutil.move(task["output_path"], deep / "task")
    (root / ".hidden").mkdir()
    shutil.copytree(deep / "task", root / ".hidden" / "task")
    (root / "link").symlink_to(deep)
    (root / "some-file").write_text("")
    assert await reindexed(tmp_path, root) == ReindexReport(added=1)
    assert await reindexed(tmp_path / "home", tmp_path / "none") == ReindexReport()


async def test_a_config_that_is_gone_costs_only_the_parameters(api: Api, rebuilt: Database) -> None:
    task = await api.task()
    (Path(task["output_path"]) / "config.yaml").unlink()
    assert (await reindex(rebuilt, [api.output])).added == 1
    async with rebuilt.reading() as session:
        (found,) = (await session.exec(select(Task))).all()
    assert found.params == {}


async def test_the_environment_of_a_task_that_ended_is_not_recorded_again(
    api: Api, rebuilt: Database
) -> None:
    task = await api.task()
    await api.run(task["id"])
    await WriteFolders(api.database).run_once()
    await reindex(rebuilt, [api.output])
    await RecordEnvironments(rebuilt).run_once()
    assert not (Path(task["output_path"]) / ".hypertrainer" / "environment.json").exists()


async def test_a_task_elsewhere_keeps_its_folder_there(
    api: Api, rebuilt: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.fake.has_local_output = False
    monkeypatch.setattr(api.fake, "output_root", lambda default: "~/runs")
    task = await api.task()
    await api.round()
    await WriteFolders(api.database).run_once()
    await reindex(rebuilt, [api.output])
    async with rebuilt.reading() as session:
        (found,) = (await session.exec(select(Task))).all()
    assert (found.remote_path, found.is_mirrored) == (task["remote_path"], False)
    assert found.status == "submitting"
