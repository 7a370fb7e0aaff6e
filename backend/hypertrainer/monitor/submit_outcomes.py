"""What a submission's outcome changes in the rows."""

from typing import Any

from hypertrainer.clock import utc_now
from hypertrainer.platforms.base import Ambiguous, Rejected, SubmitOutcome, Submitted
from hypertrainer.tasks.statuses import AttemptState, TaskStatus

Changes = tuple[dict[str, Any], dict[str, Any]]  # of the attempt, of the task


def changes_by(outcome: SubmitOutcome | None, number: int) -> Changes:
    """What an outcome changes; no outcome, or a doubtful one, is looked up later.

    Args:
        outcome: of the submission.
        number: of the attempt.
    """
    match outcome:
        case Submitted(job_id=job_id, host=host):
            known = {"job_id": job_id, "host": host}
            found = {"missing_since": None, "missing_count": 0}
            state = {"state": AttemptState.SUBMITTED, "submitted_at": utc_now()}
            return {**state, **known, **found}, known
        case Rejected(is_retryable=True, reason=reason):
            waits = {"status": TaskStatus.WAITING, "reason": f"Will be tried again: {reason}"}
            return {"state": AttemptState.QUEUED}, waits
        case Rejected(reason=reason):
            return never_started(reason, number)
        case Ambiguous(reason=reason):
            said = f"Looking up whether it was accepted: {reason}"
            return {"state": AttemptState.INTENT}, {"reason": said}
        case None:
            said = "Looking up whether it was accepted."
            return {"state": AttemptState.INTENT}, {"reason": said}


def never_started(reason: str, number: int) -> Changes:
    """The end of an attempt that was never launched; of a first one there is no output to fetch."""
    ended = {"reason": reason, "ended_at": utc_now()}
    status = TaskStatus.FAILED_TO_START
    of_task = {**ended, "status": status, **({"is_mirrored": True} if number == 1 else {})}
    return {**ended, "state": AttemptState.ENDED, "outcome": status}, of_task
