"""Another attempt at a task that has ended: asked for, or made by itself after certain ends."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.platforms.base import EndCause
from hypertrainer.tasks.launch import LaunchPlan
from hypertrainer.tasks.lifecycle import AttemptFacts
from hypertrainer.tasks.statuses import TaskStatus
from hypertrainer.tasks.tables import Attempt, Task

RESUMABLE = frozenset({TaskStatus.TIMED_OUT, TaskStatus.PREEMPTED, TaskStatus.CRASHED})
AFTER = {
    EndCause.TIMED_OUT: "its time limit",
    EndCause.PREEMPTED: "a preemption",
    EndCause.NODE_FAILED: "its machine failed",
    EndCause.OUT_OF_MEMORY: "it ran out of memory",
}


def waiting_again(task: Task, reason: str = "") -> Mapping[str, Any]:
    """What a task is while another attempt at it waits: its end is forgotten, its start is not."""
    return {
        "status": TaskStatus.WAITING,
        "reason": reason,
        **dict.fromkeys(("exit_code", "signal", "ended_at", "host", "job_id")),
        "is_environment_recorded": False,
        "is_output_collected": False,
        "is_mirrored": task.remote_path is None,
    }


def find_reason(task: Task, facts: AttemptFacts) -> str | None:
    """After what an attempt that has just ended is to be followed by another; None: by none."""
    if facts.cause is None or facts.stop_by is not None or facts.status not in RESUMABLE:
        return None
    is_wanted = facts.cause in LaunchPlan.model_validate(task.launch).resume_on
    return AFTER.get(facts.cause) if is_wanted else None


async def count_automatic(session: AsyncSession, task: Task) -> int:
    """How many attempts at a task were made by themselves."""
    query = select(func.count()).where(
        col(Attempt.task_id) == task.id, col(Attempt.is_automatic).is_(True)
    )
    return (await session.exec(query)).one()


def resumed_words(after: str, number: int, limit: int) -> str:
    """Why a task waits again."""
    return f"Resumed automatically after {after} ({number} of {limit})."


def exhausted_words(count: int) -> str:
    """What is added to the reason of an end that is not followed by another attempt any more."""
    times = "once" if count == 1 else f"{count} times"
    return f" It was resumed automatically {times} already, which is its limit."
