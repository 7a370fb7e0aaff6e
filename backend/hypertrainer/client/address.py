"""Where the server is, and what opens it."""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

DEFAULT_URL = "http://localhost:5000"
DEFAULT_HOME = "~/hypertrainer"  # as in settings.py, which takes too long to import for a client
SERVER_FILE = "server.json"
TOKEN_FILE = "token"  # noqa: S105 - a file's name


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """A server's URL, and its access token; empty where none was found."""

    url: str
    token: str = field(repr=False)


def find_server(url: str | None = None, token: str | None = None) -> ServerAddress:
    """What is given, else the environment's, else what the home holds, else the default.

    The stored token goes to this machine, or where the home itself points, and nowhere else.
    """
    home = Path(os.environ.get("HYPERTRAINER_HOME") or DEFAULT_HOME).expanduser()
    stored_url = _stored_url(home)
    url = (url or os.environ.get("HYPERTRAINER_URL") or stored_url or DEFAULT_URL).rstrip("/")
    token = token or os.environ.get("HYPERTRAINER_TOKEN", "")
    if not token and (url == stored_url.rstrip("/") or _is_this_machine(url)):
        token = _stored_token(home)
    return ServerAddress(url, token)


def _is_this_machine(url: str) -> bool:
    try:
        return urlsplit(url).hostname in ("localhost", "127.0.0.1", "::1")
    except ValueError:
        return False


def _stored_url(home: Path) -> str:
    try:
        return str(json.loads((home / SERVER_FILE).read_text(encoding="utf-8"))["url"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""  # no server runs, or an older one wrote it: the default is as good a guess


def _stored_token(home: Path) -> str:
    try:
        return (home / TOKEN_FILE).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
