"""What must hold before a server, or something in its place, may touch a home."""

import errno
import fcntl
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pydantic import ValidationError

from hypertrainer.cli.session import fail
from hypertrainer.errors import Conflict, HyperTrainerError, InvalidInput, StorageError
from hypertrainer.security.token import create_private_folder
from hypertrainer.settings import Settings

LOCK_FILE = "server.lock"
USAGE = 2
BACKLOG = 2048


def read_settings(options: Mapping[str, Any]) -> Settings:
    """The settings from the given options and, for the others, from the environment."""
    try:
        return Settings(**{name: value for name, value in options.items() if value is not None})
    except ValidationError as error:
        problems = (f"HYPERTRAINER_{str(p['loc'][0]).upper()}: {p['msg']}" for p in error.errors())
        fail("; ".join(problems), USAGE)


@contextmanager
def problems_told() -> Iterator[None]:
    """Errors of ours end the command with their message."""
    try:
        yield
    except HyperTrainerError as error:
        fail(error.message)


@contextmanager
def sole_server(settings: Settings) -> Iterator[None]:
    """Hold the home alone: two servers on one home would both launch its tasks.

    Raises:
        Conflict: another server holds it.
        StorageError: the home cannot be made or written.
    """
    try:
        create_private_folder(settings.home)
        lock = os.open(settings.home / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StorageError(
            f"The home {settings.home} cannot be written: {error.strerror}. "
            "Choose another with --home or HYPERTRAINER_HOME."
        ) from error
    try:
        _lock(lock, settings)
        yield
    finally:
        os.close(lock)


def _lock(lock: int, settings: Settings) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Conflict(
            f"A server runs on {settings.home} already. Stop it first, or choose another home "
            "with --home or HYPERTRAINER_HOME."
        ) from error


@contextmanager
def listening(settings: Settings) -> Iterator[socket.socket]:
    """A socket bound to the settings' host and port.

    Raises:
        Conflict: the port is taken.
        InvalidInput: the host is not of this machine, or the port is not for everybody.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.host.strip("[]"), settings.port))
            listener.listen(BACKLOG)
        except OSError as error:
            raise _not_bound(settings, error) from error
        yield listener


def _not_bound(settings: Settings, error: OSError) -> HyperTrainerError:
    if error.errno == errno.EADDRINUSE:
        another = settings.port + 1 if settings.port < 65_535 else 5_001
        return Conflict(
            f"Port {settings.port} is taken by another program. "
            f"Choose another: hypertrainer serve --port {another}"
        )
    return InvalidInput(
        f"The server cannot listen on {settings.host}:{settings.port}: {error.strerror}."
    )
