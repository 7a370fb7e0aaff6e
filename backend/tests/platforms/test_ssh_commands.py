"""Commands on real OpenSSH servers, kind ones and odd ones."""

import asyncio
import time
from pathlib import Path

import pytest

from hypertrainer.errors import PlatformError, PlatformUnreachable
from hypertrainer.platforms.transports.base import Interrupted
from tests.labs.ssh import SshLab
from tests.platforms.places import until

pytestmark = pytest.mark.slow
SCRIPT = 'printf "%s|" "$@"; echo; echo trouble >&2; exit 3'
WORDS = ("a b", "c'd", "!x", "$HOME", "é\n")


@pytest.mark.parametrize("node", ["node", "login", "noisy", "strict", "csh"])
async def test_output_errors_and_code_are_told_apart_everywhere(ssh: SshLab, node: str) -> None:
    result = await ssh.transport(node).run(SCRIPT, WORDS)
    assert result.output == "".join(f"{word}|" for word in WORDS) + "\n"
    assert (result.errors, result.code) == ("trouble\n", 3)


async def test_noise_is_noticed_and_dropped(ssh: SshLab) -> None:
    noisy, quiet = ssh.transport("noisy"), ssh.transport("node")
    assert (await noisy.run("echo mine")).output == "mine\n"
    assert (await quiet.run("echo mine")).output == "mine\n"
    assert "Quota: 91% used" in noisy.facts()["shell start-up prints"]
    assert quiet.facts()["shell start-up prints"] == "nothing"


async def test_a_login_shell_has_read_the_profile_and_its_noise_is_dropped(
    ssh: SshLab, tmp_path: Path
) -> None:
    profile = tmp_path / ".bash_profile"
    profile.write_text("echo hello; read -r answer; module() { echo loaded $1; }; export HERE=1\n")
    # the server gives root its own home: a forced command of the key brings the test's
    key = (ssh.folder / "id.pub").read_text()
    authorized = ssh.folder / "authorized_keys"
    before = authorized.read_text()
    authorized.write_text(f'command="HOME={tmp_path} $SSH_ORIGINAL_COMMAND" {key}')
    try:
        result = await ssh.transport(login_shell=True).run("module torch; echo $HERE")
        plain = await ssh.transport().run("echo $HERE")
    finally:
        authorized.write_text(before)
    assert result.output == "loaded torch\n1\n"
    assert plain.output == "\n"


@pytest.mark.parametrize(("node", "most"), [("login", 2), ("strict", 1), ("node", 4)])
async def test_twenty_commands_at_once_all_succeed(ssh: SshLab, node: str, most: int) -> None:
    transport = ssh.transport(node)
    answers = await asyncio.gather(*(transport.run(f"echo {number}") for number in range(20)))
    assert [one.output for one in answers] == [f"{number}\n" for number in range(20)]
    assert int(transport.facts()["commands at once"].split()[0]) <= most
    assert len(ssh.connections(node)) == 1
    assert transport.num_calls == 20


async def test_the_noise_of_a_closed_account_is_told(ssh: SshLab) -> None:
    with pytest.raises(PlatformUnreachable, match=r"\(code 3\).*This account is closed"):
        await ssh.transport("closed").run("echo mine")


async def test_a_machine_without_bash_says_so(ssh: SshLab) -> None:
    with pytest.raises(PlatformUnreachable, match=r"There is no bash on 127\.0\.0\.1: install one"):
        await ssh.transport("bashless").run("echo mine")


async def test_a_process_left_behind_holds_nothing_up(ssh: SshLab) -> None:
    began = time.monotonic()
    result = await ssh.transport().run("sleep 30 & echo $!")
    assert time.monotonic() - began < 10
    await ssh.transport().run(f"kill {int(result.output)}")


async def test_a_command_that_takes_too_long_is_interrupted_and_lives_on(
    ssh: SshLab, tmp_path: Path
) -> None:
    transport = ssh.transport()
    with pytest.raises(Interrupted, match="within 1 seconds"):
        await transport.run(f"sleep 2; echo done > {tmp_path}/done", seconds=1)
    await until((tmp_path / "done").exists)
    assert (await transport.run("echo again")).output == "again\n"


async def test_no_bash_in_time_means_that_nothing_was_sent(ssh: SshLab) -> None:
    transport = ssh.transport("strict", max_channels=1)
    await transport.run("true")
    async with asyncio.TaskGroup() as group:
        group.create_task(transport.run("sleep 2"))
        await until(lambda: transport.num_calls == 2)
        with pytest.raises(PlatformUnreachable, match="nothing was sent"):
            await transport.run("echo mine", seconds=0.5)


async def test_more_output_than_anybody_wants_is_an_error(ssh: SshLab) -> None:
    transport = ssh.transport()
    with pytest.raises(PlatformError, match="more than 64 MiB"):
        await transport.run("head -c 80000000 /dev/zero")
    assert (await transport.run("echo mine")).output == "mine\n"


async def test_a_command_whose_connection_dies_is_interrupted_and_lives_on(
    ssh: SshLab, tmp_path: Path
) -> None:
    transport = ssh.transport()

    async def interrupted() -> None:
        with pytest.raises(Interrupted, match="the connection was lost"):
            await transport.run(
                'cd "$1"; touch begun; until [[ -e go ]]; do sleep 0.05; done; touch done',
                [str(tmp_path)],
            )

    async with asyncio.TaskGroup() as group:
        group.create_task(interrupted())
        await until((tmp_path / "begun").exists)
        ssh.cut("node")
    (tmp_path / "go").touch()
    await until((tmp_path / "done").exists)
    assert (await transport.run("echo again")).output == "again\n"


async def test_a_lost_connection_is_opened_again(ssh: SshLab) -> None:
    transport = ssh.transport()
    for _ in range(3):
        assert (await transport.run("echo mine")).output == "mine\n"
        ssh.cut("node")


async def test_a_closed_transport_sends_nothing(ssh: SshLab) -> None:
    transport = ssh.transport()
    await transport.aclose()
    with pytest.raises(PlatformUnreachable, match="no longer used"):
        await transport.run("echo mine")


async def test_a_command_that_is_cancelled_frees_its_channel(ssh: SshLab) -> None:
    transport = ssh.transport(max_channels=1)
    task = asyncio.create_task(transport.run("sleep 5"))
    await until(lambda: transport.num_calls == 1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await transport.run("echo mine", seconds=3)).output == "mine\n"
