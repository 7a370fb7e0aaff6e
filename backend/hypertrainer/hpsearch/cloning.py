"""Running a task again: its own config and settings, with what a user changed."""

import asyncio
from pathlib import Path

from hypertrainer.dependencies import Services
from hypertrainer.errors import NotFound
from hypertrainer.hpsearch.adviser import Adviser
from hypertrainer.hpsearch.preview_schemas import TaskPreview
from hypertrainer.hpsearch.previews import preview
from hypertrainer.hpsearch.submission import submit
from hypertrainer.tasks.checking import Placed
from hypertrainer.tasks.folder import CONFIG_NAME, SOURCE_NAME, STATE_FOLDER
from hypertrainer.tasks.schemas import (
    MAX_NAME_LENGTH,
    TaskClone,
    TaskSubmit,
    TaskSubmitted,
)
from hypertrainer.tasks.service import get_task
from hypertrainer.tasks.tables import Task
from hypertrainer.tasks.tags import tags_of


async def clone(
    services: Services, adviser: Adviser, task_id: int, request: TaskClone
) -> TaskSubmitted:
    """Create a task like another one, with some things changed.

    Raises:
        NotFound: there is no such task, or its config is gone.
        InvalidInput: with every problem, and where it is.
        StorageError: an output folder cannot be written.
    """
    wanted, placed = await _request_of(services, task_id, request)
    return await submit(services, adviser, wanted, cloned_from=task_id, placed=placed)


async def preview_clone(
    services: Services,
    adviser: Adviser,
    task_id: int,
    request: TaskClone,
    *,
    with_forecast: bool = False,
) -> TaskPreview:
    """What a clone would create; nothing is written. Raises `NotFound` as above."""
    wanted, placed = await _request_of(services, task_id, request)
    return await preview(services, adviser, wanted, placed=placed, with_forecast=with_forecast)


async def _request_of(
    services: Services, task_id: int, request: TaskClone
) -> tuple[TaskSubmit, Placed | None]:
    """The clone as a submission of the task's config, whatever became of the file it was from."""
    async with services.database.reading() as session:
        task = await get_task(session, task_id)
        tags = await tags_of(session, task_id)
    is_moved = request.platform not in (None, task.platform)
    text, source = request.config_text, None
    if text is None:
        text, source = await asyncio.to_thread(_texts_of, task)
    if is_moved:
        text = text if source is None else source
    placed = None if is_moved else Placed(source)
    kept = {
        "script": task.script or None,
        "platform": task.platform,
        "project": task.project,
        "name": task.name[:MAX_NAME_LENGTH],
        "tags": tags,
        "notes": task.notes,
    }
    changes = request.model_dump(exclude_none=True, exclude={"config_text"})
    # What the task has was checked when it came, by rules that may have changed: taken as it is.
    wanted = TaskSubmit.model_construct(
        **{"overrides": {}, "config": None, **kept, **changes, "config_text": text}
    )
    return wanted, placed


def _texts_of(task: Task) -> tuple[str, str | None]:
    """The task's config, and the same without its platform's own values, where it has any."""
    folder = Path(task.output_path)
    source = folder / STATE_FOLDER / SOURCE_NAME
    own = _read(task, folder / CONFIG_NAME)
    return own, _read(task, source) if source.is_file() else None


def _read(task: Task, path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise NotFound(
            f"The config of task #{task.id} cannot be read ({path}: {error.strerror}). "
            "Give `config_text`."
        ) from error
    except UnicodeDecodeError as error:
        raise NotFound(f"{path} is no UTF-8 text any more. Give `config_text`.") from error
