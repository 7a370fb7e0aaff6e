"""Says when a host may be knocked at again after failures: sooner costs others, or bans us."""

import random
import time
from collections.abc import Callable

from hypertrainer.errors import AuthNeeded, PlatformUnreachable
from hypertrainer.platforms.transports.ssh.key_refusal import HostKeyRefused
from hypertrainer.platforms.transports.ssh.settings import Pace

MOST_DOUBLINGS = 16


class Breaker:
    """Open after a failure to connect, for longer each time; closed by a success."""

    def __init__(self, pace: Pace, now: Callable[[], float] = time.monotonic) -> None:
        self._pace = pace
        self._now = now
        self._failures = 0
        self._error: PlatformUnreachable | None = None
        self._opens_at = 0.0
        self._began_at = float("-inf")

    def check(self) -> None:
        """Let pass, or not.

        Raises:
            PlatformUnreachable: as the last failure was; the message says when it is tried again.
        """
        left = self._opens_at - self._now()
        if self._error is not None and left > 0:
            raise _retold(self._error, f"{self._error.message} {_when(left)}")

    def interval(self) -> float:
        """Seconds to wait before the next attempt, which begins then."""
        wait = max(0.0, self._began_at + self._pace.connect_interval - self._now())
        self._began_at = self._now() + wait
        return wait

    def succeeded(self) -> None:
        """Forget the failures."""
        self._failures = 0
        self._error = None

    def failed(self, error: PlatformUnreachable) -> None:
        """Wait before the next attempt."""
        is_auth = isinstance(error, AuthNeeded)
        first = self._pace.first_auth_wait if is_auth else self._pace.first_wait
        longest = first * 2 ** min(self._failures, MOST_DOUBLINGS)
        wait = min(longest, self._pace.longest_wait) * random.uniform(0.5, 1.0)
        self._failures += 1
        self._error = error
        self._opens_at = self._now() + wait

    def reset(self) -> None:
        """Let the next attempt pass at once."""
        self.succeeded()
        self._began_at = float("-inf")

    @property
    def words(self) -> str:
        """What it waits for; empty while it lets pass."""
        left = self._opens_at - self._now()
        return _when(left) if self._error is not None and left > 0 else ""


def _when(seconds: float) -> str:
    return f"It is tried again in {max(1, round(seconds))} s."


def _retold(error: PlatformUnreachable, message: str) -> PlatformUnreachable:
    if isinstance(error, HostKeyRefused):
        return HostKeyRefused(message, error.host_key)
    return AuthNeeded(message) if isinstance(error, AuthNeeded) else PlatformUnreachable(message)
