"""What the database keeps of searches: a row per search, and a trial row per task."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from hypertrainer.clock import utc_now
from hypertrainer.database import UtcDateTime
from hypertrainer.hpsearch.statuses import SearchStatus


class Search(SQLModel, table=True):
    """One hyperparameter search."""

    __tablename__ = "search"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: int | None = Field(default=None, primary_key=True)
    uuid: str = Field(unique=True)
    name: str
    algorithm: str
    n_trials: int
    seed: int  # drawn once when the YAML has none, so that every search can be repeated
    status: str = SearchStatus.RUNNING
    script: str
    platform: str
    project: str = ""
    notes: str = ""
    space: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)  # normalised, as validated
    config_text: str = ""  # the YAML as submitted, overrides applied
    is_archived: bool = False
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Trial(SQLModel, table=True):
    """One point of a search; it has one task."""

    __tablename__ = "trial"
    __table_args__ = (Index("uq_trial_search_number", "search_id", "number", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    search_id: int = Field(foreign_key="search.id", ondelete="CASCADE")
    number: int
    task_id: int | None = Field(
        default=None, foreign_key="task.id", ondelete="SET NULL", unique=True
    )
    params: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
