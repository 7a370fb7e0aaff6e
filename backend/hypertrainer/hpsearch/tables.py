"""What the database keeps of searches: their facts, and what tables show of them.

`search_fact` is the truth; `trial`, and the counters of `search`, repeat it for queries and change
only in the transaction that adds the fact.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, false
from sqlmodel import Field, SQLModel

from hypertrainer.clock import utc_now
from hypertrainer.database import UtcDateTime
from hypertrainer.hpsearch.facts import Origin, TrialState
from hypertrainer.hpsearch.statuses import SearchStatus

CLUSTERED = {"sqlite_with_rowid": False}  # rows live in the primary key: read in order, at once


def _default(value: str) -> dict[str, Any]:
    return {"server_default": value}


class Search(SQLModel, table=True):
    """One hyperparameter search."""

    __tablename__ = "search"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: int | None = Field(default=None, primary_key=True)
    uuid: str = Field(unique=True)
    name: str
    stem: str = Field(default="", sa_column_kwargs=_default(""))  # tasks: STEM_DESC_NUMBER
    algorithm: str
    n_trials: int  # 0: as many as the budget allows
    seed: int  # drawn once when the YAML has none, so that every search can be repeated
    status: str = SearchStatus.RUNNING
    reason: str = Field(default="", sa_column_kwargs=_default(""))
    script: str
    platform: str
    project: str = ""
    notes: str = ""
    tags: list[str] = Field(default_factory=list, sa_type=JSON, sa_column_kwargs=_default("[]"))
    spec: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)  # spec.Spec, as it is now
    # How a task is launched on each of its platforms (places.PlacePlan), as it is now.
    places: list[dict[str, Any]] = Field(
        default_factory=list, sa_type=JSON, sa_column_kwargs=_default("[]")
    )
    config_text: str = ""  # the YAML as submitted, overrides applied
    optuna_version: str = Field(default="", sa_column_kwargs=_default(""))
    last_seq: int = Field(default=0, sa_column_kwargs=_default("0"))  # of its newest fact
    # Counts the changes of its trials' rows: what changed since is what has a higher number.
    changes: int = Field(default=0, sa_column_kwargs=_default("0"))
    # No further trial is started, `reason` says why; it is over when the active ones are.
    is_closed: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    num_trials: int = Field(default=0, sa_column_kwargs=_default("0"))  # so many were asked for
    epochs: int = Field(default=0, sa_column_kwargs=_default("0"))  # reported by all tasks
    cost: float = Field(default=0.0, sa_column_kwargs=_default("0"))
    best_value: float | None = None
    best_number: int | None = None
    paused_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    paused_seconds: float = Field(default=0.0, sa_column_kwargs=_default("0"))
    is_archived: bool = False
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SearchFact(SQLModel, table=True):
    """One fact of a search; see `facts.Fact`. `value` is null where the number is not finite."""

    __tablename__ = "search_fact"
    __table_args__ = (CLUSTERED,)

    search_id: int = Field(primary_key=True, foreign_key="search.id", ondelete="CASCADE")
    seq: int = Field(primary_key=True)
    kind: str
    number: int | None = None
    epoch: int | None = None
    value: float | None = None
    data: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class Trial(SQLModel, table=True):
    """One point of a search, as tables show it."""

    __tablename__ = "trial"
    __table_args__ = (
        Index("uq_trial_search_number", "search_id", "number", unique=True),
        Index("ix_trial_state", "state", "search_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    search_id: int = Field(foreign_key="search.id", ondelete="CASCADE")
    number: int
    params: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)  # values by dotted path
    inactive: list[str] = Field(default_factory=list, sa_type=JSON)  # parameters not in use
    state: str = TrialState.RUNNING
    origin: str = Origin.SAMPLER
    platform: str = ""
    bracket: int = 0
    objectives: list[float] | None = Field(default=None, sa_type=JSON)
    constraints: dict[str, float] = Field(default_factory=dict, sa_type=JSON)
    reason: str = ""
    last_value: float | None = None  # of the metric that early stopping, or else the search, sees
    epochs: int = 0  # reported by its tasks
    cost: float = 0.0
    changed_seq: int = 0  # the search's `changes` when this row last changed; not a fact's number
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


def saved_trial_id(trial: Trial) -> int:
    """The id of a trial that was flushed."""
    if trial.id is None:
        raise RuntimeError(f"trial {trial.number} was not saved yet")
    return trial.id


def saved_search_id(search: Search) -> int:
    """The id of a search that was flushed."""
    if search.id is None:
        raise RuntimeError(f"search {search.uuid} was not saved yet")
    return search.id


class TrialTask(SQLModel, table=True):
    """A task of a trial: one, or one for each repeat."""

    __tablename__ = "trial_task"
    __table_args__ = (Index("uq_trial_task_trial_repeat", "trial_id", "repeat", unique=True),)

    task_id: int = Field(primary_key=True, foreign_key="task.id", ondelete="CASCADE")
    trial_id: int = Field(foreign_key="trial.id", ondelete="CASCADE")
    repeat: int = 0
    retries: int = 0  # further attempts that the search itself made
    values: list[float] | None = Field(default=None, sa_type=JSON)  # this task's, once it ended
