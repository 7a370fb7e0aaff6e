"""Riding on a connection that the user opened with OpenSSH, on real servers."""

import asyncio
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from hypertrainer.errors import AuthNeeded, PlatformUnreachable
from hypertrainer.platforms.transports.base import Interrupted, NewFile, ReadRequest
from hypertrainer.platforms.transports.ssh.transport import SshTransport
from tests.labs.ssh import SshLab
from tests.platforms.places import until

pytestmark = pytest.mark.slow


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who logs in with OpenSSH, and has HyperTrainer ride on that."""

    ssh: SshLab
    config: Path
    socket: Path

    def log_in(self, node: str = "node") -> None:
        self._ssh(node, "-o", "ControlMaster=yes", "-S", str(self.socket), "-fN")

    def log_out(self, node: str = "node") -> None:
        self._ssh(node, "-O", "exit", "-S", str(self.socket))

    def _ssh(self, node: str, *options: str) -> None:
        port = str(self.ssh.port(node))
        command = ["ssh", "-F", str(self.config), "-p", port, *options, "127.0.0.1"]
        subprocess.run(command, check=True, timeout=20, stderr=subprocess.DEVNULL)

    def transport(self, node: str = "node", **changes: object) -> SshTransport:
        """It knows no key: without the user's connection it cannot come in."""
        wishes = {"key": None, "ssh_config": str(self.config), "control_master": str(self.socket)}
        return self.ssh.transport(node, **{**wishes, **changes})


@pytest.fixture
def user(ssh: SshLab, tmp_path: Path) -> Iterator[User]:
    config, socket = tmp_path / "config", ssh.folder / f"{tmp_path.name}.sock"
    config.write_text(
        f"IdentityFile {ssh.folder}/id\nUserKnownHostsFile {ssh.known_hosts}\nLogLevel ERROR\n"
    )
    user = User(ssh, config, socket)
    yield user
    if socket.exists():
        user.log_out()


@pytest.mark.parametrize("node", ["node", "noisy", "csh", "login", "strict"])
async def test_commands_and_files_ride_on_the_user_s_connection(
    user: User, node: str, tmp_path: Path
) -> None:
    user.log_in(node)
    transport = user.transport(node)
    result = await transport.run('printf "%s|" "$@"; echo oops >&2; exit 3', ["a b", "c'd"])
    assert (result.output, result.errors, result.code) == ("a b|c'd|", "oops\n", 3)
    data = os.urandom(2_000_000)
    path = str(tmp_path / "file")
    assert await transport.put([NewFile(path, data)]) == {}
    (found,) = await transport.read([ReadRequest(path, 0, 3_000_000)])
    assert found.data == data
    assert len(user.ssh.connections(node)) == 1
    assert transport.facts()["connection"] == "your own, by ControlMaster"


async def test_a_large_file_is_streamed(user: User, tmp_path: Path) -> None:
    user.log_in()
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(os.urandom(5_000_000))
    await user.transport().upload(source, str(target))
    assert target.read_bytes() == source.read_bytes()


async def test_without_a_connection_the_remedy_is_to_log_in_and_nothing_is_sent(
    user: User,
) -> None:
    transport = user.transport(user="root")
    with pytest.raises(AuthNeeded) as raised:
        await transport.run("echo mine")
    command = (
        f"ssh -fMN -F {user.config} -o ControlPath={user.socket} "
        f"-p {user.ssh.port('node')} root@127.0.0.1"
    )
    assert f"You are not logged in to 127.0.0.1 (Control socket connect({user.socket})" in str(
        raised.value
    )
    assert f"Log in with `{command}`." in raised.value.message
    assert user.ssh.connections("node") == []
    await asyncio.to_thread(subprocess.run, command.split(), check=True, stderr=subprocess.DEVNULL)
    assert (await transport.run("echo mine")).output == "mine\n"


async def test_a_connection_that_ends_is_noticed_before_anything_is_sent(user: User) -> None:
    user.log_in()
    transport = user.transport()
    assert (await transport.run("echo mine")).output == "mine\n"
    user.log_out()
    with pytest.raises(AuthNeeded, match="You are not logged in"):
        await transport.run("echo mine")
    assert transport.facts()["connection"] == "none now"


async def test_a_connection_that_ends_during_a_command_is_an_interruption(
    user: User, tmp_path: Path
) -> None:
    user.log_in()
    transport = user.transport()
    script = 'cd "$1"; touch begun; until [[ -e go ]]; do sleep 0.05; done; touch done'
    running = asyncio.create_task(transport.run(script, [str(tmp_path)]))
    await until((tmp_path / "begun").exists)
    user.log_out()
    with pytest.raises(Interrupted):
        await running
    (tmp_path / "go").touch()
    await until((tmp_path / "done").exists)


async def test_the_connection_that_the_configuration_names_is_found(user: User) -> None:
    user.config.write_text(f"{user.config.read_text()}ControlPath {user.socket}\n")
    user.log_in()
    assert (await user.transport(control_master=True).run("echo mine")).output == "mine\n"


async def test_a_configuration_that_names_none_says_so(user: User) -> None:
    with pytest.raises(AuthNeeded, match="names no ControlPath for 127"):
        await user.transport(control_master=True).run("echo mine")


async def test_twenty_commands_share_the_two_sessions_of_a_login_node(user: User) -> None:
    user.log_in("login")
    transport = user.transport("login")
    answers = await asyncio.gather(*(transport.run(f"echo {number}") for number in range(20)))
    assert [one.output for one in answers] == [f"{number}\n" for number in range(20)]
    assert len(user.ssh.connections("login")) == 1


async def test_a_process_left_behind_holds_nothing_up(user: User) -> None:
    user.log_in()
    transport = user.transport()
    result = await transport.run("sleep 30 & echo $!", seconds=10)
    await transport.run(f"kill {int(result.output)}")


async def test_a_command_that_takes_too_long_is_interrupted(user: User) -> None:
    user.log_in()
    transport = user.transport()
    with pytest.raises(Interrupted, match="within 1 seconds"):
        await transport.run("sleep 5", seconds=1)
    assert (await transport.run("echo mine")).output == "mine\n"


async def test_odd_accounts_are_told_as_on_any_other_way(user: User) -> None:
    user.log_in("closed")
    with pytest.raises(PlatformUnreachable, match="This account is closed"):
        await user.transport("closed").run("echo mine")


async def test_without_openssh_here_it_says_so(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(PlatformUnreachable, match="`ssh`, which `control_master` needs"):
        await user.transport().run("echo mine")
