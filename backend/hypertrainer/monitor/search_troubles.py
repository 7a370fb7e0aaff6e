"""Which searches cannot be worked on just now: each is left alone for a while, and delays no other.

What is in its way stands in the search's `reason` meanwhile.
"""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from math import inf
from time import monotonic

import structlog

from hypertrainer.dependencies import Services
from hypertrainer.errors import HyperTrainerError
from hypertrainer.hpsearch.filling import note_trouble

log = structlog.get_logger(__name__)
MAX_BACK_OFF_SECONDS = 60.0
LEAST_PAUSE_SECONDS = 0.05


@dataclass(slots=True)
class Trouble:
    """How often in a row a search failed, and when it is tried again (monotonic)."""

    failures: int
    until: float


@dataclass(slots=True)
class Troubles:
    """Those of one pass. `meaning` is what an error of a search means to its user."""

    services: Services
    meaning: str
    _by_search: dict[int, Trouble] = field(default_factory=dict)
    _worked: set[int] = field(default_factory=set)  # searches that were worked on without any

    def forget_others(self, ids: Collection[int]) -> None:
        """Keep those of these searches only."""
        self._by_search = {key: kept for key, kept in self._by_search.items() if key in ids}
        self._worked.intersection_update(ids)

    @property
    def pause(self) -> float:
        """In how many seconds the first of them may be tried again; infinite without any."""
        until = min((trouble.until for trouble in self._by_search.values()), default=inf)
        return max(LEAST_PAUSE_SECONDS, until - monotonic())

    async def attempt(self, search_id: int, work: Callable[[], Awaitable[bool]]) -> bool:
        """Work on a search, unless it has failed just now; what the work says of itself.

        False where it was not done, or failed: that is noted, and waited for ever longer.
        """
        trouble = self._by_search.get(search_id)
        if trouble is not None and trouble.until > monotonic():
            return False
        try:
            is_more = await work()
        except Exception as error:  # noqa: BLE001 - one search must not hold up the others
            await self._failed(search_id, error)
            return False
        if self._by_search.pop(search_id, None) is not None or search_id not in self._worked:
            self._worked.add(search_id)  # the first time, too: there may be words of an earlier run
            await note_trouble(self.services, search_id, "")
        return is_more

    async def _failed(self, search_id: int, error: Exception) -> None:
        known = self._by_search.get(search_id, Trouble(0, 0.0))
        failures = known.failures + 1
        seconds = min(MAX_BACK_OFF_SECONDS, 2.0 ** min(failures, 6))
        self._by_search[search_id] = Trouble(failures, monotonic() + seconds)
        if isinstance(error, HyperTrainerError):
            words = error.message
            log.warning("search_failed", search=search_id, failures=failures, reason=words)
        else:
            words = f"{type(error).__name__}. The server's log says more."
            log.warning("search_failed", search=search_id, failures=failures, exc_info=error)
        await note_trouble(self.services, search_id, f"{self.meaning}: {words}")
