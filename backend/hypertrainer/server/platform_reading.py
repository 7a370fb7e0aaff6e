"""How platforms are told to users: their settings, condition, pace and queues."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Annotated

from fastapi import Depends, Request
from sqlmodel import col, func, select

from hypertrainer.database import Database
from hypertrainer.dependencies import Services, ServicesDep
from hypertrainer.errors import HyperTrainerError
from hypertrainer.platforms.base import Capacity, ConditionKind, Health, HostKey, Platform
from hypertrainer.platforms.platforms_file import Entry
from hypertrainer.server.background import PollState, find_background
from hypertrainer.server.platform_looks import Look, LooksDep, PlatformLooks
from hypertrainer.server.schemas import (
    CheckRead,
    GpuRead,
    HostKeyRead,
    PlatformRead,
    ProblemRead,
    SlotsRead,
)
from hypertrainer.tasks.statuses import ON_PLATFORM_STATES, AttemptState
from hypertrainer.tasks.tables import Attempt, Task

CAPACITY_TIMEOUT_SECONDS = 5.0
UNREACHED = frozenset({ConditionKind.UNREACHABLE, ConditionKind.AUTH_NEEDED})
Counts = Mapping[AttemptState, int]


@dataclass(frozen=True, slots=True)
class PlatformReader:
    """Gathers what is known of platforms."""

    services: Services
    polls: Mapping[str, PollState]
    looks: PlatformLooks

    async def read(self, platforms: Sequence[Platform]) -> list[PlatformRead]:
        """These platforms, as they were when last looked at."""
        counts = await count_attempts(self.services.database)
        capacities = await asyncio.gather(*(_capacity(platform) for platform in platforms))
        entries = self.services.registry.entries()
        return [
            self._platform(platform, entries.get(platform.name), counts[platform.name], capacity)
            for platform, capacity in zip(platforms, capacities, strict=True)
        ]

    async def read_one(self, platform: Platform) -> PlatformRead:
        return (await self.read([platform]))[0]

    def _platform(
        self, platform: Platform, entry: Entry | None, counts: Counts, capacity: Capacity | None
    ) -> PlatformRead:
        poll = self.polls.get(platform.name)
        running = counts.get(AttemptState.RUNNING, 0)
        return PlatformRead(
            **dict(check_read(self.looks.of(platform), poll)),
            name=platform.name,
            type=platform.type,
            settings=dict(entry.written) if entry else {},
            last_poll_at=poll.last_poll_at if poll else None,
            next_poll_at=poll.next_poll_at if poll else None,
            calls_per_hour=poll.calls_per_hour if poll else None,
            poll_seconds=platform.poll_seconds,
            poll_floor_seconds=platform.poll_floor_seconds,
            slots=SlotsRead(total=capacity.slots, used=_there(counts)) if capacity else None,
            num_waiting=counts.get(AttemptState.QUEUED, 0),
            num_queued=_there(counts) - running,
            num_running=running,
        )


def get_reader(request: Request, services: ServicesDep, looks: LooksDep) -> PlatformReader:
    """A reader for the application that serves this request."""
    background = find_background(request)
    polls = background.platform_states() if background else {}
    return PlatformReader(services, polls, looks)


ReaderDep = Annotated[PlatformReader, Depends(get_reader)]


async def count_attempts(database: Database) -> Mapping[str, Counts]:
    """How many attempts each platform has that have not ended, by state."""
    query = (
        select(Task.platform, Attempt.state, func.count())
        .join(Attempt, col(Attempt.task_id) == col(Task.id))
        .where(col(Attempt.state) != AttemptState.ENDED)
        .group_by(col(Task.platform), col(Attempt.state))
    )
    counts: dict[str, dict[AttemptState, int]] = defaultdict(dict)
    async with database.reading() as session:
        for platform, state, number in await session.exec(query):
            counts[platform][AttemptState(state)] = number
    return counts


def check_read(look: Look | None, poll: PollState | None = None) -> CheckRead:
    """A look as it is told, and what polls have found, which outweighs it unless it is older."""
    health = _current(look, poll)
    condition, why = health.condition, "; ".join(problem.message for problem in health.problems)
    if poll is not None and poll.condition != ConditionKind.OK and not _is_outdated(poll, look):
        condition, why = poll.condition, poll.why
    return CheckRead(
        condition=condition,
        why=why,
        problems=[ProblemRead(message=p.message, remedy=p.remedy) for p in health.problems],
        facts=dict(health.facts),
        host_key=_host_key(health.host_key) if health.host_key else None,
        gpus=[GpuRead(**asdict(gpu)) for gpu in health.gpus],
        checked_at=look.at if look else None,
    )


def _is_outdated(poll: PollState, look: Look | None) -> bool:
    """Whether a poll did not reach a place that a look has reached since."""
    if look is None or look.health.condition in UNREACHED or poll.condition not in UNREACHED:
        return False
    return poll.condition_at is not None and poll.condition_at < look.at


def _current(look: Look | None, poll: PollState | None) -> Health:
    """What was found, unless the place has answered since a look that did not reach it."""
    if look is None:
        return Health(ConditionKind.OK, {})
    last = poll.last_poll_at if poll is not None and poll.condition == ConditionKind.OK else None
    if look.health.condition in UNREACHED and last is not None and last > look.at:
        return Health(ConditionKind.OK, look.health.facts, gpus=look.health.gpus)
    return look.health


def _host_key(key: HostKey) -> HostKeyRead:
    return HostKeyRead(
        host=key.host,
        algorithm=key.algorithm,
        fingerprint=key.fingerprint,
        is_changed=key.is_changed,
    )


def _there(counts: Counts) -> int:
    return sum(number for state, number in counts.items() if state in ON_PLATFORM_STATES)


async def _capacity(platform: Platform) -> Capacity | None:
    try:
        async with asyncio.timeout(CAPACITY_TIMEOUT_SECONDS):
            return await platform.capacity()
    except (HyperTrainerError, TimeoutError):
        return None  # a place that cannot be asked shows its condition instead
