"""What the commands of queues answer: lines, listed jobs, and the words of refused submissions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from hypertrainer.platforms.base import (
    Ambiguous,
    EndCause,
    JobState,
    Observation,
    Rejected,
    SubmitOutcome,
)
from hypertrainer.platforms.schedulers.base import Evidence
from hypertrainer.platforms.transports.base import ExecResult

# Which of several jobs of one key is likelier the one that counts.
ACTIVE_STATES = (JobState.RUNNING, JobState.STOPPING, JobState.QUEUED, JobState.UNKNOWN)


class AnswerKind(StrEnum):
    """What it means that a submission failed."""

    BUSY = "busy"  # surely not submitted; may be accepted later
    DOUBTFUL = "doubtful"  # it may have been accepted
    REFUSED = "refused"  # surely not submitted, and never will be


@dataclass(frozen=True, slots=True)
class Answer:
    """A failed submission's words, as a regular expression, and what they mean for the user."""

    words: str
    kind: AnswerKind
    hint: str = ""


@dataclass(frozen=True, slots=True)
class ListedJob:
    """One job as the queue lists it. Several may bear one key: a late twin, or an old one."""

    key: str
    job_id: str
    state: JobState
    raw_state: str
    reason: str = ""
    cause: EndCause | None = None
    exit_code: int | None = None
    host: str = ""


def answer_lines(result: ExecResult) -> Iterator[tuple[str, str, str]]:
    """The lines `ht KEY WORD REST` of an answer, whatever else is printed around them."""
    for line in result.output.split("\n"):
        mark, _, answer = line.rstrip("\r").partition(" ")
        key, _, told = answer.partition(" ")
        word, _, rest = told.partition(" ")
        if mark == "ht" and key and word:
            yield key, word, rest.strip()


def known_ids(job: Evidence) -> Sequence[str]:
    """The ids that a job is known to have had, the surest first."""
    ids = (job.owner, job.start.job_id if job.start else None, job.accepted, job.handle.job_id)
    return list(dict.fromkeys(job_id for job_id in ids if job_id))


def choose(job: Evidence, found: Sequence[ListedJob]) -> ListedJob | None:
    """Which of the jobs that bear an attempt's key is the attempt's.

    The one that claimed the folder, and none but it. Before there is a claim: the one that we know,
    unless it has ended and another may still start.
    """
    if job.owner:
        return next((listed for listed in reversed(found) if listed.job_id == job.owner), None)
    known = known_ids(job)

    def rank(listed: ListedJob) -> tuple[int, bool]:
        is_active = listed.state in ACTIVE_STATES
        urgency = ACTIVE_STATES.index(listed.state) if is_active else len(ACTIVE_STATES)
        is_ours = listed.job_id in known
        return (-1 if is_ours and is_active else urgency, not is_ours)

    return min(reversed(found), key=rank, default=None)


def outcome_of(answer: Answer, said: str) -> SubmitOutcome:
    """What a failed submission comes to; `said` are its words."""
    reason = f"{said} {answer.hint}".strip() if said.endswith(".") else f"{said}. {answer.hint}"
    reason = reason.strip()
    match answer.kind:
        case AnswerKind.BUSY:
            return Rejected(reason, is_retryable=True)
        case AnswerKind.DOUBTFUL:
            return Ambiguous(reason)
        case AnswerKind.REFUSED:
            return Rejected(reason)


def observation_of(job: Evidence, listed: ListedJob | None) -> Observation:
    """What a complete list says of a job; None: it is not on it."""
    if listed is None:
        return Observation(
            JobState.ABSENT, "gone", "the queue knows of no such job", start=job.start
        )
    return Observation(
        listed.state,
        listed.raw_state,
        listed.reason,
        exit_code=listed.exit_code,
        cause=listed.cause,
        start=job.start,
    )
