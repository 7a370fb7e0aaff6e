"""Runs the server: one home, one socket, one process, and a link to open."""

import asyncio
import gc
import json
import logging
import os
import signal
import socket
import sys
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import structlog
import uvicorn
import uvloop
from fastapi import FastAPI
from rich.panel import Panel
from rich.text import Text

from hypertrainer.app import create_app, create_services
from hypertrainer.cli.output import console, errors
from hypertrainer.cli.sole_use import sole_use
from hypertrainer.cli.starting import listening, problems_told, read_settings, sole_server
from hypertrainer.client.address import SERVER_FILE
from hypertrainer.security.access import WILDCARDS, AccessPolicy, bracketed, is_loopback
from hypertrainer.security.token import load_or_create_token, write_private_file
from hypertrainer.server.open_streams import OpenStreams
from hypertrainer.settings import Settings

GRACE_SECONDS = 5
PANEL_WIDTH = 80
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Announcement:
    """What is told while the server answers: the link on the terminal, the URL in the home."""

    def __init__(self, settings: Settings, token: str, *, open_browser: bool) -> None:
        host = "localhost" if settings.host in WILDCARDS else bracketed(settings.host)
        self.settings = settings
        self.url = f"http://{host}:{settings.port}"
        self.link = f"{self.url}/?token={token}"
        self.open_browser = open_browser

    def make(self) -> None:
        record = json.dumps({"url": self.url, "pid": os.getpid()})
        write_private_file(self.settings.home / SERVER_FILE, record + "\n")
        if not is_loopback(self.settings.host):
            text = _openness(self.settings)
            width = min(errors.width, PANEL_WIDTH)
            errors.print(Panel(text, title="Open to the network", style="red", width=width))
        link = Text.assemble("HyperTrainer is ready: ", (self.link, "bold cyan"))
        console.print(link, soft_wrap=True)
        hint = Text(f"Home: {self.settings.home}. Ctrl+C stops the server, not the tasks.", "dim")
        console.print(hint, soft_wrap=True)
        if self.open_browser:
            webbrowser.open(self.link)

    def withdraw(self) -> None:
        with suppress(OSError):
            (self.settings.home / SERVER_FILE).unlink()


def _openness(settings: Settings) -> str:
    return (
        f"The server listens on {settings.host}, beyond this machine. Whoever has the token can "
        "run programs as you, and the token travels unencrypted. Better: listen on 127.0.0.1 and "
        f"use a tunnel (ssh -L {settings.port}:localhost:{settings.port} …), or a proxy with TLS."
    )


class Server(uvicorn.Server):
    """A server that says when it is ready, and whose event streams end when it stops."""

    def __init__(
        self, config: uvicorn.Config, streams: OpenStreams, announcement: Announcement
    ) -> None:
        super().__init__(config)
        self._streams = streams
        self._announcement = announcement

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._announcement.make()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._streams.end_all()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        # uvicorn's own raises the signal once more at the end, in the midst of our cleaning up.
        loop = asyncio.get_running_loop()
        for number in STOP_SIGNALS:
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in STOP_SIGNALS:
                loop.remove_signal_handler(number)


def serve(*, open_browser: bool, **options: Any) -> None:
    """Serve until a signal comes. Jobs go on when the server stops."""
    settings = read_settings(options)
    _configure_logging()
    with problems_told(), sole_server(settings), listening(settings) as listener:
        settings = settings.model_copy(update={"port": listener.getsockname()[1]})
        token = load_or_create_token(settings)
        announcement = Announcement(settings, token, open_browser=open_browser)
        try:
            _run(settings, token, listener, announcement)
        finally:
            announcement.withdraw()
    console.print("The server has stopped. Running tasks go on; the next start finds them.")


def _run(
    settings: Settings, token: str, listener: socket.socket, announcement: Announcement
) -> None:
    app = create_app(create_services(settings), AccessPolicy.of(settings, token))
    config = uvicorn.Config(
        app,
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = Server(config, app.state.open_streams, announcement)
    with suppress(KeyboardInterrupt), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_live(app, server, listener))


async def _live(app: FastAPI, server: Server, listener: socket.socket) -> None:
    """The application's life around the server's: what fails at its start is raised as it is."""
    async with sole_use(app.state.services.database), app.router.lifespan_context(app):
        _calm_collector()
        await server.serve(sockets=[listener])


def _calm_collector() -> None:
    """Look for garbage in circles less often: nobody is answered for 0.1 s when all is searched."""
    gc.collect()
    gc.freeze()  # what was loaded stays
    gc.set_threshold(5_000, 10, 100)


def _configure_logging() -> None:
    """Everything to standard error; tracebacks without the values of variables."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(name)s: %(message)s")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            ),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
