"""What an end is called, and why: by who asked for it, by its cause, by its exit code."""

import signal as signals

from hypertrainer.platforms.base import EndCause
from hypertrainer.tasks.statuses import StopBy, TaskStatus

SHELL_SIGNAL_BASE = 128  # a shell reports death by signal n as 128 + n
NOT_EXECUTABLE, NOT_FOUND = 126, 127

Outcome = tuple[TaskStatus, str]  # and the reason, with its remedy

CAUSES: dict[EndCause, Outcome] = {
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
NEVER_SEEN = (
    TaskStatus.FAILED_TO_START,
    "Its platform says that it ended, but it left no record in its folder: perhaps the machine "
    "that it ran on does not have that folder. Choose an `output:` that all machines share.",
)


def stopped(by: StopBy, how: str) -> Outcome:
    """The end of what somebody asked to stop."""
    if by is StopBy.SEARCH:
        return TaskStatus.PRUNED, f"Stopped early by its search; {how}."
    return TaskStatus.CANCELLED, f"Cancelled on request; {how}."


def by_cause(cause: EndCause, words: str) -> Outcome:
    """An end that the platform knows the cause of; `words` are its own."""
    status, reason = CAUSES[cause]
    return status, f"{reason} ({words})." if words else f"{reason}."


def by_code(code: int, record_reason: str | None) -> Outcome:
    """An end of which only the exit code is known."""
    if code == 0:
        return TaskStatus.FINISHED, "Exit code 0."
    if code in (NOT_EXECUTABLE, NOT_FOUND):
        said = record_reason or "the command was not found or may not be executed"
        return TaskStatus.FAILED_TO_START, f"Exit code {code}: {said}. See err.txt."
    name = signal_name(code)
    if name == "SIGKILL":
        return TaskStatus.CRASHED, (
            "Killed by signal 9 (SIGKILL), not by HyperTrainer; the kernel's out-of-memory killer "
            "is the usual cause."
        )
    if name is not None:
        return TaskStatus.CRASHED, f"Killed by signal {code - SHELL_SIGNAL_BASE} ({name})."
    return TaskStatus.CRASHED, f"Exit code {code}. The end of err.txt usually says why."


def signal_name(code: int | None) -> str | None:
    """The signal that an exit code speaks of, if it speaks of one."""
    if code is None or code <= SHELL_SIGNAL_BASE:
        return None
    try:
        return signals.Signals(code - SHELL_SIGNAL_BASE).name
    except ValueError:
        return None


def full_name(signal: str | None) -> str | None:
    """The signal that the wrapper forwarded (`TERM`), as everybody writes it."""
    return f"SIG{signal}" if signal else None
