import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path as FilePath
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Request
from fastapi.responses import FileResponse, Response, StreamingResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent

from hypertrainer.dependencies import PathId, ReadingDep
from hypertrainer.logs import folder, service
from hypertrainer.logs.follow import Growth, follow
from hypertrainer.logs.lines import MAX_COUNT, LogIndexes
from hypertrainer.logs.schemas import LogLines, LogList, LogSearch, LogSlice
from hypertrainer.logs.tail import DEFAULT_LIMIT, MAX_LIMIT

router = APIRouter(prefix="/logs", tags=["logs"])

_CHUNK = 256 * 1024

LogName = Annotated[str, Path(min_length=1, max_length=255)]


async def _log_path(session: ReadingDep, task_id: PathId, name: LogName) -> FilePath:
    return await service.get_log_path(session, task_id, name)


async def _future_log_path(session: ReadingDep, task_id: PathId, name: LogName) -> FilePath:
    return await service.get_future_log_path(session, task_id, name)


def _log_indexes(request: Request) -> LogIndexes:
    indexes: LogIndexes = request.app.state.log_indexes
    return indexes


@router.get("/{task_id}")
async def list_logs(session: ReadingDep, task_id: PathId) -> LogList:
    """The text files of a task: standard output and error first, then by name."""
    return await service.list_logs(session, task_id)


@router.get("/{task_id}/{name}")
async def read_log(
    path: Annotated[FilePath, Depends(_log_path)],
    offset: Annotated[int, Query(description="in bytes; negative: from the end")] = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="in bytes")] = DEFAULT_LIMIT,
) -> LogSlice:
    """The text of a byte range, cut between characters."""
    return await service.read_slice(path, offset, limit)


@router.get("/{task_id}/{name}/lines")
async def read_log_lines(
    path: Annotated[FilePath, Depends(_log_path)],
    indexes: Annotated[LogIndexes, Depends(_log_indexes)],
    start: Annotated[int, Query(description="from 0; negative: from the end")] = 0,
    count: Annotated[int, Query(ge=1, le=MAX_COUNT)] = 500,
) -> LogLines:
    """A page of lines as a terminal would draw them; very long ones are cut with a mark."""
    return await service.read_lines(indexes, path, start, count)


@router.get("/{task_id}/{name}/search")
async def search_log(
    path: Annotated[FilePath, Depends(_log_path)],
    pattern: Annotated[str, Query(min_length=1, max_length=1000)],
    *,
    regex: bool = False,
    ignore_case: bool = True,
) -> LogSearch:
    """The lines of the whole file that match. Ends after five seconds with what was found."""
    return await service.search_log(path, pattern, is_regex=regex, ignore_case=ignore_case)


@router.get(
    "/{task_id}/{name}/raw",
    response_class=FileResponse,
    responses={
        200: {"content": {"text/plain": {"schema": {"type": "string"}}}},
        206: {"description": "the bytes of the `Range` header"},
        416: {"description": "the `Range` lies outside of the file"},
    },
)
async def download_log(request: Request, path: Annotated[FilePath, Depends(_log_path)]) -> Response:
    """The file as it is, or the bytes of the `Range` header."""
    with folder.readable(path):
        size = (await asyncio.to_thread(path.stat)).st_size
    headers = {"X-Content-Type-Options": "nosniff"}
    media_type = "text/plain; charset=utf-8"
    answer = FileResponse(path, filename=path.name, media_type=media_type, headers=headers)
    if "range" in request.headers and "if-range" not in request.headers:
        return answer
    # FileResponse reads to the end, which a running task moves: send exactly what is announced.
    return StreamingResponse(
        _first_bytes(path, size), headers={**answer.headers, "content-length": str(size)}
    )


@router.get("/{task_id}/{name}/stream", response_class=EventSourceResponse)
async def stream_log(
    path: Annotated[FilePath, Depends(_future_log_path)],
    offset: Annotated[int, Query(description="in bytes; negative: from the end")] = 0,
    last_event_id: Annotated[int | None, Header(ge=0)] = None,
) -> AsyncIterator[ServerSentEvent]:
    """Follow a log from an offset: each event is a slice, its id the offset that comes next.

    A log that does not exist yet is waited for. Where the file shrank or was replaced, the event
    is named `truncated` and its slice starts at 0.
    """
    async for growth in follow(path, offset if last_event_id is None else last_event_id):
        yield _event(growth)


def _event(growth: Growth) -> ServerSentEvent:
    return ServerSentEvent(
        data=growth.slice,
        event="truncated" if growth.is_truncated else None,
        id=str(growth.slice.next_offset),
    )


def _first_bytes(path: FilePath, size: int) -> Iterator[bytes]:
    with path.open("rb", buffering=0) as file:
        while size > 0 and (chunk := file.read(min(_CHUNK, size))):
            size -= len(chunk)
            yield chunk
