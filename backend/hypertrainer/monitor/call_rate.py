"""How often a platform is asked: the commands of the last hour, minute by minute."""

from collections import deque
from dataclasses import dataclass, field

MINUTE_SECONDS = 60.0
MINUTES = 60


@dataclass(slots=True)
class CallRate:
    """A ring of the last sixty minutes. Times are seconds of any clock that never goes back."""

    _minutes: deque[tuple[int, int]] = field(default_factory=deque)  # minute, calls in it
    _total: int = 0

    def note(self, total: int, now: float) -> None:
        """So many commands were sent since the start; a smaller number means a new start."""
        fresh = total - self._total if total >= self._total else total
        self._total = total
        if fresh <= 0:
            return
        minute = int(now // MINUTE_SECONDS)
        before = self._minutes.pop()[1] if self._minutes and self._minutes[-1][0] == minute else 0
        self._minutes.append((minute, before + fresh))
        self._forget(minute)

    def per_hour(self, now: float) -> int:
        """The commands of the hour that ends now."""
        self._forget(int(now // MINUTE_SECONDS))
        return sum(calls for _, calls in self._minutes)

    def _forget(self, minute: int) -> None:
        while self._minutes and self._minutes[0][0] <= minute - MINUTES:
            self._minutes.popleft()
