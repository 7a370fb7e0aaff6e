"""No request gives a 500: requests made up from the API's own description, right ones and wrong.

Schemathesis makes them up, with a fixed seed and budget; they are sent within one event loop, so
that they meet one database. Streams are left out, because they do not end.
"""

import asyncio
import json
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, assume, given, seed, settings
from schemathesis import GenerationMode

from hypertrainer.app import create_app, create_services
from hypertrainer.database import Database
from hypertrainer.security.access import AccessPolicy
from hypertrainer.settings import Settings
from tests.api import BASE, MNIST, SEARCH, TOKEN, Api, serving_api
from tests.postgres import create_tables

SEED = 20_260_101
EXAMPLES = 12  # of right requests to an operation, and as many of wrong ones
STREAMS = ("/events", "/logs/{task_id}/{name}/stream")
MAX_URL = 60_000  # what the client takes
KNOWN_IDS = 8  # of tasks and searches, some of which exist
CONFIGS = (MNIST, SEARCH, "a: 1\n", "- 1\n")
PLATFORMS = ("lab", "fake", "mars", "types")
TYPES = ("local", "slurm", "ssh", "shh")
SETTINGS: tuple[dict[str, Any], ...] = (
    {},
    {"slots": 2, "environment": {"A": "1"}},
    {"setup": ["true"], "resources": {"time": "3h"}},
    {"host": "two words"},
    {"poll": None, "grace": -1},
)
NAMES = ("out.txt", "metric_loss.log", "metric_classwise_acc.log", "progress.log", "none.log")


def description() -> dict[str, Any]:
    unopened = create_services(Settings(home=Path("/nowhere"), output=Path("/nowhere")))
    policy = AccessPolicy.of(unopened.settings, TOKEN)
    return create_app(unopened, policy, has_loops=False).openapi()


SCHEMA = schemathesis.openapi.from_dict(description())
OPERATIONS = [
    (path, method.upper(), "parameters" in operation or "requestBody" in operation)
    for path, methods in SCHEMA.raw_schema["paths"].items()
    for method, operation in methods.items()
    if path not in STREAMS
]
RIGHT = [(path, method, GenerationMode.POSITIVE) for path, method, _ in OPERATIONS]
WRONG = [
    (path, method, GenerationMode.NEGATIVE) for path, method, has_input in OPERATIONS if has_input
]


class Sender:
    """Sends requests to one application in an event loop of its own, from code that has none."""

    def __init__(self, folder: Path) -> None:
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        self.api: Api = self._runner.run(self._open(folder))

    async def _open(self, folder: Path) -> Api:
        url = f"sqlite:///{folder / 'hypertrainer.db'}"
        await create_tables(url)
        database = Database(url)
        self._stack.push_async_callback(database.close)
        api = await self._stack.enter_async_context(serving_api(database, folder))
        await fill(api)
        return api

    def send(self, request: requests.PreparedRequest) -> httpx.Response:
        return self._runner.run(
            self.api.client.request(
                request.method or "GET",
                request.url or BASE,
                headers={**request.headers, "Authorization": f"Bearer {TOKEN}"},
                content=request.body or b"",
            )
        )

    def close(self) -> None:
        self._runner.run(self._stack.aclose())
        self._runner.close()


async def fill(api: Api) -> None:
    """A few tasks in different states, with output, and a search."""
    tasks = [await api.task(tags=["a"], project="p") for _ in range(3)]
    tasks += (await api.search())["tasks"]
    for task in tasks[:2]:
        await api.run(task["id"], code=1)
        folder = Path(task["output_path"])
        (folder / "out.txt").write_text("one\n\x1b[31mtwo\x1b[0m\rthree\nü" * 20)
        (folder / "metric_loss.log").write_text("0\t1.0\n1\tnan\nbad\n2\t0.5\n")
        (folder / "metric_classwise_acc.log").write_text("0\tcat\t0.5\n0\tdog\t0.25\n")
    await api.act("archive", tasks[1]["id"])


@pytest.fixture(scope="module")
def sender(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sender]:
    sender = Sender(tmp_path_factory.mktemp("schema"))
    yield sender
    sender.close()


def meaningful(case: schemathesis.Case) -> None:
    """Point what was made up at what exists, where it is of the right kind."""
    for name, value in case.path_parameters.items():
        if isinstance(value, int) and value > 0:
            case.path_parameters[name] = value % KNOWN_IDS + 1
        elif isinstance(value, str) and name == "name" and "logs" in case.path:
            case.path_parameters[name] = NAMES[len(value) % len(NAMES)]
        elif isinstance(value, str) and name == "name" and "platforms" in case.path:
            case.path_parameters[name] = PLATFORMS[len(value) % len(PLATFORMS)]
    body = case.body
    if isinstance(body, dict) and "platforms" in case.path:
        describe(body)
    if isinstance(body, dict) and isinstance(body.get("config_text"), str):
        body["config_text"] = CONFIGS[len(body["config_text"]) % len(CONFIGS)]
    if isinstance(body, dict) and isinstance(body.get("ids"), list):
        body["ids"] = [
            id % KNOWN_IDS + 1 if type(id) is int and id > 0 else id for id in body["ids"]
        ]


def describe(body: dict[str, Any]) -> None:
    """Make what was made up a description of a place; none lies beyond this machine."""
    if isinstance(body.get("type"), str):
        body["type"] = TYPES[len(body["type"]) % len(TYPES)]
    if isinstance(body.get("settings"), dict) and len(body["settings"]) % 4 < 3:
        body["settings"] = SETTINGS[len(repr(body["settings"])) % len(SETTINGS)]
    if isinstance(body.get("name"), str):
        body["name"] = PLATFORMS[len(body["name"]) % len(PLATFORMS)]


def prepared(case: schemathesis.Case) -> requests.PreparedRequest:
    keywords = case.as_transport_kwargs(base_url=BASE)
    return requests.Request(**keywords).prepare()


@pytest.mark.slow
@pytest.mark.parametrize(("path", "method", "mode"), [*RIGHT, *WRONG])
def test_no_request_gives_a_500(
    sender: Sender, path: str, method: str, mode: GenerationMode
) -> None:
    @seed(SEED)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    @given(SCHEMA[path][method].as_strategy(generation_mode=mode))
    def check(case: schemathesis.Case) -> None:
        meaningful(case)
        request = prepared(case)
        assume(len(request.url or "") < MAX_URL)
        answer = sender.send(request)
        said = f"{request.method} {request.url} {request.body!r}: {answer.text[:500]}"
        assert answer.status_code < 500, said
        if answer.status_code >= 400:
            assert set(json.loads(answer.content)) == {"code", "message", "fields"}, said

    check()


def test_every_operation_but_the_streams_is_asked() -> None:
    paths = {path for path, *_ in OPERATIONS}
    assert len(OPERATIONS) > 40
    assert set(SCHEMA.raw_schema["paths"]) - paths == set(STREAMS)
