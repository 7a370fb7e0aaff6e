"""The task of a trial, and its place: from the plan of a platform to a draft of what to create."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid5

from hypertrainer.hpsearch.child_configs import child_config, child_template
from hypertrainer.hpsearch.places import PlacePlan
from hypertrainer.hpsearch.spec import Spec
from hypertrainer.hpsearch.statuses import SearchStatus
from hypertrainer.hpsearch.tables import Search
from hypertrainer.platforms.base import Platform
from hypertrainer.settings import Settings
from hypertrainer.tasks.config import Config
from hypertrainer.tasks.creation import TaskDraft, output_path_for
from hypertrainer.tasks.launch import LaunchPlan
from hypertrainer.tasks.task_record import SearchRecord


def trial_draft(
    search: Search,
    spec: Spec,
    place: PlacePlan,
    number: int,
    repeat: int,
    values: Mapping[str, Any],
    inactive: Sequence[str],
) -> TaskDraft:
    """The task that tries a trial's values; the same arguments name the same task and folder.

    Args:
        search: its search.
        spec: what the search is now.
        place: the platform where it will run.
        number: the trial's.
        repeat: which of the trial's tasks it is, from 0.
        values: those of the active parameters, by path.
        inactive: the paths that have no value in this trial.
    """
    uuid = task_uuid(search.uuid, number, repeat)
    name = spec.task_name(search.stem, number, repeat)
    output_path = output_path_for(place.here, name, uuid)
    remote_path = output_path_for(place.there, name, uuid) if place.there else None

    def child(text: str) -> Config:
        return child_config(
            _template(text), spec, search.name, number, values, repeat=repeat, inactive=inactive
        )

    config = child(place.config_text)
    return TaskDraft(
        name=name,
        script=search.script,
        config=place.config,
        config_text=config.for_task(remote_path or output_path).text(),
        platform=place.platform,
        output_path=output_path,
        remote_path=remote_path,
        source_text=child(place.source_text).text() if place.source_text is not None else None,
        params=dict(config.flat_params()),
        launch=LaunchPlan.model_validate(place.launch),
        uuid=uuid,
        project=search.project,
        notes=search.notes,
        tags=list(search.tags),
        search=search_record(search, number, values, repeat),
    )


def task_uuid(search_uuid: str, number: int, repeat: int) -> str:
    """The uuid of a trial's task, always the same: so that nothing is started twice."""
    return str(uuid5(UUID(search_uuid), f"{number}.{repeat}"))


def search_record(
    search: Search, number: int, values: Mapping[str, Any], repeat: int = 0
) -> SearchRecord:
    """A search, and which of its trials a task is, as the task's folder keeps them."""
    return SearchRecord(
        **search.model_dump(include=set(SearchRecord.model_fields)),
        trial_number=number,
        trial_params=dict(values),
        repeat=repeat,
        is_stopped=search.status == SearchStatus.STOPPED,
    )


def places_of(settings: Settings, platform: Platform, config: Config) -> tuple[str, str | None]:
    """What a task's folder is made in: here, and there where its platform is elsewhere.

    `output_root:` in the YAML is the folder there, if it is elsewhere.
    """
    output = settings.output
    if platform.has_local_output:
        return config.output_root or platform.output_root(output), None
    return str(output), config.remote_root or platform.output_root(output)


@lru_cache(maxsize=32)
def _template(text: str) -> Config:
    """What every trial's config is made of; parsing costs a millisecond or more."""
    return child_template(Config.read(text))
