"""The whole application in this process, without loops, and a user who talks to it over HTTP."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from hypertrainer.app import create_app
from hypertrainer.database import Database
from hypertrainer.dependencies import Services, Wakers
from hypertrainer.events import Broker
from hypertrainer.monitor.platform_pass import PlatformPass
from hypertrainer.platforms.fake import FakePlatform
from hypertrainer.platforms.registry import Registry
from hypertrainer.security.access import AccessPolicy
from hypertrainer.settings import Settings

TOKEN = "a-token-for-these-tests-only"  # noqa: S105 - opens nothing
BASE = "http://localhost:5000"

MNIST = """\
# What to train
script: train.py
training:
  num_epochs: 3   # few
  learning_rate: 1.0e-3
  layers: [64, 10]
name: 'digits'
"""

SEARCH = (
    MNIST
    + """\
hpsearch:
  n_trials: 3
  type: random_uniform
  seed: 7
  params:
    - {param: training.learning_rate, lo: -4, hi: -2, exponent_base: 10}
"""
)


@dataclass(slots=True)
class Api:
    """A user of a server with a platform in memory, `fake`, beside the usual `local`."""

    app: FastAPI
    client: httpx.AsyncClient
    services: Services
    scripts: Path  # on $HYPERTRAINER_PATH
    fake: FakePlatform = field(default_factory=FakePlatform)

    @property
    def database(self) -> Database:
        return self.services.database

    @property
    def output(self) -> Path:
        return self.services.settings.output

    async def post(self, path: str, **body: Any) -> httpx.Response:
        """Post JSON; in ASCII, so that it may hold what is no valid text."""
        headers = {"Content-Type": "application/json"}
        return await self.client.post(path, content=json.dumps(body), headers=headers)

    async def get(self, path: str, **params: Any) -> Any:
        answer = await self.client.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def created(self, path: str = "/tasks", **body: Any) -> Any:
        """Post something that is to be created; the answer's body."""
        body = {"platform": "fake"} | body if path in ("/tasks", "/hpsearch") else body
        answer = await self.post(path, **body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def task(self, **body: Any) -> Any:
        """Submit one task, of `mnist.yaml` unless told otherwise."""
        given = (
            body if "config" in body or "config_text" in body else body | {"config": "mnist.yaml"}
        )
        (task,) = (await self.created(**given))["tasks"]
        return task

    async def search(self, **body: Any) -> Any:
        """Submit a search of three trials."""
        return await self.created("/hpsearch", **({"config": "hp_test.yaml"} | body))

    async def act(self, verb: str, *ids: int, **more: Any) -> list[dict[str, Any]]:
        answer = await self.post(f"/tasks/{verb}", ids=list(ids), **more)
        assert answer.status_code == 200, answer.text
        results: list[dict[str, Any]] = answer.json()["results"]
        return results

    async def read(self, task_id: int) -> Any:
        return await self.get(f"/tasks/{task_id}")

    async def round(self) -> None:
        """One round of the platform in memory: what waits is launched, what ended is seen."""
        await PlatformPass(self.services, self.fake).run_once()

    async def run(self, task_id: int, code: int = 0) -> Any:
        """Let a task run to its end; the task then."""
        await self.round()
        await self.round()
        attempts = (await self.get(f"/tasks/{task_id}/attempts"))["items"]
        self.fake.finish(attempts[-1]["key"], code, attempt=attempts[-1]["number"])
        await self.round()
        return await self.read(task_id)

    def folders(self) -> list[Path]:
        """Everything below the output folder."""
        return sorted(self.output.iterdir()) if self.output.exists() else []


def write_sources(folder: Path) -> Path:
    """A folder with two scripts and two configs."""
    folder.mkdir()
    (folder / "train.py").write_text("print('training')\n")
    (folder / "mnist.yaml").write_text(MNIST)
    (folder / "hp_test.yaml").write_text(SEARCH)
    (folder / "vision").mkdir()
    (folder / "vision" / "classify.py").write_text("print('classifying')\n")
    return folder


@asynccontextmanager
async def serving_api(database: Database, folder: Path) -> AsyncIterator[Api]:
    """The application over this database, with its files under this folder."""
    scripts = write_sources(folder / "scripts")
    settings = Settings(home=folder / "home", output=folder / "output", path=(scripts,))
    settings.home.mkdir()
    fake = FakePlatform()
    registry = Registry(settings.platforms_file, settings.output, fixed=[fake])
    services = Services(settings, database, registry, Broker(), Wakers())
    app = create_app(services, AccessPolicy.of(settings, TOKEN), has_loops=False)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app),
        base_url=BASE,
        headers={"Authorization": f"Bearer {TOKEN}"},
    ) as client:
        yield Api(app, client, services, scripts, fake)
    await app.state.adviser.aclose()
    await app.state.analyst.aclose()
