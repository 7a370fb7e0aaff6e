"""`/hpsearch`, and submitting: a config with an `hpsearch:` section becomes a search."""

from typing import Annotated

from fastapi import APIRouter, Query, status

from hypertrainer.dependencies import PathId, Services, ServicesDep
from hypertrainer.hpsearch.action_routes import router as action_router
from hypertrainer.hpsearch.announce import LISTS
from hypertrainer.hpsearch.cloning import clone, preview_clone
from hypertrainer.hpsearch.preview_schemas import TaskPreview
from hypertrainer.hpsearch.previews import preview
from hypertrainer.hpsearch.reading_routes import router as reading_router
from hypertrainer.hpsearch.request_parts import AdviserDep
from hypertrainer.hpsearch.submission import submit
from hypertrainer.tasks.announce import announce_lists
from hypertrainer.tasks.schemas import TaskClone, TaskSubmit, TaskSubmitted

router = APIRouter()
router.include_router(reading_router)
router.include_router(action_router)
Forecasting = Annotated[
    bool, Query(description="Ask the platform's queue, too: for 15 seconds at most.")
]


@router.post("/tasks", status_code=status.HTTP_201_CREATED, tags=["tasks"])
async def submit_task(
    services: ServicesDep, adviser: AdviserDep, request: TaskSubmit
) -> TaskSubmitted:
    """Launch a script with a config; a config with an `hpsearch:` section becomes a search."""
    return _announced(services, await submit(services, adviser, request))


@router.post("/tasks/preview", tags=["tasks"])
async def preview_task(
    services: ServicesDep,
    adviser: AdviserDep,
    request: TaskSubmit,
    *,
    forecast: Forecasting = False,
) -> TaskPreview:
    """Say what would be launched, and every problem with its line and column; write nothing."""
    return await preview(services, adviser, request, with_forecast=forecast)


@router.post("/tasks/{task_id}/clone", status_code=status.HTTP_201_CREATED, tags=["tasks"])
async def clone_task(
    services: ServicesDep, adviser: AdviserDep, task_id: PathId, request: TaskClone
) -> TaskSubmitted:
    """Run a task again, edited, on any platform; what is left out is the original's."""
    return _announced(services, await clone(services, adviser, task_id, request))


@router.post("/tasks/{task_id}/clone/preview", tags=["tasks"])
async def preview_task_clone(
    services: ServicesDep,
    adviser: AdviserDep,
    task_id: PathId,
    request: TaskClone,
    *,
    forecast: Forecasting = False,
) -> TaskPreview:
    """Say what a clone would launch; write nothing."""
    return await preview_clone(services, adviser, task_id, request, with_forecast=forecast)


@router.post("/hpsearch", status_code=status.HTTP_201_CREATED, tags=["hpsearch"])
async def submit_search(
    services: ServicesDep, adviser: AdviserDep, request: TaskSubmit
) -> TaskSubmitted:
    """Start a search: as `POST /tasks`, but the config must have an `hpsearch:` section."""
    return _announced(services, await submit(services, adviser, request, must_be_search=True))


def _announced(services: Services, submitted: TaskSubmitted) -> TaskSubmitted:
    services.wakers.wake_all()
    announce_lists(services.broker)
    if submitted.search is not None:
        services.broker.publish("invalidate", LISTS)
    return submitted
