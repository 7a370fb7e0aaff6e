"""`/tasks` over HTTP: reading and changing single tasks, and how wrong requests are answered."""

import json
from pathlib import Path
from typing import Any

import pytest

from hypertrainer.tasks.tables import Task
from tests.api import Api

# --- reading -----------------------------------------------------------------------------------


async def test_a_task_and_its_attempts_config_and_environment_can_be_read(api: Api) -> None:
    task_id = (await api.task())["id"]
    await api.run(task_id, code=2)
    task = await api.read(task_id)
    assert (task["status"], task["exit_code"], task["host"]) == ("crashed", 2, "fake")
    (attempt,) = (await api.get(f"/tasks/{task_id}/attempts"))["items"]
    assert (attempt["number"], attempt["state"], attempt["outcome"]) == (1, "ended", "crashed")
    config = await api.client.get(f"/tasks/{task_id}/config")
    assert config.headers["content-type"].startswith("text/yaml")
    assert config.text == (Path(task["output_path"]) / "config.yaml").read_text()
    environment = await api.get(f"/tasks/{task_id}/environment")
    assert environment == {
        "recorded_at": None,
        "git": None,
        "python": None,
        "packages": {},
        "machine": None,
    }


async def test_times_are_utc(api: Api) -> None:
    task = await api.task()
    assert task["created_at"].endswith("Z")
    assert (await api.read(task["id"]))["created_at"] == task["created_at"]


async def test_a_config_that_is_no_text_any_more_is_shown_as_far_as_it_is(api: Api) -> None:
    task = await api.task()
    (Path(task["output_path"]) / "config.yaml").write_bytes(b"a: \xff\n")
    assert (await api.client.get(f"/tasks/{task['id']}/config")).text == "a: \ufffd\n"


async def test_a_config_that_is_gone_is_not_found(api: Api) -> None:
    task = await api.task()
    (Path(task["output_path"]) / "config.yaml").unlink()
    answer = await api.client.get(f"/tasks/{task['id']}/config")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert task["output_path"] in answer.json()["message"]


@pytest.mark.parametrize("content", ["not json", "[]", '{"git": 3}', '{"packages": [1]}'])
async def test_a_spoilt_environment_reads_as_none(sqlite_api: Api, content: str) -> None:
    task = await sqlite_api.task()
    (Path(task["output_path"]) / ".hypertrainer" / "environment.json").write_text(content)
    environment = await sqlite_api.get(f"/tasks/{task['id']}/environment")
    assert environment["packages"] == {}


PATHS = ["", "/attempts", "/config", "/environment"]


@pytest.mark.parametrize("path", PATHS)
async def test_an_unknown_task_is_not_found_and_an_absurd_id_is_refused(
    sqlite_api: Api, path: str
) -> None:
    missing = await sqlite_api.client.get(f"/tasks/999{path}")
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
    assert "#999" in missing.json()["message"]
    assert missing.json()["fields"] == []
    for absurd in ("0", "-1", str(2**31), "1e3", "x"):
        answer = await sqlite_api.client.get(f"/tasks/{absurd}{path}")
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
        assert answer.json()["fields"][0]["path"] == "task_id"


async def test_unknown_tasks_are_not_found_by_what_changes_them_either(api: Api) -> None:
    answers = [
        await api.client.patch("/tasks/999", json={"name": "x"}),
        await api.post("/tasks/999/clone"),
        await api.post("/tasks/999/clone/preview"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 3


# --- changing ----------------------------------------------------------------------------------


async def test_name_project_tags_and_notes_can_be_changed_and_what_is_left_out_stays(
    api: Api,
) -> None:
    task = await api.task(tags=["a"], notes="old", project="p")
    changes: dict[str, Any] = {"name": " new name ", "tags": ["c", "b", "c"]}
    answer = await api.client.patch(f"/tasks/{task['id']}", json=changes)
    assert answer.status_code == 200
    changed = answer.json()
    assert (changed["name"], changed["tags"]) == ("new name", ["b", "c"])
    assert (changed["notes"], changed["project"]) == ("old", "p")
    assert await api.read(task["id"]) == changed
    await api.client.patch(f"/tasks/{task['id']}", json={"tags": [], "notes": "", "project": ""})
    emptied = await api.read(task["id"])
    assert (emptied["tags"], emptied["notes"], emptied["project"]) == ([], "", "")


async def test_a_change_is_told_to_open_pages(api: Api) -> None:
    task_id = (await api.task())["id"]
    with api.services.broker.subscribe() as subscription:
        await api.client.patch(f"/tasks/{task_id}", json={"project": "new"})
        rows, lists = subscription.queue.get_nowait(), subscription.queue.get_nowait()
    assert rows.data[0]["project"] == "new"
    assert ["get", "/projects"] in lists.data
    assert api.services.wakers.folders.is_set()


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"name": ""}, "name"),
        ({"name": "  "}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"notes": "a\0b"}, "notes"),
        ({"project": "a\0b"}, "project"),
        ({"tags": ["a,b"]}, "tags.0"),
        ({"tags": ["a\0b"]}, "tags.0"),
        ({"status": "finished"}, "status"),
        ({"name": "\ud800"}, "name"),
    ],
)
async def test_what_cannot_be_stored_is_refused_and_nothing_changes(
    api: Api, change: dict[str, Any], path: str
) -> None:
    task = await api.task()
    headers = {"Content-Type": "application/json"}
    answer = await api.client.patch(
        f"/tasks/{task['id']}", content=json.dumps(change), headers=headers
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
    assert answer.json()["fields"][0]["path"] == path
    assert await api.read(task["id"]) == task


async def test_a_zero_byte_in_a_query_is_refused_on_every_database(api: Api) -> None:
    for path, params in (
        ("/tasks", {"sort": "params.a\0b"}),
        ("/tasks", {"q": "a\0b"}),
        ("/tasks", {"where": "params.a\0b=1"}),
        ("/tasks/columns", {"name": "a\0b"}),
        ("/tasks/export", {"project": "a\0b"}),
    ):
        answer = await api.client.get(path, params=params)
        assert answer.status_code == 422, path
        assert answer.json()["fields"][0]["path"].split(".")[0] in params


# --- every error in one shape ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("params", "path"),
    [
        ({"limit": 501}, "limit"),
        ({"limit": 0}, "limit"),
        ({"offset": -1}, "offset"),
        ({"status": "dancing"}, "status.0"),
        ({"archived": "perhaps"}, "archived"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_wrong_query_parameters_are_named(
    sqlite_api: Api, params: dict[str, Any], path: str
) -> None:
    answer = await sqlite_api.client.get("/tasks", params=params)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
    assert answer.json()["fields"][0]["path"].startswith(path)


async def test_a_wrong_sort_key_or_comparison_is_told_in_words(sqlite_api: Api) -> None:
    for params in ({"sort": "colour"}, {"where": "lr <> 3"}):
        answer = await sqlite_api.client.get("/tasks", params=params)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
        assert answer.json()["message"]


async def test_an_error_nobody_foresaw_has_a_reference_and_no_traceback(api: Api) -> None:
    task_id = (await api.task())["id"]
    async with api.database.transaction() as session:
        task = await session.get(Task, task_id)
        assert task is not None
        task.status = "dancing"  # as no code of ours would write it
        session.add(task)
    answer = await api.client.get("/tasks")
    assert answer.status_code == 500
    body = answer.json()
    assert (body["code"], body["fields"]) == ("unexpected", [])
    assert "reference" in body["message"]
    assert "Traceback" not in answer.text
    assert "dancing" not in answer.text


# --- lists around tasks ------------------------------------------------------------------------


async def test_ids_and_counts_are_those_of_the_filter(api: Api) -> None:
    first, second, third = [(await api.task(project="p"))["id"] for _ in range(3)]
    await api.act("cancel", second)
    await api.task()
    ids = await api.get("/tasks/ids", project="p", status="waiting")
    assert ids == {"ids": [third, first]}
    counts = await api.get("/tasks/counts", project="p")
    assert counts["total"] == 3
    assert {item["status"]: item["num_tasks"] for item in counts["items"]} == {
        "waiting": 2,
        "cancelled": 1,
    }
