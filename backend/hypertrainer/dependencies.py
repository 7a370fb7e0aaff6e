"""FastAPI's side of the seams: what routes ask for.

`scope="function"` matters: otherwise FastAPI commits after the answer has been sent.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Query, Request
from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.database import Database
from hypertrainer.events import Broker
from hypertrainer.pagination import PageParams
from hypertrainer.platforms.registry import Registry
from hypertrainer.settings import Settings


@dataclass(slots=True)
class Wakers:
    """Events that wake the background loops at once after a user's action."""

    submit: asyncio.Event = field(default_factory=asyncio.Event)
    observe: asyncio.Event = field(default_factory=asyncio.Event)
    collect: asyncio.Event = field(default_factory=asyncio.Event)
    searches: asyncio.Event = field(default_factory=asyncio.Event)

    def wake_all(self) -> None:
        for waker in (self.submit, self.observe, self.collect, self.searches):
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
    services: Services = request.app.state.services
    return services


ServicesDep = Annotated[Services, Depends(get_services)]


def get_settings(services: ServicesDep) -> Settings:
    return services.settings


async def get_session(services: ServicesDep) -> AsyncIterator[AsyncSession]:
    """A writing session: one request is one transaction, committed before the answer is sent."""
    async with services.database.transaction() as session:
        yield session


async def get_reading_session(services: ServicesDep) -> AsyncIterator[AsyncSession]:
    async with services.database.reading() as session:
        yield session


SettingsDep = Annotated[Settings, Depends(get_settings)]
SessionDep = Annotated[AsyncSession, Depends(get_session, scope="function")]
ReadingDep = Annotated[AsyncSession, Depends(get_reading_session, scope="function")]
PageDep = Annotated[PageParams, Query()]
