"""What the Platforms page does: describe places, and what it is told of them."""

import asyncio
from pathlib import Path
from time import monotonic
from typing import Any

import httpx
import pytest

from hypertrainer.dependencies import Services
from hypertrainer.monitor.platform_pass import PlatformState
from hypertrainer.platforms.platform_types import PLATFORM_TYPES
from hypertrainer.tasks.statuses import AttemptState
from tests.server.places import Background, add_task

LAB: dict[str, Any] = {
    "name": "lab",
    "type": "slurm",
    "settings": {"output": "~/out", "poll": 90, "resources": {"time": "3:00:00"}},
}


def nested(depth: int) -> str:
    """A list in a list in a list."""
    return "[" * depth + "]" * depth


def saved(services: Services) -> Path:
    return services.settings.platforms_file


async def added(client: httpx.AsyncClient, **changes: Any) -> Any:
    answer = await client.post("/platforms", json={**LAB, **changes})
    assert answer.status_code == 201, answer.text
    return answer.json()


# --- types -----------------------------------------------------------------------------------


async def test_every_type_is_explained_with_all_its_settings(client: httpx.AsyncClient) -> None:
    items = (await client.get("/platforms/types")).json()["items"]
    assert [item["type"] for item in items] == [*PLATFORM_TYPES]
    for item in items:
        assert item["title"]
        assert item["description"]
        settings = PLATFORM_TYPES[item["type"]].settings
        assert set(item["schema"]["properties"]) == set(settings.model_fields)


# --- adding, changing, removing ----------------------------------------------------------------


async def test_a_platform_is_added_shown_changed_and_removed(
    client: httpx.AsyncClient, services: Services
) -> None:
    with services.broker.subscribe() as subscription:
        place = await added(client)
        assert subscription.queue.get_nowait().kind == "platforms"
    assert (place["name"], place["type"], place["condition"]) == ("lab", "slurm", "ok")
    assert place["settings"] == LAB["settings"]
    assert (place["poll_seconds"], place["slots"], place["host_key"]) == (90, None, None)
    listed = (await client.get("/platforms")).json()["items"]
    assert [item["name"] for item in listed] == ["local", "lab"]
    assert listed[0]["settings"] == {}
    body = {"type": "slurm", "settings": {"output": "~/other"}}
    changed = await client.put("/platforms/lab", json=body)
    assert (changed.status_code, changed.json()["settings"]) == (200, {"output": "~/other"})
    assert (await client.delete("/platforms/lab")).status_code == 204
    assert (await client.get("/platforms/lab")).status_code == 404
    assert "lab" not in saved(services).read_text()


async def test_this_machine_can_be_switched_off_and_on(client: httpx.AsyncClient) -> None:
    assert (await client.delete("/platforms/local")).status_code == 204
    assert (await client.get("/platforms")).json()["items"] == []
    await added(client, name="local", type="local", settings={"slots": 3})
    assert (await client.get("/platforms/local")).json()["slots"]["total"] == 3


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"name": "a b"}, "name"),
        ({"name": ""}, "name"),
        ({"type": "shh"}, "type"),
        ({"settings": {"host": "two words"}}, "settings.host"),
        ({"settings": {"pol": 1}}, "settings.pol"),
        ({"settings": {"resources": {"time": "soon"}}}, "settings.resources.time"),
        ({"settings": []}, "settings"),
        ({"more": 1}, "more"),
    ],
)
async def test_wrong_settings_are_told_beside_their_field(
    client: httpx.AsyncClient, services: Services, changes: dict[str, Any], path: str
) -> None:
    answer = await client.post("/platforms", json={**LAB, **changes})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
    assert path in [field["path"] for field in answer.json()["fields"]]
    assert not saved(services).exists()


@pytest.mark.parametrize("value", [r'"\ud800"', "Infinity", "NaN", nested(400), nested(5000)])
@pytest.mark.parametrize("path", ["", "/check"])
async def test_settings_that_are_no_json_are_the_callers_error(
    client: httpx.AsyncClient, path: str, value: str
) -> None:
    body = f'{{"name": "lab", "type": "local", "settings": {{"poll": {value}}}}}'
    headers = {"Content-Type": "application/json"}
    answer = await client.post(f"/platforms{path}", content=body, headers=headers)
    assert answer.status_code in (400, 422)
    assert set(answer.json()) == {"code", "message", "fields"}


async def test_a_name_is_taken_once(client: httpx.AsyncClient) -> None:
    await added(client)
    for name in ("lab", "local"):
        answer = await client.post("/platforms", json={**LAB, "name": name})
        assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
        assert answer.json()["fields"][0]["path"] == "name"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "", {"type": "local", "settings": {}}),
        ("DELETE", "", None),
        ("POST", "/check", None),
        ("POST", "/host-key", {"fingerprint": "SHA256:x"}),
    ],
)
async def test_an_unknown_platform_is_not_found(
    client: httpx.AsyncClient, method: str, path: str, body: Any
) -> None:
    answer = await client.request(method, f"/platforms/mars{path}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_platform_with_active_tasks_stays_what_it_is(
    client: httpx.AsyncClient, services: Services
) -> None:
    await added(client, name="box", type="local", settings={})
    for number, state in enumerate((AttemptState.QUEUED, AttemptState.RUNNING, AttemptState.ENDED)):
        await add_task(services, number, state, platform="box")
    removed = await client.delete("/platforms/box")
    assert removed.status_code == 409
    assert "2 active tasks" in removed.json()["message"]
    body = {"type": "slurm", "settings": {}}
    assert (await client.put("/platforms/box", json=body)).status_code == 409
    body = {"type": "local", "settings": {"slots": 2}}
    assert (await client.put("/platforms/box", json=body)).status_code == 200


@pytest.mark.parametrize(
    ("before", "after", "status"),
    [
        ({"host": "a"}, {"host": "b"}, 409),
        ({"host": "a"}, {"host": "bob@a"}, 409),
        ({"host": "a"}, {"host": "a", "poll": 30}, 200),
        ({"host": "a:22"}, {"host": "a", "port": 22}, 200),
        ({"hosts": ["a", "b"]}, {"hosts": ["a"]}, 409),
        ({"hosts": ["a", "b"]}, {"host": "a"}, 409),
        ({"hosts": ["a", "b"]}, {"hosts": ["c", "b", "a"]}, 200),
    ],
)
async def test_active_tasks_are_not_left_on_machines_that_nobody_asks(
    client: httpx.AsyncClient,
    services: Services,
    before: dict[str, Any],
    after: dict[str, Any],
    status: int,
) -> None:
    await added(client, name="lab", type="ssh", settings=before)
    await add_task(services, 1, AttemptState.RUNNING, platform="lab")
    changed = await client.put("/platforms/lab", json={"type": "ssh", "settings": after})
    assert changed.status_code == status, changed.text


async def test_a_file_that_is_broken_by_hand_is_told_and_left_alone(
    client: httpx.AsyncClient, services: Services
) -> None:
    await added(client)
    broken = "platforms:\n  lab: {type: shh}\n"
    saved(services).write_text(broken)
    answers = [
        await client.post("/platforms", json={**LAB, "name": "new"}),
        await client.put("/platforms/lab", json={"type": "slurm", "settings": {}}),
        await client.delete("/platforms/lab"),
    ]
    for answer in answers:
        assert answer.status_code == 409
        assert "`shh` is no platform type" in answer.json()["message"]
        assert "platforms.yaml: line 2" in answer.json()["message"]
        assert answer.json()["fields"] == []  # those of the file are not those of the request
    assert saved(services).read_text() == broken
    place = (await client.get("/platforms/lab")).json()
    assert place["settings"] == LAB["settings"]  # the last good ones are in use


async def test_many_edits_at_once_all_count(client: httpx.AsyncClient) -> None:
    names = [f"lab{number}" for number in range(8)]
    await asyncio.gather(*(added(client, name=name) for name in names))
    items = (await client.get("/platforms")).json()["items"]
    assert sorted(item["name"] for item in items) == [*names, "local"]


# --- what is told of a place --------------------------------------------------------------------


async def test_a_place_says_how_often_it_is_asked(
    client: httpx.AsyncClient, background: Background
) -> None:
    place = await added(client)
    assert place["calls_per_hour"] is None
    background.places["lab"] = PlatformState()
    background.places["lab"].calls.note(12, monotonic())
    place = (await client.get("/platforms/lab")).json()
    assert place["calls_per_hour"] == 12
    assert place["poll_floor_seconds"] > 0
