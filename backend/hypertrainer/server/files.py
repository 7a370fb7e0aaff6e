"""`/files`: the scripts and configs on `$HYPERTRAINER_PATH`, to choose from."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query

from hypertrainer.dependencies import SettingsDep
from hypertrainer.server.schemas import FileContent, FileList, FileRead
from hypertrainer.tasks.sources import MAX_ENTRIES, Kind, list_files, read_config

MAX_LISTED = 500
router = APIRouter(prefix="/files", tags=["files"])


@router.get("")
async def get_files(
    settings: SettingsDep, kind: Kind, q: Annotated[str, Query(max_length=200)] = ""
) -> FileList:
    """What the path holds of one kind and with `q` in its name; the first 500 of `total`."""
    found = await asyncio.to_thread(list_files, settings, kind, q, MAX_ENTRIES)
    items = [
        FileRead(
            path=file.path, folder=str(file.folder), size=file.size, modified_at=file.modified_at
        )
        for file in found[:MAX_LISTED]
    ]
    return FileList(items=items, total=len(found))


@router.get("/content")
async def get_file_content(
    settings: SettingsDep, path: Annotated[str, Query(min_length=1, max_length=1_000)]
) -> FileContent:
    """A config's text. Nothing outside the path is read."""
    return FileContent(path=path, text=await asyncio.to_thread(read_config, settings, path))
