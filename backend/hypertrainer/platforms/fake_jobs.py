"""What the platform in memory knows of a job, and what is to go wrong."""

from dataclasses import dataclass

from hypertrainer.platforms.base import (
    EndCause,
    ExitRecord,
    JobSpec,
    JobState,
    StartRecord,
    StopSignal,
)


@dataclass(slots=True)
class Faults:
    """What goes wrong; counters count down by one each time."""

    unreachable_calls: int = 0  # every call raises, nothing was sent
    lost_answers: int = 0  # a submission is accepted, its answer is not heard
    lost_requests: int = 0  # a submission is not accepted, and nobody knows
    rejections: int = 0
    is_rejection_retryable: bool = True
    incomplete_reports: int = 0  # a poll sees nothing and says so
    invisible_polls: int = 0  # a new job is not found for so many polls and look-ups
    unknown_states: int = 0  # a poll answers in words that nobody knows
    purges_at_once: bool = False  # an ended job is forgotten, its exit record with it
    ignores_term: bool = False
    ends_at_checkpoint: bool = False  # a job that is told to save itself ends, with code 0
    cannot_signal: str = ""  # the reason why no job can be told anything
    cannot_remove: str = ""  # the reason why no folder can be deleted
    lost_reads: int = 0  # a read of files fails, after it was sent
    refusal: Exception | None = None  # what every call raises


@dataclass(slots=True)
class FakeJob:
    """One job as the fake platform knows it."""

    spec: JobSpec
    job_id: str
    state: JobState
    hidden_polls: int
    start: StartRecord | None = None
    exit: ExitRecord | None = None
    cause: EndCause | None = None
    reason: str = ""
    signals: tuple[StopSignal, ...] = ()
