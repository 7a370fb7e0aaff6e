"""The server's own routes: health, platforms, files, errors, and the API's description."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from hypertrainer.clock import utc_now
from hypertrainer.dependencies import Services
from hypertrainer.monitor.platform_pass import PlatformState
from hypertrainer.monitor.supervisor import LoopHealth
from hypertrainer.platforms.base import ConditionKind
from hypertrainer.tasks.statuses import AttemptState
from tests.server.conftest import BASE
from tests.server.places import Background, add_task

# --- health ----------------------------------------------------------------------------------


async def test_health_is_told_to_anybody(app: FastAPI, background: Background) -> None:
    background.loops["collect"] = LoopHealth(last_success_at=utc_now())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=BASE) as anybody:
        body = (await anybody.get("/health")).json()
    assert (body["status"], body["database"]) == ("ok", "ok")
    assert body["loops"]["collect"]["status"] == "ok"


async def test_a_failing_loop_degrades_health_and_tells_why_to_the_owner_only(
    app: FastAPI, client: httpx.AsyncClient, background: Background
) -> None:
    background.loops["collect"] = LoopHealth(last_error="/secret/path", consecutive_failures=3)
    body = (await client.get("/health")).json()
    assert body["status"] == "degraded"
    assert body["loops"]["collect"]["last_error"] == "/secret/path"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=BASE) as anybody:
        answer = await anybody.get("/health")
    assert "secret" not in answer.text
    assert answer.json()["loops"]["collect"]["consecutive_failures"] == 3


async def test_a_database_that_cannot_be_opened_is_seen(
    client: httpx.AsyncClient, services: Services, tmp_path: Path
) -> None:
    await services.database.close()
    (tmp_path / "hypertrainer.db").unlink()
    (tmp_path / "hypertrainer.db").mkdir()
    body = (await client.get("/health")).json()
    assert (body["status"], body["database"]) == ("failing", "failing")


# --- platforms -------------------------------------------------------------------------------


async def test_platforms_show_their_slots_and_queue(
    client: httpx.AsyncClient, services: Services
) -> None:
    states = [AttemptState.RUNNING, AttemptState.SUBMITTED, AttemptState.QUEUED, AttemptState.ENDED]
    for number, state in enumerate(states):
        await add_task(services, number, state)
    (local,) = (await client.get("/platforms")).json()["items"]
    assert (local["name"], local["type"], local["condition"]) == ("local", "local", "ok")
    assert local["slots"]["used"] == 2
    assert local["slots"]["total"] >= 1
    assert (local["num_running"], local["num_queued"], local["num_waiting"]) == (1, 1, 1)
    assert local["checked_at"] is None


async def test_polling_shows_and_its_trouble_outweighs_an_old_check(
    client: httpx.AsyncClient, background: Background
) -> None:
    await client.post("/platforms/local/check")
    now = utc_now()
    background.places["local"] = PlatformState(ConditionKind.UNREACHABLE, "no route", now, now)
    local = (await client.get("/platforms/local")).json()
    assert (local["condition"], local["why"]) == ("unreachable", "no route")
    assert local["last_poll_at"] is not None


async def test_a_check_looks_now_and_is_remembered(
    client: httpx.AsyncClient, services: Services
) -> None:
    with services.broker.subscribe() as subscription:
        checked = (await client.post("/platforms/local/check")).json()
        assert subscription.queue.get_nowait().kind == "platforms"
    assert checked["checked_at"] is not None
    assert checked["facts"]
    assert (await client.get("/platforms/local")).json()["facts"] == checked["facts"]


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_an_unknown_platform_is_named_with_those_there_are(
    client: httpx.AsyncClient, method: str
) -> None:
    path = "/platforms/mars" + ("/check" if method == "POST" else "")
    answer = await client.request(method, path)
    assert answer.status_code == 404
    assert "mars" in answer.json()["message"]
    assert "local" in answer.json()["message"]


async def test_a_broken_platforms_file_is_told_and_the_last_good_one_kept(
    client: httpx.AsyncClient, services: Services
) -> None:
    services.settings.platforms_file.write_text("platforms: {local: [")
    body = (await client.get("/platforms")).json()
    assert [place["name"] for place in body["items"]] == ["local"]
    assert "platforms.yaml" in body["problem"]


# --- files -----------------------------------------------------------------------------------


async def test_files_on_the_path_are_listed_by_kind(
    client: httpx.AsyncClient, scripts: Path
) -> None:
    configs = (await client.get("/files", params={"kind": "config"})).json()
    assert [file["path"] for file in configs["items"]] == ["mnist.yaml"]
    assert configs["items"][0]["folder"] == str(scripts)
    assert configs["total"] == 1
    found = (await client.get("/files", params={"kind": "script", "q": "TRAI"})).json()
    assert [file["path"] for file in found["items"]] == ["train.py"]
    nothing = (await client.get("/files", params={"kind": "script", "q": "zzz"})).json()
    assert nothing == {"items": [], "total": 0}


async def test_a_configs_text_can_be_read(client: httpx.AsyncClient) -> None:
    answer = await client.get("/files/content", params={"path": "mnist.yaml"})
    assert answer.json()["text"] == "script: train.py\nlr: 0.1\n"


@pytest.mark.parametrize(
    "path", ["../secret.yaml", "/etc/passwd", "link.yaml", "none.yaml", "a\0b", "", "."]
)
async def test_nothing_outside_the_path_is_read(
    client: httpx.AsyncClient, scripts: Path, path: str
) -> None:
    secret = scripts.parent / "secret.yaml"
    secret.write_text("classified: true\n")
    (scripts / "link.yaml").symlink_to(secret)
    answer = await client.get("/files/content", params={"path": path})
    assert answer.status_code in (404, 422)
    assert "classified" not in answer.text


# --- errors and description --------------------------------------------------------------------


async def test_an_unknown_path_and_a_wrong_method_answer_in_the_one_shape(
    client: httpx.AsyncClient,
) -> None:
    missing = await client.get("/nothing/here")
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
    assert "/nothing/here" in missing.json()["message"]
    wrong = await client.put("/health")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
    assert wrong.headers["allow"] == "GET"


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/session", "DELETE, POST"),
        ("/tasks", "GET, POST"),
        ("/tasks/7", "GET, PATCH"),
        ("/tasks/cancel", "POST"),
        ("/ui/tasks", "GET, HEAD"),
    ],
)
async def test_a_wrong_method_is_told_all_that_the_path_takes(
    client: httpx.AsyncClient, path: str, methods: str
) -> None:
    answer = await client.put(path)
    assert answer.status_code == 405
    assert ", ".join(sorted(answer.headers["allow"].split(", "))) == methods


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ('{"config": "a.yaml", "tags": [1]}', "tags.0"),
        ('{"config": "a.yaml", "nonsense": 1}', "nonsense"),
        ("{", ""),
        ("[]", ""),
        ("", ""),
    ],
)
async def test_wrong_input_names_its_field(client: httpx.AsyncClient, body: str, path: str) -> None:
    answer = await client.post("/tasks", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
    assert answer.json()["fields"][0]["path"] == path
    assert answer.json()["message"]


async def test_input_that_is_no_utf8_is_the_callers_error(client: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "application/json"}
    for body in (b'{"config": "\xff"}', rb'{"config": "\ud800"}', rb'{"\ud800": 1}'):
        answer = await client.post("/tasks", content=body, headers=headers)
        assert 400 <= answer.status_code < 500
        assert set(answer.json()) == {"code", "message", "fields"}


def operations(app: FastAPI) -> list[dict[str, Any]]:
    paths = app.openapi()["paths"]
    return [operation for path in paths.values() for operation in path.values()]


async def test_every_operation_is_called_like_its_function_and_tells_of_its_errors(
    app: FastAPI,
) -> None:
    for operation in operations(app):
        assert operation["operationId"].isidentifier()
        assert operation["summary"]
        assert operation["description"]
        for status in ("4XX", "5XX"):
            schema = operation["responses"][status]["content"]["application/json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/ErrorBody"}
    names = [operation["operationId"] for operation in operations(app)]
    assert len(names) == len(set(names))


async def test_the_description_says_which_operations_want_the_token(app: FastAPI) -> None:
    paths = app.openapi()["paths"]
    assert paths["/health"]["get"]["security"] == []
    assert paths["/platforms"]["get"]["security"] == [{"token": []}]
    assert app.openapi()["components"]["securitySchemes"]["token"]["scheme"] == "bearer"


async def test_the_pages_are_no_part_of_the_api(app: FastAPI) -> None:
    paths = app.openapi()["paths"]
    assert "/health" in paths
    assert not [path for path in paths if path.startswith(("/ui", "/assets", "/docs"))]
