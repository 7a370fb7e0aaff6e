"""`/platforms`: where tasks can run, how these places are, and how full their queues."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request
from sqlmodel import col, func, select

from hypertrainer.clock import utc_now
from hypertrainer.database import Database
from hypertrainer.dependencies import ServicesDep
from hypertrainer.errors import HyperTrainerError
from hypertrainer.platforms.base import Capacity, ConditionKind, Health, Platform
from hypertrainer.server.background import PollState, find_background
from hypertrainer.server.schemas import PlatformList, PlatformRead, ProblemRead, SlotsRead
from hypertrainer.tasks.statuses import ON_PLATFORM_STATES, AttemptState
from hypertrainer.tasks.tables import Attempt, Task

CAPACITY_TIMEOUT_SECONDS = 5.0
router = APIRouter(prefix="/platforms", tags=["platforms"])
PlatformName = Annotated[str, Path(min_length=1, max_length=100)]


@dataclass(frozen=True, slots=True)
class Check:
    """What a look at a platform found, and when."""

    health: Health
    at: datetime


@dataclass(slots=True)
class PlatformChecks:
    """The last check of each platform. One per application."""

    by_platform: dict[str, Check] = field(default_factory=dict)


Counts = dict[AttemptState, int]


@router.get("")
async def get_platforms(request: Request, services: ServicesDep) -> PlatformList:
    """Every platform, as it was when last looked at."""
    platforms = services.registry.all()
    problem = services.registry.problem
    return PlatformList(
        items=await _read(request, services.database, platforms),
        problem=problem.message if problem else None,
    )


@router.get("/{name}")
async def get_platform(request: Request, services: ServicesDep, name: PlatformName) -> PlatformRead:
    """One platform, as it was when last looked at."""
    platform = services.registry.get(name)
    return (await _read(request, services.database, [platform]))[0]


@router.post("/{name}/check")
async def check_platform(
    request: Request, services: ServicesDep, name: PlatformName
) -> PlatformRead:
    """Look at a platform now, and say the remedy for each problem."""
    platform = services.registry.get(name)
    checks: PlatformChecks = request.app.state.platform_checks
    checks.by_platform[name] = Check(await platform.check(), utc_now())
    services.wakers.of_platform(name).set()
    services.broker.publish("platforms", [{"name": name}])
    return (await _read(request, services.database, [platform]))[0]


async def _read(
    request: Request, database: Database, platforms: Sequence[Platform]
) -> list[PlatformRead]:
    counts = await _count_attempts(database)
    capacities = await asyncio.gather(*(_capacity(platform) for platform in platforms))
    background = find_background(request)
    polls = background.platform_states() if background else {}
    checks: PlatformChecks = request.app.state.platform_checks
    return [
        _platform(
            platform,
            counts[platform.name],
            capacity,
            checks.by_platform.get(platform.name),
            polls.get(platform.name),
        )
        for platform, capacity in zip(platforms, capacities, strict=True)
    ]


async def _count_attempts(database: Database) -> dict[str, Counts]:
    query = (
        select(Task.platform, Attempt.state, func.count())
        .join(Attempt, col(Attempt.task_id) == col(Task.id))
        .where(col(Attempt.state) != AttemptState.ENDED)
        .group_by(col(Task.platform), col(Attempt.state))
    )
    counts: dict[str, Counts] = defaultdict(dict)
    async with database.reading() as session:
        for platform, state, number in await session.exec(query):
            counts[platform][AttemptState(state)] = number
    return counts


async def _capacity(platform: Platform) -> Capacity | None:
    try:
        async with asyncio.timeout(CAPACITY_TIMEOUT_SECONDS):
            return await platform.capacity()
    except (HyperTrainerError, TimeoutError):
        return None  # a place that cannot be asked shows its condition instead


def _platform(
    platform: Platform,
    counts: Counts,
    capacity: Capacity | None,
    check: Check | None,
    poll: PollState | None,
) -> PlatformRead:
    health = check.health if check else Health(ConditionKind.OK, {})
    is_polled_well = poll is None or poll.condition == ConditionKind.OK
    return PlatformRead(
        name=platform.name,
        type=platform.type,
        condition=health.condition if poll is None or is_polled_well else poll.condition,
        why=_why(health) if poll is None or is_polled_well else poll.why,
        problems=[ProblemRead(message=p.message, remedy=p.remedy) for p in health.problems],
        facts=dict(health.facts),
        checked_at=check.at if check else None,
        last_poll_at=poll.last_poll_at if poll else None,
        next_poll_at=poll.next_poll_at if poll else None,
        slots=_slots(capacity, counts),
        num_queued=sum(counts.values()) - counts.get(AttemptState.RUNNING, 0),
        num_running=counts.get(AttemptState.RUNNING, 0),
    )


def _why(health: Health) -> str:
    return "; ".join(problem.message for problem in health.problems)


def _slots(capacity: Capacity | None, counts: Counts) -> SlotsRead | None:
    if capacity is None:
        return None
    used = sum(number for state, number in counts.items() if state in ON_PLATFORM_STATES)
    return SlotsRead(total=capacity.slots, used=used)
