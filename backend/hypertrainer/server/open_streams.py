"""Event streams never end by themselves, but a server that stops must not wait for them."""

import asyncio

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

EVENT_STREAM = "text/event-stream"


class OpenStreams:
    """The event streams that are being answered now. One per application."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[object]] = set()
        self._is_over = False

    def end_all(self) -> None:
        """End every stream at once, and each that begins from now on."""
        self._is_over = True
        for task in self._tasks:
            task.cancel()

    def add(self, task: asyncio.Task[object]) -> None:
        self._tasks.add(task)
        if self._is_over:
            task.cancel()

    def discard(self, task: asyncio.Task[object]) -> None:
        self._tasks.discard(task)

    def has_ended(self, task: asyncio.Task[object]) -> bool:
        """Whether this task's stream was ended by `end_all`."""
        return self._is_over and task in self._tasks


class EndingStreams:
    """ASGI middleware: makes event streams end cleanly when `streams.end_all()` is called."""

    def __init__(self, app: ASGIApp, streams: OpenStreams) -> None:
        self.app = app
        self.streams = streams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        task = asyncio.current_task()
        if scope["type"] != "http" or task is None:
            await self.app(scope, receive, send)
            return

        async def send_and_note(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_event_stream(message):
                self.streams.add(task)
            await send(message)

        try:
            await self.app(scope, receive, send_and_note)
        except asyncio.CancelledError:
            if not self.streams.has_ended(task):
                raise
            task.uncancel()
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            self.streams.discard(task)


def _is_event_stream(message: Message) -> bool:
    content_type = Headers(raw=message["headers"]).get("content-type", "")
    return content_type.startswith(EVENT_STREAM)
