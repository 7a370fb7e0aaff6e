"""What passes between us and one command there, whatever carries it."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from hypertrainer.errors import PlatformError, PlatformUnreachable
from hypertrainer.platforms.transports.base import ExecResult, Interrupted
from hypertrainer.platforms.transports.ssh.framing import MAX_OUTPUT_BYTES, Call, Reply

DRAIN_SECONDS = 2.0  # what was printed arrives so soon after the end of who printed it
MIBIBYTE = 2**20


class ChannelRefused(Exception):
    """The host opens no more sessions on this connection now: nothing was sent."""


class NotBegun(Exception):
    """The command ended before a bash began: nothing was sent to it.

    `exit_code` is its own, where it is known; `noise` what it printed.
    """

    def __init__(self, exit_code: int | None, noise: str, reason: str) -> None:
        super().__init__(reason)
        self.exit_code = exit_code
        self.noise = noise
        self.reason = reason


class Carrier(Protocol):
    """What carries a conversation: a channel of a connection, or a process of OpenSSH's."""

    def write(self, data: bytes) -> None:
        """Send this, now or when there is room."""

    def write_eof(self) -> None:
        """Say that nothing more will be sent."""

    async def aclose(self) -> None:
        """Hang up. The command goes on."""


class Conversation:
    """One command's input and answer. Its carrier tells it what happens: `opened` to `lose`."""

    def __init__(self, call: Call, on_open: Callable[[], None] = lambda: None) -> None:
        self.reply = Reply(call.nonce)
        self.is_open = False  # whether the host has opened a session for it
        self.is_sent = False  # whether anything that matters was sent
        self._on_open = on_open
        self._call = call
        self._news = asyncio.Event()
        self._is_paused = False
        self._exit_code: int | None = None
        self._lost: str | None = None
        self._drain: asyncio.TimerHandle | None = None

    def opened(self) -> None:
        """The host has opened a session."""
        self.is_open = True
        self._on_open()

    def feed(self, data: bytes, *, is_error: bool = False) -> None:
        """Something has arrived."""
        self.reply.feed(data, is_error=is_error)
        self._news.set()

    def pause(self) -> None:
        """There is no room for more input now."""
        self._is_paused = True

    def resume(self) -> None:
        """There is room again."""
        self._is_paused = False
        self._news.set()

    def end(self, exit_code: int) -> None:
        """The command has ended; what it printed may still be on its way."""
        self._exit_code = exit_code
        loop = asyncio.get_running_loop()
        self._drain = loop.call_later(DRAIN_SECONDS, self.lose, "the command there has ended")

    def lose(self, reason: str) -> None:
        """Nothing more will arrive."""
        self._lost = self._lost or reason
        self._news.set()

    async def begin(self, carrier: Carrier) -> None:
        """Start a bash there, and wait until it asks for its script.

        Raises:
            NotBegun: there is none, or it does not come so far.
        """
        reply = self.reply
        carrier.write(self._call.opening)
        await self._until(lambda: reply.is_begun or reply.is_over or reply.is_too_long)
        if reply.is_begun:
            return
        is_certain = not reply.has_a_beginning  # else it was cut between its two words
        reason = "it prints without end" if reply.is_too_long else self._lost or "it ended"
        raise NotBegun(self._exit_code if is_certain else None, reply.noise, reason)

    def send(self, carrier: Carrier, data: bytes) -> None:
        """Send input: from here on, it may have run."""
        self.is_sent = True
        carrier.write(data)

    async def has_room(self) -> bool:
        """Wait until more input can be taken; False: none will be, ever."""
        await self._until(lambda: not self._is_paused or self.reply.is_over)
        return not self._is_over()

    async def result(self) -> ExecResult:
        """Wait for the answer.

        Raises:
            Interrupted: none will come.
            PlatformError: it is too long.
        """
        await self._until(lambda: self.reply.is_over or self.reply.is_too_long)
        if self.reply.is_too_long:
            most = MAX_OUTPUT_BYTES // MIBIBYTE
            raise PlatformError(f"A command there printed more than {most} MiB; it was cut off.")
        if not self.reply.is_over:
            raise Interrupted(f"No answer came: {self._lost}. What was sent may have run.")
        return self.reply.result()

    def close(self) -> None:
        """Wait for nothing any more."""
        if self._drain is not None:
            self._drain.cancel()

    def _is_over(self) -> bool:
        return self._lost is not None or self.reply.is_over

    async def _until(self, is_met: Callable[[], bool]) -> None:
        while not is_met() and self._lost is None:
            self._news.clear()
            await self._news.wait()


def late(conversation: Conversation | None, host: str, seconds: float) -> PlatformError:
    """What it means that a command took longer than it was given."""
    if conversation is not None and conversation.is_sent:
        return Interrupted(
            f"{host} gave no answer within {seconds:g} seconds. What was sent may still run."
        )
    noise = conversation.reply.noise if conversation is not None else ""
    printed = f" It printed: {shortened(noise)}" if noise else ""
    return PlatformUnreachable(
        f"No bash began on {host} within {seconds:g} seconds; nothing was sent.{printed}"
    )


def shortened(text: str, length: int = 200) -> str:
    """The first words of a text, in one line."""
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[:length]}…"
