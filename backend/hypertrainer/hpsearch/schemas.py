"""HTTP bodies of searches."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from hypertrainer.hpsearch.statuses import SearchStatus
from hypertrainer.tasks.statuses import TaskStatus


class SearchRead(BaseModel):
    """A search, as lists and pages show it."""

    id: int
    uuid: str
    name: str
    algorithm: str
    n_trials: int
    seed: int
    status: SearchStatus
    script: str
    platform: str
    project: str
    notes: str
    space: dict[str, Any]
    config_text: str
    created_at: datetime
    ended_at: datetime | None
    num_active: int
    num_finished: int
    num_failed: int


class TrialRead(BaseModel):
    """One point of a search, and the task that tries it."""

    number: int
    params: dict[str, Any]
    task_id: int | None
    task_name: str | None
    task_status: TaskStatus | None
    created_at: datetime


class TrialList(BaseModel):
    """All trials of a search, in the order they were drawn."""

    items: list[TrialRead]
