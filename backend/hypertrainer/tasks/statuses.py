"""The words for how far a task, or one attempt at it, has come."""

from enum import StrEnum


class TaskStatus(StrEnum):
    """A task's status, always derived from evidence; see `lifecycle.py`."""

    WAITING = "waiting"  # for a slot
    SUBMITTING = "submitting"  # handed to the platform, not started yet
    RUNNING = "running"
    FINISHED = "finished"  # exit code 0
    CRASHED = "crashed"
    CANCELLED = "cancelled"
    PRUNED = "pruned"  # stopped early by its search
    FAILED_TO_START = "failed_to_start"
    TIMED_OUT = "timed_out"
    PREEMPTED = "preempted"
    LOST = "lost"  # no trace left; re-opens when evidence appears

    @property
    def is_active(self) -> bool:
        return self in ACTIVE_STATUSES


ACTIVE_STATUSES = frozenset({TaskStatus.WAITING, TaskStatus.SUBMITTING, TaskStatus.RUNNING})


class AttemptState(StrEnum):
    """How far an attempt has come."""

    QUEUED = "queued"  # waits for a slot of our own queue
    INTENT = "intent"  # committed before the platform is told; in doubt after a crash
    SUBMITTED = "submitted"  # the platform gave a job id
    RUNNING = "running"  # its start record was seen
    ENDED = "ended"

    @property
    def is_on_platform(self) -> bool:
        return self in ON_PLATFORM_STATES


ON_PLATFORM_STATES = frozenset({AttemptState.INTENT, AttemptState.SUBMITTED, AttemptState.RUNNING})


class StopBy(StrEnum):
    """Who asked for a stop; it decides the status at the end."""

    USER = "user"
    SEARCH = "search"
