"""Who may ask. The server runs programs, so whoever can talk to it owns the account.

Three checks, in this order, on every request:

1. Host: a name that is not ours means that a web page had its own name point at this machine (DNS
   rebinding). Names are listed. Where the server is bound beyond this machine, any address in
   digits is let through as well: nobody can rebind a number.
2. Origin, on every method but GET, HEAD and OPTIONS: it must be the very host that is asked. A
   browser always sends it across origins. Where it is missing, a request that rests on a cookie
   must say `Sec-Fetch-Site: same-origin`; one that brings a bearer token is no browser's forgery.
3. Token: `Authorization: Bearer`, or the cookie that the printed link or `POST /session` sets.
"""

import ipaddress
import re
import secrets
import socket
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from hypertrainer.errors import Forbidden, Unauthenticated
from hypertrainer.settings import Settings

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")
WILDCARDS = ("0.0.0.0", "::", "")  # noqa: S104 - compared with, never bound
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
HOST_HEADER = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[^\[\]:/@\s]+)(:[0-9]*)?", re.IGNORECASE)
DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """What the checks compare with. `hosts` may name a port; without one, any port will do."""

    token: str = field(repr=False)
    cookie_name: str
    hosts: frozenset[str]
    allows_any_address: bool = False

    @classmethod
    def of(cls, settings: Settings, token: str) -> "AccessPolicy":
        """The policy of a server with these settings."""
        is_open = not is_loopback(settings.host)
        hosts = {*LOOPBACK_NAMES, *settings.allowed_hosts}
        if settings.host not in WILDCARDS:
            hosts.add(bracketed(settings.host))
        if is_open:
            hosts.add(socket.gethostname())
        return cls(
            token=token,
            cookie_name=f"hypertrainer_{settings.port}",  # cookies know no ports
            hosts=frozenset(host.lower() for host in hosts),
            allows_any_address=is_open,
        )

    def is_token(self, candidate: str) -> bool:
        """Compare in constant time."""
        return secrets.compare_digest(candidate.encode(errors="replace"), self.token.encode())

    def is_authenticated(self, request: HTTPConnection) -> bool:
        """Whether the request brings the token, in its header or in its cookie."""
        bearer = bearer_token(request)
        if bearer is not None:
            return self.is_token(bearer)
        return self.is_token(request.cookies.get(self.cookie_name, ""))

    def check_host(self, request: HTTPConnection) -> None:
        """Refuse a Host that is not ours.

        Raises:
            Forbidden: the header is missing, doubled, or names another host.
        """
        named = [value.lower() for value in request.headers.getlist("host")]
        if len(named) == 1 and self._is_our_host(named[0]):
            return
        name = host_name(named[0] if named else "") or "no host"
        raise Forbidden(
            f"This server does not answer to `{name[:100]}`. If you trust that name, start the "
            f"server with HYPERTRAINER_ALLOWED_HOSTS={name[:100]}; on its own machine it is "
            "always at http://localhost."
        )

    def check_origin(self, request: HTTPConnection) -> None:
        """Refuse what another site's page makes a browser send.

        Raises:
            Forbidden: the Origin is another host, or a cookie came with no origin at all.
        """
        if request.scope["method"] in SAFE_METHODS:
            return
        origin = request.headers.get("origin")
        if origin is None:
            self._check_without_origin(request)
        elif not is_same_origin(origin, request.headers.get("host", "")):
            raise Forbidden(
                f"A page of `{origin[:100]}` may not change anything here. Use the page that this "
                "server serves; behind a proxy, pass the browser's Host header on unchanged."
            )

    def check_token(self, request: HTTPConnection) -> None:
        """Refuse who has no token.

        Raises:
            Unauthenticated: the token is missing or wrong.
        """
        if not self.is_authenticated(request):
            raise Unauthenticated(
                "The access token is missing or wrong. Open the link that `hypertrainer serve` "
                "printed, or send `Authorization: Bearer TOKEN`; the token is in the file `token` "
                "of $HYPERTRAINER_HOME."
            )

    def _is_our_host(self, host: str) -> bool:
        name = host_name(host)
        if name and (host in self.hosts or name in self.hosts):
            return True
        return self.allows_any_address and is_address(name)

    def _check_without_origin(self, request: HTTPConnection) -> None:
        if bearer_token(request) is not None or self.cookie_name not in request.cookies:
            return
        if request.headers.get("sec-fetch-site") != "same-origin":
            raise Forbidden(
                "A request with a cookie must say where it comes from (Origin). "
                "Scripts send `Authorization: Bearer TOKEN` instead of a cookie."
            )


def bearer_token(request: HTTPConnection) -> str | None:
    """The token in the Authorization header; None where there is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def is_same_origin(origin: str, host: str) -> bool:
    """Whether an Origin header names the host and port that the Host header names."""
    scheme = origin.partition("://")[0]
    if scheme not in DEFAULT_PORTS:
        return False
    try:
        theirs, ours = urlsplit(origin), urlsplit(f"{scheme}://{host}")
        ports = theirs.port or DEFAULT_PORTS[scheme], ours.port or DEFAULT_PORTS[scheme]
    except ValueError:  # a port that is no number, a bracket that never closes
        return False
    return theirs.hostname == ours.hostname and theirs.hostname is not None and ports[0] == ports[1]


def host_name(host: str) -> str:
    """A Host header without its port, `[::1]:5000` → `[::1]`; empty if it is no host at all."""
    match = HOST_HEADER.fullmatch(host)
    return match["name"] if match else ""


def bracketed(host: str) -> str:
    """A host as a URL writes it: IPv6 addresses in brackets."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def is_address(name: str) -> bool:
    """Whether a host is an IP address in digits."""
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Whether a server bound to this host can be reached from its own machine only."""
    if host == "localhost":
        return True
    return is_address(host) and ipaddress.ip_address(host.strip("[]")).is_loopback
