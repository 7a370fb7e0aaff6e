"""HTTP bodies of searches."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from hypertrainer.hpsearch.facts import Origin, TrialState
from hypertrainer.hpsearch.statuses import SearchStatus
from hypertrainer.tasks.schemas import ConfigText, Name, Notes, ProjectName
from hypertrainer.tasks.statuses import TaskStatus


class ObjectiveRead(BaseModel):
    """What a search wants to make small or large."""

    metric: str
    direction: str
    summary: str
    target: float | None


class SearchRead(BaseModel):
    """A search, as lists show it.

    `n_trials` is 0 where only a budget limits it; `num_trials` were asked for so far. `seq` grows
    with everything that becomes known. `remaining_seconds` is an estimate from the trials so far.
    `cost` is null where no platform has a price. `paused_seconds` are those before `paused_at`:
    while it was paused, or over until somebody let it go on.
    """

    id: int
    uuid: str
    name: str
    algorithm: str
    n_trials: int
    seed: int
    status: SearchStatus
    reason: str
    script: str
    platform: str
    platforms: list[str]
    project: str
    notes: str
    objectives: list[ObjectiveRead]
    has_early_stopping: bool
    created_at: datetime
    ended_at: datetime | None
    paused_at: datetime | None
    paused_seconds: float
    seq: int
    num_trials: int
    num_active: int
    num_finished: int
    num_stopped: int
    num_failed: int
    num_cancelled: int
    epochs: int
    epochs_budget: int | None
    cost: float | None
    remaining_seconds: float | None
    best_value: float | None
    best_number: int | None
    best_task_id: int | None


class SearchDetail(SearchRead):
    """One search with all that it was made from. `spec` is the normal form of `hpsearch:`."""

    spec: dict[str, Any]
    config_text: str


class TrialTaskRead(BaseModel):
    """A task of a trial."""

    task_id: int
    repeat: int
    name: str
    status: TaskStatus
    values: list[float] | None


class TrialRead(BaseModel):
    """One point of a search, and the tasks that try it.

    `objectives` are in the order of the search's; `last_value` is the newest of the metric that
    early stopping looks at, or else the first objective's. `reason` says in words why it ended as
    it did. `task_id`, `task_name` and `task_status` are those of its first task.
    """

    number: int
    params: dict[str, Any]
    state: TrialState
    origin: Origin
    platform: str
    bracket: int
    objectives: list[float] | None
    is_feasible: bool
    reason: str
    last_value: float | None
    epochs: int
    cost: float
    changed_seq: int
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    task_id: int | None
    task_name: str | None
    task_status: TaskStatus | None
    tasks: list[TrialTaskRead]


class TrialList(BaseModel):
    """Trials of a search in the order they were asked for; `seq` is what to ask `since` next."""

    items: list[TrialRead]
    seq: int


class CurveRead(BaseModel):
    """One trial's metric, few points that draw the same picture."""

    number: int
    task_id: int
    points: list[tuple[float, float | None]]


class CurveList(BaseModel):
    """The learning curves of a search, of the first task of every trial."""

    metric: str
    items: list[CurveRead]


class RungEntry(BaseModel):
    """A trial's value at a rung. `rank` is from 1, the best; null where the value is not finite."""

    number: int
    value: float | None
    rank: int | None
    is_stopped: bool


class RungRead(BaseModel):
    """All values at one rung, best first."""

    bracket: int
    epoch: int
    entries: list[RungEntry]


class RungList(BaseModel):
    """The rungs of a search with early stopping, lowest first; none without it."""

    metric: str | None
    items: list[RungRead]


class ImportanceItem(BaseModel):
    """How much of the objective's variation one parameter explains; all together make 1."""

    path: str
    importance: float


class ImportanceRead(BaseModel):
    """Which parameters matter; `message` says why there are none."""

    evaluator: str
    objective: str | None
    num_trials: int
    items: list[ImportanceItem]
    message: str


class ParetoRead(BaseModel):
    """The trials that no other one beats in every objective, by number."""

    numbers: list[int]


class BestRead(BaseModel):
    """The best trial's config as YAML; `base_text` is the search's own, to compare with."""

    number: int
    task_id: int
    value: float
    config_text: str
    base_text: str


class ReplayDifference(BaseModel):
    """Where the recomputed search is not the recorded one."""

    seq: int
    number: int | None
    words: str


class ReplayRead(BaseModel):
    """What came of computing every suggestion and decision again."""

    is_equal: bool
    num_suggestions: int
    num_decisions: int
    differences: list[ReplayDifference]
    optuna_version: str
    recorded_optuna_version: str


class SearchEdit(BaseModel):
    """Changes to a search; what is left out stays.

    `config_text` is the whole YAML again, of which only `hpsearch:` may differ; `n_trials` and
    `max_concurrent` are short for that.
    """

    model_config = ConfigDict(extra="forbid")

    n_trials: Annotated[int | None, Field(ge=1, le=100_000)] = None
    max_concurrent: Annotated[int | None, Field(ge=1, le=100_000)] = None
    config_text: ConfigText | None = None
    name: Name | None = None
    project: ProjectName | None = None
    notes: Notes | None = None


class SearchExtend(BaseModel):
    """How many trials more."""

    model_config = ConfigDict(extra="forbid")

    n_trials: Annotated[int, Field(ge=1, le=100_000)]


class SearchStop(BaseModel):
    """Whether the active trials are cancelled; else they end by themselves."""

    model_config = ConfigDict(extra="forbid")

    cancel: bool = True
