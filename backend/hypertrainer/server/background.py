"""What the server's pages ask of the background work, wherever that is."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from fastapi import Request

from hypertrainer.platforms.base import ConditionKind


class LoopState(Protocol):
    """How one loop is doing."""

    @property
    def last_success_at(self) -> datetime | None: ...
    @property
    def last_error(self) -> str | None: ...
    @property
    def consecutive_failures(self) -> int: ...


class PollState(Protocol):
    """How the polling of one platform is doing."""

    @property
    def condition(self) -> ConditionKind: ...
    @property
    def why(self) -> str: ...
    @property
    def condition_at(self) -> datetime | None: ...
    @property
    def last_poll_at(self) -> datetime | None: ...
    @property
    def next_poll_at(self) -> datetime | None: ...
    @property
    def calls_per_hour(self) -> int: ...


class Background(Protocol):
    """All the background work of an application."""

    def health(self) -> Mapping[str, LoopState]:
        """The loops, by name."""

    def platform_states(self) -> Mapping[str, PollState]:
        """The platforms' polling, by the platform's name."""


def find_background(request: Request) -> Background | None:
    """The background work of the application that serves this; None where it has none."""
    background: Background | None = request.app.state.background
    return background
