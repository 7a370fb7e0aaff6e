"""The one connection to a host: opened when needed, kept, and opened again once it is lost."""

import asyncio
import contextlib
import functools
from collections.abc import Mapping

import asyncssh

from hypertrainer.errors import PlatformUnreachable
from hypertrainer.platforms.transports.ssh.breaker import Breaker
from hypertrainer.platforms.transports.ssh.conversation import (
    ChannelRefused,
    Conversation,
    NotBegun,
)
from hypertrainer.platforms.transports.ssh.failures import not_begun
from hypertrainer.platforms.transports.ssh.hops import (
    MAX_HOPS,
    Hop,
    connect,
    hop_to,
    jumps_of,
)
from hypertrainer.platforms.transports.ssh.settings import Address, SshSettings

HANG_UP_SECONDS = 1.0  # a session that its server has not closed by then is left to it


class Session(asyncssh.SSHClientSession[bytes]):
    """Tells a conversation what happens on its channel."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation

    def data_received(self, data: bytes, datatype: int | None) -> None:
        self._conversation.feed(data, is_error=datatype is not None)

    def pause_writing(self) -> None:
        self._conversation.pause()

    def resume_writing(self) -> None:
        self._conversation.resume()

    def exit_status_received(self, status: int) -> None:
        self._conversation.end(status)

    def exit_signal_received(self, signal: str, core_dumped: bool, msg: str, lang: str) -> None:  # noqa: FBT001 - asyncssh's signature
        del core_dumped, msg, lang
        self._conversation.lose(f"the command there was killed by {signal}")

    def connection_lost(self, exc: Exception | None) -> None:
        self._conversation.lose("the connection was lost" if exc else "the host closed the channel")


class Channel:
    """Carries a conversation over a channel of a connection."""

    def __init__(self, channel: asyncssh.SSHClientChannel[bytes]) -> None:
        self._channel = channel

    def write(self, data: bytes) -> None:
        """Send this."""
        with contextlib.suppress(OSError):  # closed: the conversation knows
            self._channel.write(data)

    def write_eof(self) -> None:
        """Say that this was all."""
        with contextlib.suppress(OSError):
            self._channel.write_eof()

    async def aclose(self) -> None:
        """Close, and let the server count one session less before somebody opens the next."""
        self._channel.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(HANG_UP_SECONDS):
                await self._channel.wait_closed()


class Connection:
    """The way to a host by asyncssh: opened once, shared by all, through other hosts if need be."""

    def __init__(self, settings: SshSettings) -> None:
        self._settings = settings
        self._breaker = Breaker(settings.pace)
        self._lock = asyncio.Lock()
        self._hops: list[asyncssh.SSHClientConnection] = []  # the last one leads to the host
        self._way: list[str] = []
        self._is_closed = False

    async def open(self, conversation: Conversation) -> Channel:
        """Start a bash there.

        Raises:
            ChannelRefused: the host opens no more sessions now, or has hung up.
            PlatformUnreachable: it cannot be reached, or no bash starts there.
        """
        connection = await self._connected()
        try:
            opened, _ = await connection.create_session(
                functools.partial(Session, conversation),
                "bash",
                encoding=None,
                request_pty=False,
                x11_forwarding=False,
            )
        except (asyncssh.Error, OSError) as error:
            raise ChannelRefused(str(error)) from error
        conversation.opened()
        channel = Channel(opened)
        try:
            await conversation.begin(channel)
        except NotBegun as error:
            await channel.aclose()
            raise not_begun(error, self._settings.host) from error
        except BaseException:
            await channel.aclose()
            raise
        return channel

    async def _connected(self) -> asyncssh.SSHClientConnection:
        async with self._lock:
            if self._is_closed:
                raise PlatformUnreachable("This platform is no longer used with these settings.")
            if self._hops and not self._hops[-1].is_closed():
                return self._hops[-1]
            await self._hang_up()
            self._breaker.check()
            await asyncio.sleep(self._breaker.interval())
            try:
                await self._connect(self._settings.address, is_target=True, depth=0)
            except PlatformUnreachable as error:
                await self._hang_up()
                self._breaker.failed(error)
                raise
            except BaseException:
                await self._hang_up()
                raise
            self._breaker.succeeded()
            return self._hops[-1]

    async def _connect(self, address: Address, *, is_target: bool, depth: int) -> None:
        """Connect to a host, after those on the way to it; the new ones are the last ones."""
        hop = await hop_to(address, self._settings, is_target=is_target)
        for jump in () if self._hops else jumps_of(hop):  # as OpenSSH: behind one, only the list
            if depth >= MAX_HOPS:
                raise PlatformUnreachable(
                    f"The way to {self._settings.host} goes through too many jump hosts: "
                    "does the SSH configuration send one through itself?"
                )
            await self._connect(jump, is_target=False, depth=depth + 1)
        tunnel = self._hops[-1] if self._hops else None
        self._hops.append(await connect(hop, tunnel))
        self._way.append(_words(hop))

    async def _hang_up(self) -> None:
        hops, self._hops, self._way = self._hops, [], []
        for connection in reversed(hops):
            connection.close()
        for connection in reversed(hops):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(HANG_UP_SECONDS):
                    await connection.wait_closed()

    def distrust(self) -> None:
        """It does not even open a session: sooner than keepalive, take it for dead."""
        if self._hops:
            self._hops[-1].abort()

    def facts(self) -> Mapping[str, str]:
        """The way there, the server's software, and its host key."""
        if not self._hops or self._hops[-1].is_closed():
            return {"connection": self._breaker.words or "none now"}
        last = self._hops[-1]
        key = last.get_server_host_key()
        return {
            "connection": " → ".join(self._way),
            "SSH server": str(last.get_extra_info("server_version", "")),
            "host key": key.get_fingerprint() if key is not None else "",
        }

    def retry_now(self) -> None:
        """Knock again at once."""
        self._breaker.reset()

    async def aclose(self) -> None:
        """Close for ever."""
        self._is_closed = True
        await self._hang_up()


def _words(hop: Hop) -> str:
    return f"{hop.options.username}@{hop.place}"
