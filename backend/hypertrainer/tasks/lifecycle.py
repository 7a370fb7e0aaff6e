"""The resolver: from the evidence about an attempt to its task's status. Pure and monotone.

The table, first row that applies (`resolve` below follows it line by line):

| exit record     | platform says            | then                                              |
|-----------------|--------------------------|---------------------------------------------------|
| any             | queued, and it had run   | submitting: its queue took it back (requeued)     |
| code None       | any                      | cancelled if a stop was asked, else failed_to_start |
| code, signal    | any; a stop was asked    | cancelled (pruned where a search asked)           |
| code            | cancelled; a stop asked  | the same                                          |
| code            | timed out, preempted …   | that cause, the code kept                         |
| not 0, told to checkpoint | any            | timed out: it saved before its time was over      |
| 0               | any                      | finished                                          |
| 126, 127        | any; nothing was written | failed_to_start                                   |
| other           | any                      | crashed                                           |
| none            | ended; a stop was asked  | cancelled                                         |
| none            | ended, with a cause      | by cause                                          |
| none            | ended; it never started  | after a while: by code, without one failed_to_start |
| none            | ended                    | by code                                           |
| none            | absent; KILL was sent    | cancelled                                         |
| none            | absent, with a cause     | by cause (a restarted machine is a failed one)    |
| none            | absent, with a code      | after a while: by code                            |
| none            | absent, complete reports | lost, after enough reports and time               |
| none            | running                  | running                                           |
| none            | queued; no start shows   | submitting; unchanged if it is known to have run  |
| none            | unknown, or not asked    | unchanged                                         |

A queue that says `queued` of a job with a start record took it back, or was asked just before it
began; the next report tells. The exit record of the earlier run may lie there meanwhile, and is not
looked at. Only so does an attempt ever go back.

Final is final, except `lost`, which re-opens when evidence appears.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hypertrainer.platforms.base import (
    EndCause,
    ExitRecord,
    JobState,
    Observation,
    StartRecord,
)
from hypertrainer.tasks.outcomes import (
    NEVER_SEEN,
    Outcome,
    by_cause,
    by_code,
    full_name,
    signal_name,
    stopped,
)
from hypertrainer.tasks.statuses import AttemptState, StopBy, TaskStatus

CHECKPOINTED = "it left at its checkpoint signal"
RECORD_TIME = timedelta(seconds=60)  # within which a network file system shows what was written


@dataclass(frozen=True, slots=True)
class AttemptFacts:
    """What was known of an attempt before the new evidence. `cause` is known from an end on."""

    state: AttemptState
    status: TaskStatus
    reason: str = ""
    exit_code: int | None = None
    signal: str | None = None
    host: str | None = None
    job_id: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    stop_by: StopBy | None = None
    kill_sent_at: datetime | None = None
    missing_since: datetime | None = None
    missing_count: int = 0
    cause: EndCause | None = None
    checkpoint_signal: str | None = None

    @property
    def is_over(self) -> bool:
        return self.state is AttemptState.ENDED and self.status is not TaskStatus.LOST


@dataclass(frozen=True, slots=True)
class Patience:
    """How much absence it takes to call a job lost: complete reports, and time since the first."""

    reports: int = 3
    time: timedelta = timedelta(seconds=300)


def resolve(
    facts: AttemptFacts, seen: Observation, now: datetime, patience: Patience
) -> AttemptFacts:
    """The attempt's facts after one complete observation of it. Equal facts: nothing changed."""
    if facts.is_over:
        return facts
    is_new = _is_new(facts, seen.start)
    facts = _with_start(facts, seen.start)
    if seen.state is JobState.QUEUED:
        return _queued(facts, seen, is_new=is_new)
    if seen.exit is not None:
        return _ended(facts, seen, seen.exit)
    if seen.state is JobState.ENDED:
        return _ended_without_record(facts, seen, now, patience)
    if seen.state is JobState.ABSENT:
        return _absent(facts, seen, now, patience)
    return _alive(facts, seen, is_new=is_new)


def _is_new(facts: AttemptFacts, start: StartRecord | None) -> bool:
    return start is not None and (facts.started_at is None or start.at > facts.started_at)


def _with_start(facts: AttemptFacts, start: StartRecord | None) -> AttemptFacts:
    if start is None:
        return facts
    if _is_new(facts, start):
        return replace(facts, host=start.host, job_id=start.job_id, started_at=start.at)
    return replace(facts, host=facts.host or start.host, job_id=facts.job_id or start.job_id)


def _ended(facts: AttemptFacts, seen: Observation, record: ExitRecord) -> AttemptFacts:
    cause = seen.cause or record.cause or _checkpointed(facts, record)
    status, reason = _outcome(facts, seen, record, cause)
    return replace(
        facts,
        state=AttemptState.ENDED,
        status=status,
        reason=reason,
        exit_code=record.code,
        signal=signal_name(record.code) or full_name(record.signal),
        ended_at=record.at,
        missing_since=None,
        missing_count=0,
        cause=cause,
    )


def _checkpointed(facts: AttemptFacts, record: ExitRecord) -> EndCause | None:
    """A program that leaves at its checkpoint signal is not done, unless it says so by a 0."""
    was_told = record.signal is not None and record.signal == facts.checkpoint_signal
    return EndCause.TIMED_OUT if was_told and record.code else None


def _outcome(
    facts: AttemptFacts, seen: Observation, record: ExitRecord, cause: EndCause | None
) -> Outcome:
    is_cancelled = cause is EndCause.CANCELLED
    if record.code is None:
        if facts.stop_by is not None:
            return stopped(facts.stop_by, "before it started")
        if is_cancelled:
            return by_cause(EndCause.CANCELLED, seen.reason)
        return TaskStatus.FAILED_TO_START, record.reason or "The command could not be started."
    if facts.stop_by is not None and (record.signal or facts.kill_sent_at or is_cancelled):
        return stopped(facts.stop_by, f"ended with exit code {record.code}")
    if cause is not None:
        return by_cause(cause, seen.reason if seen.cause or record.cause else CHECKPOINTED)
    return by_code(record.code, record.reason)


def _ended_without_record(
    facts: AttemptFacts, seen: Observation, now: datetime, patience: Patience
) -> AttemptFacts:
    is_certain = facts.stop_by is not None or seen.cause is not None
    if facts.started_at is None and not is_certain:
        facts = replace(facts, missing_since=facts.missing_since or now)
        if not _has_waited(facts, now, patience):
            return facts
    status, reason = _told_outcome(facts, seen)
    is_finished = (
        status is TaskStatus.FINISHED
    )  # queues give everything else a 0 that means nothing
    code = seen.exit_code if seen.exit_code or is_finished else None
    return replace(
        facts,
        state=AttemptState.ENDED,
        status=status,
        reason=reason,
        exit_code=code,
        signal=signal_name(code),
        ended_at=now,
        cause=seen.cause,
    )


def _told_outcome(facts: AttemptFacts, seen: Observation) -> Outcome:
    """What the platform's word alone makes of an end."""
    if facts.stop_by is not None:
        return stopped(facts.stop_by, "left no exit record")
    if seen.cause is not None:
        return by_cause(seen.cause, seen.reason)
    if facts.started_at is None and not seen.exit_code:
        return NEVER_SEEN
    if seen.exit_code is not None:
        return by_code(seen.exit_code, seen.reason)
    said = f"Its platform says it ended ({seen.raw_state}), without an exit code."
    return TaskStatus.CRASHED, said


def _has_waited(facts: AttemptFacts, now: datetime, patience: Patience) -> bool:
    """Whether an exit record would be visible by now."""
    since = facts.missing_since or now
    return now - since >= min(RECORD_TIME, patience.time)


def _absent(
    facts: AttemptFacts, seen: Observation, now: datetime, patience: Patience
) -> AttemptFacts:
    if facts.stop_by is not None and facts.kill_sent_at is not None:
        return _gone(facts, now, stopped(facts.stop_by, "killed after it ignored SIGTERM"))
    if seen.cause is not None:
        gone = _gone(facts, now, _told_outcome(facts, seen))
        return replace(gone, cause=seen.cause, exit_code=seen.exit_code)
    if facts.status is TaskStatus.LOST and seen.exit_code is None:
        return facts
    since, count = facts.missing_since or now, facts.missing_count + 1
    facts = replace(facts, missing_since=since, missing_count=count)
    if seen.exit_code is not None and _has_waited(facts, now, patience):
        gone = _gone(facts, now, _told_outcome(facts, seen))
        return replace(gone, exit_code=seen.exit_code, signal=signal_name(seen.exit_code))
    if count < patience.reports or now - since < patience.time:
        return facts
    if facts.stop_by is not None:
        return _gone(facts, now, stopped(facts.stop_by, "left no exit record"))
    said = f" ({seen.reason})" if seen.reason else ""
    words = (
        f"Its job is gone and left no exit record{said}; it was probably killed from outside, "
        "or its disk is full. Resume to go on."
    )
    return _gone(facts, now, (TaskStatus.LOST, words))


def _gone(facts: AttemptFacts, now: datetime, outcome: Outcome) -> AttemptFacts:
    status, reason = outcome
    return replace(
        facts,
        state=AttemptState.ENDED,
        status=status,
        reason=reason,
        ended_at=facts.ended_at or now,
    )


def _queued(facts: AttemptFacts, seen: Observation, *, is_new: bool) -> AttemptFacts:
    has_run = seen.start is not None or seen.exit is not None
    if facts.state is AttemptState.RUNNING and facts.started_at is not None and not has_run:
        return replace(facts, missing_since=None, missing_count=0)  # its start does not show now
    said = f" ({seen.reason})" if seen.reason else ""
    requeued = f"Requeued by its platform, to be started again{said}."
    reason = requeued if has_run and not is_new else seen.reason
    return _seen_alive(facts, AttemptState.SUBMITTED, TaskStatus.SUBMITTING, reason)


def _alive(facts: AttemptFacts, seen: Observation, *, is_new: bool) -> AttemptFacts:
    if seen.state is JobState.UNKNOWN and not is_new:
        return facts
    is_started = seen.start is not None or seen.state is JobState.RUNNING
    if is_started or facts.state is AttemptState.RUNNING:
        return _seen_alive(facts, AttemptState.RUNNING, TaskStatus.RUNNING, seen.reason)
    return facts


def _seen_alive(
    facts: AttemptFacts, state: AttemptState, status: TaskStatus, reason: str
) -> AttemptFacts:
    return replace(
        facts,
        state=state,
        status=status,
        reason=reason,
        ended_at=None,
        missing_since=None,
        missing_count=0,
    )
