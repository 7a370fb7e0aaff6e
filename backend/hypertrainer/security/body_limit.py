"""A limit on what a request may send."""

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hypertrainer.error_body import ErrorBody
from hypertrainer.security.error_response import body_response

MAX_BODY_BYTES = 4 * 1024 * 1024
MESSAGE = f"The request is larger than {MAX_BODY_BYTES // 1024**2} MiB. Send a smaller one."
CODE = "body_too_large"


class BodyLimit:
    """ASGI middleware: 413 for a body that is, or says it is, too large."""

    def __init__(self, app: ASGIApp, max_bytes: int = MAX_BODY_BYTES) -> None:
        self.app = app
        self.max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif self._is_too_large(HTTPConnection(scope).headers.get("content-length", "")):
            body = ErrorBody(code=CODE, message=MESSAGE, fields=[])
            await body_response(413, body)(scope, receive, send)
        else:
            await self.app(scope, self._counting(receive), send)

    def _is_too_large(self, length: str) -> bool:
        return length.isdecimal() and (len(length) > 15 or int(length) > self.max_bytes)

    def _counting(self, receive: Receive) -> Receive:
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.max_bytes:
                # The one exception that FastAPI passes on unchanged while it reads a body.
                raise HTTPException(413, MESSAGE)
            return message

        return counted
