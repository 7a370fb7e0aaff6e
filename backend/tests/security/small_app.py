"""A small application behind the real middleware, and what may be sent to it."""

import errno
import os
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI, Request

from hypertrainer.security.access import AccessPolicy
from hypertrainer.security.stack import install_security
from hypertrainer.server import pages, session
from hypertrainer.server.errors import install_error_handlers
from hypertrainer.settings import Settings

TOKEN = "a-token-for-these-tests-only"  # noqa: S105 - opens nothing
BEARER = {"Authorization": f"Bearer {TOKEN}"}
JSON = {"Content-Type": "application/json"}
COOKIE = {"Cookie": f"hypertrainer_5000={TOKEN}"}
EVERYWHERE = "0.0.0.0"  # noqa: S104 - a setting; nothing is bound
BASE = "http://localhost:5000"


def make_app(static: Path, **settings: Any) -> FastAPI:
    app = FastAPI(docs_url=None, redoc_url=None)
    app.state.static_folder = static

    @app.get("/health")
    async def health() -> str:
        return "ok"

    @app.get("/things")
    async def things() -> list[str]:
        return ["thing"]

    @app.post("/things")
    async def create(request: Request) -> int:
        return len(await request.body())

    @app.post("/typed")
    async def typed(body: dict[str, Any]) -> int:
        return len(body)

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("a secret detail")

    @app.get("/full")
    async def full() -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/data/config.yaml")

    for router in (session.router, pages.router):
        app.include_router(router)
    install_error_handlers(app)
    install_security(app, AccessPolicy.of(Settings(**settings), TOKEN), static)
    return app


def connect(app: FastAPI, base: str = BASE) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=base)


def code(answer: httpx.Response) -> str:
    body = answer.json()
    assert set(body) == {"code", "message", "fields"}
    assert body["message"]
    return str(body["code"])
