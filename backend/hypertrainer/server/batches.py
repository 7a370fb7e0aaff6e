"""Gathers events into batches, so that a busy server does not make every open page busy.

After a quiet time a change is sent within `GATHER_SECONDS`. Then the pace follows the size: a
browser spends about half a millisecond on a changed row, so a page is sent `ROWS_PER_SECOND` rows
a second at most, in batches 0.1 to 0.5 seconds apart.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from hypertrainer.events import Event, EventKind, Subscription

GATHER_SECONDS = 0.02
MIN_PAUSE_SECONDS = 0.1
MAX_PAUSE_SECONDS = 0.5
ROWS_PER_SECOND = 80
EVERYTHING = Event("invalidate", [["get"]])  # the common beginning of every query's key


IDENTITY: dict[EventKind, tuple[str, ...]] = {
    "tasks": ("id",),
    "metrics": ("task_id", "name"),
    "logs": ("task_id", "name"),
    "platforms": ("name",),
    "searches": ("id",),
}


class Batch:
    """Events merged: items about one thing become one, the later values winning."""

    def __init__(self) -> None:
        self._items: dict[EventKind, dict[str, Any]] = {}

    def add(self, event: Event) -> None:
        items = self._items.setdefault(event.kind, {})
        for item in event.data:
            key = _key(event.kind, item)
            items[key] = {**items.get(key, {}), **item} if isinstance(item, dict) else item

    def events(self) -> list[Event]:
        """One event per kind, in the order in which the kinds first came."""
        return [Event(kind, list(items.values())) for kind, items in self._items.items()]

    @property
    def num_items(self) -> int:
        return sum(len(items) for items in self._items.values())


def _key(kind: EventKind, item: Any) -> str:
    """What the item is about: its identity, or all of it where it has none."""
    names = IDENTITY.get(kind)
    return json.dumps([item[name] for name in names] if names else item)


def pause_seconds(num_items: int) -> float:
    """How long to wait after a batch of this size before the next may go out."""
    return min(MAX_PAUSE_SECONDS, max(MIN_PAUSE_SECONDS, num_items / ROWS_PER_SECOND))


async def batches(subscription: Subscription) -> AsyncIterator[list[Event]]:
    """The subscription's events, merged and paced, for ever.

    Where some were missed, the batch says that everything may have changed.
    """
    now = asyncio.get_running_loop().time
    may_send_at = now()
    while True:
        batch = Batch()
        batch.add(await subscription.queue.get())
        await asyncio.sleep(max(GATHER_SECONDS, may_send_at - now()))
        _drain(subscription, batch)
        may_send_at = now() + pause_seconds(batch.num_items)
        yield batch.events()


def _drain(subscription: Subscription, batch: Batch) -> None:
    while not subscription.queue.empty():
        batch.add(subscription.queue.get_nowait())
    if subscription.has_missed:
        subscription.has_missed = False
        batch.add(EVERYTHING)
