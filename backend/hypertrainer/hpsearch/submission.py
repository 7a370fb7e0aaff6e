"""From a request to tasks: one task, or a search with a task for every trial."""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.clock import utc_now
from hypertrainer.dependencies import Services
from hypertrainer.error_body import field_errors
from hypertrainer.errors import NotFound
from hypertrainer.hpsearch.samplers.registry import create_sampler
from hypertrainer.hpsearch.space import SearchSpace, child_config
from hypertrainer.hpsearch.space_reader import demand_search, parse_space
from hypertrainer.hpsearch.tables import Search, Trial
from hypertrainer.tasks.checking import Checked, check
from hypertrainer.tasks.config import Config
from hypertrainer.tasks.creation import (
    TaskDraft,
    add_tasks,
    create_folder_of,
    new_uuid,
    output_path_for,
    read_new,
    saved_id,
)
from hypertrainer.tasks.folder import CONFIG_NAME, SearchRecord, remove_folder
from hypertrainer.tasks.schemas import (
    PreviewTrial,
    SearchRef,
    TaskClone,
    TaskPreview,
    TaskSubmit,
    TaskSubmitted,
)
from hypertrainer.tasks.service import get_task
from hypertrainer.tasks.tables import Task, TaskTag

PREVIEWED_TRIALS = 100


@dataclass(slots=True)
class Prepared:
    """A checked submission, expanded into the tasks it will make."""

    checked: Checked
    space: SearchSpace | None
    seed: int
    trials: list[PreviewTrial]
    configs: list[Config]


async def submit(
    services: Services, request: TaskSubmit, *, must_be_search: bool = False
) -> TaskSubmitted:
    """Create what a request asks for: all of it, or nothing.

    Raises:
        InvalidInput: with every problem, and where it is.
        StorageError: an output folder cannot be written.
    """
    prepared = await asyncio.to_thread(_prepare, services, request)
    _demand_search(prepared, must_be_search=must_be_search)
    prepared.checked.raise_problems()
    return await _create(services, prepared)


async def preview(services: Services, request: TaskSubmit) -> TaskPreview:
    """What a request would create, and every problem it has; nothing is written."""
    prepared = await asyncio.to_thread(_prepare, services, request)
    return _preview_of(prepared)


async def clone(services: Services, task_id: int, request: TaskClone) -> TaskSubmitted:
    """Create a task like another one, with some things changed.

    Raises:
        NotFound: there is no such task, or its config is gone.
        InvalidInput: with every problem, and where it is.
    """
    return await _create_clone(services, task_id, await _clone_request(services, task_id, request))


async def preview_clone(services: Services, task_id: int, request: TaskClone) -> TaskPreview:
    """What a clone would create; nothing is written."""
    return await preview(services, await _clone_request(services, task_id, request))


async def _create_clone(services: Services, task_id: int, request: TaskSubmit) -> TaskSubmitted:
    prepared = await asyncio.to_thread(_prepare, services, request)
    prepared.checked.raise_problems()
    return await _create(services, prepared, cloned_from=task_id)


async def _clone_request(services: Services, task_id: int, request: TaskClone) -> TaskSubmit:
    async with services.database.reading() as session:
        task = await get_task(session, task_id)
        tags = await _tags_of(session, task_id)
    text = request.config_text or await asyncio.to_thread(_config_text_of, task)
    changes = request.model_dump(exclude_none=True, exclude={"config_text"})
    kept = {
        "script": task.script or None,
        "platform": task.platform,
        "project": task.project,
        "name": task.name,
        "tags": tags,
        "notes": task.notes,
    }
    return TaskSubmit.model_validate({**kept, **changes, "config_text": text})


async def _tags_of(session: AsyncSession, task_id: int) -> list[str]:
    query = select(TaskTag.tag).where(col(TaskTag.task_id) == task_id).order_by(col(TaskTag.tag))
    return list((await session.exec(query)).all())


def _config_text_of(task: Task) -> str:
    path = Path(task.output_path) / CONFIG_NAME
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise NotFound(
            f"The config of task #{task.id} cannot be read ({path}: {error.strerror}). "
            "Give `config_text`."
        ) from error


def _prepare(services: Services, request: TaskSubmit) -> Prepared:
    checked = check(services.settings, services.registry, request)
    config = checked.config
    if config is None or not config.is_search:
        trials = [PreviewTrial(name=request.name or checked.stem, params={})]
        return Prepared(checked, None, 0, trials, [config] if config else [])
    space = checked.attempt("config", lambda: parse_space(config))
    if space is None:
        return Prepared(checked, None, 0, [], [])
    return _expand(checked, config, space)


def _expand(checked: Checked, config: Config, space: SearchSpace) -> Prepared:
    seed = space.seed if space.seed is not None else secrets.randbelow(2**31)
    sampler = create_sampler(space, seed)
    stem = checked.request.name or checked.stem
    values = [sampler.suggest(number) for number in range(space.n_trials)]
    trials = [
        PreviewTrial(name=space.trial_name(stem, number), params=dict(point))
        for number, point in enumerate(values)
    ]
    configs = [child_config(config, point) for point in values]
    return Prepared(checked, space, seed, trials, configs)


def _demand_search(prepared: Prepared, *, must_be_search: bool) -> None:
    config = prepared.checked.config
    if must_be_search and config is not None:
        demand_search(config)


def _preview_of(prepared: Prepared) -> TaskPreview:
    checked = prepared.checked
    first = prepared.configs[0] if prepared.configs else checked.config
    return TaskPreview(
        script_path=str(checked.script_path) if checked.script_path else None,
        command=list(checked.plan.command_for(".")) if checked.plan else [],
        is_search=prepared.space is not None,
        num_tasks=len(prepared.configs),
        trials=prepared.trials[:PREVIEWED_TRIALS],
        config_text=first.text() if first else "",
        problems=field_errors(checked.problems),
    )


async def _create(
    services: Services, prepared: Prepared, cloned_from: int | None = None
) -> TaskSubmitted:
    drafts = _drafts(services, prepared, cloned_from)
    await asyncio.to_thread(_create_folders, drafts)
    try:
        async with services.database.transaction() as session:
            search = await _add_search(session, prepared, drafts)
            tasks = await add_tasks(session, drafts, search.id if search else None)
            if search is not None:
                session.add_all(_trials(search, prepared, tasks))
            await session.flush()
    except BaseException:
        await asyncio.shield(asyncio.to_thread(_remove_folders, drafts))
        raise
    reads = [read_new(task, draft) for task, draft in zip(tasks, drafts, strict=True)]
    return TaskSubmitted(tasks=reads, search=_ref(search))


def _create_folders(drafts: Sequence[TaskDraft]) -> None:
    for number, draft in enumerate(drafts):
        try:
            create_folder_of(draft)
        except BaseException:
            _remove_folders(drafts[:number])
            raise


def _remove_folders(drafts: Sequence[TaskDraft]) -> None:
    for draft in drafts:
        remove_folder(Path(draft.output_path), draft.uuid)


def _drafts(services: Services, prepared: Prepared, cloned_from: int | None) -> list[TaskDraft]:
    search = _search_row(prepared) if prepared.space is not None else None
    return [
        _draft(services, prepared, number, search, cloned_from)
        for number in range(len(prepared.configs))
    ]


def _draft(
    services: Services,
    prepared: Prepared,
    number: int,
    search: Search | None,
    cloned_from: int | None,
) -> TaskDraft:
    checked, trial, config = prepared.checked, prepared.trials[number], prepared.configs[number]
    if checked.plan is None or checked.platform is None:
        raise RuntimeError("a submission with problems was to be created")
    uuid = new_uuid()
    root = config.output_root or checked.platform.output_root(services.settings.output)
    output_path = output_path_for(root, trial.name, uuid)
    return TaskDraft(
        name=trial.name,
        script=checked.script or "",
        config=checked.request.config,
        config_text=config.for_task(output_path).text(),
        platform=checked.platform.name,
        output_path=output_path,
        params=dict(config.flat_params()),
        launch=checked.plan,
        uuid=uuid,
        project=checked.request.project,
        notes=checked.request.notes,
        tags=checked.request.tags,
        cloned_from=cloned_from,
        search=_search_record(search, number, trial) if search else None,
    )


def _search_row(prepared: Prepared) -> Search:
    space, checked = prepared.space, prepared.checked
    if space is None or checked.config is None:
        raise RuntimeError("this submission is no search")
    return Search(
        uuid=new_uuid(),
        name=space.search_name(checked.request.name or checked.stem),
        algorithm=space.algorithm,
        n_trials=space.n_trials,
        seed=prepared.seed,
        script=checked.script or "",
        platform=checked.request.platform,
        project=checked.request.project,
        notes=checked.request.notes,
        space=space.model_dump(mode="json"),
        config_text=checked.config.text(),
        created_at=utc_now(),
    )


def _search_record(search: Search, number: int, trial: PreviewTrial) -> SearchRecord:
    fields = search.model_dump(include=set(SearchRecord.model_fields))
    return SearchRecord(**fields, trial_number=number, trial_params=trial.params)


async def _add_search(
    session: AsyncSession, prepared: Prepared, drafts: Sequence[TaskDraft]
) -> Search | None:
    record = drafts[0].search if drafts else None
    if record is None:
        return None
    fields = record.model_dump(exclude={"trial_number", "trial_params"})
    search = Search(**fields, notes=prepared.checked.request.notes)
    session.add(search)
    await session.flush()
    return search


def _trials(search: Search, prepared: Prepared, tasks: Sequence[Task]) -> list[Trial]:
    if search.id is None:
        raise RuntimeError(f"search {search.uuid} was not saved yet")
    return [
        Trial(search_id=search.id, number=number, params=trial.params, task_id=saved_id(task))
        for number, (trial, task) in enumerate(zip(prepared.trials, tasks, strict=True))
    ]


def _ref(search: Search | None) -> SearchRef | None:
    if search is None or search.id is None:
        return None
    return SearchRef(id=search.id, uuid=search.uuid, name=search.name, n_trials=search.n_trials)
