"""Creates what a request asks for, all of it or nothing: first the folders, then the rows."""

import asyncio
from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.dependencies import Services
from hypertrainer.error_body import field_errors
from hypertrainer.errors import StorageError
from hypertrainer.hpsearch.drafts import drafts_of
from hypertrainer.hpsearch.expansion import Prepared, prepare
from hypertrainer.hpsearch.tables import Search, Trial
from hypertrainer.tasks.creation import (
    TaskDraft,
    add_tasks,
    create_folders,
    read_new,
    saved_id,
)
from hypertrainer.tasks.folder import NewFolders
from hypertrainer.tasks.schemas import SearchRef, TaskPreview, TaskSubmit, TaskSubmitted
from hypertrainer.tasks.tables import Task

PREVIEWED_TRIALS = 100


async def submit(
    services: Services,
    request: TaskSubmit,
    *,
    must_be_search: bool = False,
    cloned_from: int | None = None,
) -> TaskSubmitted:
    """Create what a request asks for: all of it, or nothing.

    Raises:
        InvalidInput: with every problem, and where it is.
        StorageError: an output folder cannot be written.
    """
    prepared = await asyncio.to_thread(prepare, services, request, must_be_search=must_be_search)
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


async def preview(services: Services, request: TaskSubmit) -> TaskPreview:
    """What a request would create, and every problem it has; nothing is written."""
    prepared = await asyncio.to_thread(prepare, services, request, limit=PREVIEWED_TRIALS)
    checked = prepared.checked
    config = prepared.tasks[0].config if prepared.tasks else checked.config
    return TaskPreview(
        script_path=str(checked.script_path) if checked.script_path else None,
        command=list(checked.plan.command_for(".")) if checked.plan else [],
        is_search=prepared.space is not None,
        num_tasks=prepared.num_tasks,
        trials=[planned.trial for planned in prepared.tasks],
        config_text=config.text() if config else "",
        problems=field_errors(checked.problems),
    )


def _make_folders(
    services: Services, prepared: Prepared, cloned_from: int | None
) -> tuple[list[TaskDraft], NewFolders]:
    drafts = drafts_of(services, prepared, cloned_from)
    try:
        return drafts, create_folders(drafts)
    except StorageError as error:
        config = prepared.checked.config
        if config is None or config.output_root is None:
            raise
        raise StorageError(error.message, [config.problem("output_root", error.message)]) from error


async def _add_rows(
    session: AsyncSession, drafts: Sequence[TaskDraft]
) -> tuple[Search | None, list[Task]]:
    search = await _add_search(session, drafts[0])
    tasks = await add_tasks(session, drafts, search.id if search else None)
    if search is not None:
        session.add_all(_trials(search, drafts, tasks))
        await session.flush()
    return search, tasks


async def _add_search(session: AsyncSession, draft: TaskDraft) -> Search | None:
    if draft.search is None:
        return None
    left_out = {"id", "trial_number", "trial_params", "is_stopped"}
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
            task_id=saved_id(task),
            created_at=task.created_at,
        )
        for draft, task in zip(drafts, tasks, strict=True)
        if draft.search is not None
    ]


def _ref(search: Search | None) -> SearchRef | None:
    if search is None or search.id is None:
        return None
    return SearchRef(id=search.id, uuid=search.uuid, name=search.name, n_trials=search.n_trials)
