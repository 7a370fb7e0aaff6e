"""Which keys hosts may show: those that somebody has accepted, here or with OpenSSH."""

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import asyncssh

from hypertrainer.errors import InvalidInput
from hypertrainer.platforms.base import HostKey
from hypertrainer.platforms.transports.ssh.key_refusal import HostKeyRefused

USER_FILE = "~/.ssh/known_hosts"
SYSTEM_FILE = "/etc/ssh/ssh_known_hosts"
SSH_PORT = 22

# The keys of a host that are trusted, the authorities that may vouch for it, the keys revoked.
Keys = Sequence[asyncssh.SSHKey]
Trust = tuple[Keys, Keys, Keys]


class KnownHosts:
    """Accepted keys. Where our own file names a host, the user's files are not asked.

    As OpenSSH has it, a host is known by its name only, not by its address, and one on a port of
    its own also by the name alone.
    """

    def __init__(self, ours: Path, others: Iterable[Path]) -> None:
        """Read the files; those that are not there, and lines that are none, are passed over."""
        self._files = (_loaded([ours]), _loaded(others))

    def trust(self, host: str, port: int) -> Trust:
        """What a host may show."""
        found = [
            file.match(name, "", None)
            for name in dict.fromkeys((host_name(host, port), host))
            for file in self._files
        ]
        revoked = [key for trust in found for key in trust[2]]
        keys, authorities = next(((one[0], one[1]) for one in found if one[0] or one[1]), ((), ()))
        return keys, authorities, revoked

    def has_accepted(self, host: str, port: int) -> bool:
        """Whether some key was accepted for just this name and port."""
        return any(file.match(host_name(host, port), "", None)[0] for file in self._files)


def host_name(host: str, port: int) -> str:
    """How `known_hosts` names a host."""
    return host if port == SSH_PORT else f"[{host}]:{port}"


def shown_key(host: str, port: int, key: asyncssh.SSHKey, *, is_changed: bool) -> HostKey:
    """A key as a host showed it."""
    name = host_name(host, port)
    words = key.export_public_key().decode().split()
    line = f"{name} {words[0]} {words[1]}"
    return HostKey(name, words[0], key.get_fingerprint(), line, is_changed)


def refusal(host_key: HostKey) -> HostKeyRefused:
    """What to tell of a key that nobody has accepted."""
    shown = f"{host_key.algorithm} {host_key.fingerprint}"
    if host_key.is_changed:
        message = (
            f"The host key of {host_key.host} has changed to {shown}: the machine was set up anew, "
            "or somebody is listening in. Ask its administrator, then accept the new key."
        )
    else:
        message = (
            f"The host key of {host_key.host} is not known yet: {shown}. "
            "Compare it with the one its administrator publishes, then accept it."
        )
    return HostKeyRefused(message, host_key)


def accept_host_key(known_hosts: Path, key: HostKey) -> None:
    """Write a key into our file, in the place of what we had accepted for this host before.

    Raises:
        InvalidInput: its line is not that of the key with this fingerprint.
    """
    if not _is_consistent(key):
        raise InvalidInput(f"This is not the host key of {key.host} with that fingerprint.")
    known_hosts.parent.mkdir(parents=True, exist_ok=True)
    kept = [line for line in _lines(known_hosts) if line.split(" ", 1)[0] != key.host]
    text = "".join(f"{line}\n" for line in [*kept, key.line])
    with tempfile.NamedTemporaryFile(
        "w", dir=known_hosts.parent, prefix=f".{known_hosts.name}.", delete=False
    ) as file:  # made with mode 0600
        file.write(text)
    Path(file.name).replace(known_hosts)


def _is_consistent(key: HostKey) -> bool:
    name, _, data = key.line.partition(" ")
    if name != key.host or len(key.line.split()) != 3 or "\n" in key.line:
        return False
    try:
        return asyncssh.import_public_key(data).get_fingerprint() == key.fingerprint
    except asyncssh.KeyImportError:
        return False


def _loaded(paths: Iterable[Path]) -> asyncssh.SSHKnownHosts:
    known = asyncssh.SSHKnownHosts()
    for path in paths:
        for line in _lines(path):
            try:
                known.load(line)
            except ValueError:  # OpenSSH passes over such lines, too
                continue
    return known


def _lines(path: Path) -> Sequence[str]:
    try:
        return path.read_text(errors="replace").splitlines()
    except OSError:
        return ()
