"""HTTP bodies of the server itself: health, platforms, files, sessions."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from hypertrainer.platforms.base import ConditionKind


class SessionCreate(BaseModel):
    """The access token, to be exchanged for a cookie."""

    model_config = ConfigDict(extra="forbid")

    token: Annotated[str, StringConstraints(min_length=1, max_length=1_000)]


class LoopRead(BaseModel):
    """One background loop. `last_error` is told to those who bring the token only."""

    status: Literal["starting", "ok", "failing"]
    last_success_at: datetime | None
    last_error: str | None
    consecutive_failures: int


class HealthRead(BaseModel):
    """The server's health: `failing` without its database, `degraded` while a loop fails."""

    status: Literal["ok", "degraded", "failing"]
    version: str
    database: Literal["ok", "failing"]
    loops: dict[str, LoopRead]


class ProblemRead(BaseModel):
    """Something wrong with a platform, and what to do about it."""

    message: str
    remedy: str


class SlotsRead(BaseModel):
    """The places of a queue of our own."""

    total: int
    used: int


class PlatformRead(BaseModel):
    """A place where tasks run. `facts` and `problems` are what the last check found."""

    name: str
    type: str
    condition: ConditionKind
    why: str
    problems: list[ProblemRead]
    facts: dict[str, str]
    checked_at: datetime | None
    last_poll_at: datetime | None
    next_poll_at: datetime | None
    slots: SlotsRead | None
    num_queued: int
    num_running: int


class PlatformList(BaseModel):
    """All platforms, in the order of `platforms.yaml`; `problem` where that file is broken now."""

    items: list[PlatformRead]
    problem: str | None


class FileRead(BaseModel):
    """A script or config on $HYPERTRAINER_PATH. `path` is relative to its `folder`."""

    path: str
    folder: str
    size: int
    modified_at: datetime


class FileList(BaseModel):
    """What $HYPERTRAINER_PATH holds. `total` counts what was found before the limit."""

    items: list[FileRead]
    total: int


class FileContent(BaseModel):
    """A config's text. `path` is relative to its `folder`."""

    path: str
    folder: str
    text: str
