"""One platform's round: observe, stop, submit. The loop that the supervisor repeats for each."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypertrainer.clock import utc_now
from hypertrainer.dependencies import Services
from hypertrainer.errors import PlatformError, PlatformUnreachable
from hypertrainer.monitor.attempts import Pair, handle_of, load_on_platform
from hypertrainer.monitor.observe_jobs import ObserveJobs
from hypertrainer.monitor.stop_jobs import StopJobs
from hypertrainer.monitor.submit_tasks import SubmitTasks
from hypertrainer.platforms.base import ConditionKind, Platform
from hypertrainer.tasks.announce import announce_changes
from hypertrainer.tasks.statuses import AttemptState

LOOK_FOR_LOST_EVERY = timedelta(seconds=60)


@dataclass(slots=True)
class PlatformState:
    """What is known of a platform's polling, for `/platforms`."""

    condition: ConditionKind = ConditionKind.OK
    why: str = ""
    last_poll_at: datetime | None = None
    next_poll_at: datetime | None = None


@dataclass(slots=True)
class PlatformPass:
    """Keeps one platform's jobs going. A failure is a condition of the platform, not of tasks."""

    services: Services
    platform: Platform
    state: PlatformState = field(default_factory=PlatformState)
    _watched: list[Pair] = field(default_factory=list)  # on the platform after the last round
    _pause: float = 0.0
    _lost_looked_at: datetime | None = None

    async def run_once(self) -> float:
        try:
            pause = await self._round()
        except PlatformUnreachable as error:
            self._set_condition(ConditionKind.UNREACHABLE, error.message)
            raise
        except PlatformError as error:
            self._set_condition(ConditionKind.DEGRADED, error.message)
            raise
        self._set_condition(ConditionKind.OK, "")
        self.state.last_poll_at = utc_now()
        self.state.next_poll_at = utc_now() + timedelta(seconds=pause)
        return pause

    async def _round(self) -> float:
        database, platform = self.services.database, self.platform
        observe = ObserveJobs(database, platform)
        on_platform = await load_on_platform(database, platform.name)
        asked = [*on_platform, *(await observe.load_lost() if self._is_lost_due() else [])]
        changed = await observe.run_once(asked)
        on_platform = [pair for pair in asked if AttemptState(pair[0].state).is_on_platform]
        grace = timedelta(seconds=platform.grace_seconds)
        told, stop_due = await StopJobs(database, platform, grace).run_once(on_platform)
        submitted, self._watched = await SubmitTasks(database, platform).run_once(on_platform)
        await self._tell(changed | told | submitted)
        is_fresh = bool(changed or told or submitted) or _is_any_starting(self._watched)
        return self._cadence(is_fresh=is_fresh, is_busy=bool(self._watched), stop_due=stop_due)

    async def _tell(self, ids: set[int]) -> None:
        if not ids:
            return
        wakers = self.services.wakers
        for waker in (wakers.collect, wakers.folders, wakers.searches, wakers.environments):
            waker.set()
        await announce_changes(self.services.database, self.services.broker, ids)

    async def wait_for_change(self) -> None:
        """Return when a job of this platform probably changed."""
        await self.platform.wait_for_change([handle_of(*pair) for pair in self._watched])

    def _is_lost_due(self) -> bool:
        now = utc_now()
        if self._lost_looked_at and now - self._lost_looked_at < LOOK_FOR_LOST_EVERY:
            return False
        self._lost_looked_at = now
        return True

    def _cadence(self, *, is_fresh: bool, is_busy: bool, stop_due: float | None) -> float:
        """Soon after a change, then ever slower, up to the platform's own pace."""
        soon, slow = self.platform.poll_soon_seconds, self.platform.poll_seconds
        self._pause = soon if is_fresh else min(slow, max(soon, self._pause * 2))
        pause = self._pause if is_busy else slow
        return pause if stop_due is None else min(pause, stop_due)

    def _set_condition(self, kind: ConditionKind, why: str) -> None:
        if (self.state.condition, self.state.why) == (kind, why):
            return
        self.state.condition, self.state.why = kind, why
        self.services.broker.publish("platforms", [{"name": self.platform.name}])


def _is_any_starting(pairs: Sequence[Pair]) -> bool:
    return any(attempt.state == AttemptState.SUBMITTED for attempt, _ in pairs)
