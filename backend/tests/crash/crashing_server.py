"""A server that kills itself with SIGKILL at its n-th step, for the crash-point tests.

A step is either side of a commit, or either side of a call to a platform: everywhere where a crash
leaves the world in another state. Forked off a process that has imported everything already, for
there are some hundred of them.
"""

import os
import signal
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import uvicorn
from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.app import create_app, create_services
from hypertrainer.database import Database
from hypertrainer.platforms.base import (
    JobHandle,
    JobSpec,
    Report,
    StopSignal,
    SubmitOutcome,
)
from hypertrainer.platforms.shell import ShellPlatform
from hypertrainer.platforms.transports.base import (
    RUN_SECONDS,
    UPLOAD_SECONDS,
    ExecResult,
    NewFile,
)
from hypertrainer.platforms.transports.ssh.transport import SshTransport
from hypertrainer.security.access import AccessPolicy
from hypertrainer.settings import Settings


class Steps:
    """Counts steps, and ends the process at the chosen one as `kill -9` would."""

    def __init__(self, fatal: int) -> None:
        self._fatal = fatal
        self._count = 0

    def take(self) -> None:
        self._count += 1
        if self._count == self._fatal:
            os.kill(os.getpid(), signal.SIGKILL)


class CrashingDatabase(Database):
    """May crash before and after each commit."""

    def __init__(self, url: str, steps: Steps) -> None:
        super().__init__(url)
        self._steps = steps

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        async with super().transaction() as session:
            yield session
            await session.flush()
            self._steps.take()
        self._steps.take()


class CrashingTransport(SshTransport):
    """May crash before and after each command of a submission."""

    steps: Steps | None = None

    async def run(
        self, script: str, args: Sequence[str] = (), seconds: float = RUN_SECONDS
    ) -> ExecResult:
        self._take()
        result = await super().run(script, args, seconds)
        self._take()
        return result

    async def put(self, files: Sequence[NewFile]) -> Mapping[str, str]:
        self._take()
        return await super().put(files)

    async def upload(self, source: Path, path: str, seconds: float = UPLOAD_SECONDS) -> None:
        self._take()
        await super().upload(source, path, seconds)

    def _take(self) -> None:
        if self.steps is not None:
            self.steps.take()


class CrashingPlatform(ShellPlatform):
    """May crash before and after each call that matters."""

    steps: Steps

    async def submit(self, jobs: Sequence[JobSpec]) -> Mapping[str, SubmitOutcome]:
        self.steps.take()
        if isinstance(self._transport, CrashingTransport):
            self._transport.steps = self.steps
        outcomes = await super().submit(jobs)
        if isinstance(self._transport, CrashingTransport):
            self._transport.steps = None
        self.steps.take()
        return outcomes

    async def observe(self, handles: Sequence[JobHandle]) -> Report:
        report = await super().observe(handles)
        if any(seen.exit is not None for seen in report.seen.values()):
            self.steps.take()
        return report

    async def stop(self, handles: Sequence[JobHandle], signal: StopSignal) -> Mapping[str, str]:
        self.steps.take()
        told = await super().stop(handles, signal)
        self.steps.take()
        return told


def hasten(platform: CrashingPlatform) -> None:
    """Make a remote platform's pace one for tests: nothing there is slower than this machine."""
    platform._transport.__class__ = CrashingTransport
    platform.resubmit_seconds = 1.0
    platform.poll_floor_seconds, platform.poll_soon_seconds = 0.1, 0.2
    platform.poll_seconds = 0.5


def serve(settings: Settings, listener: socket.socket, fatal_step: int, said: Path) -> None:
    """Serve on this socket until the fatal step; step 0 never comes."""
    descriptor = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    steps = Steps(fatal_step)
    services = create_services(settings)
    for platform in services.registry.all():
        platform.__class__ = CrashingPlatform
        platform.steps = steps
        if not platform.has_local_output:
            hasten(platform)
    services = replace(services, database=CrashingDatabase(services.database.url, steps))
    app = create_app(services, AccessPolicy.of(settings, settings.token))
    uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on")).run([listener])
