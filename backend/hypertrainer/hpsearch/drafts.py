"""From a prepared submission to the drafts of its tasks, and the row of its search."""

from hypertrainer.clock import utc_now
from hypertrainer.dependencies import Services
from hypertrainer.hpsearch.expansion import Planned, Prepared
from hypertrainer.hpsearch.schemas import PreviewTrial
from hypertrainer.hpsearch.tables import Search
from hypertrainer.platforms.base import Platform
from hypertrainer.settings import Settings
from hypertrainer.tasks.config import Config
from hypertrainer.tasks.creation import TaskDraft, new_uuid, output_path_for
from hypertrainer.tasks.task_record import SearchRecord


def drafts_of(services: Services, prepared: Prepared, cloned_from: int | None) -> list[TaskDraft]:
    """A draft of each task, in the order of the trials. Blocks where they are many."""
    search = _search_row(prepared) if prepared.space is not None else None
    drafts = []
    for number, planned in enumerate(prepared.tasks):
        draft = _draft(services, prepared, planned)
        draft.cloned_from = cloned_from
        draft.search = _search_record(search, number, planned.trial) if search else None
        drafts.append(draft)
    return drafts


def _draft(services: Services, prepared: Prepared, planned: Planned) -> TaskDraft:
    checked, config = prepared.checked, planned.config
    if checked.plan is None or checked.platform is None:
        raise RuntimeError("a submission with problems was to be created")
    uuid = new_uuid()
    here, there = places_of(services.settings, checked.platform, config)
    output_path = output_path_for(here, planned.trial.name, uuid)
    remote_path = output_path_for(there, planned.trial.name, uuid) if there else None
    return TaskDraft(
        name=planned.trial.name,
        script=checked.script or "",
        config=checked.request.config,
        config_text=config.for_task(remote_path or output_path).text(),
        platform=checked.platform.name,
        output_path=output_path,
        remote_path=remote_path,
        source_text=planned.source.text() if planned.source else None,
        params=dict(config.flat_params()),
        launch=checked.plan,
        uuid=uuid,
        project=checked.request.project,
        notes=checked.request.notes,
        tags=checked.request.tags,
    )


def places_of(settings: Settings, platform: Platform, config: Config) -> tuple[str, str | None]:
    """What a task's folder is made in: here, and there where its platform is elsewhere.

    `output_root:` in the YAML is the folder there, if it is elsewhere.
    """
    output = settings.output
    if platform.has_local_output:
        return config.output_root or platform.output_root(output), None
    return str(output), config.remote_root or platform.output_root(output)


def _search_row(prepared: Prepared) -> Search:
    space, checked = prepared.space, prepared.checked
    if space is None or checked.config is None:
        raise RuntimeError("this submission is no search")
    return Search(
        uuid=new_uuid(),
        name=space.search_name(prepared.stem),
        algorithm=space.algorithm,
        n_trials=space.n_trials,
        seed=prepared.seed,
        script=checked.script or "",
        platform=checked.request.platform,
        project=checked.request.project,
        notes=checked.request.notes,
        stem=prepared.stem,
        spec=space.model_dump(mode="json", exclude={"seed"}),
        num_trials=prepared.num_tasks,
        config_text=checked.config.text(),
        created_at=utc_now(),
    )


def _search_record(search: Search, number: int, trial: PreviewTrial) -> SearchRecord:
    fields = search.model_dump(include=set(SearchRecord.model_fields))
    return SearchRecord(**fields, trial_number=number, trial_params=trial.params)
