"""IBM Spectrum LSF 10.1, as its command reference has it talk."""

import json
import os
import re
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.labs.fakesched_options import Options, script_text, seconds, signal_number
from tests.labs.fakesched_state import ENDED, PENDING, RUNNING, Job, Store, members, send

SUBMIT_OPTIONS = [
    "-J",
    "-o",
    "-e",
    "-cwd",
    "-W",
    "-n",
    "-M",
    "-R",
    "-gpu",
    "-q",
    "-P",
    "-G",
    "-wa",
    "-wt",
    "-sla",
    "-app",
    "-env",
    "-m",
    "-u",
    "-L",
]
REFUSALS = {
    "partition": "nowhere: No such queue. Job not submitted.",
    "account": "User cannot use the project. Job not submitted.",
    "limit": "User <me>: Pending job threshold reached. Retrying in 60 seconds...",
    "resources": "Bad resource requirement syntax. Job not submitted.",
}
REASONS = {
    "cancelled": "TERM_OWNER: job killed by owner",
    "timeout": "TERM_RUNLIMIT: job killed after reaching LSF run time limit",
    "memory": "TERM_MEMLIMIT: job killed after reaching LSF memory usage limit",
    "node": "TERM_ZOMBIE: job exited while LSF is not available",
}
WAITS = "Job slot limit reached: 1 host;"


def bsub(store: Store, words: Sequence[str]) -> int:
    place = 0
    while place < len(words) and words[place].startswith("-"):
        place += 2 if words[place] in SUBMIT_OPTIONS else 1
    options, command = Options(words[:place], SUBMIT_OPTIONS), " ".join(words[place:])
    with store.locked():
        if store.settings.refuse:
            return _complain(REFUSALS[store.settings.refuse], 255)
        job = store.submit(Job(0, options.last("-J", default=command), [], str(Path.cwd())))
        text = command or script_text([], sys.stdin.read())
        job.command = ["/bin/sh", store.keep_script(job.id, text)]
        job.cwd = options.last("-cwd", default=job.cwd)
        job.output, job.appends = options.last("-o", default="/dev/null"), True
        limit = options.last("-W")
        job.limit = seconds(f"{limit}:00" if ":" in limit else limit)
        if "-wa" in options and "-wt" in options:
            number = signal_number(options.last("-wa"))
            job.warning = [number, seconds(options.last("-wt")) or 0.0]
        job.environment = dict(os.environ) | {"LSB_JOBID": str(job.id), "LSB_JOBNAME": job.name}
        if store.took("lose_answer"):
            return _complain(
                "Batch system daemon not responding ... still trying\nbsub: "
                "Communication time out. Job not submitted.",
                255,
            )
    if "BSUB_QUIET" not in os.environ:
        print(f"Job <{job.id}> is submitted to default queue <normal>.")
    return 0


def bjobs(store: Store, words: Sequence[str]) -> int:
    options = Options(words, ["-o", "-J", "-u", "-q"])
    with store.locked():
        jobs = [job for job in store.listed() if job.state != ENDED or "-a" in options]
        settings = store.settings
    code = 0
    if options.rest:
        known = {str(job.id): job for job in jobs}
        for word in options.rest:
            if word not in known:
                code = _complain(f"Job <{word}> is not found", 255)
        jobs = [known[word] for word in options.rest if word in known]
    jobs = [job for job in jobs if job.name == options.last("-J", default=job.name)]
    if not jobs and "-json" not in options and not code:
        return _complain("No job found" if "-a" in options else "No unfinished job found", 255)
    names, mark = _columns(options.last("-o", default="jobid stat job_name"))
    rows = [{name: _field(job, name, settings.unknown_state) for name in names} for job in jobs]
    if "-json" in options:
        records = [{name.upper(): text for name, text in row.items()} for row in rows]
        text = json.dumps({"COMMAND": "bjobs", "JOBS": len(rows), "RECORDS": records}, indent=2)
        print(text[: len(text) // 2] if settings.breaks_json else text)
        return code
    if "-noheader" not in options:
        print(mark.join(name.upper() for name in names))
    for row in rows:
        print(mark.join(text or "-" for text in row.values()))
    return code


def _columns(text: str) -> tuple[list[str], str]:
    mark = re.search(r"delimiter='(.)'", text)
    names = [word.partition(":")[0] for word in text.split() if not word.startswith("delimiter=")]
    return names, mark[1] if mark else " "


def _field(job: Job, name: str, odd: str) -> str:
    match name:
        case "jobid":
            return str(job.id)
        case "job_name":
            return job.name
        case "stat":
            return odd or _state(job)
        case "exit_code" if job.state == ENDED and job.started:
            status = _status(job)
            return str(status) if status else ""
        case "exit_reason" if job.state == ENDED:
            return REASONS.get(job.cause, "")
        case "pend_reason" if job.state == PENDING:
            return WAITS
        case "first_host" if job.started:
            return "n1"
    return ""


def _state(job: Job) -> str:
    if job.state == PENDING:
        return "PSUSP" if job.is_held else "PEND"
    if job.state == ENDED:
        return "DONE" if job.code == 0 and not job.signal and not job.cause else "EXIT"
    return "RUN"


def _status(job: Job) -> int:
    if job.signal:
        return 128 + job.signal
    return job.code if job.code is not None else 1


def bkill(store: Store, words: Sequence[str]) -> int:
    options = Options(words, ["-s", "-J"])
    name = options.last("-s")
    code = 0
    with store.locked() as jobs:
        known = {job.id for job in store.listed()}
        for word in options.rest:
            job = jobs.get(int(word))
            if job is None or job.id not in known:
                code = _complain(f"Job <{word}>: No matching job found", 255)
            elif job.state == ENDED:
                code = _complain(f"Job <{word}>: Job has already finished", 255)
            elif name and job.state == RUNNING:
                _send(store, job, signal_number(name))
                print(f"Job <{word}> is being signaled")
            elif name and name not in ("KILL", "TERM", "INT"):
                code = _complain(f"Job <{word}>: Job has not started yet", 255)
            else:
                store.cancel(job)
                print(f"Job <{word}> is being terminated")
    return code


def _send(store: Store, job: Job, number: int) -> None:
    if number == signal.SIGKILL:
        job.cause = "cancelled"
        job.options["is_killed"] = True
    for pid in members(job.leader):
        send(pid, number)


def bhist(store: Store, words: Sequence[str]) -> int:
    asked = Options(words, ["-n"]).rest
    with store.locked() as jobs:
        found = [job for job in jobs.values() if str(job.id) in asked]
        if not found or not store.settings.has_accounting:
            return _complain("No matching job found", 255)
    for job in found:
        at = time.strftime("%a %b %d %H:%M:%S", time.localtime(job.ended))
        print(
            f"\nJob <{job.id}>, Job Name <{job.name}>, User <me>, Project <p>, Command <bash\n"
            f"                     /home/me/run.sh>\n{at}: Submitted from host <n0>;"
        )
        if job.state == ENDED and job.started:
            status = _status(job)
            print(
                f"{at}: Exited with exit code {status}. The CPU time used is 0.1 seconds;"
                if status
                else f"{at}: Done successfully. The CPU time used is 0.1 seconds;"
            )
            reason = REASONS.get(job.cause)
            print(
                f"{at}: Completed <{'exit' if status else 'done'}>"
                + (f"; {reason}." if reason else ".")
            )
    return 0


def lsid(store: Store, words: Sequence[str]) -> int:
    print(
        "IBM Spectrum LSF Standard 10.1.0.13, Apr 15 2022\nMy cluster name is fake\n"
        "My master name is n0"
    )
    return 0


def bqueues(store: Store, words: Sequence[str]) -> int:
    print(
        "QUEUE_NAME PRIO STATUS MAX JL/U JL/P JL/H NJOBS PEND RUN SUSP\n"
        "normal 30 Open:Active - - - - 0 0 0 0"
    )
    return 0


def _complain(message: str, code: int) -> int:
    print(message, file=sys.stderr)
    return code


COMMANDS: Mapping[str, Callable[[Store, Sequence[str]], int]] = {
    "bsub": bsub,
    "bjobs": bjobs,
    "bkill": bkill,
    "bhist": bhist,
    "bqueues": bqueues,
    "lsid": lsid,
}
