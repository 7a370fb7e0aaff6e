"""`GET /events` on a real server: what a browser sees, and that a stop is never held up."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from hypertrainer.dependencies import Services
from hypertrainer.server.batches import EVERYTHING
from tests.server.conftest import TOKEN

PATIENCE_SECONDS = 10


@dataclass
class Running:
    url: str
    server: uvicorn.Server
    serving: asyncio.Task[None]


@pytest.fixture
async def running(app: FastAPI) -> AsyncIterator[Running]:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", ws="none"))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    yield Running(f"http://127.0.0.1:{listener.getsockname()[1]}", server, serving)
    app.state.open_streams.end_all()
    server.should_exit = True
    await serving


@asynccontextmanager
async def listening(
    running: Running, headers: dict[str, str] | None = None
) -> AsyncIterator[tuple[httpx.Response, AsyncIterator[str]]]:
    allowed = {"Authorization": f"Bearer {TOKEN}", **(headers or {})}
    async with (
        asyncio.timeout(PATIENCE_SECONDS),
        httpx.AsyncClient(base_url=running.url, headers=allowed) as client,
        client.stream("GET", "/events") as answer,
    ):
        yield answer, aiter(answer.aiter_lines())


async def next_event(lines: AsyncIterator[str]) -> tuple[dict[str, str], Any]:
    """The next event's fields, and its data."""
    fields: dict[str, str] = {}
    async for line in lines:
        if not line and "data" in fields:
            return fields, json.loads(fields["data"])
        name, _, value = line.partition(": ")
        fields[name] = value
    raise AssertionError("the stream ended")


async def test_a_change_reaches_every_listener(running: Running, services: Services) -> None:
    async with listening(running) as (answer, mine), listening(running) as (_, yours):
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["x-accel-buffering"] == "no"
        assert answer.headers["cache-control"] == "no-cache"
        services.broker.publish("tasks", [{"id": 3, "status": "running"}])
        for lines in (mine, yours):
            fields, data = await next_event(lines)
            assert (fields["event"], fields["id"]) == ("tasks", "1")
            assert fields["retry"] == "2000"
            assert data == [{"id": 3, "status": "running"}]


async def test_nothing_is_missed_once_the_stream_is_open(
    running: Running, services: Services
) -> None:
    async with listening(running) as (_, lines):
        assert services.broker.has_listeners
        services.broker.publish("invalidate", [["get", "/tasks"]])
        assert (await next_event(lines))[1] == [["get", "/tasks"]]


async def test_who_comes_back_is_told_to_read_everything_again(running: Running) -> None:
    async with listening(running, {"Last-Event-ID": "7"}) as (_, lines):
        fields, data = await next_event(lines)
        assert (fields["event"], data) == (EVERYTHING.kind, EVERYTHING.data)


async def test_a_listener_that_leaves_is_forgotten(running: Running, services: Services) -> None:
    async with listening(running):
        assert services.broker.has_listeners
    async with asyncio.timeout(PATIENCE_SECONDS):
        while services.broker.has_listeners:
            services.broker.publish("platforms", [{"name": "local"}])  # a write finds it gone
            await asyncio.sleep(0.02)


async def test_a_server_that_stops_ends_its_streams_cleanly_and_at_once(
    app: FastAPI, running: Running, services: Services
) -> None:
    async with listening(running) as (_, lines):
        app.state.open_streams.end_all()
        running.server.should_exit = True
        rest = [line async for line in lines]  # an unclean end would raise
        assert all(not line or line.startswith((":", "retry")) for line in rest)
        await running.serving
    assert not services.broker.has_listeners


async def test_a_stream_that_begins_while_the_server_stops_ends_too(
    app: FastAPI, running: Running
) -> None:
    app.state.open_streams.end_all()
    async with listening(running) as (_, lines):
        assert [line async for line in lines if line.startswith("data")] == []


async def test_other_requests_are_answered_while_streams_end(
    app: FastAPI, running: Running
) -> None:
    app.state.open_streams.end_all()
    async with httpx.AsyncClient(base_url=running.url) as client:
        assert (await client.get("/health")).status_code == 200
