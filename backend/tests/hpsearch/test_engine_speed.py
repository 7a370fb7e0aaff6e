"""A search of a thousand trials that end at once, with all loops running: nobody waits for it."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from hypertrainer.app import create_app
from hypertrainer.database import Database
from hypertrainer.dependencies import Services, Wakers
from hypertrainer.events import Broker
from hypertrainer.platforms.base import JobSpec
from hypertrainer.platforms.fake import FakePlatform
from hypertrainer.platforms.registry import Registry
from hypertrainer.security.access import AccessPolicy
from hypertrainer.settings import Settings
from tests.api import BASE, TOKEN, write_sources

pytestmark = pytest.mark.slow

NUM_TRIALS = 1_000
DEADLINE_SECONDS = 600
TRIAL_MILLISECONDS = 100  # of this process's CPU, for all that is done about a trial
REQUEST_MILLISECONDS = 50  # of the loop's CPU while a request is under way, of 99 in 100
CONFIG = f"""\
rate: 1.0e-2
hpsearch:
  algorithm: sobol
  n_trials: {NUM_TRIALS}
  max_concurrent: 50
  seed: 3
  objective: {{metric: loss, direction: minimize}}
  early_stopping: {{rule: asha, max_epochs: 9}}
  params:
    rate: {{low: 1.0e-6, high: 1.0, log: true}}
"""


@dataclass
class Program:
    """Writes three epochs and ends, within a moment."""

    platform: FakePlatform | None = None
    count: int = 0

    def start(self, job: JobSpec) -> None:
        assert self.platform is not None
        self.count += 1
        lines = (f"{epoch}\t{self.count % 7 + 1 / (epoch + 1)}\n" for epoch in range(3))
        (Path(job.folder) / "metric_loss.log").write_text("".join(lines))
        loop = asyncio.get_running_loop()
        loop.call_later(0.05, self.platform.finish, job.key, 0, job.attempt)


@dataclass
class Latencies:
    """How much of the loop's CPU time went by during requests, in milliseconds.

    Clocks would tell how busy this machine is.
    """

    taken: list[float] = field(default_factory=list)

    async def get(self, client: httpx.AsyncClient, path: str) -> httpx.Response:
        before = time.thread_time()
        answer = await client.get(path)
        self.taken.append((time.thread_time() - before) * 1000)
        return answer

    @property
    def p99(self) -> float:
        return sorted(self.taken)[int(len(self.taken) * 0.99)]


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    settings = Settings(
        home=folder / "home", output=folder / "output", path=(write_sources(folder / "scripts"),)
    )
    settings.home.mkdir()
    program = Program()
    program.platform = FakePlatform(on_start=program.start)
    registry = Registry(settings.platforms_file, settings.output, fixed=[program.platform])
    database = Database(settings.resolved_database_url)
    services = Services(settings, database, registry, Broker(), Wakers())
    app = create_app(services, AccessPolicy.of(settings, TOKEN))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app),
            base_url=BASE,
            headers={"Authorization": f"Bearer {TOKEN}"},
        ) as client,
    ):
        yield client


async def test_a_thousand_trials_hold_no_request_up(tmp_path: Path) -> None:
    latencies, cpu = Latencies(), time.process_time()
    deadline = time.monotonic() + DEADLINE_SECONDS
    async with serving(tmp_path) as client:
        body = {"script": "train.py", "config_text": CONFIG, "platform": "fake"}
        assert (await client.post("/hpsearch", json=body)).status_code == 201
        search: dict[str, Any] = {"status": "running"}
        while search["status"] == "running":
            assert time.monotonic() < deadline, search
            await latencies.get(client, "/health")
            search = (await latencies.get(client, "/hpsearch/1")).json()
            await asyncio.sleep(0.02)
        replay = (await client.post("/hpsearch/1/replay")).json()
    counts = search["num_trials"], search["num_finished"], search["num_stopped"]
    assert search["status"] == "finished", search
    assert counts[0] == counts[1] + counts[2] == NUM_TRIALS
    assert replay["is_equal"], replay["differences"]
    assert (time.process_time() - cpu) * 1000 / NUM_TRIALS < TRIAL_MILLISECONDS
    assert latencies.p99 < REQUEST_MILLISECONDS
