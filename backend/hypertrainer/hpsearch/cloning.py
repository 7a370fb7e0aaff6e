"""Running a task again: its own config and settings, with what a user changed."""

import asyncio
from pathlib import Path

from hypertrainer.dependencies import Services
from hypertrainer.errors import NotFound
from hypertrainer.hpsearch.submission import preview, submit
from hypertrainer.tasks.folder import CONFIG_NAME
from hypertrainer.tasks.schemas import (
    MAX_NAME_LENGTH,
    TaskClone,
    TaskPreview,
    TaskSubmit,
    TaskSubmitted,
)
from hypertrainer.tasks.service import get_task
from hypertrainer.tasks.tables import Task
from hypertrainer.tasks.tags import tags_of


async def clone(services: Services, task_id: int, request: TaskClone) -> TaskSubmitted:
    """Create a task like another one, with some things changed.

    Raises:
        NotFound: there is no such task, or its config is gone.
        InvalidInput: with every problem, and where it is.
        StorageError: an output folder cannot be written.
    """
    wanted = await _request_of(services, task_id, request)
    return await submit(services, wanted, cloned_from=task_id)


async def preview_clone(services: Services, task_id: int, request: TaskClone) -> TaskPreview:
    """What a clone would create; nothing is written. Raises `NotFound` as above."""
    return await preview(services, await _request_of(services, task_id, request))


async def _request_of(services: Services, task_id: int, request: TaskClone) -> TaskSubmit:
    """The clone as a submission of the task's config, whatever became of the file it was from."""
    async with services.database.reading() as session:
        task = await get_task(session, task_id)
        tags = await tags_of(session, task_id)
    text = request.config_text
    if text is None:
        text = await asyncio.to_thread(_config_text_of, task)
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
    return TaskSubmit.model_construct(
        **{"overrides": {}, "config": None, **kept, **changes, "config_text": text}
    )


def _config_text_of(task: Task) -> str:
    path = Path(task.output_path) / CONFIG_NAME
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise NotFound(
            f"The config of task #{task.id} cannot be read ({path}: {error.strerror}). "
            "Give `config_text`."
        ) from error
    except UnicodeDecodeError as error:
        raise NotFound(f"{path} is no UTF-8 text any more. Give `config_text`.") from error
