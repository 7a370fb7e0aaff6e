"""Why a host cannot be reached, in words, with what to do about it."""

import asyncio
import errno
import re
import socket
from collections.abc import Sequence
from pathlib import Path

import asyncssh

from hypertrainer.errors import AuthNeeded, PlatformUnreachable
from hypertrainer.platforms.transports.ssh.conversation import NotBegun, shortened
from hypertrainer.platforms.transports.ssh.settings import Address, SshSettings

NOT_FOUND = 127
NO_ROUTE = (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTDOWN)
CUT = (errno.ECONNRESET, errno.EPIPE)
DEFAULT_KEYS = ("id_ed25519", "id_ecdsa", "id_rsa", "id_ed25519_sk", "id_ecdsa_sk")


def connect_failure(error: Exception, place: str, seconds: float) -> PlatformUnreachable:
    """What an attempt to connect to `place` failed of. Log-in and host keys are told elsewhere."""
    return PlatformUnreachable(_words(error, place, seconds))


def _words(error: Exception, place: str, seconds: float) -> str:
    if isinstance(error, socket.gaierror):
        return (
            f"The name of {place} is unknown ({error.strerror}). "
            "Check `host:`, the HostName in the SSH configuration, and the network or VPN."
        )
    if isinstance(error, TimeoutError | asyncio.TimeoutError):
        return (
            f"{place} does not answer within {seconds:g} seconds. "
            "Check that it is up, and that no firewall or missing VPN is in between."
        )
    if isinstance(error, asyncssh.ChannelOpenError):
        return f"The jump host cannot reach {place}: {error.reason or 'it refuses'}."
    if isinstance(error, asyncssh.KeyExchangeFailed):
        return f"{place} and HyperTrainer have no common way to talk: {error.reason}."
    if isinstance(error, OSError) and not _is_cut(error):
        return _words_of_system(error, place)
    if isinstance(error, ValueError):
        return f"{place} cannot be reached: {error}."
    return _words_of_cut(error, place)


def _words_of_system(error: OSError, place: str) -> str:
    numbers = _numbers(error)
    if errno.ECONNREFUSED in numbers:
        return (
            f"{place} refuses connections. "
            "Check that its SSH server runs, and on this port (`port:` names another one)."
        )
    if numbers.intersection(NO_ROUTE):
        return f"There is no way to {place} ({error.strerror}). Check the network or VPN."
    return f"{place} cannot be reached: {error.strerror or error}."


def _words_of_cut(error: Exception, place: str) -> str:
    reason = shortened(getattr(error, "reason", "") or str(error)).rstrip(".")
    return (
        f"{place} closed the connection before the log-in ({reason or 'no reason given'}). "
        "It may have too many of them just now, or have banned this machine for a while."
    )


def _is_cut(error: OSError) -> bool:
    return bool(_numbers(error).intersection(CUT))


def _numbers(error: OSError) -> set[int]:
    """The error's number, or those of all addresses that were tried."""
    told = {int(number) for number in re.findall(r"\[Errno (\d+)\]", str(error))}
    return told | ({error.errno} if error.errno else set())


def login_refused(
    place: str,
    address: Address,
    offered: Sequence[str],
    keys: Sequence[str],
    settings: SshSettings,
) -> AuthNeeded:
    """Why a user is not let in: `offered` are the ways that the host would have accepted."""
    if offered and "publickey" not in offered:
        ways = " and ".join(dict.fromkeys(offered))
        return AuthNeeded(
            f"{place} wants a {ways} log-in of {address.user}, which only a person can answer. "
            f"{master_remedy(settings)}"
        )
    interactive = [way for way in offered if way != "publickey"]
    also = f" Or log in by yourself: {master_remedy(settings)}" if interactive else ""
    locked = [key for key in keys if is_encrypted(key)]
    if locked:
        return AuthNeeded(
            f"{place} does not let {address.user} in: the key {locked[0]} is locked by a "
            f"passphrase. Unlock it in the agent of whoever starts HyperTrainer: "
            f"`ssh-add {locked[0]}`.{also}"
        )
    tried = ", ".join(keys) or "none, as there is none in ~/.ssh"
    return AuthNeeded(
        f"{place} does not let {address.user} in. Keys tried: {tried}. Check `user:`, name "
        f"another key by `key:`, or have this one accepted there: "
        f"`{_copy_command(address, keys)}`.{also}"
    )


def _copy_command(address: Address, keys: Sequence[str]) -> str:
    port = f"-p {address.port} " if address.port else ""
    key = f"-i {keys[0]} " if keys else ""
    return f"ssh-copy-id {key}{port}{address.user}@{address.host}"


def master_command(settings: SshSettings) -> str:
    """What somebody types to open the connection that `control_master` rides on."""
    path = settings.control_master
    socket_option = f"-o ControlPath={path} " if isinstance(path, str) else ""
    config = f"-F {settings.ssh_config} " if settings.ssh_config else ""
    jump = f"-J {settings.jump} " if settings.jump else ""
    port = f"-p {settings.port} " if settings.port else ""
    address = f"{settings.user}@{settings.host}" if settings.user else settings.host
    return f"ssh -fMN {config}{socket_option}{jump}{port}{address}"


def master_remedy(settings: SshSettings) -> str:
    """How to log in by hand and let HyperTrainer ride on that."""
    if settings.control_master:
        return f"Log in with `{master_command(settings)}`."
    return (
        f"Set `control_master: true`, a ControlPath for it in the SSH configuration, "
        f"and log in with `{master_command(settings)}`."
    )


def key_files(chosen: str | None, configured: object) -> Sequence[str]:
    """The private keys that are tried: the chosen one, else the configured, else the usual."""
    if chosen:
        return [chosen]
    if isinstance(configured, list) and configured:
        paths = [Path(str(path)).expanduser() for path in configured]
    else:
        paths = [Path("~/.ssh", name).expanduser() for name in DEFAULT_KEYS]
    return [str(path) for path in paths if path.is_file()]


def is_encrypted(path: str) -> bool:
    """Whether a private key needs a passphrase."""
    try:
        asyncssh.read_private_key(path)
    except asyncssh.KeyImportError as error:  # also where the passphrase is wrong
        return "assphrase" in str(error)
    except (asyncssh.KeyEncryptionError, OSError):
        return False
    return False


def not_begun(error: NotBegun, place: str) -> PlatformUnreachable:
    """Why no bash began: nothing was sent to it."""
    said = f" It printed: {shortened(error.noise)}" if error.noise else ""
    is_missing = error.exit_code == NOT_FOUND or re.search(
        r"bash: (command )?not found|bash: No such file", error.noise, re.IGNORECASE
    )
    if is_missing:
        return PlatformUnreachable(f"There is no bash on {place}: install one.{said}")
    if error.exit_code is None:
        return PlatformUnreachable(
            f"The connection to {place} was lost before anything was sent: {error.reason}.{said}"
        )
    return PlatformUnreachable(
        f"The login shell on {place} ended (code {error.exit_code}) without starting bash: it is "
        f"restricted, or its start-up files (.bashrc, .profile, .cshrc) end it.{said}"
    )
