"""The real application without loops, in this process, over a database of the test's own."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from hypertrainer.app import create_app
from hypertrainer.database import Database
from hypertrainer.dependencies import Services, Wakers
from hypertrainer.events import Broker
from hypertrainer.platforms.registry import Registry
from hypertrainer.security.access import AccessPolicy
from hypertrainer.settings import Settings
from tests.labs.ssh import ssh, ssh_servers
from tests.server.places import Background

__all__ = ["ssh", "ssh_servers"]

TOKEN = "a-token-for-these-tests-only"  # noqa: S105 - opens nothing
BASE = "http://localhost:5000"


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    """A folder on $HYPERTRAINER_PATH."""
    folder = tmp_path / "scripts"
    folder.mkdir()
    (folder / "train.py").write_text("print('training')\n")
    (folder / "mnist.yaml").write_text("script: train.py\nlr: 0.1\n")
    return folder


@pytest.fixture
def services(tmp_path: Path, scripts: Path, sqlite_database: Database) -> Services:
    settings = Settings(home=tmp_path / "home", output=tmp_path / "output", path=(scripts,))
    settings.home.mkdir()
    return Services(
        settings=settings,
        database=sqlite_database,
        registry=Registry(settings.platforms_file, settings.output),
        broker=Broker(),
        wakers=Wakers(),
    )


@pytest.fixture
def app(services: Services) -> FastAPI:
    return create_app(services, AccessPolicy.of(services.settings, TOKEN), has_loops=False)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who has the token."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app),
        base_url=BASE,
        headers={"Authorization": f"Bearer {TOKEN}"},
    ) as client:
        yield client


@pytest.fixture
def background(app: FastAPI) -> Background:
    """The application's background work, as the test says it is."""
    app.state.background = background = Background()
    return background
