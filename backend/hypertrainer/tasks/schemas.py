"""HTTP bodies of tasks. Output fields have no defaults, so that clients see no optional fields."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from hypertrainer.tasks.statuses import AttemptState, TaskStatus

MAX_NAME_LENGTH = 200
LINE = r"^[^\x00-\x1f\x7f]*$"  # no control characters; PostgreSQL stores no zero byte at all
Name = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=MAX_NAME_LENGTH, pattern=LINE
    ),
]
ProjectName = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100, pattern=LINE)]
Tag = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=60, pattern=r"^[^,\x00-\x1f\x7f]+$"
    ),
]
Notes = Annotated[str, StringConstraints(max_length=100_000, pattern=r"^[^\x00]*$")]
RelativePath = Annotated[str, StringConstraints(min_length=1, max_length=1_000)]
ConfigText = Annotated[str, StringConstraints(max_length=1_048_576)]
TaskId = Annotated[int, Field(ge=1, le=2**31 - 1)]


class TaskProgress(BaseModel):
    """How far a run is. Seconds are estimates from recent intervals; null while unknown."""

    epoch: int | None
    num_epochs: int | None
    phase: str | None
    iteration: int | None
    iterations_per_epoch: int | None
    fraction: float | None
    epoch_seconds: float | None
    epoch_remaining_seconds: float | None
    total_remaining_seconds: float | None


class MetricValues(BaseModel):
    """One metric of one task, for tables."""

    first: float | None
    last: float | None
    min: float | None
    max: float | None
    min_epoch: float | None
    max_epoch: float | None
    count: int
    is_classwise: bool


class TaskRead(BaseModel):
    """A task, as every list and page shows it.

    `remote_path` is its folder on its platform where `output_path` only mirrors it, and
    `is_mirrored` whether nothing of it is left to fetch.
    """

    id: int
    uuid: str
    name: str
    script: str
    config: str | None
    platform: str
    host: str | None
    job_id: str | None
    project: str
    tags: list[str]
    notes: str
    status: TaskStatus
    reason: str
    exit_code: int | None
    signal: str | None
    is_archived: bool
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    last_seen_at: datetime | None
    output_path: str
    remote_path: str | None
    is_mirrored: bool
    search_id: int | None
    cloned_from: int | None
    num_attempts: int
    is_stopping: bool
    progress: TaskProgress | None
    params: dict[str, Any]
    metrics: dict[str, MetricValues]


class TaskSubmit(BaseModel):
    """What to launch. Exactly one of `config` (a path on $HYPERTRAINER_PATH) and `config_text`."""

    model_config = ConfigDict(extra="forbid")

    script: RelativePath | None = None
    config: RelativePath | None = None
    config_text: ConfigText | None = None
    overrides: dict[str, Any] = Field(default_factory=dict, max_length=1_000)
    platform: str = Field(default="local", max_length=100)
    project: ProjectName = ""
    name: Name | None = None
    tags: list[Tag] = Field(default_factory=list, max_length=50)
    notes: Notes = ""


class TaskClone(BaseModel):
    """Run a task again, edited, anywhere. What is left out is the original's."""

    model_config = ConfigDict(extra="forbid")

    script: RelativePath | None = None
    config_text: ConfigText | None = None
    overrides: dict[str, Any] = Field(default_factory=dict, max_length=1_000)
    platform: str | None = Field(default=None, max_length=100)
    project: ProjectName | None = None
    name: Name | None = None
    tags: list[Tag] | None = Field(default=None, max_length=50)
    notes: Notes | None = None


class TaskUpdate(BaseModel):
    """What a user may change of a task at any time."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    project: ProjectName | None = None
    tags: list[Tag] | None = Field(default=None, max_length=50)
    notes: Notes | None = None


class SearchRef(BaseModel):
    """The search that a submission became."""

    id: int
    uuid: str
    name: str
    n_trials: int


class TaskSubmitted(BaseModel):
    """What a submission created."""

    tasks: list[TaskRead]
    search: SearchRef | None


class TaskIds(BaseModel):
    """The tasks that an action is for."""

    model_config = ConfigDict(extra="forbid")

    ids: Annotated[list[TaskId], Field(min_length=1, max_length=10_000)]


class TaskTagging(TaskIds):
    """Tags to add to, and remove from, every task named; a project to move them to."""

    add: list[Tag] = Field(default_factory=list, max_length=50)
    remove: list[Tag] = Field(default_factory=list, max_length=50)
    project: ProjectName | None = None


class ActionResult(BaseModel):
    """What an action did to one task."""

    id: int
    ok: bool
    code: str
    message: str


class ActionResults(BaseModel):
    """What an action did, task by task: one bad id fails alone."""

    results: list[ActionResult]


class AttemptRead(BaseModel):
    """One submission of a task to its platform.

    `machine` is the one of a pool that it was given to, or empty; `is_automatic`: nobody asked
    for it, the end of the one before did.
    """

    number: int
    key: str
    state: AttemptState
    is_automatic: bool
    job_id: str | None
    host: str | None
    machine: str
    gpus: list[str]
    exit_code: int | None
    signal: str | None
    outcome: TaskStatus | None
    reason: str
    created_at: datetime
    submitted_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    stop_requested_at: datetime | None


class AttemptList(BaseModel):
    """All attempts of a task, oldest first."""

    items: list[AttemptRead]


class TaskEnvironment(BaseModel):
    """What the script ran in, as recorded when it was launched; null where it could not be told."""

    recorded_at: datetime | None
    git: dict[str, Any] | None
    python: dict[str, Any] | None
    packages: dict[str, str]
    machine: dict[str, Any] | None


class ProjectRead(BaseModel):
    """A project: a name that tasks share."""

    name: str
    num_tasks: int
    num_active: int
    last_created_at: datetime | None


class ProjectList(BaseModel):
    """All projects that any task names."""

    items: list[ProjectRead]


class TagRead(BaseModel):
    """A tag, and how many tasks have it."""

    tag: str
    num_tasks: int


class TagList(BaseModel):
    """All tags in use."""

    items: list[TagRead]


class ColumnRead(BaseModel):
    """One parameter or metric that tasks have, for the column picker and filters."""

    kind: Literal["param", "metric"]
    name: str
    num_tasks: int


class ColumnList(BaseModel):
    """The catalogue of parameters and metrics."""

    items: list[ColumnRead]


class StatusCount(BaseModel):
    """How many tasks of the filter have one status."""

    status: TaskStatus
    num_tasks: int


class StatusCountList(BaseModel):
    """The filter's tasks counted by status."""

    items: list[StatusCount]
    total: int


class TaskIdList(BaseModel):
    """Ids of tasks, newest first."""

    ids: list[int]
