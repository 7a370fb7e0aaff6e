"""What the database keeps of tasks. An index: all of it can be rebuilt from the task folders.

Tables do not validate (SQLModel): HTTP bodies live in `schemas.py`.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, String, false, true
from sqlmodel import Field, SQLModel

from hypertrainer.clock import utc_now
from hypertrainer.database import UtcDateTime
from hypertrainer.tasks.statuses import AttemptState, TaskStatus

CLUSTERED = {"sqlite_with_rowid": False}  # rows live in the primary key: a third smaller, faster


class Task(SQLModel, table=True):
    """One run of a script with one config on one platform."""

    __tablename__ = "task"
    __table_args__ = (
        Index("ix_task_archived_id", "is_archived", "id"),
        Index("ix_task_created", "is_archived", "created_at", "id"),
        Index(  # covers the counts by status and by project
            "ix_task_list",
            "is_archived",
            "status",
            "project",
            "platform",
            "search_id",
            "created_at",
        ),
        Index("ix_task_status", "status"),
        Index("ix_task_search", "search_id"),
        {"sqlite_autoincrement": True},  # an id is never used twice, even after a deletion
    )

    id: int | None = Field(default=None, primary_key=True)
    uuid: str = Field(unique=True)
    name: str
    script: str  # as the user named it
    config: str | None = None  # the path on $HYPERTRAINER_PATH it came from; None: pasted
    platform: str
    project: str = ""
    notes: str = ""
    status: str = TaskStatus.WAITING
    reason: str = ""
    exit_code: int | None = None
    signal: str | None = None
    is_archived: bool = False
    host: str | None = None
    job_id: str | None = None
    output_path: str
    remote_path: str | None = None  # its folder there, of which `output_path` is the mirror here
    search_id: int | None = None  # no foreign key: searches stand above tasks
    cloned_from: int | None = None
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_seen_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    params: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    launch: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)  # see launch.LaunchPlan
    progress: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    unsaved_changes: int = Field(default=1, index=True)  # since task.json was written
    is_environment_recorded: bool = Field(default=False, index=True)
    is_output_collected: bool = Field(default=False, index=True)  # to the last byte, after its end
    # Whether nothing is left to fetch from `remote_path`; true where there is none.
    is_mirrored: bool = Field(default=True, sa_column_kwargs={"server_default": true()})


class Attempt(SQLModel, table=True):
    """One submission of a task to its platform. Resuming adds one."""

    __tablename__ = "attempt"
    __table_args__ = (
        Index("uq_attempt_task_number", "task_id", "number", unique=True),
        Index("ix_attempt_state", "state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="task.id", ondelete="CASCADE")
    number: int
    key: str = Field(sa_column=Column(String(15), unique=True, nullable=False))
    state: str = AttemptState.QUEUED
    job_id: str | None = None
    host: str | None = None
    machine: str = Field(default="", sa_column_kwargs={"server_default": ""})  # of a pool
    gpus: list[str] = Field(default_factory=list, sa_type=JSON)
    cpus: int | None = None
    is_automatic: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    exit_code: int | None = None
    signal: str | None = None
    outcome: str | None = None  # the task status it ended with
    reason: str = ""
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    intent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    submitted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # Stopping: checkpoint, TERM, grace, KILL. Deadlines stand here so that they survive the server.
    stop_requested_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    stop_by: str | None = None  # StopBy
    checkpoint_sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    term_sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    kill_after: datetime | None = Field(default=None, sa_type=UtcDateTime)
    kill_sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # Doubt: how long, and in how many complete reports, there was no trace of the job.
    missing_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    missing_count: int = 0


class AbandonedFolder(SQLModel, table=True):
    """A folder on a platform whose task is deleted: to be deleted there, whenever it answers."""

    __tablename__ = "abandoned_folder"

    id: int | None = Field(default=None, primary_key=True)
    platform: str = Field(index=True)
    path: str
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class TaskTag(SQLModel, table=True):
    """One tag of one task."""

    __tablename__ = "task_tag"
    __table_args__ = (Index("ix_task_tag_tag", "tag"), CLUSTERED)

    task_id: int = Field(primary_key=True, foreign_key="task.id", ondelete="CASCADE")
    tag: str = Field(primary_key=True)


class TaskParam(SQLModel, table=True):
    """One scalar of a task's config by dotted path: parameters sort and filter by index."""

    __tablename__ = "task_param"
    __table_args__ = (
        Index("ix_task_param_number", "path", "number", "text", "task_id"),  # without: by text
        Index("ix_task_param_text", "path", "text", "task_id"),
        CLUSTERED,
    )

    task_id: int = Field(primary_key=True, foreign_key="task.id", ondelete="CASCADE")
    path: str = Field(primary_key=True)
    number: float | None = None  # booleans as 0 and 1
    text: str | None = None


class MetricSummary(SQLModel, table=True):
    """A metric's summary for tables; the metric file is the store. Values are finite or null."""

    __tablename__ = "metric_summary"
    __table_args__ = (
        Index("ix_metric_summary_last", "name", "last", "task_id"),
        Index("ix_metric_summary_min", "name", "min", "task_id"),
        Index("ix_metric_summary_max", "name", "max", "task_id"),
        CLUSTERED,
    )

    task_id: int = Field(primary_key=True, foreign_key="task.id", ondelete="CASCADE")
    name: str = Field(primary_key=True)
    is_classwise: bool = False
    classes: list[str] = Field(default_factory=list, sa_type=JSON)
    count: int = 0
    first: float | None = None
    last: float | None = None
    min: float | None = None
    max: float | None = None
    min_epoch: float | None = None
    max_epoch: float | None = None
    bad_lines: int = 0


class OutputFile(SQLModel, table=True):
    """How far one metric or progress file was read, and its parser's state, in one row."""

    __tablename__ = "output_file"

    task_id: int = Field(primary_key=True, foreign_key="task.id", ondelete="CASCADE")
    name: str = Field(primary_key=True)
    state: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
