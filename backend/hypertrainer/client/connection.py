"""The wire between a client and its server: requests out, models or errors back."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from hypertrainer.client.address import ServerAddress
from hypertrainer.client.event_stream import StreamedEvent, read_events
from hypertrainer.error_body import ErrorBody

TIMEOUT = httpx.Timeout(60.0, connect=5.0)
STREAM_TIMEOUT = httpx.Timeout(45.0, connect=5.0)  # three heartbeats
BodyT = TypeVar("BodyT", bound=BaseModel)
Params = Mapping[str, object]


class ApiError(Exception):
    """The server refused; `body` says why, and `status` is the answer's HTTP status."""

    def __init__(self, status: int, body: ErrorBody) -> None:
        super().__init__(body.message)
        self.status = status
        self.body = body


class ServerUnreachable(Exception):
    """No server answered."""


class Connection:
    """Sends requests to one server. Every method raises `ApiError` or `ServerUnreachable`."""

    def __init__(self, address: ServerAddress) -> None:
        self.address = address
        headers = {"Authorization": f"Bearer {address.token}"} if address.token else {}
        self._http = httpx.Client(base_url=address.url, headers=headers, timeout=TIMEOUT)

    def close(self) -> None:
        self._http.close()

    def get(self, path: str, model: type[BodyT], params: Params | None = None) -> BodyT:
        """Ask for something, and read the answer as this model."""
        return _parse(self.request("GET", path, params=_query(params or {})), model)

    def send(self, method: str, path: str, model: type[BodyT], body: object = None) -> BodyT:
        """Send a body (a model's unset fields stay out) and read the answer as this model."""
        content = body
        if isinstance(body, BaseModel):
            content = body.model_dump(mode="json", exclude_unset=True)
        return _parse(self.request(method, path, json=content), model)

    def request(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """One request and its answer, which is no error."""
        with self._reaching():
            answer = self._http.request(method, path, **arguments)
        _raise_for_error(answer)
        return answer

    @contextmanager
    def stream(self, path: str, params: Params | None = None) -> Iterator[httpx.Response]:
        """An answer that is read piece by piece; it is no error."""
        query = _query(params or {})
        with (
            self._reaching(),
            self._http.stream("GET", path, params=query, timeout=STREAM_TIMEOUT) as answer,
        ):
            if answer.is_error:
                answer.read()
            _raise_for_error(answer)
            yield answer

    @contextmanager
    def events(self, path: str, params: Params | None = None) -> Iterator[Iterator[StreamedEvent]]:
        """A stream of events. Once it is open, nothing that happens is missed."""
        with self.stream(path, params) as answer:
            yield read_events(answer.iter_lines())

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        try:
            yield
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise ServerUnreachable(
                f"No server answers at {self.address.url} ({error}). Start one with "
                "`hypertrainer serve`, or name another with HYPERTRAINER_URL."
            ) from error


def _query(params: Params) -> httpx.QueryParams:
    query = httpx.QueryParams()
    for name, value in params.items():
        for item in value if isinstance(value, list | tuple) else [value]:
            if item is not None:
                query = query.add(name, _text(item))
    return query


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _parse(answer: httpx.Response, model: type[BodyT]) -> BodyT:
    try:
        return model.model_validate_json(answer.content)
    except ValidationError as error:
        raise ApiError(answer.status_code, _foreign(answer)) from error


def _raise_for_error(answer: httpx.Response) -> None:
    if answer.is_success:
        return
    try:
        body = ErrorBody.model_validate_json(answer.content)
    except ValidationError:
        body = _foreign(answer)
    raise ApiError(answer.status_code, body)


def _foreign(answer: httpx.Response) -> ErrorBody:
    message = (
        f"{answer.url} answered {answer.status_code} with something that this version of "
        "HyperTrainer does not know. Is it a HyperTrainer server of the same version?"
    )
    return ErrorBody(code="foreign_answer", message=message, fields=[])
