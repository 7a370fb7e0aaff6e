"""The last resort: an error that nobody foresaw gets a reference, in the answer and in the log."""

import errno
import secrets

import structlog
from sqlalchemy.exc import OperationalError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hypertrainer.error_body import ErrorBody
from hypertrainer.errors import StorageError
from hypertrainer.security.error_response import body_response, error_response

log = structlog.get_logger(__name__)
STORAGE_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


class UnexpectedErrors:
    """ASGI middleware: 500 with a reference id and no traceback, which goes to the log."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        has_started = False

        async def send_and_note(message: Message) -> None:
            nonlocal has_started
            has_started = True
            await send(message)

        try:
            await self.app(scope, receive, send_and_note)
        except Exception as error:
            if has_started:  # half an answer is out: the server can only cut the connection
                raise
            await _answer(scope, error)(scope, receive, send)


def _answer(scope: Scope, error: Exception) -> ASGIApp:
    if _is_of_storage(error):
        reason = error.orig if isinstance(error, OperationalError) else error
        message = f"The server cannot write: {reason}. Make room on its disk, then try again."
        return error_response(StorageError(message))
    reference = secrets.token_hex(4)
    log.error(
        "unexpected_error",
        reference=reference,
        method=scope["method"],
        path=scope["path"],
        exc_info=error,
    )
    message = (
        f"Something went wrong in the server (reference {reference}). "
        "The server's log says more under this reference."
    )
    return body_response(500, ErrorBody(code="unexpected", message=message, fields=[]))


def _is_of_storage(error: Exception) -> bool:
    if isinstance(error, OperationalError):
        return "disk is full" in str(error.orig)
    return isinstance(error, OSError) and error.errno in STORAGE_ERRORS
