"""Tells listeners inside this process what changed, so that no page has to poll.

Events are hints, not facts: whoever misses one (a full queue, a reconnect) reads the API again.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

EventKind = Literal["tasks", "invalidate", "metrics", "logs", "platforms", "searches"]
MAX_QUEUED = 1_000


@dataclass(frozen=True, slots=True)
class Event:
    """One change. `data` is JSON-able; its shape by kind is documented at `GET /events`."""

    kind: EventKind
    data: list[Any]


@dataclass(slots=True, eq=False)
class Subscription:
    """One listener's queue; `has_missed` is set when it was too slow and must read again."""

    queue: asyncio.Queue[Event] = field(default_factory=lambda: asyncio.Queue(MAX_QUEUED))
    has_missed: bool = False

    def offer(self, event: Event) -> None:
        try:
            self.queue.put_nowait(event)
        except asyncio.QueueFull:
            self.has_missed = True

    async def __aiter__(self) -> AsyncIterator[Event]:
        while True:
            yield await self.queue.get()


class Broker:
    """Hands each published event to every present subscription. One per application."""

    def __init__(self) -> None:
        self._subscriptions: set[Subscription] = set()

    @property
    def has_listeners(self) -> bool:
        return bool(self._subscriptions)

    def publish(self, kind: EventKind, data: list[Any]) -> None:
        for subscription in self._subscriptions:
            subscription.offer(Event(kind, data))

    @contextmanager
    def subscribe(self) -> Iterator[Subscription]:
        subscription = Subscription()
        self._subscriptions.add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)
