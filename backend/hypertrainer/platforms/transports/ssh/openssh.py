"""Rides on a connection that the user opened with OpenSSH: for passwords, one-time codes, Kerberos.

Nothing is sent without such a connection: OpenSSH would log in by itself, and a telephone ring.
"""

import asyncio
import contextlib
import functools
from collections.abc import Mapping, Sequence
from typing import cast

from hypertrainer.errors import AuthNeeded, PlatformUnreachable
from hypertrainer.platforms.transports.ssh.conversation import (
    ChannelRefused,
    Conversation,
    NotBegun,
    shortened,
)
from hypertrainer.platforms.transports.ssh.failures import master_command, not_begun
from hypertrainer.platforms.transports.ssh.settings import SshSettings

FAILED = 255  # how OpenSSH's own failures are told from a command's
HANG_UP_SECONDS = 0.5
CHECK_SECONDS = 10.0
OPTIONS = (
    "BatchMode=yes",
    "ControlMaster=no",
    "PreferredAuthentications=none",  # should the master end just now, the log-in fails
    "ClearAllForwardings=yes",
    "RemoteCommand=none",
    "PermitLocalCommand=no",
    "RequestTTY=no",
    "LogLevel=ERROR",
)


class ProcessSession(asyncio.SubprocessProtocol):
    """Tells a conversation what OpenSSH's process says."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self.ended = asyncio.Event()
        self._transport: asyncio.SubprocessTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.SubprocessTransport, transport)

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        self._conversation.feed(data, is_error=fd == 2)

    def pause_writing(self) -> None:
        self._conversation.pause()

    def resume_writing(self) -> None:
        self._conversation.resume()

    def process_exited(self) -> None:
        code = self._transport.get_returncode() if self._transport else None
        self._conversation.end(FAILED if code is None else code)

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._conversation.lose("the connection was lost")
        self.ended.set()


class ProcessCarrier:
    """Carries a conversation over a process of OpenSSH's."""

    def __init__(self, transport: asyncio.SubprocessTransport, session: ProcessSession) -> None:
        self._transport = transport
        self._session = session
        self._input = cast(asyncio.WriteTransport, transport.get_pipe_transport(0))

    def write(self, data: bytes) -> None:
        """Send this."""
        self._input.write(data)

    def write_eof(self) -> None:
        """Say that this was all."""
        self._input.close()  # when all is written

    async def aclose(self) -> None:
        """Let the process end, or end it."""
        self._input.close()
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(HANG_UP_SECONDS):
                    await self._session.ended.wait()
        finally:
            self._transport.close()  # kills it, if it is still there


class Master:
    """The way to a host by the system's `ssh` and a connection that somebody else opened."""

    def __init__(self, settings: SshSettings) -> None:
        self._settings = settings
        self._is_there = False

    async def open(self, conversation: Conversation) -> ProcessCarrier:
        """Start a bash there.

        Raises:
            ChannelRefused: the host opens no more sessions now.
            AuthNeeded: there is no connection to ride on.
            PlatformUnreachable: no bash starts there.
        """
        await self._check()
        loop = asyncio.get_running_loop()
        transport, session = await loop.subprocess_exec(
            functools.partial(ProcessSession, conversation), *self._command(), "bash"
        )
        carrier = ProcessCarrier(transport, session)
        try:
            await conversation.begin(carrier)
            conversation.opened()
        except NotBegun as error:
            await carrier.aclose()
            raise self._failure(error) from error
        except BaseException:
            await carrier.aclose()
            raise
        return carrier

    async def _check(self) -> None:
        """Ask for the master: a question to this machine alone."""
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command("-O", "check"),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
        except OSError as error:
            raise PlatformUnreachable(
                f"OpenSSH's `ssh`, which `control_master` needs, cannot be started here: {error}."
            ) from error
        said = await _answer(process)
        self._is_there = process.returncode == 0
        if not self._is_there:
            raise self._no_master(said)

    def _command(self, *words: str) -> Sequence[str]:
        settings = self._settings
        path = settings.control_master
        options = [f"ControlPath={path}"] if isinstance(path, str) else []
        command = ["ssh", *(f"-o{option}" for option in (*OPTIONS, *options))]
        if settings.ssh_config:
            command += ["-F", settings.config_files[0]]
        if settings.port:
            command += ["-p", str(settings.port)]
        if settings.user:
            command += ["-l", settings.user]
        return [*command, *words, "--", settings.host]

    def _failure(self, error: NotBegun) -> Exception:
        if error.exit_code != FAILED:
            return not_begun(error, self._settings.host)
        if "open refused" in error.noise or "open failed" in error.noise:
            return ChannelRefused(error.noise)
        self._is_there = False
        return self._no_master(error.noise)

    def _no_master(self, said: str) -> AuthNeeded:
        reason = shortened(said).rstrip(".")
        command = master_command(self._settings)
        if "No ControlPath specified" in said:
            return AuthNeeded(
                f"The SSH configuration names no ControlPath for {self._settings.host}. Write "
                f"`ControlPath ~/.ssh/%C` there, or the path into `control_master:`; then log in "
                f"with `{command}`."
            )
        return AuthNeeded(
            f"You are not logged in to {self._settings.host} ({reason or 'no connection'}). "
            f"Log in with `{command}`."
        )

    def distrust(self) -> None:
        """It is the user's: they see to it."""

    def facts(self) -> Mapping[str, str]:
        """Whether there is a connection to ride on."""
        return {"connection": "your own, by ControlMaster" if self._is_there else "none now"}

    def retry_now(self) -> None:
        """Nothing to forget: each time, it is seen whether there is a connection."""

    async def aclose(self) -> None:
        """Nothing to close: the connection is the user's."""


async def _answer(process: asyncio.subprocess.Process) -> str:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            output, _ = await process.communicate()
    except TimeoutError:
        return "the master does not answer"
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return output.decode(errors="replace")
