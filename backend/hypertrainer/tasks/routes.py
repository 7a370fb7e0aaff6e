"""`/tasks`, `/projects`, `/tags`. Submitting stands in `hpsearch`: a config may be a search."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import PlainTextResponse, StreamingResponse
from sqlmodel import col, select

from hypertrainer.dependencies import PathId, ReadingDep, Services, ServicesDep
from hypertrainer.errors import NotFound
from hypertrainer.pagination import Page, PageParams
from hypertrainer.tasks import actions
from hypertrainer.tasks.announce import announce_changes, announce_lists
from hypertrainer.tasks.deletion import delete_for_good
from hypertrainer.tasks.environment import read_environment
from hypertrainer.tasks.export import export_tasks
from hypertrainer.tasks.filters import TaskFilters, Text
from hypertrainer.tasks.folder import CONFIG_NAME
from hypertrainer.tasks.queries import (
    count_by_status,
    get_task_read,
    list_columns,
    list_projects,
    list_tags,
    list_tasks,
    select_ids,
)
from hypertrainer.tasks.schemas import (
    ActionResult,
    ActionResults,
    AttemptList,
    AttemptRead,
    ColumnList,
    ProjectList,
    StatusCountList,
    TagList,
    TaskEnvironment,
    TaskIdList,
    TaskIds,
    TaskRead,
    TaskTagging,
    TaskUpdate,
)
from hypertrainer.tasks.service import get_task
from hypertrainer.tasks.tables import Attempt
from hypertrainer.tasks.tags import set_tags, tag_many

router = APIRouter(tags=["tasks"])


class TaskListParams(TaskFilters, PageParams):
    """A filter, an order and a page."""

    sort: Text = "-id"


class ColumnParams(TaskFilters):
    """A filter, and a text that the columns' names contain."""

    name: Text = ""


class ExportParams(TaskFilters):
    """What to export, and in which format."""

    format: Literal["csv", "json", "yaml", "parquet"] = "csv"


@router.get("/tasks")
async def get_tasks(
    session: ReadingDep, params: Annotated[TaskListParams, Query()]
) -> Page[TaskRead]:
    """List tasks. Sort by columns, `params.PATH`, `metrics.NAME.last|min|max`; `-` descends."""
    items, total = await list_tasks(session, params, params.sort, params)
    return Page(items=items, total=total)


@router.get("/tasks/ids")
async def get_task_ids(session: ReadingDep, filters: Annotated[TaskFilters, Query()]) -> TaskIdList:
    """The ids of all tasks of a filter (at most 10,000), for actions on everything shown."""
    return TaskIdList(ids=await select_ids(session, filters))


@router.get("/tasks/counts")
async def get_task_counts(
    session: ReadingDep, filters: Annotated[TaskFilters, Query()]
) -> StatusCountList:
    """Count a filter's tasks by status."""
    items = await count_by_status(session, filters)
    return StatusCountList(items=items, total=sum(item.num_tasks for item in items))


@router.get("/tasks/columns")
async def get_task_columns(
    session: ReadingDep, params: Annotated[ColumnParams, Query()]
) -> ColumnList:
    """The parameters and metrics that a filter's tasks have, most common first."""
    return ColumnList(items=await list_columns(session, params.name, params))


@router.get("/tasks/export", response_class=StreamingResponse)
async def export(
    services: ServicesDep, params: Annotated[ExportParams, Query()]
) -> StreamingResponse:
    """Stream a filter's tasks with every parameter and every metric's last, min and max."""
    media_type, filename, chunks = await export_tasks(services.database, params, params.format)
    headers = {"Content-Disposition": f'attachment; filename="{filename}"'}
    return StreamingResponse(chunks, media_type=media_type, headers=headers)


@router.post("/tasks/cancel")
async def cancel_tasks(services: ServicesDep, request: TaskIds) -> ActionResults:
    """Stop tasks: SIGTERM, a grace, SIGKILL; whole process groups."""
    return await _act(services, request, actions.cancel)


@router.post("/tasks/resume")
async def resume_tasks(services: ServicesDep, request: TaskIds) -> ActionResults:
    """Run tasks again in their own folders, as a new attempt each."""
    platforms = [platform.name for platform in services.registry.all()]
    obstacles = await actions.find_obstacles(services.database, request.ids, platforms)
    return await _act(services, request, actions.resuming(obstacles))


@router.post("/tasks/archive")
async def archive_tasks(services: ServicesDep, request: TaskIds) -> ActionResults:
    """Put ended tasks out of sight."""
    return await _act(services, request, actions.archive)


@router.post("/tasks/unarchive")
async def unarchive_tasks(services: ServicesDep, request: TaskIds) -> ActionResults:
    """Bring archived tasks back."""
    return await _act(services, request, actions.unarchive)


@router.post("/tasks/delete")
async def delete_tasks(services: ServicesDep, request: TaskIds) -> ActionResults:
    """Delete archived tasks for good, their folders with them."""
    results = await delete_for_good(services.database, request.ids)
    return await _announced(services, request, results)


@router.post("/tasks/tag")
async def tag_tasks(services: ServicesDep, request: TaskTagging) -> ActionResults:
    """Add and remove tags, and set the project, of many tasks."""
    return await _announced(services, request, await tag_many(services.database, request))


async def _act(services: Services, request: TaskIds, action: actions.Action) -> ActionResults:
    results = await actions.apply(services.database, request.ids, action)
    return await _announced(services, request, results)


async def _announced(
    services: Services, request: TaskIds, results: Sequence[ActionResult]
) -> ActionResults:
    services.wakers.wake_all()
    await announce_changes(services.database, services.broker, request.ids)
    announce_lists(services.broker)
    return ActionResults(results=list(results))


@router.get("/tasks/{task_id}")
async def get_one_task(session: ReadingDep, task_id: PathId) -> TaskRead:
    """One task."""
    return await get_task_read(session, task_id)


@router.patch("/tasks/{task_id}")
async def update_task(services: ServicesDep, task_id: PathId, request: TaskUpdate) -> TaskRead:
    """Change a task's name, project, tags or notes; what is left out stays."""
    async with services.database.transaction() as session:
        task = await get_task(session, task_id)
        changes = request.model_dump(exclude_none=True, exclude={"tags"})
        task.sqlmodel_update({**changes, "unsaved_changes": task.unsaved_changes + 1})
        session.add(task)
        if request.tags is not None:
            await set_tags(session, task_id, request.tags)
        await session.flush()
        read = await get_task_read(session, task_id)
    services.wakers.folders.set()
    await announce_changes(services.database, services.broker, [task_id])
    announce_lists(services.broker)
    return read


@router.get("/tasks/{task_id}/attempts")
async def get_attempts(session: ReadingDep, task_id: PathId) -> AttemptList:
    """Every submission of a task, oldest first."""
    await get_task(session, task_id)
    query = select(Attempt).where(col(Attempt.task_id) == task_id).order_by(col(Attempt.number))
    rows = (await session.exec(query)).all()
    return AttemptList(items=[AttemptRead.model_validate(row.model_dump()) for row in rows])


@router.get(
    "/tasks/{task_id}/config",
    response_class=PlainTextResponse,
    responses={200: {"content": {"text/yaml": {}}}},
)
async def get_task_config(session: ReadingDep, task_id: PathId) -> PlainTextResponse:
    """The task's own `config.yaml`, as its script reads it."""
    task = await get_task(session, task_id)
    path = Path(task.output_path) / CONFIG_NAME
    try:
        text = await asyncio.to_thread(path.read_text, "utf-8", "replace")
    except OSError as error:
        raise NotFound(f"{path} cannot be read: {error.strerror}.") from error
    return PlainTextResponse(text, media_type="text/yaml")


@router.get("/tasks/{task_id}/environment")
async def get_task_environment(session: ReadingDep, task_id: PathId) -> TaskEnvironment:
    """What the script ran in: git commit and diff, Python, packages, machine."""
    task = await get_task(session, task_id)
    return await asyncio.to_thread(read_environment, Path(task.output_path))


@router.get("/projects")
async def get_projects(session: ReadingDep) -> ProjectList:
    """Every project that a task names."""
    return ProjectList(items=await list_projects(session))


@router.get("/tags")
async def get_tags(session: ReadingDep) -> TagList:
    """Every tag in use."""
    return TagList(items=await list_tags(session))
