"""One connection to one host, perhaps through another one: who we are, and who it may be."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import asyncssh
from asyncssh.public_key import get_default_certificate_algs, get_default_public_key_algs

from hypertrainer.errors import AuthNeeded, PlatformUnreachable
from hypertrainer.platforms.transports.ssh.failures import (
    connect_failure,
    key_files,
    login_refused,
)
from hypertrainer.platforms.transports.ssh.host_keys import (
    SYSTEM_FILE,
    USER_FILE,
    KnownHosts,
    Trust,
    host_name,
    refusal,
    shown_key,
)
from hypertrainer.platforms.transports.ssh.settings import Address, SshSettings

SSH_PORT = 22
KEEPALIVE_COUNT = 3
MAX_HOPS = 8  # a configuration may send a host through itself


@dataclass(slots=True)
class Login(asyncssh.SSHClient):
    """What a host showed and asked for while we logged in."""

    shown: asyncssh.SSHKey | None = None
    offered: list[str] = field(default_factory=list)

    def validate_host_public_key(
        self, host: str, addr: str, port: int, key: asyncssh.SSHKey
    ) -> bool:
        del host, addr, port
        self.shown = key
        return False

    def public_key_auth_requested(self) -> None:
        self.offered.append("publickey")

    def kbdint_auth_requested(self) -> None:
        self.offered.append("keyboard-interactive")

    def password_auth_requested(self) -> None:
        self.offered.append("password")


@dataclass(frozen=True, slots=True)
class Hop:
    """A host to connect to, with everything that the configuration says of it."""

    address: Address
    options: asyncssh.SSHClientConnectionOptions
    settings: SshSettings
    is_target: bool
    key: str | None  # the one chosen, else the configuration's or the usual ones are tried

    @property
    def place(self) -> str:
        """The host in words."""
        name = host_name(self.options.host, self.options.port or SSH_PORT)
        return name if name == self.address.host else f"{self.address.host} ({name})"

    @property
    def known_as(self) -> tuple[str, int]:
        """The name and port that known_hosts has it by."""
        alias = self.options.host_key_alias
        return (alias, SSH_PORT) if alias else (self.options.host, self.options.port or SSH_PORT)

    @property
    def keys(self) -> Sequence[str]:
        """The files of the keys that are tried."""
        return key_files(self.key, self.options.config.get("IdentityFile"))

    def known_hosts(self) -> KnownHosts:
        """The host keys that were accepted, by us and by OpenSSH's user."""
        config = self.options.config
        users = config.get("UserKnownHostsFile") or [USER_FILE]
        systems = config.get("GlobalKnownHostsFile") or [SYSTEM_FILE]
        assert isinstance(users, list)
        assert isinstance(systems, list)
        others = [Path(str(path)).expanduser() for path in (*users, *systems)]
        return KnownHosts(self.settings.known_hosts, others)


async def hop_to(address: Address, settings: SshSettings, *, is_target: bool) -> Hop:
    """Look up what the user's configuration says of a host, and load the keys to be tried.

    Raises:
        AuthNeeded: a key cannot be read.
        PlatformUnreachable: the configuration cannot.
    """
    key = settings.key_path if is_target or settings.jump else None
    try:
        options = await _options(address, settings, key)
        if key and not is_target and options.config.get("IdentityFile"):
            key = None  # the configuration has one for this jump host
            options = await _options(address, settings, key)
    except (ValueError, asyncssh.KeyEncryptionError, OSError) as error:
        raise _unreadable(error, address, settings) from error
    return Hop(address, options, settings, is_target, key)


async def _options(
    address: Address, settings: SshSettings, key: str | None
) -> asyncssh.SSHClientConnectionOptions:
    options: asyncssh.SSHClientConnectionOptions
    options = await asyncssh.SSHClientConnectionOptions.construct(
        config=settings.config_files,
        host=address.host,
        port=address.port or (),
        username=address.user or (),
        client_keys=[key] if key else (),
        agent_identities=(settings.public_key_paths if key else []) or (),
        ignore_encrypted=True,  # an agent may have them
        agent_forwarding=False,
        keepalive_interval=settings.keepalive_seconds,
        keepalive_count_max=KEEPALIVE_COUNT,
        login_timeout=settings.connect_seconds,
        connect_timeout=settings.connect_seconds,
    )
    return options


def _unreadable(error: Exception, address: Address, settings: SshSettings) -> PlatformUnreachable:
    is_key = isinstance(error, asyncssh.KeyImportError | asyncssh.KeyEncryptionError)
    is_config = isinstance(error, OSError) and error.filename in settings.config_files
    if is_key or (isinstance(error, OSError) and not is_config):
        return AuthNeeded(f"A key for {address} cannot be read: {error}.")
    return PlatformUnreachable(f"The SSH configuration cannot be read: {error}.")


def jumps_of(hop: Hop) -> Sequence[Address]:
    """The hosts on the way to this one, as the settings or the configuration name them.

    Raises:
        PlatformUnreachable: one of them is no address.
    """
    chosen = hop.settings.jump if hop.is_target else None
    named = chosen or hop.options.config.get("ProxyJump")
    if not named or named == "none":
        return ()
    try:
        return [Address.parse(text) for text in str(named).split(",")]
    except ValueError as error:
        raise PlatformUnreachable(f"A jump host cannot be read: {error}.") from error


async def connect(
    hop: Hop, tunnel: asyncssh.SSHClientConnection | None
) -> asyncssh.SSHClientConnection:
    """Connect and log in, through `tunnel` where there is one.

    Raises:
        HostKeyRefused: the host shows a key that nobody has accepted.
        AuthNeeded: it does not let us in.
        PlatformUnreachable: it cannot be reached.
    """
    known = await asyncio.to_thread(hop.known_hosts)
    login = Login()
    name, port = hop.known_as
    trust = known.trust(name, port)

    def trusted(*_: object) -> Trust:
        return trust

    try:
        return await asyncssh.connect(
            hop.address.host,
            hop.address.port or (),
            username=hop.address.user or (),
            options=hop.options,
            config=None,
            tunnel=tunnel,
            known_hosts=trusted,
            client_factory=lambda: login,
            server_host_key_algs=_kinds(hop, trust),
        )
    except asyncssh.HostKeyNotVerifiable as error:
        if login.shown is None:  # a certificate, or a key that was revoked
            raise AuthNeeded(f"{hop.place} is not who it should be: {error.reason}.") from error
        is_changed = known.has_accepted(name, port)
        raise refusal(shown_key(name, port, login.shown, is_changed=is_changed)) from error
    except asyncssh.DisconnectError as error:
        is_login = isinstance(error, asyncssh.PermissionDenied)
        if is_login or "authentication failures" in error.reason:
            raise await _refused(hop, login) from error
        raise connect_failure(error, hop.place, hop.settings.connect_seconds) from error
    except (OSError, ValueError, asyncssh.ChannelOpenError) as error:  # or a name that is none
        raise connect_failure(error, hop.place, hop.settings.connect_seconds) from error


def _kinds(hop: Hop, trust: Trust) -> Sequence[str]:
    """The kinds of host keys to ask for: those that were accepted, then all, as OpenSSH does.

    Certificates only where somebody is trusted to vouch: else the key itself is to be seen.
    """
    if hop.options.config.get("HostKeyAlgorithms"):
        return ()
    keys, authorities, _ = trust
    certified = get_default_certificate_algs() if authorities else []
    accepted = [kind for key in keys for kind in key.sig_algorithms]
    kinds = [*certified, *accepted, *get_default_public_key_algs()]
    return [kind.decode() for kind in dict.fromkeys(kinds)]


async def _refused(hop: Hop, login: Login) -> AuthNeeded:
    def tell() -> AuthNeeded:
        address = replace(hop.address, user=hop.options.username)
        return login_refused(hop.place, address, login.offered, hop.keys, hop.settings)

    return await asyncio.to_thread(tell)
