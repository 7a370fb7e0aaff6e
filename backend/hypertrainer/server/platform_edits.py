"""Adding, changing and removing platforms: what the Platforms page does to platforms.yaml."""

import asyncio
from collections.abc import Mapping

from fastapi import APIRouter
from pydantic import BaseModel

from hypertrainer.dependencies import Services, ServicesDep
from hypertrainer.errors import Conflict
from hypertrainer.platforms.platform_types import PLATFORM_TYPES
from hypertrainer.platforms.platforms_editing import PlatformsFile
from hypertrainer.platforms.platforms_file import Entry, check_settings
from hypertrainer.platforms.remote_settings import RemoteSettings
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
    services.registry.get(name)
    if _moves(services.registry.entries().get(name), body):
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


def _moves(before: Entry | None, body: PlatformUpdate) -> bool:
    """Whether jobs would be looked for where they are not, and count as lost or run twice."""
    if before is None or before.type != body.type:
        return True
    after = check_settings(before.name, body.type, body.settings, _settings_by_type()).settings
    if not isinstance(before.settings, RemoteSettings) or not isinstance(after, RemoteSettings):
        return False
    is_elsewhere = bool(before.settings.machines) != bool(after.machines)
    return is_elsewhere or not before.settings.machines <= after.machines


def _settings_by_type() -> Mapping[str, type[BaseModel]]:
    return {name: made_of.settings for name, made_of in PLATFORM_TYPES.items()}


def _file(services: Services) -> PlatformsFile:
    return PlatformsFile(services.registry.path, _settings_by_type())


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
