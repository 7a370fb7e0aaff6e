"""What the routes ask of a task's logs. Files are the store; blocking reads run in threads."""

import asyncio
from pathlib import Path

from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.errors import NotFound
from hypertrainer.logs import folder, search, tail
from hypertrainer.logs.lines import LogIndexes
from hypertrainer.logs.schemas import LogLines, LogList, LogSearch, LogSlice
from hypertrainer.tasks.service import get_task


async def list_logs(session: AsyncSession, task_id: int) -> LogList:
    """The logs a task has written so far.

    Raises:
        NotFound: there is no such task.
    """
    output = await _output_folder(session, task_id)
    return LogList(items=await asyncio.to_thread(folder.list_logs, output))


async def get_log_path(session: AsyncSession, task_id: int, name: str) -> Path:
    """Where a log of a task is.

    Raises:
        NotFound: there is no such task or log.
    """
    output = await _output_folder(session, task_id)
    return await asyncio.to_thread(folder.find_log, output, name)


async def get_future_log_path(session: AsyncSession, task_id: int, name: str) -> Path:
    """Where a log of a task is, or will be once the task writes it.

    Raises:
        NotFound: there is no such task, or no log can have that name.
    """
    output = await _output_folder(session, task_id)
    if folder.is_log_name(name) and not await asyncio.to_thread(_exists, output / name):
        return output / name
    return await asyncio.to_thread(folder.find_log, output, name)


async def read_slice(path: Path, offset: int, limit: int) -> LogSlice:
    """The text of a byte range; see `tail.read_slice`.

    Raises:
        NotFound: the file is gone or may not be read.
    """
    with folder.readable(path):
        return await asyncio.to_thread(tail.read_slice, path, offset, limit)


async def read_lines(indexes: LogIndexes, path: Path, start: int, count: int) -> LogLines:
    """A page of lines; see `LogIndexes.lines`.

    Raises:
        NotFound: the file is gone or may not be read.
    """
    with folder.readable(path):
        return await asyncio.to_thread(indexes.lines, path, start, count)


async def search_log(path: Path, pattern: str, *, is_regex: bool, ignore_case: bool) -> LogSearch:
    """The lines of the whole file that match; see `search.search`.

    Raises:
        InvalidInput: the pattern is not a regular expression.
        NotFound: the file is gone or may not be read.
    """
    with folder.readable(path):
        return await search.search(path, pattern, is_regex=is_regex, ignore_case=ignore_case)


async def _output_folder(session: AsyncSession, task_id: int) -> Path:
    task = await get_task(session, task_id)
    output = Path(task.output_path)
    if not output.is_absolute():
        raise NotFound(f"Task #{task_id} has no output folder on this machine.")
    return output


def _exists(path: Path) -> bool:
    return path.exists() or path.is_symlink()
