"""A real Slurm behind a real SSH server: a cluster as its users meet it."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.labs.slurm import SlurmLab, running_slurm
from tests.labs.ssh import SshLab, has_sshd, running_sshd


@dataclass(frozen=True, slots=True)
class Cluster:
    """The login node lets two commands run at once on a connection, and two logins at a time."""

    slurm: SlurmLab
    ssh: SshLab

    def described(self, output: Path, **settings: str) -> str:
        """The cluster as `platforms.yaml` has it, its task folders there under `output`."""
        values = {
            "type": "slurm",
            "host": f"root@127.0.0.1:{self.ssh.port('login')}",
            "key": str(self.ssh.folder / "id"),
            "ssh_config": str(self.ssh.folder / "ssh_config"),
            "output": str(output),
            **settings,
        }
        lines = "".join(f"    {name}: {value}\n" for name, value in values.items())
        return f"platforms:\n  cluster:\n{lines}"

    def introduce(self, home: Path, output: Path, **settings: str) -> None:
        """Make it known to a server with this home, its host key accepted."""
        (home / "platforms.yaml").write_text(self.described(output, **settings))
        shutil.copy(self.ssh.known_hosts, home / "known_hosts")


@contextmanager
def running_cluster(**knobs: str) -> Iterator[Cluster]:
    """A cluster that runs meanwhile; see slurmlab.sh for the knobs."""
    if not has_sshd():
        pytest.skip("OpenSSH's server is not installed: apt-get install openssh-server")
    with running_slurm(**{"KILLWAIT": "2", **knobs}) as slurm, ExitStack() as servers:
        with pytest.MonkeyPatch.context() as patch:  # undone again: other servers start meanwhile
            patch.setenv("SETENV", f"SLURM_CONF={slurm.configuration}")
            ssh = servers.enter_context(running_sshd())
        yield Cluster(slurm, ssh)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """One cluster for the whole session, without accounting."""
    with running_cluster() as running:
        yield running
