"""HTTP bodies of the server itself: health, platforms, files, sessions."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints


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
