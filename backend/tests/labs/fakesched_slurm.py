"""Slurm 22.05, as its manual pages and a real one have it talk."""

import os
import re
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.labs.fakesched_options import Options, directives, script_text, seconds, signal_number
from tests.labs.fakesched_state import ENDED, ENDING, PENDING, RUNNING, Job, Store, members, send

SUBMIT_OPTIONS = [
    "-J",
    "--job-name",
    "-o",
    "--output",
    "-e",
    "--error",
    "-D",
    "--chdir",
    "-t",
    "--time",
    "-p",
    "--partition",
    "-A",
    "--account",
    "-q",
    "--qos",
    "-N",
    "--nodes",
    "-n",
    "--ntasks",
    "--ntasks-per-node",
    "-c",
    "--cpus-per-task",
    "--mem",
    "--gres",
    "--gpus-per-node",
    "-C",
    "--constraint",
    "--signal",
    "--open-mode",
    "--comment",
    "--export",
]
REFUSALS = {
    "partition": "Invalid partition name specified",
    "account": "Invalid account or account/partition combination specified",
    "limit": "Job violates accounting/QOS policy (job submit limit, user's size and/or time "
    "limits)",
    "resources": "Requested node configuration is not available",
}
LOST = "Socket timed out on send/recv operation"
LISTING = [
    "-h",
    "-t",
    "-o",
    "-O",
    "-j",
    "-n",
    "-u",
    "-M",
    "--name",
    "--jobs",
    "--states",
    "--format",
    "--user",
    "--Format",
    "--noheader",
]


def sbatch(store: Store, words: Sequence[str]) -> int:
    if "--version" in words:
        print("slurm 22.05.8")
        return 0
    options = Options(words, SUBMIT_OPTIONS)
    text = script_text(options.rest[:1], "" if options.rest else sys.stdin.read())
    options = Options([*directives(text, "#SBATCH"), *words], SUBMIT_OPTIONS)
    with store.locked():
        if store.settings.refuse:
            return _failed(REFUSALS[store.settings.refuse])
        if "--test-only" in options:
            print(
                "sbatch: Job 99 to start at 2030-01-01T00:00:00 using 1 processors on nodes n1 "
                "in partition debug",
                file=sys.stderr,
            )
            return 0
        job = store.submit(Job(0, options.last("-J", "--job-name", default="sbatch"), [], "/"))
        job.command = ["/bin/bash", store.keep_script(job.id, text), *options.rest[1:]]
        job.cwd = options.last("-D", "--chdir", default=str(Path.cwd()))
        job.output = options.last("-o", "--output", default="/dev/null").replace("%j", str(job.id))
        job.appends = options.last("--open-mode") == "append"
        job.limit = seconds(options.last("-t", "--time"))
        job.warning = _warning(options.last("--signal"))
        job.options["requeues"] = "--requeue" in options
        job.environment = dict(os.environ) | {
            "SLURM_JOB_ID": str(job.id),
            "SLURM_JOB_NAME": job.name,
        }
        if store.took("lose_answer"):
            return _failed(LOST)
    print(job.id if "--parsable" in options else f"Submitted batch job {job.id}")
    return 0


def _warning(text: str) -> list[float] | None:
    found = re.fullmatch(r"(?:[BR]+:)?(\w+)(?:@(\d+))?", text)
    return [signal_number(found[1]), float(found[2] or 60)] if found else None


def _failed(words: str) -> int:
    print(f"sbatch: error: Batch job submission failed: {words}", file=sys.stderr)
    return 1


def squeue(store: Store, words: Sequence[str]) -> int:
    valued = [name for name in LISTING if name not in ("-h", "--noheader")]
    options = Options(words, valued)
    with store.locked():
        shown = store.listed()
        odd = store.settings.unknown_state
    asked = [word for word in options.last("-j", "--jobs").split(",") if word]
    if len(asked) == 1 and not any(str(job.id) == asked[0] for job in shown):
        print("slurm_load_jobs error: Invalid job id specified", file=sys.stderr)
        return 1
    names = [word for word in options.last("-n", "--name").split(",") if word]
    states = options.last("-t", "--states").upper().split(",")
    form = options.last("-o", "--format", default="%i %P %j %u %t %M %D %R")
    for job in shown:
        is_wanted = (
            _word(job) in states or states == ["ALL"] or (states == [""] and job.state != ENDED)
        )
        if is_wanted and (not asked or str(job.id) in asked):
            if names and job.name not in names:
                continue
            print(_formatted(job, form, odd))
    return 0


def _formatted(job: Job, form: str, odd: str) -> str:
    values = {
        "i": str(job.id),
        "A": str(job.id),
        "T": odd or _word(job),
        "t": (odd or _word(job))[:2],
        "j": job.name,
        "r": _reason(job),
        "R": _reason(job),
        "P": "debug",
        "u": "me",
        "k": "(null)",
        "S": _date(job.started),
        "V": _date(job.submitted),
        "e": _date(job.ended),
        "M": "0:00",
        "D": "1",
        "N": "n1" if job.started else "",
        "B": "n1" if job.started else "n/a",
    }
    return re.sub(r"%\.?\d*([A-Za-z])", lambda found: values.get(found[1], "N/A"), form)


def _word(job: Job) -> str:
    if job.state == PENDING:
        return "PENDING"
    if job.state != ENDED:
        return "RUNNING" if job.state == RUNNING else "COMPLETING"
    causes = {
        "cancelled": "CANCELLED",
        "timeout": "TIMEOUT",
        "memory": "OUT_OF_MEMORY",
        "node": "NODE_FAIL",
        "preempted": "PREEMPTED",
    }
    return causes.get(job.cause, "COMPLETED" if not job.code and not job.signal else "FAILED")


def _reason(job: Job) -> str:
    if job.state == PENDING:
        held = job.not_before > time.time()
        return "JobHeldUser" if job.is_held else "BeginTime" if held else "Resources"
    return "NonZeroExitCode" if _word(job) == "FAILED" else "None"


def _date(moment: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(moment)) if moment else "N/A"


def sacct(store: Store, words: Sequence[str]) -> int:
    options = Options(
        words, ["-S", "-E", "-j", "-o", "-u", "--name", "--format", "--starttime", "--jobs", "-s"]
    )
    with store.locked() as jobs:
        if not store.settings.has_accounting:
            print("Slurm accounting storage is disabled", file=sys.stderr)
            return 1
        booked = {job.id for job in store.in_books()}
        found = list(jobs.values())
    fields = options.last("-o", "--format", default="jobid,state,exitcode").split(",")
    names = [word for word in options.last("--name").split(",") if word]
    asked = [word for word in options.last("-j", "--jobs").split(",") if word]
    for job in found:
        if (names and job.name not in names) or (asked and str(job.id) not in asked):
            continue
        print("|".join(_field(job, name, is_booked=job.id in booked) for name in fields))
    return 0


def _field(job: Job, name: str, *, is_booked: bool) -> str:
    state = _word(job) if is_booked or job.state != ENDED else "RUNNING"
    match name.partition("%")[0].lower():
        case "jobid" | "jobidraw":
            return str(job.id)
        case "jobname":
            return job.name
        case "state":
            return "CANCELLED by 1000" if state == "CANCELLED" else state
        case "exitcode":
            return f"{job.code or 0}:{job.signal}" if is_booked else "0:0"
        case "nodelist":
            return "n1"
        case "start":
            return _date(job.started)
        case "end":
            return _date(job.ended)
    return ""


def scancel(store: Store, words: Sequence[str]) -> int:
    options = Options(words, ["-s", "--signal", "-n", "--name", "-u", "--user", "-M"])
    name = options.last("-s", "--signal")
    names = [word for word in options.last("-n", "--name").split(",") if word]
    with store.locked() as jobs:
        for job in jobs.values():
            if str(job.id) not in options.rest and job.name not in names:
                continue
            if not name or job.state == PENDING:
                store.cancel(job)
            elif job.state in (RUNNING, ENDING):
                _send(job, options, signal_number(name))
    return 0


def _send(job: Job, options: Options, number: int) -> None:
    """Without steps, a plain --signal reaches nobody; but KILL ends the job."""
    if "--full" in options or "-f" in options or number == signal.SIGKILL:
        for pid in members(job.leader):
            send(pid, number)
        if number == signal.SIGKILL:
            job.cause = "cancelled"
    elif "--batch" in options or "-b" in options:
        send(job.leader, number)


def scontrol(store: Store, words: Sequence[str]) -> int:
    options = Options(words, [])
    rest = options.rest
    if "-V" in options or "--version" in options or rest[:1] == ["version"]:
        print("slurm 22.05.8")
    elif rest[:2] == ["show", "config"]:
        print(f"MinJobAge               = {int(store.settings.keep)} sec\nKillWait = 30 sec")
    elif rest[:1] == ["requeue"]:
        with store.locked() as jobs:
            for word in rest[1:]:
                store.requeue(jobs[int(word)])
    elif rest[:2] == ["show", "job"] and rest[2:]:
        with store.locked():
            found = [job for job in store.listed() if str(job.id) == rest[2]]
        if not found:
            print("slurm_load_jobs error: Invalid job id specified", file=sys.stderr)
            return 1
        job = found[0]
        print(
            f"JobId={job.id} JobName={job.name} JobState={_word(job)} Reason={_reason(job)} "
            f"ExitCode={job.code or 0}:{job.signal} Restarts={job.restarts}"
        )
    return 0


def sinfo(store: Store, words: Sequence[str]) -> int:
    is_asked = "-V" in words or "--version" in words
    print("slurm 22.05.8" if is_asked else "debug|up|1:00:00|0/1/0/1|(null)")  # -o %R|%a|%l|%F|%G
    return 0


COMMANDS: Mapping[str, Callable[[Store, Sequence[str]], int]] = {
    "sbatch": sbatch,
    "squeue": squeue,
    "scancel": scancel,
    "scontrol": scontrol,
    "sacct": sacct,
    "sinfo": sinfo,
}
