"""Hosts that break at a chosen moment: servers of the test's own, and what is made of them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import asyncssh
import pytest

from hypertrainer.errors import AuthNeeded, PlatformUnreachable
from hypertrainer.platforms.transports.base import Interrupted
from hypertrainer.platforms.transports.ssh.settings import Pace, SshSettings
from hypertrainer.platforms.transports.ssh.transport import SshTransport
from tests.labs.ssh import EAGER, SshLab
from tests.platforms.places import until

Process = asyncssh.SSHServerProcess[bytes]
Handler = Callable[[Process], Awaitable[None]]


class Server(asyncssh.SSHServer):
    """Lets everybody in by any key, or by a code only."""

    def __init__(self, *, asks_for_code: bool) -> None:
        self.asks_for_code = asks_for_code
        self.connection: asyncssh.SSHServerConnection | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self.connection = conn

    def begin_auth(self, username: str) -> bool:
        return True

    def public_key_auth_supported(self) -> bool:
        return not self.asks_for_code

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return True

    def kbdint_auth_supported(self) -> bool:
        return self.asks_for_code


class Lab:
    """A server, and what it has been asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.host_key = asyncssh.generate_private_key("ssh-ed25519")
        self.servers: list[Server] = []
        self.asks_for_code = False
        self.settings: SshSettings
        self.transport: SshTransport
        asyncssh.generate_private_key("ssh-ed25519").write_private_key(folder / "id")

    def server(self) -> Server:
        """One for each connection."""
        self.servers.append(Server(asks_for_code=self.asks_for_code))
        return self.servers[-1]

    def settings_for(self, port: int) -> SshSettings:
        public = self.host_key.export_public_key().decode()
        (self.folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {public}")
        (self.folder / "config").touch()
        return SshSettings(
            "127.0.0.1",
            self.folder / "known_hosts",
            user="alice",
            port=port,
            key=str(self.folder / "id"),
            ssh_config=str(self.folder / "config"),
            pace=EAGER,
        )


@asynccontextmanager
async def serving(folder: Path, handler: Handler) -> AsyncIterator[Lab]:
    """A server whose commands are answered by `handler`."""
    lab = Lab(folder)
    acceptor = await asyncssh.listen(
        "127.0.0.1",
        0,
        server_host_keys=[lab.host_key],
        server_factory=lab.server,
        process_factory=handler,
        encoding=None,
    )
    lab.settings = lab.settings_for(acceptor.get_port())
    lab.transport = SshTransport(lab.settings)
    try:
        yield lab
    finally:
        await lab.transport.aclose()
        acceptor.close()
        await acceptor.wait_closed()
        for server in lab.servers:
            if server.connection is not None:
                server.connection.abort()


async def say_nothing(process: Process) -> None:
    """Never begin."""
    await process.stdin.read()


async def until_asked(process: Process) -> str:
    """Begin as bash would; the nonce."""
    opening = (await process.stdin.readline()).decode()
    nonce = opening.split("begin ")[1].split(";")[0]
    for stream in (process.stdout, process.stderr):
        stream.write(f"<ht-begin {nonce}>\n".encode())
    return nonce


async def test_a_host_that_wants_a_code_says_how_to_log_in(tmp_path: Path) -> None:
    async with serving(tmp_path, say_nothing) as lab:
        lab.asks_for_code = True
        with pytest.raises(AuthNeeded) as raised:
            await lab.transport.run("echo mine")
        port = lab.settings.port
    assert "wants a keyboard-interactive log-in of alice" in raised.value.message
    assert "`control_master: true`" in raised.value.message
    assert f"`ssh -fMN -F {tmp_path}/config -p {port} alice@127.0.0.1`" in raised.value.message


async def test_a_host_that_prints_without_end_is_given_up(tmp_path: Path) -> None:
    async def flood(process: Process) -> None:
        while not process.stdin.at_eof():
            process.stdout.write(b"noise\n" * 100_000)
            await process.stdout.drain()

    async with serving(tmp_path, flood) as lab:
        with pytest.raises(PlatformUnreachable, match=r"prints without end.* It printed: noise"):
            await lab.transport.run("echo mine")


async def test_a_cut_before_the_script_means_that_nothing_was_sent(tmp_path: Path) -> None:
    async def cut(process: Process) -> None:
        process.channel.get_connection().abort()

    async with serving(tmp_path, cut) as lab:
        with pytest.raises(PlatformUnreachable, match="lost before anything was sent"):
            await lab.transport.run("echo mine")


async def test_a_cut_after_the_script_means_that_it_may_have_run(tmp_path: Path) -> None:
    async def cut(process: Process) -> None:
        await until_asked(process)
        await process.stdin.read()
        process.channel.get_connection().abort()

    async with serving(tmp_path, cut) as lab:
        with pytest.raises(Interrupted, match="What was sent may have run"):
            await lab.transport.run("echo mine")
        with pytest.raises(PlatformUnreachable):  # to look is to do nothing
            await lab.transport.home()


async def test_an_end_without_its_marker_is_an_interruption(tmp_path: Path) -> None:
    async def end(process: Process) -> None:
        await until_asked(process)
        process.stdout.write(b"half an ans")
        process.exit(0)

    async with serving(tmp_path, end) as lab:
        with pytest.raises(Interrupted, match=r"the command there has ended|closed the channel"):
            await lab.transport.run("echo mine")


class Cable:
    """A way to a port of this machine that can be pulled: nothing arrives, nothing is closed."""

    def __init__(self, to_port: int) -> None:
        self.port = 0
        self._to_port = to_port
        self._ends: list[asyncio.StreamWriter] = []
        self._pumps: list[asyncio.Task[None]] = []

    async def plug(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection."""
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._to_port)
        self._ends += [writer, there_writer]
        for source, target in ((reader, there_writer), (there_reader, writer)):
            self._pumps.append(asyncio.create_task(self._pump(source, target)))

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while data := await source.read(65_536):
            target.write(data)

    def pull(self) -> None:
        """Carry nothing any more of what is under way."""
        for pump in self._pumps:
            pump.cancel()

    async def aclose(self) -> None:
        """Leave nothing behind."""
        self.pull()
        await asyncio.gather(*self._pumps, return_exceptions=True)
        for end in self._ends:
            end.transport.abort()


@pytest.fixture
async def cable(ssh: SshLab) -> AsyncIterator[Cable]:
    """The way to the plain machine, whose host key is known there."""
    cable = Cable(ssh.port("node"))
    async with await asyncio.start_server(cable.plug, "127.0.0.1", 0) as proxy:
        cable.port = proxy.sockets[0].getsockname()[1]
        key = (ssh.folder / "hostkey.pub").read_text()
        ssh.known_hosts.write_text(f"[127.0.0.1]:{cable.port} {key}")
        yield cable
        await cable.aclose()


@pytest.mark.slow
async def test_a_silent_network_is_noticed_and_the_next_command_comes_through(
    ssh: SshLab, cable: Cable
) -> None:
    """No reset, no end: only the questions of keepalive find out."""
    transport = ssh.transport(port=cable.port, keepalive_seconds=0.2)
    assert (await transport.run("echo mine")).output == "mine\n"
    running = asyncio.create_task(transport.run("sleep 3"))
    await until(lambda: transport.num_calls == 2)
    cable.pull()
    with pytest.raises(Interrupted, match="the connection was lost"):
        await running
    assert (await transport.run("echo again")).output == "again\n"


@pytest.mark.slow
async def test_a_connection_that_opens_no_session_is_given_up_sooner(
    ssh: SshLab, cable: Cable
) -> None:
    transport = ssh.transport(port=cable.port, keepalive_seconds=3600)
    assert (await transport.run("echo mine")).output == "mine\n"
    cable.pull()
    with pytest.raises(PlatformUnreachable, match="nothing was sent"):
        await transport.run("echo mine", seconds=0.5)
    assert (await transport.run("echo again")).output == "again\n"


@pytest.mark.slow
async def test_failures_are_not_repeated_sooner_than_their_wait(ssh: SshLab) -> None:
    patient = Pace(connect_interval=0, first_wait=3600, first_auth_wait=3600, longest_wait=3600)
    transport = ssh.transport(pace=patient)
    ssh.stop("node")
    try:
        with pytest.raises(PlatformUnreachable, match="refuses connections"):
            await transport.run("echo mine")
    finally:
        ssh.start("node")
    with pytest.raises(PlatformUnreachable, match=r"refuses connections.*tried again in \d+ s"):
        await transport.run("echo mine")
    assert "tried again" in transport.facts()["connection"]
    transport.retry_now()
    assert (await transport.run("echo mine")).output == "mine\n"
