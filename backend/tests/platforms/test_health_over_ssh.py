"""What a check finds on real SSH servers, and on the login node of a real cluster."""

import shutil
import socket
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hypertrainer.platforms.base import ConditionKind
from hypertrainer.platforms.platform_types import Surroundings, make_platform
from hypertrainer.platforms.platforms_file import Entry
from hypertrainer.platforms.remote_settings import MachineSettings
from hypertrainer.platforms.schedulers.direct import DirectScheduler
from hypertrainer.platforms.schedulers.slurm import SlurmScheduler
from hypertrainer.platforms.shell import ShellPlatform, ShellSettings
from tests.labs.cluster import Cluster
from tests.labs.ssh import SshLab

pytestmark = pytest.mark.slow


def place(
    lab: SshLab, output: Path, node: str = "node", setup: tuple[str, ...] = (), **way: Any
) -> ShellPlatform:
    """A plain machine behind SSH."""
    settings = ShellSettings(output=str(output), setup=setup)
    return ShellPlatform("lab", "ssh", lab.transport(node, **way), DirectScheduler(), settings)


@pytest.mark.parametrize("node", ["login", "node", "noisy", "strict", "csh"])
async def test_a_check_tells_of_the_machine_and_of_the_way_there(
    ssh: SshLab, tmp_path: Path, node: str
) -> None:
    platform = place(ssh, tmp_path / "not" / "yet", node)
    health = await platform.check()
    assert health.condition is ConditionKind.OK, health.problems
    facts = health.facts
    assert facts["host"] == socket.gethostname()
    assert facts["cores"].isdecimal()
    assert facts["memory"].endswith("GiB")
    assert "Linux" in facts["system"]
    assert facts["bash"]
    assert "Python 3" in facts["python"]
    assert facts["clock"].startswith("right to within")
    assert facts["SSH server"].startswith("SSH-2.0-OpenSSH")
    assert facts["host key"].startswith("SHA256:")
    assert "commands at once" in facts
    assert ("Quota: 91% used" in facts["shell start-up prints"]) == (node == "noisy")
    assert not (tmp_path / "not").exists()


async def test_a_check_is_one_command_and_tells_the_capacity(ssh: SshLab, tmp_path: Path) -> None:
    platform = place(ssh, tmp_path)
    health = await platform.check()
    capacity = await platform.capacity()
    assert capacity is not None
    assert health.facts["slots"] == str(capacity.slots)
    assert platform.num_calls == 1


async def test_setup_lines_are_tried_there(ssh: SshLab, tmp_path: Path) -> None:
    health = await place(ssh, tmp_path, setup=("module load nothing",)).check()
    assert health.condition is ConditionKind.DEGRADED
    (problem,) = health.problems
    assert "`module load nothing` failed with exit code 127" in problem.message
    assert "command not found" in problem.message


async def test_an_unknown_host_key_is_told_with_the_key(ssh: SshLab, tmp_path: Path) -> None:
    ssh.known_hosts.unlink()
    health = await place(ssh, tmp_path).check()
    assert health.condition is ConditionKind.AUTH_NEEDED
    assert health.host_key is not None
    (problem,) = health.problems
    assert problem.message.endswith(f"is not known yet: ssh-ed25519 {health.host_key.fingerprint}.")
    assert problem.remedy.startswith("Compare it with")


async def test_a_wrong_key_is_told_with_the_command_that_helps(ssh: SshLab, tmp_path: Path) -> None:
    health = await place(ssh, tmp_path, key=str(ssh.folder / "stranger"), user="alice").check()
    assert health.condition is ConditionKind.AUTH_NEEDED
    (problem,) = health.problems
    assert "does not let alice in. Keys tried: " in problem.message
    assert problem.remedy.startswith("Check `user:`")
    assert "`ssh-copy-id -i " in problem.remedy


async def test_a_connection_of_one_s_own_that_is_not_there_is_a_log_in_needed(
    ssh: SshLab, tmp_path: Path
) -> None:
    health = await place(ssh, tmp_path, control_master=str(tmp_path / "none.sock")).check()
    assert health.condition is ConditionKind.AUTH_NEEDED
    (problem,) = health.problems
    assert problem.message.startswith("You are not logged in to 127.0.0.1")
    assert problem.remedy.startswith("Log in with `ssh -fMN ")


async def test_a_closed_port_is_unreachable(ssh: SshLab, tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        health = await place(ssh, tmp_path, port=nobody.getsockname()[1]).check()
    assert health.condition is ConditionKind.UNREACHABLE
    (problem,) = health.problems
    assert "refuses connections" in problem.message
    assert "`port:`" in problem.remedy


@pytest.mark.parametrize(
    ("node", "words"), [("bashless", "There is no bash"), ("closed", "without starting bash")]
)
async def test_a_host_that_starts_no_bash_is_unreachable(
    ssh: SshLab, tmp_path: Path, node: str, words: str
) -> None:
    health = await place(ssh, tmp_path, node).check()
    assert health.condition is ConditionKind.UNREACHABLE
    (problem,) = health.problems
    assert words in problem.message
    assert problem.remedy


async def test_each_machine_of_a_pool_is_told_by_its_name(ssh: SshLab, tmp_path: Path) -> None:
    hosts = [f"127.0.0.1:{ssh.port(node)}" for node in ("node", "noisy", "closed")]
    settings = {
        "hosts": hosts,
        "key": str(ssh.folder / "id"),
        "ssh_config": str(ssh.folder / "ssh_config"),
        "output": str(tmp_path),
    }
    surroundings = Surroundings(tmp_path, "", ssh.known_hosts)
    pool = make_platform(
        Entry("pool", "ssh", MachineSettings.model_validate(settings)), surroundings
    )
    try:
        health = await pool.check()
    finally:
        await pool.aclose()
    assert health.condition is ConditionKind.DEGRADED
    assert health.facts[f"{hosts[0]}: host"] == health.facts[f"{hosts[1]}: host"]
    (problem,) = health.problems
    assert problem.message.startswith(f"{hosts[2]}: The login shell on")


async def test_the_queue_behind_a_login_node_is_looked_at(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    known_hosts = Path(shutil.copy(cluster.ssh.known_hosts, tmp_path / "known_hosts"))
    lab = replace(cluster.ssh, known_hosts=known_hosts, opened=[])
    settings = ShellSettings(output=str(tmp_path))
    queue = ShellPlatform("cluster", "slurm", lab.transport("login"), SlurmScheduler(), settings)
    plain = place(lab, tmp_path, "login")
    try:
        health, mistaken = await queue.check(), await plain.check()
    finally:
        for transport in lab.opened:
            await transport.aclose()
    assert health.condition is ConditionKind.OK, health.problems
    assert health.facts["scheduler"].startswith("Slurm 2")
    assert "partitions" in health.facts
    assert "slots" not in health.facts
    assert await queue.capacity() is None
    assert "Write `type: slurm` instead of `type: ssh`." in [
        problem.remedy for problem in mistaken.problems
    ]
