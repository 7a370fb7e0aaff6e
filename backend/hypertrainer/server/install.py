"""Adds the server's own routes and all protections to an application."""

from pathlib import Path

from fastapi import FastAPI

from hypertrainer.security.access import AccessPolicy
from hypertrainer.security.stack import install_security
from hypertrainer.server import (
    events,
    files,
    health,
    pages,
    platform_checks,
    platform_edits,
    platforms,
    session,
)
from hypertrainer.server.background import Background
from hypertrainer.server.description import install_description
from hypertrainer.server.errors import install_error_handlers
from hypertrainer.server.open_streams import EndingStreams, OpenStreams
from hypertrainer.server.platform_looks import PlatformLooks
from hypertrainer.settings import STATIC_FOLDER

ROUTERS = (health, session, files, platforms, platform_checks, platform_edits, events)


def install_server(
    app: FastAPI,
    policy: AccessPolicy,
    background: Background | None,
    static_folder: Path = STATIC_FOLDER,
) -> None:
    """Add routes, error mapping and security. To be called last, after the features' routers.

    The application must be made with `docs_url=None, redoc_url=None`, for the pages at `/docs` are
    our own, with `responses=ERROR_RESPONSES` and with `generate_unique_id_function=operation_id`.
    Whoever serves it calls `app.state.open_streams.end_all()` before it stops.
    """
    app.state.background = background
    app.state.platform_looks = PlatformLooks()
    app.state.open_streams = OpenStreams()
    app.state.static_folder = static_folder
    for module in (*ROUTERS, pages):
        app.include_router(module.router)
    install_description(app)
    install_error_handlers(app)
    app.add_middleware(EndingStreams, streams=app.state.open_streams)
    install_security(app, policy, static_folder)
