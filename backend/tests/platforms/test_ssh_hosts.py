"""The way to a host, and who may come in, on real OpenSSH servers."""

import asyncio
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from hypertrainer.errors import AuthNeeded, PlatformUnreachable
from hypertrainer.platforms.transports.ssh.settings import Address
from tests.labs.ssh import SshLab
from tests.platforms.places import until
from tests.served import free_port

pytestmark = pytest.mark.slow


@pytest.fixture
def agent(ssh: SshLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An agent that has the locked key, unlocked."""
    path = ssh.folder / f"agent-{tmp_path.name}"
    monkeypatch.setenv("SSH_AUTH_SOCK", str(path))
    monkeypatch.setenv("SSH_ASKPASS", str(tmp_path / "ask.sh"))
    monkeypatch.setenv("SSH_ASKPASS_REQUIRE", "force")
    (tmp_path / "ask.sh").write_text("#!/bin/sh\necho secret\n")
    (tmp_path / "ask.sh").chmod(0o700)
    process = subprocess.Popen(["ssh-agent", "-D", "-a", str(path)], stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 10
        while not path.exists():
            assert time.monotonic() < deadline
            time.sleep(0.01)
        subprocess.run(["ssh-add", "-q", str(ssh.folder / "locked")], check=True, timeout=10)
        yield
    finally:
        process.terminate()
        process.wait(10)


async def test_a_stranger_s_key_is_named_with_the_remedy(ssh: SshLab) -> None:
    stranger = str(ssh.folder / "stranger")
    with pytest.raises(AuthNeeded) as raised:
        await ssh.transport(key=stranger, user="alice").run("echo mine")
    message = raised.value.message
    assert f"does not let alice in. Keys tried: {stranger}" in message
    assert f"`ssh-copy-id -i {stranger} -p {ssh.port('node')} alice@127.0.0.1`" in message


async def test_without_any_key_the_remedy_is_to_have_one(ssh: SshLab) -> None:
    with pytest.raises(AuthNeeded, match=r"Keys tried: none, as there is none in ~/\.ssh"):
        await ssh.transport(key=None).run("echo mine")


async def test_a_locked_key_is_named_with_the_remedy(ssh: SshLab) -> None:
    locked = ssh.folder / "locked"
    with pytest.raises(AuthNeeded, match=rf"locked by a passphrase.*`ssh-add {locked}`"):
        await ssh.transport(key=str(locked)).run("echo mine")


async def test_a_key_that_is_none_says_so(ssh: SshLab, tmp_path: Path) -> None:
    for path in (tmp_path / "missing", ssh.folder / "known_hosts"):
        with pytest.raises(AuthNeeded, match=r"A key for .* cannot be read"):
            await ssh.transport(key=str(path)).run("echo mine")


async def test_an_agent_unlocks_a_key(ssh: SshLab, agent: None) -> None:
    assert await ssh.answers(key=str(ssh.folder / "locked"))
    assert await ssh.answers(key=None)


async def test_an_agent_that_is_gone_does_no_harm(
    ssh: SshLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "nobody"))
    assert await ssh.answers()


async def test_the_user_s_configuration_is_followed(ssh: SshLab, tmp_path: Path) -> None:
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh/config").write_text(
        f"Host cluster\n  HostName 127.0.0.1\n  Port {ssh.port('node')}\n"
        f"  IdentityFile {ssh.folder}/id\n  UserKnownHostsFile {ssh.known_hosts}\n"
        "  RequestTTY force\n  RemoteCommand date\n  LocalForward 9 localhost:9\n"
    )
    plain: dict[str, Any] = {"host": "cluster", "port": None, "key": None, "ssh_config": None}
    ours = tmp_path / "ours"
    assert await ssh.answers(**plain, known_hosts=ours)
    transport = ssh.transport(**plain, known_hosts=ours)
    await transport.run("true")
    place = f"root@cluster ([127.0.0.1]:{ssh.port('node')})"
    assert transport.facts()["connection"].endswith(place.split("@")[1])


async def test_a_configuration_that_is_none_says_so(ssh: SshLab, tmp_path: Path) -> None:
    (tmp_path / "config").write_text("Port many\n")
    with pytest.raises(PlatformUnreachable, match=r"configuration cannot be read.*Port"):
        await ssh.transport(ssh_config=str(tmp_path / "config")).run("echo mine")
    with pytest.raises(PlatformUnreachable, match=r"configuration cannot be read.*No such file"):
        await ssh.transport(ssh_config=str(tmp_path / "missing")).run("echo mine")


async def test_a_proxy_command_of_the_configuration_is_gone_through(
    ssh: SshLab, tmp_path: Path
) -> None:
    (tmp_path / "config").write_text(
        "Host hidden\n  HostName 127.0.0.1\n"
        "  ProxyCommand bash -c 'exec 3<>/dev/tcp/%h/%p; cat <&3 & cat >&3; kill $!'\n"
    )
    assert await ssh.answers(host="hidden", ssh_config=str(tmp_path / "config"))


async def test_a_jump_host_is_gone_through(ssh: SshLab) -> None:
    transport = ssh.transport(jump=f"127.0.0.1:{ssh.port('login')}")
    assert (await transport.run("echo mine")).output == "mine\n"
    assert transport.facts()["connection"].count(" → ") == 1
    assert len(ssh.connections("login")) == 1
    ssh.cut("login")
    assert (await transport.run("echo again")).output == "again\n"


async def test_a_jump_host_of_the_configuration_is_gone_through(ssh: SshLab) -> None:
    config = ssh.folder / "chain_config"
    config.write_text(
        f"Host a b cluster\n  HostName 127.0.0.1\n  IdentityFile {ssh.folder}/id\n"
        f"Host a\n  Port {ssh.port('login')}\n"
        f"Host b\n  Port {ssh.port('node')}\n  ProxyJump a\n"
        f"Host cluster\n  Port {ssh.port('strict')}\n  ProxyJump b\n"
    )
    transport = ssh.transport(host="cluster", port=None, key=None, ssh_config=str(config))
    assert (await transport.run("echo mine")).output == "mine\n"
    way = transport.facts()["connection"]
    assert [hop.split("@")[1].split(" ")[0] for hop in way.split(" → ")] == ["a", "b", "cluster"]


async def test_a_jump_host_that_lets_nobody_in_is_named(ssh: SshLab, tmp_path: Path) -> None:
    port = ssh.port("login")
    (tmp_path / "config").write_text(
        f"Host gate\n HostName 127.0.0.1\n IdentityFile {ssh.folder}/stranger\n"
    )
    transport = ssh.transport(jump=f"bob@gate:{port}", ssh_config=str(tmp_path / "config"))
    with pytest.raises(AuthNeeded, match=rf"gate .* does not let bob in.*-p {port} bob@gate`"):
        await transport.run("true")


async def test_a_host_that_jumps_through_itself_says_so(ssh: SshLab, tmp_path: Path) -> None:
    (tmp_path / "config").write_text("Host *\n  ProxyJump 127.0.0.1\n")
    with pytest.raises(PlatformUnreachable, match="through too many jump hosts"):
        await ssh.transport(ssh_config=str(tmp_path / "config")).run("echo mine")


async def test_a_jump_host_that_cannot_reach_the_host_says_so(ssh: SshLab) -> None:
    with pytest.raises(PlatformUnreachable, match="The jump host cannot reach"):
        await ssh.transport(jump=f"127.0.0.1:{ssh.port('login')}", port=1).run("true")
    with pytest.raises(PlatformUnreachable, match="The jump host cannot reach"):
        await ssh.transport(jump=f"127.0.0.1:{ssh.port('strict')}").run("true")


async def test_a_port_that_nobody_serves_is_refused(ssh: SshLab) -> None:
    with pytest.raises(PlatformUnreachable, match=r"refuses connections.*`port:`") as raised:
        await ssh.transport(port=free_port()).run("echo mine")
    assert not isinstance(raised.value, AuthNeeded)


async def test_a_name_that_nobody_has_is_told(ssh: SshLab) -> None:
    with pytest.raises(PlatformUnreachable, match=r"The name of nobody\.invalid.* is unknown"):
        await ssh.transport(host="nobody.invalid").run("echo mine")
    with pytest.raises(PlatformUnreachable, match=r"^nnn.*cannot be reached"):
        await ssh.transport(host="n" * 300).run("echo mine")


async def test_a_host_that_says_nothing_is_given_up(ssh: SshLab) -> None:
    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        with pytest.raises(PlatformUnreachable, match=r"does not answer within 0\.5 seconds"):
            await ssh.transport(port=port, connect_seconds=0.5).run("echo mine")


async def test_many_transports_at_a_busy_login_node_get_in_one_after_the_other(
    ssh: SshLab,
) -> None:
    """MaxStartups drops connections at random: a later attempt succeeds."""

    async def persistent() -> str:
        transport = ssh.transport("login")
        while True:
            try:
                return (await transport.run("echo mine")).output
            except PlatformUnreachable as error:
                assert "closed the connection before the log-in" in error.message  # noqa: PT017 - one of many
                await asyncio.sleep(0.1)

    assert await asyncio.gather(*(persistent() for _ in range(12))) == ["mine\n"] * 12


async def test_nothing_is_left_running_here(ssh: SshLab) -> None:
    transport = ssh.transport()
    await transport.run("true")
    await transport.aclose()
    await until(lambda: ssh.connections("node") == [])
    assert [one for one in psutil.Process().children() if one.name() == "ssh"] == []


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("host", Address("host")),
        ("alice@host.example.org:2222", Address("host.example.org", "alice", 2222)),
        ("a@b@host", Address("host", "a@b")),
        ("[fe80::1]:22", Address("fe80::1", None, 22)),
        ("fe80::1", Address("fe80::1")),
    ],
)
def test_an_address_is_taken_apart(text: str, address: Address) -> None:
    assert Address.parse(text) == address
    assert Address.parse(str(address)) == address


@pytest.mark.parametrize(
    "text", ["", "@", "a@", "-oProxyCommand=x", "a b", "host:", "host:0", "host:x", "h:99999"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="write"):
        Address.parse(text)
