"""The resolver: from the evidence about an attempt to its task's status. Pure and monotone.

The table, first row that applies (`resolve` below follows it line by line):

| exit record     | platform says            | then                                              |
|-----------------|--------------------------|---------------------------------------------------|
| code None       | any                      | cancelled if a stop was asked, else failed_to_start |
| code, signal    | any; a stop was asked    | cancelled (pruned where a search asked)           |
| code            | timed out, preempted …   | that cause, the code kept                         |
| 0               | any                      | finished                                          |
| 126, 127        | any; nothing was written | failed_to_start                                   |
| other           | any                      | crashed                                           |
| none            | ended, with a cause/code | by cause and code                                 |
| none            | absent; KILL was sent    | cancelled                                         |
| none            | absent, machine restarted| crashed                                           |
| none            | absent, complete reports | lost, after enough reports and time               |
| none            | running                  | running                                           |
| none            | queued                   | submitting                                        |
| none            | unknown, or not asked    | unchanged                                         |

Final is final, except `lost`, which re-opens when evidence appears.
"""

import signal as signals
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hypertrainer.platforms.base import EndCause, ExitRecord, JobState, Observation
from hypertrainer.tasks.statuses import AttemptState, StopBy, TaskStatus

SHELL_SIGNAL_BASE = 128  # a shell reports death by signal n as 128 + n
NOT_EXECUTABLE, NOT_FOUND = 126, 127


@dataclass(frozen=True, slots=True)
class AttemptFacts:
    """What was known of an attempt before the new evidence."""

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
    if seen.start is not None:
        facts = replace(
            facts,
            host=seen.start.host,
            job_id=seen.start.job_id,
            started_at=facts.started_at or seen.start.at,
        )
    if seen.exit is not None:
        return _ended(facts, seen, seen.exit)
    if seen.state is JobState.ENDED:
        return _ended_without_record(facts, seen, now)
    if seen.state is JobState.ABSENT:
        return _absent(facts, seen, now, patience)
    return _alive(facts, seen)


def _ended(facts: AttemptFacts, seen: Observation, record: ExitRecord) -> AttemptFacts:
    status, reason = _outcome(facts, seen, record)
    return replace(
        facts,
        state=AttemptState.ENDED,
        status=status,
        reason=reason,
        exit_code=record.code,
        signal=_signal_name(record.code) or _full_name(record.signal),
        ended_at=record.at,
        missing_since=None,
        missing_count=0,
    )


def _outcome(facts: AttemptFacts, seen: Observation, record: ExitRecord) -> tuple[TaskStatus, str]:
    if record.code is None:
        if facts.stop_by is not None:
            return _stopped(facts.stop_by, "before it started")
        return TaskStatus.FAILED_TO_START, record.reason or "The command could not be started."
    if facts.stop_by is not None and (record.signal or facts.kill_sent_at):
        return _stopped(facts.stop_by, f"ended with exit code {record.code}")
    if seen.cause is not None:
        return _by_cause(seen.cause, seen.reason)
    return _by_code(record.code, record.reason)


def _stopped(by: StopBy, how: str) -> tuple[TaskStatus, str]:
    if by is StopBy.SEARCH:
        return TaskStatus.PRUNED, f"Stopped early by its search; {how}."
    return TaskStatus.CANCELLED, f"Cancelled on request; {how}."


def _by_cause(cause: EndCause, words: str) -> tuple[TaskStatus, str]:
    said = f" ({words})" if words else ""
    table = {
        EndCause.CANCELLED: (TaskStatus.CANCELLED, "Cancelled on its platform by somebody else"),
        EndCause.TIMED_OUT: (
            TaskStatus.TIMED_OUT,
            "Ended at its time limit; raise `resources.time` and resume",
        ),
        EndCause.OUT_OF_MEMORY: (
            TaskStatus.CRASHED,
            "Out of memory; raise `resources.memory` or use a smaller batch",
        ),
        EndCause.PREEMPTED: (TaskStatus.PREEMPTED, "Preempted by its platform; resume to go on"),
        EndCause.NODE_FAILED: (TaskStatus.CRASHED, "Its machine failed; resume to go on"),
    }
    status, reason = table[cause]
    return status, f"{reason}{said}."


def _by_code(code: int, record_reason: str | None) -> tuple[TaskStatus, str]:
    if code == 0:
        return TaskStatus.FINISHED, "Exit code 0."
    if code in (NOT_EXECUTABLE, NOT_FOUND):
        said = record_reason or "the command was not found or may not be executed"
        return TaskStatus.FAILED_TO_START, f"Exit code {code}: {said}. See err.txt."
    name = _signal_name(code)
    if name == "SIGKILL":
        return TaskStatus.CRASHED, (
            "Killed by signal 9 (SIGKILL), not by HyperTrainer; the kernel's out-of-memory killer "
            "is the usual cause."
        )
    if name is not None:
        return TaskStatus.CRASHED, f"Killed by signal {code - SHELL_SIGNAL_BASE} ({name})."
    return TaskStatus.CRASHED, f"Exit code {code}. The end of err.txt usually says why."


def _signal_name(code: int | None) -> str | None:
    if code is None or code <= SHELL_SIGNAL_BASE:
        return None
    try:
        return signals.Signals(code - SHELL_SIGNAL_BASE).name
    except ValueError:
        return None


def _full_name(signal: str | None) -> str | None:
    """The signal that the wrapper forwarded (`TERM`), as everybody writes it."""
    return f"SIG{signal}" if signal else None


def _ended_without_record(facts: AttemptFacts, seen: Observation, now: datetime) -> AttemptFacts:
    if facts.stop_by is not None:
        status, reason = _stopped(facts.stop_by, "left no exit record")
    elif seen.cause is not None:
        status, reason = _by_cause(seen.cause, seen.reason)
    elif seen.exit_code is not None:
        status, reason = _by_code(seen.exit_code, seen.reason)
    else:
        status = TaskStatus.CRASHED
        reason = f"Its platform says it ended ({seen.raw_state}), without an exit code."
    return replace(
        facts,
        state=AttemptState.ENDED,
        status=status,
        reason=reason,
        exit_code=seen.exit_code,
        signal=_signal_name(seen.exit_code),
        ended_at=now,
    )


def _absent(
    facts: AttemptFacts, seen: Observation, now: datetime, patience: Patience
) -> AttemptFacts:
    if facts.stop_by is not None and facts.kill_sent_at is not None:
        return _gone(facts, now, *_stopped(facts.stop_by, "killed after it ignored SIGTERM"))
    if seen.cause is not None:
        return _gone(facts, now, *_by_cause(seen.cause, seen.reason))
    if facts.status is TaskStatus.LOST:
        return facts
    since = facts.missing_since or now
    count = facts.missing_count + 1
    facts = replace(facts, missing_since=since, missing_count=count)
    if count < patience.reports or now - since < patience.time:
        return facts
    if facts.stop_by is not None:
        return _gone(facts, now, *_stopped(facts.stop_by, "left no exit record"))
    said = f" ({seen.reason})" if seen.reason else ""
    return _gone(
        facts,
        now,
        TaskStatus.LOST,
        f"Its job is gone and left no exit record{said}; it was probably killed from outside, "
        "or its disk is full. Resume to go on.",
    )


def _gone(facts: AttemptFacts, now: datetime, status: TaskStatus, reason: str) -> AttemptFacts:
    return replace(
        facts,
        state=AttemptState.ENDED,
        status=status,
        reason=reason,
        ended_at=facts.ended_at or now,
    )


def _alive(facts: AttemptFacts, seen: Observation) -> AttemptFacts:
    is_started = seen.start is not None or seen.state is JobState.RUNNING
    if seen.state is JobState.UNKNOWN and seen.start is None:
        return facts
    if is_started or facts.state is AttemptState.RUNNING:
        state, status = AttemptState.RUNNING, TaskStatus.RUNNING
    elif seen.state is JobState.QUEUED and facts.state is not AttemptState.ENDED:
        state, status = AttemptState.SUBMITTED, TaskStatus.SUBMITTING
    else:
        return facts
    return replace(
        facts,
        state=state,
        status=status,
        reason=seen.reason,
        ended_at=None,
        missing_since=None,
        missing_count=0,
    )
