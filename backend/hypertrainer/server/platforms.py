"""`/platforms`: where tasks can run, how these places are, and how full their queues."""

from typing import Annotated

from fastapi import APIRouter, Path

from hypertrainer.dependencies import ServicesDep
from hypertrainer.platforms.platform_types import PLATFORM_TYPES
from hypertrainer.server.platform_reading import ReaderDep
from hypertrainer.server.schemas import (
    PlatformList,
    PlatformRead,
    PlatformTypeList,
    PlatformTypeRead,
)

router = APIRouter(prefix="/platforms", tags=["platforms"])
PlatformName = Annotated[str, Path(min_length=1, max_length=100)]


@router.get("")
async def get_platforms(services: ServicesDep, reader: ReaderDep) -> PlatformList:
    """Every platform, as it was when last looked at."""
    items = await reader.read(services.registry.all())
    problem = services.registry.problem
    return PlatformList(items=items, problem=problem.message if problem else None)


@router.get("/types")
async def get_platform_types() -> PlatformTypeList:
    """Every type of platform, with the JSON Schema of the settings that it takes."""
    return PlatformTypeList(
        items=[
            PlatformTypeRead(
                type=name,
                title=made_of.title,
                description=made_of.description,
                settings_schema=made_of.settings.model_json_schema(),
            )
            for name, made_of in PLATFORM_TYPES.items()
        ]
    )


@router.get("/{name}")
async def get_platform(
    services: ServicesDep, reader: ReaderDep, name: PlatformName
) -> PlatformRead:
    """One platform, as it was when last looked at."""
    return await reader.read_one(services.registry.get(name))
