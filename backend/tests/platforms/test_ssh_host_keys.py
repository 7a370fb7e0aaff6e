"""Which host keys are taken for good, on real OpenSSH servers."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hypertrainer.errors import AuthNeeded, InvalidInput
from hypertrainer.platforms.transports.ssh.host_keys import accept_host_key
from hypertrainer.platforms.transports.ssh.key_refusal import HostKeyRefused
from tests.labs.ssh import SshLab

pytestmark = pytest.mark.slow


async def refused(lab: SshLab, node: str = "node", **changes: Any) -> HostKeyRefused:
    """How the host's key is refused."""
    with pytest.raises(HostKeyRefused) as raised:
        await lab.transport(node, **changes).run("echo mine")
    return raised.value


def keygen(*words: str | Path) -> str:
    """What OpenSSH's own tool says."""
    command = ["ssh-keygen", *(str(word) for word in words)]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=20).stdout


def fingerprint(lab: SshLab, key: str) -> str:
    """As ssh-keygen tells it."""
    return keygen("-lf", lab.folder / f"{key}.pub").split()[1]


async def test_an_unknown_host_key_is_shown_and_refused_until_it_is_accepted(ssh: SshLab) -> None:
    ssh.known_hosts.unlink()
    transport = ssh.transport()
    with pytest.raises(HostKeyRefused, match="not known yet") as raised:
        await transport.run("echo mine")
    key = raised.value.host_key
    assert key.host == f"[127.0.0.1]:{ssh.port('node')}"
    assert (key.algorithm, key.fingerprint) == ("ssh-ed25519", fingerprint(ssh, "hostkey"))
    assert not key.is_changed
    accept_host_key(ssh.known_hosts, key)
    assert ssh.known_hosts.stat().st_mode & 0o777 == 0o600
    transport.retry_now()
    assert (await transport.run("echo mine")).output == "mine\n"
    assert transport.facts()["host key"] == key.fingerprint


async def test_a_changed_host_key_is_refused_until_it_is_accepted(ssh: SshLab) -> None:
    try:
        ssh.show_key("node", "stranger")
        same_kind = (await refused(ssh)).host_key
        ssh.show_key("node", "otherkey")
        error = await refused(ssh)
    finally:
        ssh.show_key("node", "hostkey")
    assert same_kind.is_changed
    assert same_kind.fingerprint == fingerprint(ssh, "stranger")
    key = error.host_key
    assert "has changed" in error.message
    assert (key.is_changed, key.algorithm) == (True, "ecdsa-sha2-nistp256")
    assert key.fingerprint == fingerprint(ssh, "otherkey")
    accept_host_key(ssh.known_hosts, key)
    again = await refused(ssh)  # the server has its first key again
    assert again.host_key.is_changed
    accept_host_key(ssh.known_hosts, again.host_key)
    assert await ssh.answers()
    assert await ssh.answers("login")  # the lines of other hosts are kept


async def test_our_file_goes_before_the_user_s(ssh: SshLab, tmp_path: Path) -> None:
    (tmp_path / ".ssh").mkdir()
    theirs = Path(shutil.move(ssh.known_hosts, tmp_path / ".ssh/known_hosts"))
    assert await ssh.answers()
    stranger = " ".join((ssh.folder / "stranger.pub").read_text().split()[:2])
    ssh.known_hosts.write_text(f"[127.0.0.1]:{ssh.port('node')} {stranger}\n")
    assert (await refused(ssh)).host_key.is_changed
    assert await ssh.answers("login")  # of which ours says nothing
    keygen("-q", "-H", "-f", theirs)
    assert await ssh.answers("login")  # the names are hashed now


async def test_lines_that_are_none_do_no_harm(ssh: SshLab) -> None:
    good = ssh.known_hosts.read_text()
    ssh.known_hosts.write_text(f"nonsense\n@what * x y\n|1|bad|hash ssh-rsa AAAA\n{good}")
    assert await ssh.answers()


async def test_a_revoked_host_key_is_refused(ssh: SshLab) -> None:
    (line,) = (
        line for line in ssh.known_hosts.read_text().splitlines() if f":{ssh.port('node')} " in line
    )
    ssh.known_hosts.write_text(f"{line}\n@revoked {line}\n")
    with pytest.raises(AuthNeeded, match="revoked"):
        await ssh.transport().run("echo mine")


async def test_a_certified_host_is_known_by_who_vouches_for_it(ssh: SshLab, tmp_path: Path) -> None:
    authority, host = tmp_path / "authority", tmp_path / "host"
    for path in (authority, host):
        keygen("-q", "-t", "ed25519", "-N", "", "-f", path)
    keygen("-q", "-h", "-s", authority, "-I", "lab", "-n", "127.0.0.1", f"{host}.pub")
    config = ssh.folder / "node.conf"
    before = config.read_text()
    try:
        config.write_text(f"HostKey {host}\nHostCertificate {host}-cert.pub\n{before}")
        ssh.stop("node")
        ssh.start("node")
        public = " ".join(Path(f"{authority}.pub").read_text().split()[:2])
        ssh.known_hosts.write_text(f"@cert-authority [127.0.0.1]:* {public}\n")
        assert await ssh.answers()
        ssh.known_hosts.write_text("")
        assert not (await refused(ssh)).host_key.is_changed  # the key itself is shown
    finally:
        config.write_text(before)
        ssh.stop("node")
        ssh.start("node")


async def test_a_key_is_accepted_only_under_its_own_name_and_fingerprint(ssh: SshLab) -> None:
    ssh.known_hosts.unlink()
    key = (await refused(ssh)).host_key
    wrong = [
        replace(key, fingerprint=fingerprint(ssh, "stranger")),
        replace(key, line=f"{key.line}\n* {key.line.split(' ', 1)[1]}"),
        replace(key, line=key.line.replace("127.0.0.1", "*")),
        replace(key, line=f"{key.host} ssh-ed25519 nonsense"),
    ]
    for one in wrong:
        with pytest.raises(InvalidInput):
            accept_host_key(ssh.known_hosts, one)
    assert not ssh.known_hosts.exists()


async def test_a_jump_host_s_key_is_checked_too(ssh: SshLab) -> None:
    lines = ssh.known_hosts.read_text().splitlines()
    kept = [line for line in lines if f":{ssh.port('login')} " not in line]
    ssh.known_hosts.write_text("\n".join(kept))
    error = await refused(ssh, jump=f"127.0.0.1:{ssh.port('login')}")
    assert error.host_key.host == f"[127.0.0.1]:{ssh.port('login')}"
