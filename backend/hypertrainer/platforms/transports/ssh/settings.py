"""What an owner has decided about the way to a host, and how addresses are written."""

from dataclasses import dataclass
from pathlib import Path

SSH_CONFIG = "~/.ssh/config"


@dataclass(frozen=True, slots=True)
class Address:
    """`[user@]host[:port]`, or `[user@][host]:port` where the host has colons of its own."""

    host: str
    user: str | None = None
    port: int | None = None

    @classmethod
    def parse(cls, text: str) -> "Address":
        """Take an address apart.

        Raises:
            ValueError: it is none; the message says what is wrong.
        """
        user, _, place = text.strip().rpartition("@")
        host, port = _host_and_port(place)
        if not host or host.startswith("-") or any(c.isspace() for c in host + user):
            raise ValueError(f"`{text}` is no address; write [user@]host[:port]")
        return cls(host, user or None, _port(port) if port else None)

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = f":{self.port}" if self.port else ""
        return f"{self.user}@{host}{port}" if self.user else f"{host}{port}"


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a host is knocked at, in seconds.

    After a failure the wait begins with `first_wait`, or with `first_auth_wait` where the host lets
    nobody in (those who knock too often are banned), and doubles up to `longest_wait`.
    """

    connect_interval: float = 2.0
    first_wait: float = 2.0
    first_auth_wait: float = 30.0
    longest_wait: float = 300.0


@dataclass(frozen=True, slots=True)
class SshSettings:
    """The way to one host, as one user of it.

    `host` may be an alias in `ssh_config`. `known_hosts` is our own file of accepted host keys.
    `jump` is a host to go through, `[user@]host[:port]`, several with commas. `control_master` is
    the socket of a connection that the user opened with OpenSSH, or True for the one that the
    user's configuration names. `keepalive_seconds`: a silent connection is asked so often, and
    given up after three questions.
    """

    host: str
    known_hosts: Path
    user: str | None = None
    port: int | None = None
    key: str | None = None
    ssh_config: str | None = None
    jump: str | None = None
    control_master: bool | str = False
    login_shell: bool = False
    max_channels: int = 4
    connect_seconds: float = 15.0
    keepalive_seconds: float = 15.0
    pace: Pace = Pace()

    @property
    def address(self) -> Address:
        """Where this leads, as written."""
        return Address(self.host, self.user, self.port)

    @property
    def config_files(self) -> list[str]:
        """The OpenSSH configuration to read, where there is any."""
        path = Path(self.ssh_config or SSH_CONFIG).expanduser()
        return [str(path)] if self.ssh_config or path.is_file() else []

    @property
    def key_path(self) -> str | None:
        """The chosen private key's file."""
        return str(Path(self.key).expanduser()) if self.key else None

    @property
    def public_key_paths(self) -> list[str]:
        """The file of the chosen key's public half, where there is one: what an agent may show."""
        public = Path(f"{self.key_path}.pub")
        return [str(public)] if self.key and public.is_file() else []


def _host_and_port(place: str) -> tuple[str, str]:
    if place.startswith("["):
        host, _, rest = place[1:].partition("]")
        return host, rest.removeprefix(":")
    host, separator, port = place.rpartition(":")
    if not separator or ":" in host:  # no port, or an IPv6 address without one
        return place, ""
    return host, port or "none"


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65_536):
        raise ValueError(f"`{text}` is no port; write a number from 1 to 65535")
    return int(text)
