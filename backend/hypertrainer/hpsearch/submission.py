"""Creates what a request asks for, all of it or nothing: first the folders, then the rows."""

import asyncio
from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.dependencies import Services
from hypertrainer.errors import StorageError
from hypertrainer.hpsearch.drafts import drafts_of
from hypertrainer.hpsearch.expansion import Prepared, prepare
from hypertrainer.hpsearch.tables import Search, Trial, TrialTask, saved_trial_id
from hypertrainer.tasks.checking import Placed
from hypertrainer.tasks.code import store_code
from hypertrainer.tasks.creation import (
    TaskDraft,
    add_tasks,
    create_folders,
    read_new,
    saved_id,
)
from hypertrainer.tasks.folder import NewFolders
from hypertrainer.tasks.schemas import SearchRef, TaskSubmit, TaskSubmitted
from hypertrainer.tasks.tables import Task


async def submit(
    services: Services,
    request: TaskSubmit,
    *,
    must_be_search: bool = False,
    cloned_from: int | None = None,
    placed: Placed | None = None,
) -> TaskSubmitted:
    """Create what a request asks for: all of it, or nothing.

    Args:
        services: the parts of the application.
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
    prepared.checked.raise_problems()
    drafts, folders = await asyncio.to_thread(_make_folders, services, prepared, cloned_from)
    try:
        async with services.database.transaction() as session:
            search, tasks = await _add_rows(session, drafts)
    except BaseException:
        await asyncio.shield(asyncio.to_thread(folders.take_back))
        raise
    reads = [read_new(task, draft) for task, draft in zip(tasks, drafts, strict=True)]
    return TaskSubmitted(tasks=reads, search=_ref(search))


def _make_folders(
    services: Services, prepared: Prepared, cloned_from: int | None
) -> tuple[list[TaskDraft], NewFolders]:
    checked = prepared.checked
    if checked.code is not None and checked.plan is not None:
        code = store_code(services.settings, checked.code)
        checked.plan = checked.plan.model_copy(update={"code": code})
    drafts = drafts_of(services, prepared, cloned_from)
    try:
        return drafts, create_folders(drafts)
    except StorageError as error:
        config, platform = checked.config, checked.platform
        is_chosen = config is not None and config.output_root is not None
        if config is None or not is_chosen or platform is None or not platform.has_local_output:
            raise
        raise StorageError(error.message, [config.problem("output_root", error.message)]) from error


async def _add_rows(
    session: AsyncSession, drafts: Sequence[TaskDraft]
) -> tuple[Search | None, list[Task]]:
    search = await _add_search(session, drafts[0])
    tasks = await add_tasks(session, drafts, search.id if search else None)
    if search is not None:
        trials = _trials(search, drafts, tasks)
        session.add_all(trials)
        await session.flush()
        session.add_all(
            TrialTask(task_id=saved_id(task), trial_id=saved_trial_id(trial))
            for trial, task in zip(trials, tasks, strict=True)
        )
        await session.flush()
    return search, tasks


async def _add_search(session: AsyncSession, draft: TaskDraft) -> Search | None:
    if draft.search is None:
        return None
    left_out = {"id", "trial_number", "trial_params", "repeat", "is_stopped"}
    search = Search(**draft.search.model_dump(exclude=left_out))
    session.add(search)
    await session.flush()
    return search


def _trials(search: Search, drafts: Sequence[TaskDraft], tasks: Sequence[Task]) -> list[Trial]:
    if search.id is None:
        raise RuntimeError(f"search {search.uuid} was not saved yet")
    return [
        Trial(
            search_id=search.id,
            number=draft.search.trial_number,
            params=draft.search.trial_params,
            platform=task.platform,
            created_at=task.created_at,
        )
        for draft, task in zip(drafts, tasks, strict=True)
        if draft.search is not None
    ]


def _ref(search: Search | None) -> SearchRef | None:
    if search is None or search.id is None:
        return None
    return SearchRef(id=search.id, uuid=search.uuid, name=search.name, n_trials=search.n_trials)
