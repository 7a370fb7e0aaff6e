import asyncio
import json
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from sqlmodel import SQLModel

from hypertrainer.database import Database
from hypertrainer.logs.lines import LogIndexes
from hypertrainer.logs.routes import router
from hypertrainer.server.errors import install_error_handlers, operation_id
from hypertrainer.tasks.tables import Task


@dataclass(frozen=True, slots=True)
class Site:
    """A served task: its folder, and a client at `/logs`; the task is #7."""

    folder: Path
    client: httpx.AsyncClient


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'test.db'}")
    async with database.engine.begin() as connection:
        await connection.run_sync(SQLModel.metadata.create_all)
    yield database
    await database.close()


@pytest.fixture
async def site(tmp_path: Path, database: Database) -> AsyncIterator[Site]:
    folder = tmp_path / "task"
    folder.mkdir()
    async with database.transaction() as session:
        session.add(
            Task(id=7, uuid="u", name="n", script="s", platform="local", output_path=str(folder))
        )
    async with serving(database) as url, httpx.AsyncClient(base_url=f"{url}/logs") as client:
        yield Site(folder, client)


class serving:  # noqa: N801 -- reads as what it does in `async with`
    """The logs' routes under a real server of this loop."""

    def __init__(self, database: Database) -> None:
        app = FastAPI(generate_unique_id_function=operation_id)
        install_error_handlers(app)
        app.include_router(router)
        app.state.services = SimpleNamespace(database=database)  # all that these routes ask for
        app.state.log_indexes = LogIndexes()
        config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning")
        self._server = uvicorn.Server(config)

    async def __aenter__(self) -> str:
        self._task = asyncio.ensure_future(self._server.serve())
        async with asyncio.timeout(20):
            while not self._server.started:
                await asyncio.wait([self._task], timeout=0.01)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    async def __aexit__(self, *_: object) -> None:
        self._server.should_exit = True
        async with asyncio.timeout(20):
            await self._task


async def test_the_logs_of_a_task_are_listed(site: Site) -> None:
    (site.folder / "err.txt").write_text("")
    (site.folder / "out.txt").write_text("hello")
    items = (await site.client.get("/7")).json()["items"]
    assert [(item["name"], item["size"]) for item in items] == [("out.txt", 5), ("err.txt", 0)]
    assert items[0]["modified_at"].endswith("Z")


async def test_an_unknown_task_or_log_is_not_found(site: Site) -> None:
    (site.folder / "config.yaml").write_text("x: 1")
    names = ("missing.txt", "config.yaml", "..%2Ftest.db", "missing.txt/lines", "missing.txt/raw")
    more = ("missing.txt/search?pattern=x", "config.yaml/stream")
    for path in ("/8", *(f"/7/{name}" for name in names + more)):
        answer = await site.client.get(path)
        assert answer.status_code == 404, path
        assert answer.json()["code"] == "not_found"
    assert (await site.client.get("/99999999999")).status_code == 422


async def test_a_byte_range_of_a_log_is_read(site: Site) -> None:
    (site.folder / "out.txt").write_text("héllo")
    answer = await site.client.get("/7/out.txt", params={"offset": 1, "limit": 4})
    assert answer.json() == {
        "text": "éll", "offset": 1, "next_offset": 5, "size": 6, "is_complete": False
    }  # fmt: skip
    answer = await site.client.get("/7/out.txt", params={"offset": -2})
    assert (answer.json()["text"], answer.json()["is_complete"]) == ("lo", True)
    too_much = await site.client.get("/7/out.txt", params={"limit": 10**7})
    assert too_much.status_code == 422


async def test_a_page_of_lines_is_read(site: Site) -> None:
    (site.folder / "out.txt").write_text("start\n 10%\r100%\nend\n")
    answer = await site.client.get("/7/out.txt/lines", params={"start": 1, "count": 1})
    assert answer.json() == {"lines": ["100%"], "start": 1, "total": 3, "size": 20}
    answer = await site.client.get("/7/out.txt/lines", params={"start": -1})
    assert answer.json()["lines"] == ["end"]


async def test_a_log_is_searched(site: Site) -> None:
    (site.folder / "out.txt").write_text("Loss 1\nacc 2\nloss 3\n")
    answer = await site.client.get("/7/out.txt/search", params={"pattern": "loss"})
    assert answer.json() == {
        "lines": [0, 2], "total": 2, "bytes_searched": 20, "size": 20, "is_complete": True
    }  # fmt: skip
    query = {"pattern": r"^loss \d", "regex": "true", "ignore_case": "false"}
    answer = await site.client.get("/7/out.txt/search", params=query)
    assert answer.json()["lines"] == [2]
    answer = await site.client.get("/7/out.txt/search", params={"pattern": "(", "regex": "true"})
    assert answer.status_code == 422
    assert answer.json()["fields"][0]["path"] == "pattern"


async def test_a_log_is_downloaded_whole_or_in_part(site: Site) -> None:
    content = os.urandom(600_000)
    (site.folder / "out.txt").write_bytes(content)
    whole = await site.client.get("/7/out.txt/raw")
    assert whole.content == content
    assert whole.headers["content-type"] == "text/plain; charset=utf-8"
    assert whole.headers["content-disposition"] == 'attachment; filename="out.txt"'
    assert whole.headers["x-content-type-options"] == "nosniff"
    assert whole.headers["accept-ranges"] == "bytes"
    part = await site.client.get("/7/out.txt/raw", headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, content[100:200])
    assert part.headers["content-range"] == "bytes 100-199/600000"
    outside = await site.client.get("/7/out.txt/raw", headers={"Range": "bytes=600000-"})
    assert outside.status_code == 416


async def test_a_log_that_grows_can_be_downloaded(site: Site) -> None:
    log = site.folder / "out.txt"
    log.write_bytes(b"x" * 8_000_000)
    received = 0
    async with site.client.stream("GET", "/7/out.txt/raw") as answer:
        with log.open("ab") as file:
            async for chunk in answer.aiter_bytes():
                file.write(b"y" * 1000)
                file.flush()
                received += len(chunk)
    assert received == int(answer.headers["content-length"]) == 8_000_000


async def events(answer: httpx.Response) -> AsyncIterator[dict[str, str]]:
    event: dict[str, str] = {}
    async for line in answer.aiter_lines():
        if not line:
            yield event
            event = {}
        else:
            name, _, value = line.partition(": ")
            event[name] = value


async def next_slice(stream: AsyncIterator[dict[str, str]]) -> tuple[str | None, str, str]:
    async with asyncio.timeout(10):
        event = await anext(stream)
    return event.get("event"), json.loads(event["data"])["text"], event["id"]


async def test_a_stream_follows_a_log_from_its_first_line_to_a_truncation(site: Site) -> None:
    log = site.folder / "out.txt"
    async with site.client.stream("GET", "/7/out.txt/stream") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        stream = events(answer)
        log.write_text("one\r\n")
        assert await next_slice(stream) == (None, "one\r\n", "5")
        with log.open("a") as file:
            file.write("two\n")
        assert await next_slice(stream) == (None, "two\n", "9")
        log.write_text("new")
        event, text, _ = await next_slice(stream)
        assert (event, text) in {("truncated", "new"), ("truncated", "")}


async def test_a_stream_continues_where_the_last_one_ended(site: Site) -> None:
    (site.folder / "out.txt").write_text("one\ntwo\n")
    headers = {"Last-Event-ID": "4"}
    async with site.client.stream("GET", "/7/out.txt/stream?offset=0", headers=headers) as answer:
        assert await next_slice(events(answer)) == (None, "two\n", "8")
    async with site.client.stream("GET", "/7/out.txt/stream?offset=-4") as answer:
        assert await next_slice(events(answer)) == (None, "two\n", "8")
