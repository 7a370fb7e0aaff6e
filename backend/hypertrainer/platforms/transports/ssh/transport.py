"""A host behind SSH: scripts go to a `bash` there, and files go by scripts."""

import asyncio
import contextlib
import random
import secrets
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import BinaryIO

from hypertrainer.errors import PlatformError, PlatformUnreachable
from hypertrainer.platforms.machine import Machine
from hypertrainer.platforms.transports.base import (
    RUN_SECONDS,
    UPLOAD_SECONDS,
    ExecResult,
    Interrupted,
    NewFile,
    ReadRequest,
    Slice,
    Transport,
)
from hypertrainer.platforms.transports.ssh.channels import Channels
from hypertrainer.platforms.transports.ssh.connection import Connection
from hypertrainer.platforms.transports.ssh.conversation import (
    Carrier,
    ChannelRefused,
    Conversation,
    late,
    shortened,
)
from hypertrainer.platforms.transports.ssh.framing import Call, call_of, stream_call_of
from hypertrainer.platforms.transports.ssh.openssh import Master
from hypertrainer.platforms.transports.ssh.reading import parse_slices, read_script
from hypertrainer.platforms.transports.ssh.remote_machine import MACHINE_SCRIPT, parse_machine
from hypertrainer.platforms.transports.ssh.settings import SshSettings
from hypertrainer.platforms.transports.ssh.writing import (
    MAX_SENT_BYTES,
    parse_failures,
    portions,
    put_script,
    receive_script,
)

MAX_REFUSALS = 8  # in a row, with nothing else open: the host wants no sessions at all
FIRST_PAUSE_SECONDS = 0.05  # a server counts a session for a little longer than its client does
LONGEST_PAUSE_SECONDS = 1.0
MAX_REQUESTS = 1000  # slices asked for in one command
BLOCK_BYTES = 2**18
LONG_ANSWER = 2**18  # from here on reading an answer takes longer than a thread's turn
UPLOAD_MODE = 0o600


class SshTransport(Transport):
    """One host, as one user of it, over one connection."""

    def __init__(self, settings: SshSettings) -> None:
        self._settings = settings
        self._route = Master(settings) if settings.control_master else Connection(settings)
        self._channels = Channels(settings.max_channels)
        self._home: str | None = None
        self._noise: str | None = None

    async def run(
        self, script: str, args: Sequence[str] = (), seconds: float = RUN_SECONDS
    ) -> ExecResult:
        call = call_of(script, args, is_login=self._settings.login_shell)
        return await self._exchange(call, None, seconds)

    async def put(self, files: Sequence[NewFile]) -> Mapping[str, str]:
        failures: dict[str, str] = {}
        for portion in portions(files):
            with _nothing_is_half_done():
                failures.update(await self._put(portion))
        return failures

    async def _put(self, files: Sequence[NewFile]) -> Mapping[str, str]:
        nonce = secrets.token_hex(8)
        paths = [file.path for file in files]
        first = files[0]
        if len(first.data) > MAX_SENT_BYTES:
            script = receive_script(first.path, first.mode, len(first.data), nonce)
            result = await self._stream(script, BytesIO(first.data), UPLOAD_SECONDS)
        else:
            result = await self.run(put_script(files, nonce))
        return parse_failures(result.output, paths, nonce)

    async def upload(self, source: Path, path: str, seconds: float = UPLOAD_SECONDS) -> None:
        nonce = secrets.token_hex(8)
        size = (await asyncio.to_thread(source.stat)).st_size
        script = receive_script(path, UPLOAD_MODE, size, nonce)
        stream = await asyncio.to_thread(source.open, "rb")
        try:
            result = await self._stream(script, stream, seconds)
        finally:
            stream.close()
        if reason := parse_failures(result.output, [path], nonce).get(path):
            raise PlatformError(
                f"{source.name} cannot be copied to {self._settings.host}: {reason}."
            )

    async def read(self, requests: Sequence[ReadRequest]) -> Sequence[Slice]:
        found: dict[int, Slice] = {}
        while rest := [index for index in range(len(requests)) if index not in found]:
            asked = rest[:MAX_REQUESTS]
            told = await self._read([requests[index] for index in asked])
            answers = [(index, one) for index, one in zip(asked, told, strict=True) if one]
            if not answers:
                raise PlatformUnreachable(f"{self._settings.host} did not say what it read.")
            found.update(answers)
        return [found[index] for index in range(len(requests))]

    async def _read(self, requests: Sequence[ReadRequest]) -> Sequence[Slice | None]:
        nonce = secrets.token_hex(8)
        with _nothing_is_half_done():
            result = await self.run(read_script(requests, nonce))
        if len(result.output) < LONG_ANSWER:
            return parse_slices(result.output, requests, nonce)
        return await asyncio.to_thread(parse_slices, result.output, requests, nonce)

    async def home(self) -> str:
        if self._home is None:
            with _nothing_is_half_done():
                result = await self.run("cd && printf '%s\\n' \"$PWD\"")
            home = result.output.removesuffix("\n")
            if result.code != 0 or not home.startswith("/"):
                raise PlatformError(
                    f"There is no home folder on {self._settings.host}: "
                    f"{shortened(result.errors) or 'none is named'}."
                )
            self._home = home
        return self._home

    async def machine(self) -> Machine | None:
        with _nothing_is_half_done():
            result = await self.run(MACHINE_SCRIPT)
        return parse_machine(result.output)

    def facts(self) -> Mapping[str, str]:
        channels = self._channels
        fewer = f" (of {channels.most}: the host refused more)"
        at_once = f"{channels.limit}{fewer if channels.limit < channels.most else ''}"
        facts = {**self._route.facts(), "commands at once": at_once}
        if self._noise is not None:
            facts["shell start-up prints"] = shortened(self._noise) or "nothing"
        return facts

    def retry_now(self) -> None:
        self._channels.forget()
        self._route.retry_now()

    async def aclose(self) -> None:
        await self._route.aclose()

    async def _stream(self, script: str, stream: BinaryIO, seconds: float) -> ExecResult:
        call = stream_call_of(script, is_login=self._settings.login_shell)
        return await self._exchange(call, stream, seconds)

    async def _exchange(self, call: Call, stream: BinaryIO | None, seconds: float) -> ExecResult:
        tried: list[Conversation] = []
        try:
            async with asyncio.timeout(seconds), self._opened(call, tried) as carrier:
                conversation = tried[-1]
                self.num_calls += 1
                self._noise = conversation.reply.noise
                if stream is None:
                    conversation.send(carrier, call.script)
                else:
                    await _send(conversation, carrier, stream)
                carrier.write_eof()
                return await conversation.result()
        except TimeoutError as error:
            last = tried[-1] if tried else None
            if last is not None and not last.is_open:
                self._route.distrust()
            raise late(last, self._settings.host, seconds) from error

    @contextlib.asynccontextmanager
    async def _opened(self, call: Call, tried: list[Conversation]) -> AsyncIterator[Carrier]:
        """A bash there that waits for its script, as soon as the host gives one."""
        refusals = 0
        for attempt in count():
            async with self._channels.one(), self._conversation(call) as conversation:
                tried.append(conversation)
                try:
                    carrier = await self._route.open(conversation)
                except ChannelRefused as error:
                    tried.clear()
                    refusals = refusals + 1 if self._channels.num_open == 0 else 0
                    if refusals >= MAX_REFUSALS:
                        raise self._no_sessions(error) from error
                    if attempt > 0:  # once may be a session just ended that still counts
                        self._channels.refused()
                else:
                    try:
                        yield carrier
                        return
                    finally:
                        await carrier.aclose()
            await asyncio.sleep(_pause(attempt))

    @contextlib.asynccontextmanager
    async def _conversation(self, call: Call) -> AsyncIterator[Conversation]:
        conversation = Conversation(call, self._channels.opened)
        try:
            yield conversation
        finally:
            conversation.close()
            if conversation.is_open:
                self._channels.closed()

    def _no_sessions(self, error: ChannelRefused) -> PlatformUnreachable:
        return PlatformUnreachable(
            f"{self._settings.host} lets us in, but opens no session ({shortened(str(error))}): "
            "commands are forbidden there, or MaxSessions is used up."
        )


async def _send(conversation: Conversation, carrier: Carrier, stream: BinaryIO) -> None:
    conversation.is_sent = True
    while block := await asyncio.to_thread(stream.read, BLOCK_BYTES):
        if not await conversation.has_room():
            return
        conversation.send(carrier, block)


def _pause(attempt: int) -> float:
    longest = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0 ** min(attempt, 10))
    return longest * random.uniform(0.5, 1.0)


@contextlib.contextmanager
def _nothing_is_half_done() -> Iterator[None]:
    """What only looks, or writes whole or not at all, may be done again: no harm in a cut."""
    try:
        yield
    except Interrupted as error:
        raise PlatformUnreachable(error.message) from error
