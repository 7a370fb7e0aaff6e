"""Search a log in a process of its own, which can be ended whatever it is doing."""

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from pathlib import Path
from typing import Any

from hypertrainer.errors import FieldProblem, InvalidInput
from hypertrainer.logs import scan
from hypertrainer.logs.schemas import LogSearch

DEFAULT_SECONDS = 5.0


async def search(
    path: Path,
    pattern: str,
    *,
    is_regex: bool,
    ignore_case: bool,
    seconds: float = DEFAULT_SECONDS,
) -> LogSearch:
    """Find the lines of the whole file that match; what was found when `seconds` are over.

    Raises:
        InvalidInput: the pattern is not a regular expression.
        OSError: the file cannot be read.
    """
    size = (await asyncio.to_thread(path.stat)).st_size
    request = {
        "path": str(path),
        "pattern": pattern,
        "is_regex": is_regex,
        "ignore_case": ignore_case,
        "seconds": seconds,
    }
    record, is_complete = await _last_record(json.dumps(request).encode(), seconds)
    if error := record.pop("error", None):
        problem = FieldProblem("pattern", f"This is not a regular expression: {error}.")
        raise InvalidInput(problem.message, [problem])
    nothing: dict[str, Any] = {"lines": [], "total": 0, "bytes_searched": 0}
    return LogSearch.model_validate({**nothing, **record, "size": size, "is_complete": is_complete})


async def _last_record(request: bytes, seconds: float) -> tuple[dict[str, Any], bool]:
    """The last record of the search, and whether the search came to its end."""
    # Isolated and without site packages: a few milliseconds to start instead of fifty.
    program = (sys.executable, "-I", "-S", str(Path(scan.__file__)))
    process = await asyncio.create_subprocess_exec(
        *program, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, limit=1024 * 1024
    )
    records: list[dict[str, Any]] = []
    try:
        async with asyncio.timeout(seconds):
            await _collect(process, request, records)
    except TimeoutError:
        return (records[-1] if records else {}), False
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
    return (records[-1] if records else {}), process.returncode == 0


async def _collect(process: Process, request: bytes, records: list[dict[str, Any]]) -> None:
    """Keep the newest record, until the process has nothing more to say."""
    if process.stdin is None or process.stdout is None:
        return
    process.stdin.write(request)
    process.stdin.close()
    async for line in process.stdout:
        records[:] = [json.loads(line)]
    await process.wait()
