"""Adding, changing and removing platforms: what the Platforms page does to platforms.yaml."""

import asyncio

from fastapi import APIRouter

from hypertrainer.dependencies import Services, ServicesDep
from hypertrainer.errors import Conflict
from hypertrainer.platforms.platform_types import PLATFORM_TYPES
from hypertrainer.platforms.platforms_editing import PlatformsFile
from hypertrainer.server.platform_looks import LooksDep
from hypertrainer.server.platform_reading import ReaderDep, count_attempts
from hypertrainer.server.platforms import PlatformName
from hypertrainer.server.schemas import PlatformCreate, PlatformRead, PlatformUpdate

router = APIRouter(prefix="/platforms", tags=["platforms"])


@router.post("", status_code=201)
async def add_platform(
    body: PlatformCreate, services: ServicesDep, looks: LooksDep, reader: ReaderDep
) -> PlatformRead:
    """Add a platform to platforms.yaml."""
    file = _file(services)
    async with looks.writing:
        await asyncio.to_thread(file.add, body.name, body.type, body.settings)
    _announce(services, body.name)
    return await reader.read_one(services.registry.get(body.name))


@router.put("/{name}")
async def change_platform(
    body: PlatformUpdate,
    services: ServicesDep,
    looks: LooksDep,
    reader: ReaderDep,
    name: PlatformName,
) -> PlatformRead:
    """Describe a platform anew in platforms.yaml."""
    platform = services.registry.get(name)
    if body.type != platform.type:
        await _require_idle(services, name)
    async with looks.writing:
        await asyncio.to_thread(_file(services).change, name, body.type, body.settings)
    _announce(services, name)
    return await reader.read_one(services.registry.get(name))


@router.delete("/{name}", status_code=204)
async def remove_platform(services: ServicesDep, looks: LooksDep, name: PlatformName) -> None:
    """Take a platform without active tasks out of platforms.yaml; its tasks stay listed."""
    services.registry.get(name)
    await _require_idle(services, name)
    async with looks.writing:
        await asyncio.to_thread(_file(services).remove, name)
    _announce(services, name)


def _file(services: Services) -> PlatformsFile:
    types = {name: made_of.settings for name, made_of in PLATFORM_TYPES.items()}
    return PlatformsFile(services.registry.path, types)


async def _require_idle(services: Services, name: str) -> None:
    """Refuse while a platform has tasks that nobody would hear of any more."""
    counts = await count_attempts(services.database)
    number = sum(counts[name].values())
    if number:
        tasks = "1 active task" if number == 1 else f"{number} active tasks"
        raise Conflict(f"`{name}` has {tasks}: cancel them, or wait until they have ended.")


def _announce(services: Services, name: str) -> None:
    services.wakers.of_platform(name).set()
    services.broker.publish("platforms", [{"name": name}])
