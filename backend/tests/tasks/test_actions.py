"""What users do to tasks in bulk; one bad id fails alone."""

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import pytest

from hypertrainer.monitor.submit_tasks import SubmitTasks
from hypertrainer.tasks import actions
from hypertrainer.tasks.creation import new_attempt
from hypertrainer.tasks.tables import Task
from tests.api import Api
from tests.tasks.ended_tasks import archived, ended

Results = dict[int, tuple[bool, str]]


def by_id(results: list[dict[str, Any]]) -> Results:
    return {result["id"]: (result["ok"], result["code"]) for result in results}


# --- bulk --------------------------------------------------------------------------------------


async def test_one_bad_id_fails_alone_and_the_results_keep_the_order(api: Api) -> None:
    task_id = await ended(api)
    results = await api.act("archive", 999, task_id, 1000, task_id)
    assert [result["id"] for result in results] == [999, task_id, 1000]
    assert by_id(results) == {
        999: (False, "not_found"),
        task_id: (True, "ok"),
        1000: (False, "not_found"),
    }
    assert "#999" in results[0]["message"]


@pytest.mark.parametrize("ids", [[], ["a"], [0], [2**31], None, list(range(1, 10_002))])
async def test_ids_that_are_none_are_refused_as_a_whole(sqlite_api: Api, ids: Any) -> None:
    answer = await sqlite_api.post("/tasks/cancel", ids=ids)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
    assert answer.json()["fields"][0]["path"].startswith("ids")


async def test_an_action_wakes_the_loops_and_tells_open_pages(api: Api) -> None:
    task_id = (await api.task())["id"]
    wakers = api.services.wakers
    waker = wakers.of_platform("fake")
    for event in (waker, wakers.folders, wakers.collect, wakers.searches, wakers.environments):
        event.clear()
    with api.services.broker.subscribe() as subscription:
        await api.act("cancel", task_id)
        rows, lists = subscription.queue.get_nowait(), subscription.queue.get_nowait()
    assert (rows.kind, rows.data[0]["status"]) == ("tasks", "cancelled")
    assert (lists.kind, ["get", "/tasks"] in lists.data) == ("invalidate", True)
    for event in (waker, wakers.folders, wakers.collect, wakers.searches, wakers.environments):
        assert event.is_set()


async def add_many(api: Api, count: int, **columns: Any) -> list[int]:
    async with api.database.transaction() as session:
        tasks = [
            Task(
                **{
                    "uuid": f"many-{number}",
                    "name": "many",
                    "script": "train.py",
                    "platform": "fake",
                    "output_path": f"{api.output}/many-{number}",
                    **columns,
                }
            )
            for number in range(count)
        ]
        session.add_all(tasks)
        await session.flush()
        ids = [task.id for task in tasks if task.id is not None]
        session.add_all(new_attempt(task_id, 1) for task_id in ids)
    return ids


@pytest.mark.slow
async def test_ten_thousand_tasks_are_acted_on_within_seconds(sqlite_api: Api) -> None:
    api, took = sqlite_api, {}
    ids = await add_many(api, 10_000)
    steps: list[tuple[str, dict[str, Any]]] = [
        ("tag", {"add": ["a", "b"], "project": "p"}),
        ("cancel", {}),
        ("archive", {}),
        ("delete", {}),
    ]
    for verb, more in steps:
        before = time.monotonic()
        results = await api.act(verb, *ids, **more)
        took[verb] = time.monotonic() - before
        assert all(result["ok"] for result in results), verb
    assert max(took.values()) < 10, took
    assert (await api.get("/tasks", archived="any"))["total"] == 0


async def test_open_pages_are_told_to_read_again_when_very_many_tasks_changed(
    sqlite_api: Api,
) -> None:
    ids = await add_many(sqlite_api, 501)
    with sqlite_api.services.broker.subscribe() as subscription:
        await sqlite_api.act("cancel", *ids)
        assert subscription.queue.get_nowait().data == [["get"]]


# --- cancel ------------------------------------------------------------------------------------


async def test_a_waiting_task_is_cancelled_at_once_and_never_launched(api: Api) -> None:
    task_id = (await api.task())["id"]
    (result,) = await api.act("cancel", task_id)
    assert result["ok"]
    task = await api.read(task_id)
    assert (task["status"], task["is_stopping"]) == ("cancelled", False)
    assert "before it was launched" in task["reason"]
    assert task["ended_at"] is not None
    await api.round()
    assert api.fake.submissions == []


async def test_a_running_task_is_asked_to_stop_and_is_stopping_until_it_has(api: Api) -> None:
    task_id = (await api.task())["id"]
    await api.round()
    await api.act("cancel", task_id)
    task = await api.read(task_id)
    assert task["is_stopping"]
    (again,) = await api.act("cancel", task_id)
    assert again["ok"]
    assert "already" in again["message"]
    for _ in range(2):
        await api.round()
    task = await api.read(task_id)
    assert (task["status"], task["signal"], task["is_stopping"]) == ("cancelled", "SIGTERM", False)
    (attempt,) = (await api.get(f"/tasks/{task_id}/attempts"))["items"]
    assert attempt["stop_requested_at"] is not None


async def test_an_ended_task_cannot_be_cancelled(api: Api) -> None:
    task_id = await ended(api)
    (result,) = await api.act("cancel", task_id)
    assert (result["ok"], result["code"]) == (False, "conflict")
    assert "finished" in result["message"]


async def test_a_cancel_and_a_launch_at_the_same_time_never_leave_an_ended_task_running(
    api: Api,
) -> None:
    task_id = (await api.task())["id"]
    async with api.database.transaction() as session:
        selected = await actions.select_tasks(session, [task_id])
        launching = asyncio.create_task(SubmitTasks(api.database, api.fake).run_once([]))
        await asyncio.wait([launching], timeout=0.3)  # as far as it may come meanwhile
        actions.cancel(session, selected[task_id])
    await launching
    (attempt,) = (await api.get(f"/tasks/{task_id}/attempts"))["items"]
    assert attempt["stop_requested_at"] is not None
    assert attempt["state"] == "ended"
    assert api.fake.submissions == []


# --- resume ------------------------------------------------------------------------------------


async def test_a_resumed_task_waits_for_a_second_attempt_with_the_first_ones_end_forgotten(
    api: Api,
) -> None:
    task_id = (await api.task())["id"]
    await api.run(task_id, code=3)
    (result,) = await api.act("resume", task_id)
    assert result["message"] == "Attempt 2 is queued."
    task = await api.read(task_id)
    gone = ("reason", "exit_code", "signal", "ended_at", "host", "job_id")
    assert [task[name] for name in gone] == ["", None, None, None, None, None]
    assert (task["status"], task["num_attempts"]) == ("waiting", 2)
    first, second = (await api.get(f"/tasks/{task_id}/attempts"))["items"]
    assert (first["exit_code"], first["outcome"], second["state"]) == (3, "crashed", "queued")
    assert (await api.run(task_id))["status"] == "finished"


async def test_active_and_archived_tasks_and_those_without_a_folder_are_not_resumed(
    api: Api,
) -> None:
    active = (await api.task())["id"]
    await api.round()
    put_away, homeless = await archived(api), await ended(api)
    path = Path((await api.read(homeless))["output_path"])
    path.rename(path.with_name("moved"))
    results = await api.act("resume", active, put_away, homeless)
    assert all(not result["ok"] and result["code"] == "conflict" for result in results)
    words = ("running", "unarchive", "clone")
    assert all(word in result["message"] for word, result in zip(words, results, strict=True))


async def test_a_task_of_a_platform_that_is_gone_is_not_resumed_to_wait_for_ever(
    sqlite_api: Api,
) -> None:
    (task_id,) = await add_many(sqlite_api, 1, platform="mars", status="crashed")
    (result,) = await sqlite_api.act("resume", task_id)
    assert result["code"] == "conflict"
    assert "`mars`" in result["message"]


# --- tags and projects -------------------------------------------------------------------------


async def test_tags_are_added_and_removed_and_projects_set_for_many(api: Api) -> None:
    first = (await api.task(tags=["old", "kept"]))["id"]
    second = (await api.task(project="before"))["id"]
    results = await api.act(
        "tag", first, second, 99, add=["new", "new"], remove=["old", "never"], project="after"
    )
    assert by_id(results) == {first: (True, "ok"), second: (True, "ok"), 99: (False, "not_found")}
    tasks = [await api.read(first), await api.read(second)]
    assert [task["tags"] for task in tasks] == [["kept", "new"], ["new"]]
    assert {task["project"] for task in tasks} == {"after"}
    assert [project["name"] for project in (await api.get("/projects"))["items"]] == ["after"]
    tags = {tag["tag"]: tag["num_tasks"] for tag in (await api.get("/tags"))["items"]}
    assert tags == {"kept": 1, "new": 2}


async def test_tagging_without_a_project_leaves_the_project(api: Api) -> None:
    task_id = (await api.task(project="mine"))["id"]
    await api.act("tag", task_id, add=["a"])
    assert (await api.read(task_id))["project"] == "mine"


@pytest.mark.parametrize("tag", ["a,b", "", " ", "a\nb", "a\0b", "x" * 61])
async def test_a_tag_that_cannot_be_shown_is_refused(sqlite_api: Api, tag: str) -> None:
    task_id = (await sqlite_api.task())["id"]
    answer = await sqlite_api.post("/tasks/tag", ids=[task_id], add=[tag])
    assert answer.status_code == 422
    assert json.loads(answer.content)["fields"][0]["path"] == "add.0"
