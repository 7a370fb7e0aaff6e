"""The error that asks somebody to compare a host's key. It stands apart from the SSH library."""

from hypertrainer.errors import AuthNeeded
from hypertrainer.platforms.base import HostKey


class HostKeyRefused(AuthNeeded):
    """A host showed a key that nobody has accepted: `host_key`."""

    def __init__(self, message: str, host_key: HostKey) -> None:
        super().__init__(message)
        self.host_key = host_key
