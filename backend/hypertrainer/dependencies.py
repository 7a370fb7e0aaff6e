"""FastAPI's side of the seams: what routes ask for.

A route that writes opens `services.database.transaction()` itself, so that the commit comes before
the answer and before the change is announced; a `yield` dependency would end after both.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Path, Request
from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.database import Database
from hypertrainer.events import Broker
from hypertrainer.platforms.registry import Registry
from hypertrainer.settings import Settings


@dataclass(slots=True)
class Wakers:
    """Events that wake the background loops at once after a user's action."""

    platforms: dict[str, asyncio.Event] = field(default_factory=dict)  # one loop each
    collect: asyncio.Event = field(default_factory=asyncio.Event)
    folders: asyncio.Event = field(default_factory=asyncio.Event)
    searches: asyncio.Event = field(default_factory=asyncio.Event)
    filling: asyncio.Event = field(default_factory=asyncio.Event)
    environments: asyncio.Event = field(default_factory=asyncio.Event)

    def of_platform(self, name: str) -> asyncio.Event:
        return self.platforms.setdefault(name, asyncio.Event())

    def wake_all(self) -> None:
        others = (self.collect, self.folders, self.searches, self.filling, self.environments)
        for waker in (*self.platforms.values(), *others):
            waker.set()


@dataclass(frozen=True, slots=True)
class Services:
    """What the application is made of; built once in `app.py`, kept on `app.state.services`."""

    settings: Settings
    database: Database
    registry: Registry
    broker: Broker
    wakers: Wakers


def get_services(request: Request) -> Services:
    """The parts of the application that serves this request."""
    services: Services = request.app.state.services
    return services


ServicesDep = Annotated[Services, Depends(get_services)]


def get_settings(services: ServicesDep) -> Settings:
    """The server's settings."""
    return services.settings


async def get_reading_session(services: ServicesDep) -> AsyncIterator[AsyncSession]:
    """A session for queries only."""
    async with services.database.reading() as session:
        yield session


SettingsDep = Annotated[Settings, Depends(get_settings)]
ReadingDep = Annotated[AsyncSession, Depends(get_reading_session, scope="function")]
PathId = Annotated[int, Path(ge=1, le=2**31 - 1)]
