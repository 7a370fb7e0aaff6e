"""HTTP bodies of the server itself: health, platforms, files, sessions."""

import json
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, StringConstraints

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


class HostKeyRead(BaseModel):
    """A key that a host showed and nobody has accepted; `is_changed`: another one was before."""

    host: str
    algorithm: str
    fingerprint: str
    is_changed: bool


class GpuRead(BaseModel):
    """A GPU as its driver described it at the last check; null where it does not say."""

    machine: str
    device: str
    name: str
    load_percent: float | None
    used_bytes: int | None
    memory_bytes: int | None


class CheckRead(BaseModel):
    """How a place is, and what the last look at it found.

    `host_key` is a key that has to be accepted before the place can be reached.
    """

    condition: ConditionKind
    why: str
    problems: list[ProblemRead]
    facts: dict[str, str]
    host_key: HostKeyRead | None
    gpus: list[GpuRead]
    checked_at: datetime | None


class PlatformRead(CheckRead):
    """A place where tasks run. `settings` are as platforms.yaml has them.

    `num_waiting` counts tasks in our own queue, `num_queued` those handed over that have not
    started. `poll_seconds` is the slowest pace of polls, `poll_floor_seconds` the least pause.
    """

    name: str
    type: str
    settings: dict[str, JsonValue]
    last_poll_at: datetime | None
    next_poll_at: datetime | None
    calls_per_hour: int | None
    poll_seconds: float | None
    poll_floor_seconds: float | None
    slots: SlotsRead | None
    num_waiting: int
    num_queued: int
    num_running: int


class PlatformTypeRead(BaseModel):
    """A type of platform; `schema` is the JSON Schema of the settings that it takes."""

    model_config = ConfigDict(populate_by_name=True)

    type: str
    title: str
    description: str
    settings_schema: Annotated[dict[str, JsonValue], Field(alias="schema")]


class PlatformTypeList(BaseModel):
    """All types of platforms there are."""

    items: list[PlatformTypeRead]


def _writable(settings: dict[str, JsonValue]) -> dict[str, JsonValue]:
    try:
        json.dumps(settings, allow_nan=False, ensure_ascii=False).encode()
    except ValueError as error:
        raise ValueError("half of a character, or a number that is none") from error
    return settings


class PlatformUpdate(BaseModel):
    """What platforms.yaml is to say of a platform."""

    model_config = ConfigDict(extra="forbid")

    type: Annotated[str, StringConstraints(min_length=1, max_length=50)]
    settings: Annotated[dict[str, JsonValue], AfterValidator(_writable)] = {}


class PlatformCreate(PlatformUpdate):
    """A platform to be added to platforms.yaml."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=50)]


class PlatformDraft(PlatformUpdate):
    """A platform that need not be in platforms.yaml, to be looked at."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=50)] | None = None


class HostKeyAccept(BaseModel):
    """The fingerprint of a host key that a check has shown within the last hour."""

    model_config = ConfigDict(extra="forbid")

    fingerprint: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class DraftHostKeyAccept(PlatformUpdate, HostKeyAccept):
    """The fingerprint that a check of these settings has shown within the last hour."""


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
