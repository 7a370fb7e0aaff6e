"""`task.json`: everything the database knows of a task that its other files do not tell.

Only what can be put back into the database is a record: unknown words and zero bytes are refused.
"""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
)

from hypertrainer.tasks.statuses import AttemptState, StopBy, TaskStatus

RECORD_VERSION = 1


def _stored(text: str) -> str:
    if "\0" in text:
        raise ValueError("has a NUL character, which no database stores")
    return text


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


Text = Annotated[str, AfterValidator(_stored)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]{0,14}$")]
Moment = Annotated[datetime, AfterValidator(_aware)]


class AttemptRecord(BaseModel):
    """One attempt in `task.json`."""

    model_config = ConfigDict(extra="ignore")

    number: int
    key: Key
    state: AttemptState
    job_id: Text | None = None
    host: Text | None = None
    machine: Text = ""
    gpus: list[Text] = []
    cpus: int | None = None
    is_automatic: bool = False
    exit_code: int | None = None
    signal: Text | None = None
    outcome: TaskStatus | None = None
    reason: Text = ""
    created_at: Moment
    intent_at: Moment | None = None
    submitted_at: Moment | None = None
    started_at: Moment | None = None
    ended_at: Moment | None = None
    stop_requested_at: Moment | None = None
    stop_by: StopBy | None = None
    checkpoint_sent_at: Moment | None = None
    term_sent_at: Moment | None = None
    kill_after: Moment | None = None
    kill_sent_at: Moment | None = None


class SearchRecord(BaseModel):
    """The search that a task belongs to, repeated in each of its tasks' `task.json`."""

    model_config = ConfigDict(extra="ignore")

    id: int | None = None
    uuid: Text
    trial_number: int
    trial_params: dict[str, Any]
    repeat: int = 0
    name: Text
    stem: Text = ""
    algorithm: Text
    n_trials: int
    seed: int
    spec: dict[str, Any] = Field(validation_alias=AliasChoices("spec", "space"))
    config_text: Text
    script: Text
    platform: Text
    project: Text = ""
    notes: Text = ""
    is_stopped: bool = False
    created_at: Moment
    ended_at: Moment | None = None


class TaskRecord(BaseModel):
    """`task.json`."""

    model_config = ConfigDict(extra="ignore")

    version: int = RECORD_VERSION
    uuid: Text
    id: int | None
    name: Text
    script: Text
    config: Text | None = None
    platform: Text
    project: Text = ""
    tags: list[Text] = []
    notes: Text = ""
    status: TaskStatus
    reason: Text = ""
    is_archived: bool = False
    cloned_from: int | None = None
    created_at: Moment
    last_seen_at: Moment | None = None
    launch: dict[str, Any]
    remote_path: Text | None = None
    attempts: list[AttemptRecord] = []
    search: SearchRecord | None = None
