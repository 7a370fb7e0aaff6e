"""The door: applies the access policy before anything else of the application runs."""

from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode

from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from hypertrainer.errors import HyperTrainerError
from hypertrainer.security.access import AccessPolicy
from hypertrainer.security.error_response import error_response

AUTHENTICATED = "hypertrainer.is_authenticated"  # the key in the ASGI scope
COOKIE_SECONDS = 365 * 86_400
POLICY_VIOLATION = 1008
ASSETS = "/assets/"


class Gate:
    """ASGI middleware: refuses foreign hosts, foreign origins and missing tokens.

    Opening a page with `?token=…` sets the cookie and leads to the same page without it, so that
    the token stays neither in the address bar nor in the history.
    """

    def __init__(self, app: ASGIApp, policy: AccessPolicy, static_folder: Path) -> None:
        self.app = app
        self.policy = policy
        self.static_folder = static_folder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":  # we serve none
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
            return
        answer = self._answer(scope) if scope["type"] == "http" else None
        await (answer or self.app)(scope, receive, send)

    def _answer(self, scope: Scope) -> Response | None:
        """What to say instead of letting the request through; None lets it through."""
        request = HTTPConnection(scope)
        try:
            self.policy.check_host(request)
            self.policy.check_origin(request)
            if is_page(request) and "token" in request.query_params:
                return page_without_token(request, self.policy)
            if not self._is_open(request):
                self.policy.check_token(request)
        except HyperTrainerError as error:
            return error_response(error)
        scope[AUTHENTICATED] = self.policy.is_authenticated(request)
        return None

    def _is_open(self, request: HTTPConnection) -> bool:
        """Whether a request needs no token: health, the files of the page, and signing in."""
        path: str = request.scope["path"]
        if path == "/session":
            return request.scope["method"] in ("POST", "DELETE")
        if request.scope["method"] not in ("GET", "HEAD"):
            return False
        return path == "/health" or is_page_path(path) or self._is_static(path)

    def _is_static(self, path: str) -> bool:
        if path.startswith(ASSETS):
            return True
        name = path[1:]
        return "/" not in name and "\0" not in name and (self.static_folder / name).is_file()


def is_page(request: HTTPConnection) -> bool:
    """Whether a browser asks for a page of the application."""
    return request.scope["method"] == "GET" and is_page_path(request.scope["path"])


def is_page_path(path: str) -> bool:
    """Whether this path is a page of the application."""
    return path in ("/", "/ui") or path.startswith("/ui/")


def page_without_token(request: HTTPConnection, policy: AccessPolicy) -> Response:
    """Lead to the same page; sign the browser in if the token was right."""
    query = parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    token = next(value for name, value in query if name == "token")
    rest = urlencode([(name, value) for name, value in query if name != "token"])
    answer = RedirectResponse(
        quote(request.scope["path"]) + (f"?{rest}" if rest else ""), status_code=303
    )
    if policy.is_token(token):
        set_cookie(answer, request, policy)
    return answer


def set_cookie(answer: Response, request: HTTPConnection, policy: AccessPolicy) -> None:
    """Give the browser the cookie that opens this server."""
    answer.set_cookie(
        policy.cookie_name,
        policy.token,
        max_age=COOKIE_SECONDS,
        httponly=True,
        samesite="strict",
        secure=request.scope["scheme"] == "https",
    )


def delete_cookie(answer: Response, policy: AccessPolicy) -> None:
    """Take the cookie back."""
    answer.delete_cookie(policy.cookie_name, httponly=True, samesite="strict")
