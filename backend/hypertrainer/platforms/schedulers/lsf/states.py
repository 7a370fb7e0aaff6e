"""What bjobs and bhist tell of jobs, read without trusting it.

Sources: IBM Spectrum LSF 10.1 command reference, `bjobs` (states, `-o`, `-json`) and `bhist`; LSF
administration, "Termination reasons displayed by bacct, bhist and bjobs".
"""

import contextlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from hypertrainer.errors import PlatformError
from hypertrainer.platforms.base import EndCause, JobState
from hypertrainer.platforms.schedulers.answers import ListedJob

FIELDS = ("jobid", "stat", "job_name", "exit_code", "exit_reason", "pend_reason", "first_host")
STATES: Mapping[str, JobState] = {
    "PEND": JobState.QUEUED,
    "WAIT": JobState.QUEUED,
    "PSUSP": JobState.QUEUED,
    "PROV": JobState.RUNNING,
    "RUN": JobState.RUNNING,
    "USUSP": JobState.RUNNING,
    "SSUSP": JobState.RUNNING,
    "DONE": JobState.ENDED,
    "EXIT": JobState.ENDED,
}
WORDS: Mapping[str, str] = {
    "PSUSP": "suspended while it waits: `bresume` lets it go",
    "USUSP": "suspended by its owner or an administrator: `bresume` lets it go on",
    "SSUSP": "suspended by LSF",
    "UNKWN": "LSF has lost touch with the machine it runs on",
    "ZOMBI": "LSF has lost touch with the machine it ran on",
}
CAUSES: Mapping[str, EndCause] = {
    "RUNLIMIT": EndCause.TIMED_OUT,
    "DEADLINE": EndCause.TIMED_OUT,
    "MEMLIMIT": EndCause.OUT_OF_MEMORY,
    "SWAP": EndCause.OUT_OF_MEMORY,
    "PREEMPT": EndCause.PREEMPTED,
    "OWNER": EndCause.CANCELLED,
    "ADMIN": EndCause.CANCELLED,
    "FORCE_OWNER": EndCause.CANCELLED,
    "FORCE_ADMIN": EndCause.CANCELLED,
    "USER": EndCause.CANCELLED,
    "ZOMBIE": EndCause.NODE_FAILED,
}
REASON = re.compile(r"TERM_([A-Z_]+)")
HISTORY = re.compile(r"Job <(\d+)>, Job Name <([^>]+)>")
EXITED = re.compile(r"Exited with exit code (\d{1,3})\b|Exited by signal (\d{1,2})\b")
OVER = re.compile(r"Completed <\w+>|Done successfully|Exited (with exit code|by signal)")
SHELL_SIGNAL_BASE = 128
OPENING = re.compile(r"^\{", re.MULTILINE)
MAX_OPENINGS = 50  # in what else is printed


def bjobs_jobs(text: str) -> Iterator[ListedJob]:
    """The jobs in the JSON of bjobs, whatever is printed around it.

    Raises:
        PlatformError: there is no whole answer in it.
    """
    for record in _records(text):
        if isinstance(record, dict):
            yield from _listed({name: _text(record.get(name.upper())) for name in FIELDS})


def _records(text: str) -> Sequence[Any]:
    decoder = json.JSONDecoder()
    for start in [found.start() for found in OPENING.finditer(text)][:MAX_OPENINGS]:
        with contextlib.suppress(ValueError, RecursionError):
            answer, _ = decoder.raw_decode(text, start)
            if isinstance(records := answer.get("RECORDS"), list):
                return records
    raise PlatformError("LSF's answer is cut short: the JSON of bjobs has no end.")


def delimited_jobs(lines: Iterable[str]) -> Iterator[ListedJob]:
    """The jobs in lines of fields with `|` between them; reasons may hold more of it."""
    for line in lines:
        values = [value.strip() for value in line.split("|")]
        if len(values) >= len(FIELDS):
            values = ["" if value == "-" else value for value in values]
            yield from _listed(dict(zip(FIELDS, [*values[:5], values[5], values[-1]], strict=True)))


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, dict | list) else str(value).strip()


def _listed(fields: Mapping[str, str]) -> Iterator[ListedJob]:
    job_id, name, word = fields["jobid"], fields["job_name"], fields["stat"]
    if not job_id.isdecimal() or not name:
        return
    state = STATES.get(word, JobState.UNKNOWN)
    reason = WORDS.get(word, "")
    if state is JobState.QUEUED:
        reason = reason or fields["pend_reason"]
    elif state is JobState.ENDED:
        reason = fields["exit_reason"]
    code = fields["exit_code"]
    yield ListedJob(
        name,
        job_id,
        state,
        word,
        reason,
        _cause(reason) if word == "EXIT" else None,
        int(code) if code.isascii() and code.isdigit() and len(code) < 6 else _no_code(word),
        fields["first_host"],
    )


def _no_code(word: str) -> int | None:
    return 0 if word == "DONE" else None


def _cause(reason: str) -> EndCause | None:
    found = REASON.search(reason)
    return CAUSES.get(found[1]) if found else None


def history_jobs(lines: Iterable[str]) -> Iterator[ListedJob]:
    """The ended jobs in the answers of `bhist -l`, whose lines are broken anywhere."""
    text = re.sub(r"\n {10,}", "", "\n".join(lines))
    starts = [*HISTORY.finditer(text)]
    for index, found in enumerate(starts):
        end = starts[index + 1].start() if index + 1 < len(starts) else len(text)
        about = text[found.start() : end]
        if not OVER.search(about):
            continue
        exited = EXITED.search(about)
        cause = _cause(about)
        reason = REASON.search(about)
        yield ListedJob(
            found[2],
            found[1],
            JobState.ENDED,
            "EXIT" if exited or cause else "DONE",
            f"LSF: {reason[0]}" if reason else "",
            cause,
            _exit_code(exited) if exited else None if cause else 0,
        )


def _exit_code(exited: re.Match[str]) -> int:
    return int(exited[1]) if exited[1] else SHELL_SIGNAL_BASE + int(exited[2])
