"""HTTP bodies of what a submission would create."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from hypertrainer.error_body import FieldError
from hypertrainer.hpsearch.schemas import ObjectiveRead


class PreviewTrial(BaseModel):
    """One task that would be created."""

    name: str
    params: dict[str, Any]


class ResourcesRead(BaseModel):
    """What a task asks for, its platform's defaults included; null where the platform decides."""

    gpus: int | None
    gpu_type: str | None
    cpus: int | None
    memory_bytes: int | None
    time_seconds: int | None
    nodes: int | None
    partition: str | None
    account: str | None
    qos: str | None
    constraint: str | None
    raw: list[str]
    checkpoint_signal: str | None
    checkpoint_seconds: int
    resume_on: list[str]
    resume_limit: int


class CodeRead(BaseModel):
    """What would be brought to the platform along with the script: its folder."""

    folder: str
    num_files: int
    size_bytes: int
    digest: str


class ForecastProblem(BaseModel):
    """Why the platform would refuse a job, or never start it, and what to do about it."""

    message: str
    remedy: str


class ForecastRead(BaseModel):
    """What the platform's queue says of the first task; `starts_at` is its own estimate."""

    starts_at: datetime | None
    words: str
    problems: list[ForecastProblem]


class PlacePreview(BaseModel):
    """A platform of a search, and how many tasks of it there may be there at once."""

    platform: str
    max_concurrent: int | None


class SearchPreview(BaseModel):
    """A search before it begins.

    `algorithm` is what was written, `chosen` what the first trials come from where that is `auto`.
    With `follows_results` only the points in `trials` are known beforehand: the others follow from
    what earlier trials come to. `n_trials` is 0 where only a budget limits the search. What stops
    trials early, and what the search may use up, is said in words.
    """

    algorithm: str
    chosen: str
    follows_results: bool
    n_trials: int
    repeats: int
    max_concurrent: int | None
    objectives: list[ObjectiveRead]
    early_stopping: str | None
    budget: list[str]
    places: list[PlacePreview]


class TaskPreview(BaseModel):
    """What would be launched; nothing was written.

    `remote_root` is the folder on its platform that the task's own folder would be made in, and
    `code` what would be brought there; null where the output is local. `forecast` is null unless
    it was asked for and the platform has a queue to ask. `trials` are those that are known
    beforehand, the first 100 at most; `num_tasks` is 0 where only a budget limits the search.
    `platforms` are those of the search. `warnings` stop nobody.
    """

    script_path: str | None
    command: list[str]
    setup: list[str]
    remote_root: str | None
    code: CodeRead | None
    resources: ResourcesRead | None
    forecast: ForecastRead | None
    is_search: bool
    search: SearchPreview | None
    num_tasks: int
    trials: list[PreviewTrial]
    platforms: list[str]
    config_text: str
    problems: list[FieldError]
    warnings: list[FieldError]
