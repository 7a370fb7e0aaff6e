"""What qstat and qacct tell of jobs, read without trusting them.

Sources: the manual pages qstat(1), "OUTPUT FORMATS", and accounting(5), "failed"; codes as in
`libs/sgeobj/sge_feature.h` and `sge_job.h` of Son of Grid Engine 8.1.9.
"""

import html
import re
from collections.abc import Iterable, Iterator, Mapping

from hypertrainer.platforms.base import EndCause, JobState
from hypertrainer.platforms.schedulers.answers import ListedJob

ENTRY = re.compile(r"<job_list\b[^>]*>(.*?)</job_list>", re.DOTALL)
TAG = re.compile(r"<(JB_job_number|JB_name|state|queue_name)>([^<]*)</\1>")
LIMIT_REACHED, KILLED_BY_SIGNAL = 37, 100
NODE_CODES = (21, 22)  # the execution daemon lost the job, or its machine went down
SHELL_SIGNAL_BASE = 128
KNOWN_LETTERS = frozenset("rRtTsSNqwhedEdoamPx")
STUCK = (
    "SGE could not start it and holds it back (`qstat -j {0}` says why); `qmod -cj {0}` tries again"
)
PENDING_WORDS = {"h": "held: `qrls` lets it go", "R": "waits to be started again"}


def queued_jobs(text: str) -> Iterator[ListedJob]:
    """The jobs in the XML of qstat. A stuck one is still queued: somebody may free it."""
    for entry in ENTRY.finditer(text):
        fields = {name: html.unescape(value).strip() for name, value in TAG.findall(entry[1])}
        job_id, name = fields.get("JB_job_number", ""), fields.get("JB_name", "")
        if job_id.isdecimal() and name:
            letters = fields.get("state", "")
            state, reason = state_of(letters, job_id)
            yield ListedJob(name, job_id, state, letters, reason)


def state_of(letters: str, job_id: str) -> tuple[JobState, str]:
    """What a combination of letters means: each adds something."""
    if not letters or not KNOWN_LETTERS.issuperset(letters):
        return JobState.UNKNOWN, ""
    if "E" in letters:
        return JobState.QUEUED, STUCK.format(job_id)
    if "d" in letters:
        return JobState.STOPPING, ""
    if "w" in letters or "q" in letters:
        words = [word for letter, word in PENDING_WORDS.items() if letter in letters]
        return JobState.QUEUED, "; ".join(words)
    if letters.strip("RP") in ("s", "S", "T", "N", "sS", "st", "St"):
        return JobState.RUNNING, "suspended by SGE"
    if "r" in letters or "t" in letters:
        return JobState.RUNNING, ""
    return JobState.UNKNOWN, ""


def accounted_jobs(lines: Iterable[str]) -> Iterator[ListedJob]:
    """The ended jobs in the answers of qacct: `name   value`, each job after a line of `=`."""
    fields: dict[str, str] = {}
    for line in [*lines, "=="]:
        if line.startswith("=="):
            yield from _accounted(fields)
            fields = {}
        else:
            name, _, value = line.strip().partition(" ")
            fields.setdefault(name, value.strip())


def _accounted(fields: Mapping[str, str]) -> Iterator[ListedJob]:
    name, job_id = fields.get("jobname", ""), fields.get("jobnumber", "")
    if not name or not job_id.isdecimal():
        return
    failed, _, words = fields.get("failed", "").partition(":")
    code, status = _number(failed), _number(fields.get("exit_status", ""))
    reason = f"SGE: {words.strip()}" if words else ""
    host = fields.get("hostname", "")
    yield ListedJob(
        name,
        job_id,
        JobState.ENDED,
        f"failed {failed.strip()}" if code else "done",
        reason,
        _cause(code, fields),
        status,
        host,
    )


def _cause(code: int | None, fields: Mapping[str, str]) -> EndCause | None:
    if code in NODE_CODES:
        return EndCause.NODE_FAILED
    if code == LIMIT_REACHED:  # the words name all limits; what was asked for tells which it was
        limit = re.search(r"\bh_rt=(\d+)", fields.get("category", ""))
        ran = _number(fields.get("ru_wallclock", ""))
        is_early = limit is not None and ran is not None and ran < int(limit[1])
        has_memory = "h_vmem=" in fields.get("category", "")
        return EndCause.OUT_OF_MEMORY if is_early and has_memory else EndCause.TIMED_OUT
    if fields.get("deleted_by", "NONE") not in ("", "NONE"):  # Univa and Altair alone say it
        return EndCause.CANCELLED
    return None


def _number(text: str) -> int | None:
    found = re.match(r"\s*(\d{1,9})(?!\d)", text, re.ASCII)
    return int(found[1]) if found else None
