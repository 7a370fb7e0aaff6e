"""One platform's round: observe, stop, submit, fetch output. The supervisor repeats it for each."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic

from hypertrainer.clock import utc_now
from hypertrainer.dependencies import Services
from hypertrainer.errors import AuthNeeded, PlatformError, PlatformUnreachable, StorageError
from hypertrainer.monitor.attempts import Pair, handle_of, load_on_platform, load_unmirrored
from hypertrainer.monitor.call_rate import CallRate
from hypertrainer.monitor.mirror_output import Mirrored, MirrorOutput
from hypertrainer.monitor.observe_jobs import ObserveJobs
from hypertrainer.monitor.pace import Pace
from hypertrainer.monitor.remove_folders import RemoveFolders
from hypertrainer.monitor.stop_jobs import StopJobs
from hypertrainer.monitor.submit_tasks import SubmitTasks
from hypertrainer.platforms.base import ConditionKind, Platform, Report
from hypertrainer.tasks.announce import announce_changes
from hypertrainer.tasks.statuses import AttemptState

LOOK_FOR_LOST_EVERY = timedelta(seconds=60)  # at first, and ever more seldom
LOOK_FOR_LOST_AT_LEAST = timedelta(hours=1)
STARTING_TIME = timedelta(seconds=30)  # within which a job that was taken usually starts


@dataclass(slots=True)
class PlatformState:
    """What is known of a platform's polling, for `/platforms`."""

    condition: ConditionKind = ConditionKind.OK
    why: str = ""
    last_poll_at: datetime | None = None
    next_poll_at: datetime | None = None  # None: when there is a task
    calls: CallRate = field(default_factory=CallRate)
    condition_at: datetime | None = None  # when a round last found it so

    @property
    def calls_per_hour(self) -> int:
        """How many commands were sent there within the last hour."""
        return self.calls.per_hour(monotonic())


@dataclass(slots=True)
class PlatformPass:
    """Keeps one platform's jobs going. A failure is a condition of the platform, not of tasks.

    A place that has no job of ours is not asked anything.
    """

    services: Services
    platform: Platform
    state: PlatformState = field(default_factory=PlatformState)
    _observe: ObserveJobs = field(init=False)
    _submit: SubmitTasks = field(init=False)
    _mirror: MirrorOutput = field(init=False)
    _remove: RemoveFolders = field(init=False)
    _pace: Pace = field(init=False)
    _watched: list[Pair] = field(default_factory=list)  # on the platform after the last round
    _is_busy: bool = False
    _asked_until: float | None = None  # when the last command ended
    _lost_looked_at: datetime | None = None
    _lost_interval: timedelta = LOOK_FOR_LOST_EVERY
    _lost_keys: frozenset[str] = frozenset()
    _num_calls: int = 0

    def __post_init__(self) -> None:
        database, platform = self.services.database, self.platform
        self._observe = ObserveJobs(database, platform)
        self._submit = SubmitTasks(database, platform)
        self._mirror = MirrorOutput(database, platform)
        self._remove = RemoveFolders(database, platform)
        self._pace = Pace(platform)

    async def run_once(self) -> float:
        try:
            pause = await self._round()
        except PlatformUnreachable as error:
            is_locked = isinstance(error, AuthNeeded)
            kind = ConditionKind.AUTH_NEEDED if is_locked else ConditionKind.UNREACHABLE
            self._set_condition(kind, error.message)
            raise
        except (PlatformError, StorageError) as error:
            self._set_condition(ConditionKind.DEGRADED, error.message)
            raise
        finally:
            self._note_calls()
        trouble = self.platform.trouble
        self._set_condition(ConditionKind.DEGRADED if trouble else ConditionKind.OK, trouble)
        self.rests(pause)
        return pause

    def held(self) -> float:
        """For how many seconds yet the platform must not be asked anything, whoever wants it."""
        if self._asked_until is None:
            return 0.0
        return max(self._asked_until + self.platform.poll_floor_seconds - monotonic(), 0.0)

    def rests(self, seconds: float) -> None:
        """Note when the next round is due."""
        is_failing = self.state.condition in (ConditionKind.UNREACHABLE, ConditionKind.AUTH_NEEDED)
        is_due = self._is_busy or is_failing
        self.state.next_poll_at = utc_now() + timedelta(seconds=seconds) if is_due else None

    async def wait_for_change(self) -> None:
        """Return when a job of this platform probably changed."""
        await self.platform.wait_for_change([handle_of(*pair) for pair in self._watched])

    async def _round(self) -> float:
        asked = await self._load()
        changed, report = await self._observe.run_once(asked)
        on_platform = [pair for pair in asked if AttemptState(pair[0].state).is_on_platform]
        told, stop_due = await self._stop(on_platform)
        submitted, self._watched = await self._submit.run_once(on_platform)
        if asked or submitted:
            self.state.last_poll_at = utc_now()
        await self._tell(changed | told | submitted)
        mirrored = await self._fetch(asked, report)
        removal_due = await self._remove.run_once()
        self._is_busy = bool(self._watched) or _is_any_unmirrored(asked, mirrored)
        if mirrored.problem is not None:
            raise mirrored.problem
        return self._pace.pause(
            is_fresh=bool(changed or told or submitted) or _is_any_starting(self._watched),
            is_flowing=bool(mirrored.changed),
            is_behind=mirrored.is_behind or self._submit.is_behind,
            is_busy=self._is_busy,
            dues=[stop_due, removal_due, self._submit.next_due()],
        )

    async def _load(self) -> list[Pair]:
        """Every attempt that the platform is to be asked about."""
        database, platform = self.services.database, self.platform
        pairs = await load_on_platform(database, platform.name)
        if not platform.has_local_output:
            pairs += await load_unmirrored(database, platform.name)
        if self._is_lost_due():
            pairs += await self._load_lost()
        return list({attempt.id: (attempt, task) for attempt, task in pairs}.values())

    def _is_lost_due(self) -> bool:
        looked_at = self._lost_looked_at
        return looked_at is None or utc_now() - looked_at >= self._lost_interval

    async def _load_lost(self) -> list[Pair]:
        """The lost attempts; where the same ones stay lost, they are looked for more seldom."""
        self._lost_looked_at = utc_now()
        lost = await self._observe.load_lost()
        keys = frozenset(attempt.key for attempt, _ in lost)
        is_same = bool(keys) and keys == self._lost_keys
        self._lost_keys = keys
        twice = min(self._lost_interval * 2, LOOK_FOR_LOST_AT_LEAST)
        self._lost_interval = twice if is_same else LOOK_FOR_LOST_EVERY
        return lost

    async def _stop(self, on_platform: Sequence[Pair]) -> tuple[set[int], float | None]:
        grace = timedelta(seconds=self.platform.grace_seconds)
        return await StopJobs(self.services.database, self.platform, grace).run_once(on_platform)

    async def _fetch(self, asked: Sequence[Pair], report: Report) -> Mirrored:
        if self.platform.has_local_output:
            return Mirrored()
        mirrored = await self._mirror.run_once(asked, report)
        if mirrored.changed or mirrored.whole:
            self.services.wakers.collect.set()
        await announce_changes(self.services.database, self.services.broker, mirrored.whole)
        return mirrored

    async def _tell(self, ids: set[int]) -> None:
        if not ids:
            return
        wakers = self.services.wakers
        for waker in (wakers.collect, wakers.folders, wakers.searches, wakers.environments):
            waker.set()
        await announce_changes(self.services.database, self.services.broker, ids)

    def _note_calls(self) -> None:
        total, now = self.platform.num_calls, monotonic()
        if total != self._num_calls:
            self._num_calls, self._asked_until = total, now
        self.state.calls.note(total, now)

    def _set_condition(self, kind: ConditionKind, why: str) -> None:
        self.state.condition_at = utc_now()
        if (self.state.condition, self.state.why) == (kind, why):
            return
        self.state.condition, self.state.why = kind, why
        self.services.broker.publish("platforms", [{"name": self.platform.name}])


def _is_any_starting(pairs: Sequence[Pair]) -> bool:
    """Whether a job was taken a moment ago: in a queue it may then wait for days."""
    recently = utc_now() - STARTING_TIME
    return any(
        attempt.state == AttemptState.SUBMITTED and (attempt.submitted_at or recently) > recently
        for attempt, _ in pairs
    )


def _is_any_unmirrored(pairs: Sequence[Pair], mirrored: Mirrored) -> bool:
    return any(
        attempt.state == AttemptState.ENDED
        and not task.is_mirrored
        and task.id not in mirrored.whole
        for attempt, task in pairs
    )
