"""What is done to searches under `/hpsearch`."""

import asyncio
from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Query, status

from hypertrainer.dependencies import PathId, Services, ServicesDep
from hypertrainer.hpsearch.announce import announce_searches
from hypertrainer.hpsearch.deletion import delete_search
from hypertrainer.hpsearch.editing import edit_search, extend_search
from hypertrainer.hpsearch.reading import read_search
from hypertrainer.hpsearch.replaying import replay_search
from hypertrainer.hpsearch.request_parts import AnalystDep
from hypertrainer.hpsearch.schemas import (
    ReplayRead,
    SearchDetail,
    SearchEdit,
    SearchExtend,
    SearchStop,
)
from hypertrainer.hpsearch.search_folder import remove_search_folder
from hypertrainer.hpsearch.service import get_search
from hypertrainer.hpsearch.steering import pause_search, resume_search, stop_search
from hypertrainer.tasks.announce import announce_changes, announce_lists

router = APIRouter(prefix="/hpsearch", tags=["hpsearch"])
DryRun = Annotated[bool, Query(description="Check only; answer what the search would be.")]


@router.patch("/{search_id}")
async def change_search(
    services: ServicesDep, search_id: PathId, request: SearchEdit, *, dry_run: DryRun = False
) -> SearchDetail:
    """Edit a search, also while it runs; trials that still fit are used further."""
    read = await edit_search(services, search_id, request, is_dry_run=dry_run)
    return read if dry_run else await _told(services, read)


@router.post("/{search_id}/pause")
async def pause_one_search(services: ServicesDep, search_id: PathId) -> SearchDetail:
    """Start no further trials of a search; active ones go on."""
    async with services.database.transaction() as session:
        await pause_search(session, await get_search(session, search_id))
        await session.flush()
        read = await read_search(session, search_id)
    return await _told(services, read)


@router.post("/{search_id}/resume")
async def resume_one_search(services: ServicesDep, search_id: PathId) -> SearchDetail:
    """Go on with a search that was paused or stopped."""
    async with services.database.transaction() as session:
        await resume_search(session, await get_search(session, search_id))
        await session.flush()
        read = await read_search(session, search_id)
    return await _told(services, read)


@router.post("/{search_id}/stop")
async def stop_one_search(
    services: ServicesDep, search_id: PathId, request: SearchStop | None = None
) -> SearchDetail:
    """Stop a search: what waits never starts, and what runs is cancelled unless told otherwise."""
    cancel = request is None or request.cancel
    async with services.database.transaction() as session:
        search = await get_search(session, search_id)
        ids = await stop_search(session, search, cancel=cancel)
        await session.flush()
        read = await read_search(session, search_id)
    return await _told(services, read, ids)


@router.post("/{search_id}/extend")
async def extend_one_search(
    services: ServicesDep, search_id: PathId, request: SearchExtend
) -> SearchDetail:
    """Let a search have more trials; one that is over runs again."""
    return await _told(services, await extend_search(services, search_id, request.n_trials))


@router.post("/{search_id}/replay")
async def replay_one_search(
    services: ServicesDep, analyst: AnalystDep, search_id: PathId
) -> ReplayRead:
    """Compute every suggestion and decision of a search again, and say where they differ."""
    return await replay_search(services, analyst, search_id)


@router.delete("/{search_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_one_search(services: ServicesDep, search_id: PathId) -> None:
    """Delete a search that is over, once its tasks are archived or deleted."""
    async with services.database.transaction() as session:
        search = await get_search(session, search_id)
        ids = await delete_search(session, search)
    await asyncio.to_thread(remove_search_folder, services.settings.output, search.uuid)
    services.wakers.folders.set()
    announce_searches(services.broker, [search])
    announce_lists(services.broker)
    await announce_changes(services.database, services.broker, ids)


async def _told(
    services: Services, read: SearchDetail, task_ids: Iterable[int] = ()
) -> SearchDetail:
    services.wakers.wake_all()
    await announce_changes(services.database, services.broker, task_ids)
    announce_searches(services.broker, [read])
    return read
