"""What qstat tells of jobs, read without trusting it.

Sources: PBS Professional Reference Guide, "Job Attributes" and "Job Exit Status Codes"; Torque
Administrator Guide, "Job Exit Status".
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from hypertrainer.platforms.base import EndCause, JobState
from hypertrainer.platforms.schedulers.answers import ListedJob
from hypertrainer.platforms.transports.base import ExecResult

SIGNAL_BASE = 256  # Exit_status of a job that a signal ended: 256 and the signal's number
TERM, KILL = 15, 9
SHELL_SIGNAL_BASE = 128
TERMINATED = "91"  # the substate of a job that was deleted while it ran
STATES: Mapping[str, JobState] = {
    "Q": JobState.QUEUED,
    "H": JobState.QUEUED,
    "W": JobState.QUEUED,
    "T": JobState.QUEUED,
    "R": JobState.RUNNING,
    "B": JobState.RUNNING,
    "S": JobState.RUNNING,
    "U": JobState.RUNNING,
    "E": JobState.STOPPING,
    "F": JobState.ENDED,
    "C": JobState.ENDED,
    "X": JobState.ENDED,
}
WORDS: Mapping[str, str] = {
    "H": "held: `qrls` lets it go",
    "W": "waits for its start time",
    "S": "suspended by PBS",
    "U": "suspended: its machine is in use",
}
# A code of Torque means something else in PBS Pro, and the other way round.
PRO_CAUSES = {-29: EndCause.TIMED_OUT, -27: EndCause.OUT_OF_MEMORY, -26: EndCause.OUT_OF_MEMORY}
TORQUE_CAUSES = {-11: EndCause.TIMED_OUT, -10: EndCause.OUT_OF_MEMORY}
ROW_WORDS = 9
FIELD = re.compile(r"    ([A-Za-z_.]+) = (.*)")


def marked(result: ExecResult, mark: str) -> Iterator[str]:
    """The lines that the script marked, without the mark."""
    for line in result.output.split("\n"):
        if line.startswith(mark):
            yield line.removeprefix(mark).rstrip("\r")


def live_jobs(lines: Iterable[str], server: str) -> Iterator[ListedJob]:
    """The table's rows: id, user, queue, name …, state, time; a comment has its own line."""
    rows: list[tuple[list[str], str]] = []
    for line in lines:
        if line.startswith(" ") and rows:
            rows[-1] = rows[-1][0], line.strip().removesuffix("--").strip()
        elif len(words := line.split()) >= ROW_WORDS:
            rows.append((words, ""))
    for words, comment in rows:
        letter = words[-2]
        state = STATES.get(letter, JobState.UNKNOWN)
        reason = WORDS.get(letter, "")
        if state is JobState.QUEUED and comment:
            reason = f"{reason}; {comment}" if reason else comment
        yield ListedJob(words[3], _whole_id(words[0], server), state, letter, reason)


def _whole_id(shown: str, server: str) -> str:
    """A job's id, whose server's name may be cut off in the column."""
    number, dot, shown_server = shown.partition(".")
    is_cut = dot and server.startswith(shown_server)
    return f"{number}.{server}" if is_cut else shown


def described(lines: Iterable[str]) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Jobs and their attributes, in the form of `qstat -f`; long values go on after a tab."""
    job_id, fields, name = "", dict[str, str](), ""
    for line in lines:
        if line.startswith("Job Id:"):
            if job_id:
                yield job_id, fields
            job_id, fields, name = line.removeprefix("Job Id:").strip(), {}, ""
        elif found := FIELD.fullmatch(line):
            name = found[1]
            fields[name] = found[2]
        elif line.startswith("\t") and name:
            fields[name] += line[1:]
    if job_id:
        yield job_id, fields


def detailed(job_id: str, fields: Mapping[str, str], *, is_pro: bool) -> ListedJob:
    """A job by its attributes."""
    letter = fields.get("job_state", "")
    state = STATES.get(letter, JobState.UNKNOWN)
    comment = fields.get("comment", "")
    if state is not JobState.ENDED:
        return ListedJob(fields["Job_Name"], job_id, state, letter, comment)
    status = _number(fields.get("Exit_status", fields.get("exit_status", "")))
    cause = _cause(status, fields, is_pro=is_pro)
    code = status
    if status is not None and status >= SIGNAL_BASE:
        code = status - SIGNAL_BASE + SHELL_SIGNAL_BASE
    return ListedJob(
        fields["Job_Name"],
        job_id,
        state,
        letter,
        comment,
        cause,
        code if code is not None and code >= 0 else None,
    )


def _cause(status: int | None, fields: Mapping[str, str], *, is_pro: bool) -> EndCause | None:
    """Why a job ended: by its code, by what it used of what it asked for, by the comment."""
    known = (PRO_CAUSES if is_pro else TORQUE_CAUSES).get(status or 0)
    if known or status == 0:
        return known
    comment = fields.get("comment", "").lower()
    if _has_used_up(fields, "walltime", _seconds):
        return EndCause.TIMED_OUT
    if "preempt" in comment:
        return EndCause.PREEMPTED
    if re.search(r"node\S* .*(down|fail|lost)|lost contact", comment):
        return EndCause.NODE_FAILED
    if status == SIGNAL_BASE + KILL and _has_used_up(fields, "mem", _bytes):
        return EndCause.OUT_OF_MEMORY
    is_deleted = fields.get("substate") == TERMINATED or comment.endswith("terminated")
    if is_deleted or (not is_pro and status in (SIGNAL_BASE + TERM, SIGNAL_BASE + KILL)):
        return EndCause.CANCELLED
    return None


def _has_used_up(fields: Mapping[str, str], name: str, read: Callable[[str], int | None]) -> bool:
    limit = read(fields.get(f"Resource_List.{name}", ""))
    used = read(fields.get(f"resources_used.{name}", ""))
    return limit is not None and used is not None and used >= limit > 0


def _seconds(text: str) -> int | None:
    if not re.fullmatch(r"\d{1,9}(:\d{1,9}){0,3}", text, re.ASCII):
        return None
    total = 0
    for part in text.split(":"):
        total = total * 60 + int(part)
    return total


def _bytes(text: str) -> int | None:
    found = re.fullmatch(r"(\d{1,18})([kmgt]?)b", text.lower(), re.ASCII)
    return int(found[1]) * 1024 ** " kmgt".index(found[2] or " ") if found else None


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"-?\d{1,9}", text, re.ASCII) else None
