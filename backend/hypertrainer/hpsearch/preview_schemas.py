"""HTTP bodies of what a submission would create."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from hypertrainer.error_body import FieldError


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
    num_tasks: int
    trials: list[PreviewTrial]
    platforms: list[str]
    config_text: str
    problems: list[FieldError]
    warnings: list[FieldError]
