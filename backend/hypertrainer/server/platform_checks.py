"""Looking at platforms, those of the file and others, and accepting the host keys they show."""

import asyncio
import json

from fastapi import APIRouter

from hypertrainer.dependencies import Services, ServicesDep
from hypertrainer.errors import Conflict, StorageError
from hypertrainer.platforms.base import HostKey
from hypertrainer.server.platform_looks import LooksDep, PlatformLooks, look_at
from hypertrainer.server.platform_reading import ReaderDep, check_read
from hypertrainer.server.platforms import PlatformName
from hypertrainer.server.schemas import (
    CheckRead,
    DraftHostKeyAccept,
    HostKeyAccept,
    PlatformDraft,
    PlatformRead,
    PlatformUpdate,
)

DRAFT = "draft"
router = APIRouter(prefix="/platforms", tags=["platforms"])


@router.post("/check")
async def check_platform_draft(
    body: PlatformDraft, services: ServicesDep, looks: LooksDep
) -> CheckRead:
    """Look at a place with settings that are not saved, for 30 seconds at most."""
    platform = services.registry.build(body.name or DRAFT, body.type, body.settings)
    try:
        look = await look_at(platform)
    finally:
        await platform.aclose()
    if look.health.host_key is not None:
        looks.keys.add(_subject(body), look.health.host_key)
    return check_read(look)


@router.post("/host-key", status_code=204)
async def accept_draft_host_key(
    body: DraftHostKeyAccept, services: ServicesDep, looks: LooksDep
) -> None:
    """Accept the host key that a check of these settings has shown within the last hour."""
    await _accept(services, looks, _subject(body), body.fingerprint)


@router.post("/{name}/check")
async def check_platform(
    services: ServicesDep, looks: LooksDep, reader: ReaderDep, name: PlatformName
) -> PlatformRead:
    """Look at a platform now, and say the remedy for each problem."""
    platform = services.registry.get(name)
    platform.retry_now()
    await looks.look(platform)
    services.wakers.of_platform(name).set()
    services.broker.publish("platforms", [{"name": name}])
    return await reader.read_one(platform)


@router.post("/{name}/host-key")
async def accept_host_key_of_platform(
    body: HostKeyAccept,
    services: ServicesDep,
    looks: LooksDep,
    reader: ReaderDep,
    name: PlatformName,
) -> PlatformRead:
    """Accept the host key that a check has shown within the last hour, then look again."""
    services.registry.get(name)
    await _accept(services, looks, name, body.fingerprint)
    return await check_platform(services, looks, reader, name)


async def _accept(services: Services, looks: PlatformLooks, subject: str, shown: str) -> None:
    key = looks.keys.find(subject, shown)
    if key is None:
        raise Conflict(
            f"No check has shown a host key {shown} within the last hour. Check again, compare "
            "the fingerprint that is shown then, and accept that one."
        )
    async with looks.writing:
        await asyncio.to_thread(_write, services, key)


def _write(services: Services, key: HostKey) -> None:
    # Only now: the SSH library takes 15 MB and a fifth of a second.
    from hypertrainer.platforms.transports.ssh.host_keys import accept_host_key

    known_hosts = services.registry.known_hosts
    try:
        accept_host_key(known_hosts, key)
    except OSError as error:
        raise StorageError(f"{known_hosts} cannot be written: {error.strerror}.") from error


def _subject(draft: PlatformUpdate) -> str:
    """What is looked at; never a platform's name, which has no braces."""
    return json.dumps({"type": draft.type, "settings": draft.settings}, sort_keys=True)
