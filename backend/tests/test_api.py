"""The application as a whole, its loops running, on this machine's own platform."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlmodel import func, select

from hypertrainer.app import create_app, create_services
from hypertrainer.database import Database
from hypertrainer.security.access import AccessPolicy
from hypertrainer.settings import Settings
from hypertrainer.tasks.folder import read_record
from hypertrainer.tasks.tables import Task
from tests.api import BASE, TOKEN

DEADLINE_SECONDS = 60
SCRIPT = """\
import os, sys, time
config = open(sys.argv[1]).read()
assert os.environ["HYPERTRAINER_CONFIG"] == sys.argv[1], config
with open("metric_loss.log", "a") as log:
    for epoch in range(3):
        log.write(f"{epoch}\\t{1 / (epoch + 1)}\\n")
print("ran with", os.environ["HYPERTRAINER_ATTEMPT"])
time.sleep(float(sys.argv[2]) if len(sys.argv) > 2 else 0)
sys.exit(3 if "fails: true" in config else 0)
"""


@asynccontextmanager
async def living_server(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A server with all its loops, over a home that outlives it."""
    scripts = folder / "scripts"
    scripts.mkdir(exist_ok=True)
    (scripts / "train.py").write_text(SCRIPT)
    settings = Settings(home=folder / "home", output=folder / "output", path=(scripts,))
    settings.home.mkdir(exist_ok=True)
    services = create_services(settings)
    app = create_app(services, AccessPolicy.of(settings, TOKEN))
    transport = httpx.ASGITransport(app=app)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url=BASE, headers=headers) as client,
    ):
        yield client


async def until(read: Callable[[], Awaitable[Any]], is_so: Callable[[Any], bool]) -> Any:
    """Read until it is so; what was read then."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    value = await read()
    while not is_so(value):
        assert time.monotonic() < deadline, value
        await asyncio.sleep(0.05)
        value = await read()
    return value


def reader(client: httpx.AsyncClient, path: str) -> Callable[[], Awaitable[Any]]:
    async def read() -> Any:
        return (await client.get(path)).json()

    return read


async def submit(client: httpx.AsyncClient, text: str) -> list[int]:
    answer = await client.post("/tasks", json={"config_text": text})
    assert answer.status_code == 201, answer.text
    return [task["id"] for task in answer.json()["tasks"]]


async def ended(client: httpx.AsyncClient, task_id: int) -> Any:
    active = ("waiting", "submitting", "running")
    return await until(reader(client, f"/tasks/{task_id}"), lambda it: it["status"] not in active)


@pytest.mark.slow
async def test_a_submitted_script_runs_and_everything_about_it_is_known(tmp_path: Path) -> None:
    async with living_server(tmp_path) as client:
        (task_id,) = await submit(client, "script: train.py\nlr: 0.1\n")
        task = await ended(client, task_id)
        assert (task["status"], task["exit_code"]) == ("finished", 0), task
        task = await until(reader(client, f"/tasks/{task_id}"), lambda it: "loss" in it["metrics"])
        assert task["metrics"]["loss"]["min"] == pytest.approx(1 / 3)
        folder = Path(task["output_path"])
        assert (folder / "out.txt").read_text() == "ran with 1\n"
        environment = await until(
            reader(client, f"/tasks/{task_id}/environment"), lambda it: it["recorded_at"]
        )
        assert environment["python"]["version"]
        record = await until(
            read_later(folder), lambda it: it is not None and it.status == "finished"
        )
        assert record.attempts[0].exit_code == 0


def read_later(folder: Path) -> Callable[[], Awaitable[Any]]:
    async def read() -> Any:
        return await asyncio.to_thread(read_record, folder)

    return read


@pytest.mark.slow
async def test_a_search_runs_ends_and_is_finished(tmp_path: Path) -> None:
    search = "hpsearch: {n_trials: 2, params: [{param: lr, lo: 0.1, hi: 0.2}]}\n"
    async with living_server(tmp_path) as client:
        await submit(client, f"script: train.py\nlr: 0.1\n{search}")
        found = await until(reader(client, "/hpsearch/1"), lambda it: it["status"] == "finished")
        assert (found["num_finished"], found["num_active"]) == (2, 0)


@pytest.mark.slow
async def test_tasks_outlive_a_server_that_stops_and_the_next_one_sees_their_end(
    tmp_path: Path,
) -> None:
    command = 'command: ["{python}", "{script}", "{config}", "2"]\n'
    async with living_server(tmp_path) as client:
        (task_id,) = await submit(client, f"script: train.py\nfails: true\n{command}")
        await until(reader(client, f"/tasks/{task_id}"), lambda it: it["status"] == "running")
    async with living_server(tmp_path) as client:
        task = await ended(client, task_id)
        assert (task["status"], task["exit_code"], task["num_attempts"]) == ("crashed", 3, 1)


@pytest.mark.slow
async def test_every_loop_is_well_and_the_server_stops_promptly(tmp_path: Path) -> None:
    async with living_server(tmp_path) as client:
        health = await until(
            reader(client, "/health"),
            lambda it: (
                "platform:local" in it["loops"]
                and all(
                    loop["status"] == "ok"
                    for name, loop in it["loops"].items()
                    if name != "watch_output"  # it waits for the first folder to watch
                )
            ),
        )
        assert set(health["loops"]) == {
            "collect_output",
            "watch_output",
            "write_folders",
            "advance_searches",
            "fill_searches",
            "record_environments",
            "prune_code",
            "read_platforms",
            "platform:local",
        }
        assert (health["status"], health["database"]) == ("ok", "ok")
        before = time.monotonic()
    assert time.monotonic() - before < 5


@pytest.mark.slow
async def test_platforms_that_come_and_go_in_the_file_get_and_lose_their_loops(
    tmp_path: Path,
) -> None:
    file = tmp_path / "home" / "platforms.yaml"
    async with living_server(tmp_path) as client:
        file.write_text("platforms: {second: {type: local, slots: 1}}\n")
        loops = reader(client, "/health")
        await until(loops, lambda it: "platform:second" in it["loops"])
        file.unlink()
        await until(loops, lambda it: "platform:second" not in it["loops"])


async def test_the_database_of_a_new_home_is_made_at_the_start(tmp_path: Path) -> None:
    async with living_server(tmp_path) as client:
        assert (await client.get("/tasks")).json() == {"items": [], "total": 0}
    database = Database(f"sqlite:///{tmp_path / 'home' / 'hypertrainer.db'}")
    async with database.reading() as session:
        assert (await session.exec(select(func.count()).select_from(Task))).one() == 0
    await database.close()


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not_found"),
        ("PUT", "/tasks", 405, "method_not_allowed"),
        ("DELETE", "/tasks/1", 405, "method_not_allowed"),
        ("GET", "/tasks?limit=many", 422, "invalid_input"),
        ("GET", "/tasks/1", 404, "not_found"),
        ("GET", "/hpsearch/1", 404, "not_found"),
        ("GET", "/logs/1", 404, "not_found"),
        ("GET", "/metrics/1", 404, "not_found"),
        ("GET", "/platforms/mars", 404, "not_found"),
        ("POST", "/tasks", 422, "invalid_input"),
    ],
)
async def test_every_error_has_the_one_shape(
    tmp_path: Path, method: str, path: str, status: int, code: str
) -> None:
    async with living_server(tmp_path) as client:
        answer = await client.request(method, path)
    assert answer.status_code == status
    body = json.loads(answer.content)
    assert set(body) == {"code", "message", "fields"}
    assert body["code"] == code
    assert body["message"]
    for field in body["fields"]:
        assert set(field) == {"path", "message", "line", "column"}
