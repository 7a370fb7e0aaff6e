"""`GET /events`: what changed, as it changes, so that no page has to poll."""

from collections.abc import AsyncIterator, Iterator
from itertools import count
from typing import Annotated

from fastapi import APIRouter, Depends, Header
from fastapi.sse import EventSourceResponse, ServerSentEvent

from hypertrainer.dependencies import ServicesDep
from hypertrainer.events import Event, Subscription
from hypertrainer.server.batches import EVERYTHING, batches

RETRY_MILLISECONDS = 2_000
router = APIRouter(tags=["server"])


async def _subscription(services: ServicesDep) -> AsyncIterator[Subscription]:
    """Opened before the answer starts: whoever sees the stream open misses nothing after."""
    with services.broker.subscribe() as subscription:
        yield subscription


@router.get("/events", response_class=EventSourceResponse)
async def stream_events(
    subscription: Annotated[Subscription, Depends(_subscription)],
    last_event_id: Annotated[str | None, Header(max_length=100)] = None,
) -> AsyncIterator[ServerSentEvent]:
    """Follow every change. Events are hints: what was missed is read again from the API.

    - `tasks`: `[task, …]`, rows that changed, whole or in part; at most a few times a second
    - `invalidate`: `[query key, …]`, answers to ask for again, each as `["get", path, …]`;
      `["get"]` means all of them, and is sent after a reconnect
    - `metrics`, `logs`: `[{task_id, …}, …]`, files of tasks that grew
    - `platforms`: `[…]`, platforms whose condition or queue changed
    - `searches`: `[{id, seq}, …]`, searches of which something became known

    A comment comes every 15 seconds while nothing happens.
    """
    ids = count(1)
    yield ServerSentEvent(comment="open", retry=RETRY_MILLISECONDS)
    if last_event_id is not None:
        yield _message(EVERYTHING, ids)
    async for events in batches(subscription):
        for event in events:
            yield _message(event, ids)


def _message(event: Event, ids: Iterator[int]) -> ServerSentEvent:
    return ServerSentEvent(event=event.kind, data=event.data, id=str(next(ids)))
