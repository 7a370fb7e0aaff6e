"""Creates what a request asks for, all of it or nothing: first the folders, then the rows."""

import asyncio
from collections.abc import Sequence

from hypertrainer.dependencies import Services
from hypertrainer.errors import StorageError
from hypertrainer.hpsearch.adviser import Adviser
from hypertrainer.hpsearch.drafts import places_of
from hypertrainer.hpsearch.expansion import Prepared, prepare
from hypertrainer.hpsearch.search_creation import NewSearch, add_search, new_search
from hypertrainer.hpsearch.warm_starts import find_warm_start
from hypertrainer.tasks.checking import Checked, Placed
from hypertrainer.tasks.code import store_code
from hypertrainer.tasks.creation import (
    TaskDraft,
    add_tasks,
    create_folders,
    new_uuid,
    output_path_for,
    read_new,
)
from hypertrainer.tasks.folder import NewFolders
from hypertrainer.tasks.schemas import SearchRef, TaskSubmit, TaskSubmitted
from hypertrainer.tasks.tables import Task


async def submit(
    services: Services,
    adviser: Adviser,
    request: TaskSubmit,
    *,
    must_be_search: bool = False,
    cloned_from: int | None = None,
    placed: Placed | None = None,
) -> TaskSubmitted:
    """Create what a request asks for: all of it, or nothing.

    Args:
        services: the parts of the application.
        adviser: knows the points of searches.
        request: what a user asks for.
        must_be_search: a config without `hpsearch:` is wrong.
        cloned_from: the task that this one is like.
        placed: given where the config has its platform's own values already.

    Raises:
        InvalidInput: with every problem, and where it is.
        StorageError: an output folder cannot be written.
    """
    prepared = await asyncio.to_thread(
        prepare, services, request, must_be_search=must_be_search, placed=placed
    )
    warmed = await find_warm_start(services.database, prepared)
    prepared.checked.raise_problems()
    if prepared.spec is None:
        draft = await asyncio.to_thread(_task_draft, services, prepared, cloned_from)
        tasks = await _create(services, prepared, None, [draft])
        return TaskSubmitted(tasks=[read_new(tasks[0], draft)], search=None)
    new = await new_search(services, adviser, prepared, warmed, cloned_from)
    tasks = await _create(services, prepared, new, new.drafts)
    reads = [read_new(task, draft) for task, draft in zip(tasks, new.drafts, strict=True)]
    return TaskSubmitted(tasks=reads, search=_ref(new))


async def _create(
    services: Services, prepared: Prepared, new: NewSearch | None, drafts: Sequence[TaskDraft]
) -> list[Task]:
    folders = await asyncio.to_thread(_make_folders, prepared.checked, drafts)
    try:
        async with services.database.transaction() as session:
            if new is not None:
                return await add_search(session, new)
            return await add_tasks(session, drafts)
    except BaseException:
        await asyncio.shield(asyncio.to_thread(folders.take_back))
        raise


def _make_folders(checked: Checked, drafts: Sequence[TaskDraft]) -> NewFolders:
    try:
        return create_folders(drafts)
    except StorageError as error:
        config, platform = checked.config, checked.platform
        is_chosen = config is not None and config.output_root is not None
        if config is None or not is_chosen or platform is None or not platform.has_local_output:
            raise
        raise StorageError(error.message, [config.problem("output_root", error.message)]) from error


def _task_draft(services: Services, prepared: Prepared, cloned_from: int | None) -> TaskDraft:
    checked, name = prepared.checked, prepared.stem
    config, plan, source = checked.config, checked.plan, checked.source_for_clones
    if plan is None or checked.platform is None or config is None:
        raise RuntimeError("a submission with problems was to be created")
    if checked.code is not None:
        plan = plan.model_copy(update={"code": store_code(services.settings, checked.code)})
    uuid = new_uuid()
    here, there = places_of(services.settings, checked.platform, config)
    output_path = output_path_for(here, name, uuid)
    remote_path = output_path_for(there, name, uuid) if there else None
    return TaskDraft(
        name=name,
        script=checked.script or "",
        config=checked.request.config,
        config_text=config.for_task(remote_path or output_path).text(),
        platform=checked.platform.name,
        output_path=output_path,
        remote_path=remote_path,
        source_text=source.text() if source else None,
        params=dict(config.flat_params()),
        launch=plan,
        uuid=uuid,
        project=checked.request.project,
        notes=checked.request.notes,
        tags=checked.request.tags,
        cloned_from=cloned_from,
    )


def _ref(new: NewSearch) -> SearchRef:
    search = new.search
    if search.id is None:
        raise RuntimeError(f"search {search.uuid} was not saved yet")
    return SearchRef(id=search.id, uuid=search.uuid, name=search.name, n_trials=search.n_trials)
