"""`/files`: the scripts and configs on `$HYPERTRAINER_PATH`, to choose from."""

import asyncio
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query

from hypertrainer.dependencies import SettingsDep
from hypertrainer.server.schemas import FileContent, FileList, FileRead
from hypertrainer.tasks.sources import Kind, list_files, read_source

router = APIRouter(prefix="/files", tags=["files"])


@router.get("")
async def get_files(
    settings: SettingsDep,
    kind: Kind,
    q: Annotated[str, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> FileList:
    """What the path holds of one kind, best first; letters of `q` may be left out in between."""
    found, total = await asyncio.to_thread(list_files, settings, kind, q, limit)
    return FileList(items=[FileRead(**asdict(file)) for file in found], total=total)


@router.get("/content")
async def get_file_content(
    settings: SettingsDep, path: Annotated[str, Query(min_length=1, max_length=1_000)]
) -> FileContent:
    """A config's text. Nothing outside the path is read."""
    source = await asyncio.to_thread(read_source, settings, path)
    return FileContent(path=source.path, folder=source.folder, text=source.text)
