"""What looks at platforms have found: kept in memory, one collection per application."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Annotated

from fastapi import Depends, Request

from hypertrainer.clock import utc_now
from hypertrainer.errors import HyperTrainerError
from hypertrainer.platforms.base import ConditionKind, Health, HostKey, Platform, Problem

LOOK_SECONDS = 30.0
KEY_SECONDS = 3600.0  # for how long a key that was shown may be accepted
MOST_KEYS = 1000


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at a platform found, and when."""

    health: Health
    at: datetime


@dataclass(slots=True)
class ShownKeys:
    """Host keys that looks came upon: only these can be accepted, and only for an hour.

    Each is remembered for what was looked at, so that a key is never accepted for another host
    that happens to show the same one.
    """

    _shown: dict[tuple[str, str], tuple[HostKey, float]] = field(default_factory=dict)

    def add(self, subject: str, key: HostKey) -> None:
        now = monotonic()
        fresh = {name: (key, at) for name, (key, at) in self._fresh(now)}
        self._shown = dict(list(fresh.items())[-MOST_KEYS:])
        self._shown[subject, key.fingerprint] = (key, now)

    def find(self, subject: str, fingerprint: str) -> HostKey | None:
        fresh = dict(self._fresh(monotonic()))
        found = fresh.get((subject, fingerprint))
        return found[0] if found else None

    def _fresh(self, now: float) -> Iterator[tuple[tuple[str, str], tuple[HostKey, float]]]:
        return (item for item in self._shown.items() if now - item[1][1] < KEY_SECONDS)


@dataclass(slots=True)
class PlatformLooks:
    """The last look at each platform, the keys that were shown, and a turn for whoever writes."""

    keys: ShownKeys = field(default_factory=ShownKeys)
    writing: asyncio.Lock = field(default_factory=asyncio.Lock)
    _last: dict[str, tuple[Platform, Look]] = field(default_factory=dict)

    def of(self, platform: Platform) -> Look | None:
        """The last look; one at a platform that had other settings does not count."""
        at_whom, look = self._last.get(platform.name, (None, None))
        return look if at_whom is platform else None

    async def look(self, platform: Platform) -> Look:
        """Look now, and remember it."""
        look = await look_at(platform)
        self._last[platform.name] = (platform, look)
        if look.health.host_key is not None:
            self.keys.add(platform.name, look.health.host_key)
        return look


async def look_at(platform: Platform) -> Look:
    """A platform's check, which takes no longer than half a minute."""
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            health = await platform.check()
    except TimeoutError:
        health = _silent(f"It did not answer within {LOOK_SECONDS:g} seconds.")
    except HyperTrainerError as error:
        health = _silent(error.message)
    return Look(health, utc_now())


def _silent(message: str) -> Health:
    remedy = "Check that the machine is up and not overloaded, then check again."
    return Health(ConditionKind.UNREACHABLE, {}, (Problem(message, remedy),))


def get_looks(request: Request) -> PlatformLooks:
    """The looks of the application that serves this request."""
    looks: PlatformLooks = request.app.state.platform_looks
    return looks


LooksDep = Annotated[PlatformLooks, Depends(get_looks)]
