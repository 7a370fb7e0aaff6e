"""What goes wrong in a request becomes one shape of answer: `{code, message, fields}`."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import compile_path

from hypertrainer.error_body import ErrorBody
from hypertrainer.errors import FieldProblem, HyperTrainerError, InvalidInput
from hypertrainer.security.error_response import body_response, error_response
from hypertrainer.server.unexpected_errors import UnexpectedErrors

ERROR_RESPONSES: dict[int | str, dict[str, Any]] = {
    "4XX": {"model": ErrorBody, "description": "The request cannot be served; the body says why."},
    "5XX": {"model": ErrorBody, "description": "The server, or a platform behind it, failed."},
}
OWN_CODES = {401: "unauthenticated", 413: "body_too_large", 422: "invalid_input"}
INPUT_PLACES = ("body", "query", "path", "header", "cookie")


def operation_id(route: APIRoute) -> str:
    """Operations are called as their functions are."""
    return route.name


def install_error_handlers(app: FastAPI) -> None:
    """Map every error to its answer. To be called before `install_security`."""
    app.add_exception_handler(HyperTrainerError, _known_error)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_middleware(UnexpectedErrors)


async def _known_error(_request: Request, error: Exception) -> Response:
    if not isinstance(error, HyperTrainerError):
        raise error
    return error_response(error)


async def _invalid_request(_request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    return error_response(invalid_input(error.errors()))


async def _http_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    status = error.status_code
    code = OWN_CODES.get(status) or HTTPStatus(status).name.lower()
    body = ErrorBody(code=code, message=_message(request, error), fields=[])
    headers = {**(error.headers or {})}
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = _allowed_methods(request) or headers.get("Allow", "")
    return body_response(status, body, headers)


def _allowed_methods(request: Request) -> str:
    """The methods of all the routes of a path: Starlette tells those of the first alone."""
    app: FastAPI = request.app
    paths: dict[str, dict[str, Any]] = app.openapi()["paths"]
    path: str = request.scope["path"]
    templates = [path] if path in paths else [t for t in paths if compile_path(t)[0].match(path)]
    return ", ".join(sorted({name.upper() for template in templates for name in paths[template]}))


def _message(request: Request, error: HTTPException) -> str:
    path = request.url.path[:200]
    if error.status_code == 404 and error.detail == HTTPStatus.NOT_FOUND.phrase:
        return f"There is nothing at {path}. /docs lists what there is."
    if error.status_code == 405:
        return f"{path} cannot be asked with {request.method}. /docs lists what can."
    return str(error.detail)


def invalid_input(problems: Sequence[Any]) -> InvalidInput:
    """Pydantic's list of problems as an error of ours, with dotted paths."""
    fields = [FieldProblem(_dotted(problem["loc"]), _sentence(problem)) for problem in problems]
    return InvalidInput(
        "; ".join(
            f"{field.path}: {field.message}" if field.path else field.message
            for field in fields[:3]
        ),
        fields,
    )


def _dotted(location: Sequence[str | int]) -> str:
    parts = location[1:] if location and location[0] in INPUT_PLACES else location
    if len(parts) == 1 and isinstance(parts[0], int):
        return ""  # a position in a body that is no JSON
    return ".".join(str(part) for part in parts)


def _sentence(problem: Any) -> str:
    if problem["type"] == "json_invalid":
        reason = problem.get("ctx", {}).get("error", "it cannot be read")
        return f"The body is not JSON: {reason}."
    message: str = problem["msg"]
    return message.removeprefix("Value error, ")
