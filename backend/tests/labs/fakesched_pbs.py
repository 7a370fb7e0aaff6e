"""PBS Pro and Torque, as their manual pages and sources (qstat.c, pbs_error.h) have them talk."""

import os
import re
import sys
import textwrap
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from tests.labs.fakesched_options import (
    Options,
    bare_environment,
    directives,
    script_text,
    seconds,
    signal_number,
)
from tests.labs.fakesched_state import ENDED, ENDING, PENDING, RUNNING, Job, Store, members, send

SERVER = "fake"
UNKNOWN, FINISHED, BAD_STATE = 153, 35, 170
SUBMIT_OPTIONS = [
    "-N",
    "-o",
    "-e",
    "-j",
    "-r",
    "-l",
    "-q",
    "-A",
    "-W",
    "-S",
    "-m",
    "-M",
    "-P",
    "-p",
    "-v",
    "-k",
    "-a",
    "-C",
]
REFUSALS = {
    "partition": ("qsub: Unknown queue", 170),
    "account": ("qsub: Invalid account", 3),
    "limit": ("qsub: Maximum number of jobs already in queue for user", 198),
    "resources": ("qsub: Job violates queue and/or server resource limits", 188),
}


def qsub(flavour: str, store: Store, words: Sequence[str]) -> int:
    options = Options(words, SUBMIT_OPTIONS)
    text = script_text(options.rest, sys.stdin.read() if not options.rest else "")
    if options.last("-C", default="#PBS"):
        options = Options([*directives(text, "#PBS"), *words], SUBMIT_OPTIONS)
    with store.locked():
        if store.settings.refuse:
            message, code = REFUSALS[store.settings.refuse]
            return _complain(message, code)
        job = Job(0, options.last("-N", default="STDIN"), [], os.environ.get("HOME", "/"))
        store.submit(job)
        output = options.last("-o", default="/dev/null")
        job.command = ["/bin/bash", store.keep_script(job.id, text)]
        job.output, job.appends = output.rpartition(":")[2], False
        asked = _resources(options)
        job.limit = seconds(asked.get("walltime", ""))
        job.options = {"resources": asked, "queue": options.last("-q", default="batch")}
        job.options["account"] = options.last("-A")
        identity = f"{job.id}.{SERVER}"
        job.environment = bare_environment(options.last("-v")) | {
            "PBS_JOBID": identity,
            "PBS_JOBNAME": job.name,
            "PBS_ENVIRONMENT": "PBS_BATCH",
            "PBS_O_WORKDIR": str(Path.cwd()),
        }
        if store.took("lose_answer"):
            return _complain("qsub: End of File", 1)
    print(identity)
    return 0


def qstat(flavour: str, store: Store, words: Sequence[str]) -> int:
    if "--version" in words:
        if flavour == "pbs":
            print("pbs_version = 22.05.11")
        else:
            print(
                "Version: 6.1.2\nCommit: 661e092552de43a785c15d39a3634a541d86898e", file=sys.stderr
            )
        return 0
    if "-Q" in words:
        print("Queue              Max   Tot Ena Str   Que   Run   Hld   Wat   Trn   Ext Type")
        print("---------------- ----- ----- --- --- ----- ----- ----- ----- ----- ----- ----")
        print("batch                0     0 yes yes     0     0     0     0     0     0 Exec")
        return 0
    if "-B" in words:
        print(f"Server: {SERVER}\n    server_state = Active\n    job_history_enable = True")
        return 0
    options = Options(words, ["-u", "-F"])
    with store.locked():
        shows_ended = flavour == "torque" or "-x" in options
        listed = [job for job in store.listed() if shows_ended or job.state != ENDED]
        odd = store.settings.unknown_state
    if flavour == "torque" and "-x" in options:
        return _complain("qstat: this fake speaks no XML", 2)
    if not options.rest:
        if "-f" in options:
            print("".join(_full(flavour, job, odd) for job in listed), end="")
        elif listed:
            print(_table(flavour, listed, odd, with_comments="-s" in options), end="")
        return 0
    return _shown(flavour, store, options, listed, odd)


def _shown(flavour: str, store: Store, options: Options, listed: Sequence[Job], odd: str) -> int:
    code = 0
    for word in options.rest:
        job = next((job for job in listed if job.id == _number(word)), None)
        if job is not None:
            print(_full(flavour, job, odd), end="")
        elif _number(word) in store.jobs and flavour == "pbs" and "-x" not in options:
            words = "Job has finished, use -x or -H to obtain historical job information"
            code = _complain(f"qstat: {word} {words}", FINISHED)
        else:
            kind = "Unknown Job Id" if flavour == "pbs" else "Unknown Job Id Error"
            code = _complain(f"qstat: {kind} {word}", UNKNOWN)
    return code


def qselect(flavour: str, store: Store, words: Sequence[str]) -> int:
    options = Options(words, ["-N", "-u", "-s"])
    with store.locked():
        for job in store.listed():
            is_shown = job.state != ENDED or flavour == "torque" or "-x" in options
            if is_shown and job.name == options.last("-N", default=job.name):
                print(f"{job.id}.{SERVER}")
    return 0


def qdel(flavour: str, store: Store, words: Sequence[str]) -> int:
    return _each("qdel", flavour, store, Options(words, ["-W", "-m"]).rest, store.cancel)


def qrerun(flavour: str, store: Store, words: Sequence[str]) -> int:
    return _each("qrerun", flavour, store, Options(words, ["-W"]).rest, store.requeue)


def qsig(flavour: str, store: Store, words: Sequence[str]) -> int:
    options = Options(words, ["-s"])
    number = signal_number(options.last("-s", default="TERM"))

    def tell(job: Job) -> None:
        for pid in members(job.leader):
            send(pid, number)

    return _each("qsig", flavour, store, options.rest, tell)


def _each(
    command: str, flavour: str, store: Store, words: Sequence[str], act: Callable[[Job], None]
) -> int:
    code = 0
    with store.locked() as jobs:
        known = {job.id for job in store.listed()}
        for word in words:
            job = jobs.get(_number(word))
            kind = "Unknown Job Id" if flavour == "pbs" else "Unknown Job Id Error"
            if job is None or job.id not in known:
                code = _complain(f"{command}: {kind} {word}", UNKNOWN)
            elif job.state == ENDED and flavour == "pbs":
                code = _complain(f"{command}: Job has finished {word}", FINISHED)
            elif job.state != RUNNING and (job.state != PENDING or command != "qdel"):
                code = _complain(f"{command}: Request invalid for state of job {word}", BAD_STATE)
            else:
                act(job)
    return code


def _complain(message: str, code: int) -> int:
    print(message, file=sys.stderr)
    return code


def _number(word: str) -> int:
    digits = re.match(r"\d+", word)
    return int(digits[0]) if digits else 0


def _resources(options: Options) -> dict[str, str]:
    found = {}
    for value in options.values.get("-l", []):
        for pair in value.split(","):
            name, _, amount = pair.partition("=")
            found[name] = amount
    return found


def _letter(flavour: str, job: Job, odd: str) -> str:
    if odd:
        return odd
    if job.state == PENDING:
        return "H" if job.is_held else "Q"
    return {RUNNING: "R", ENDING: "E", ENDED: "F" if flavour == "pbs" else "C"}[job.state]


def _comment(job: Job) -> str:
    if job.state == PENDING:
        return "Not Running: Insufficient amount of resource: ncpus"
    ran = time.strftime("Job run at %a %b %d at %H:%M on (n1:ncpus=1)", time.localtime(job.started))
    if job.state != ENDED:
        return ran
    if job.cause == "cancelled":
        return f"{ran} and terminated"
    return f"{ran} and finished" if job.code == 0 and not job.signal else f"{ran} and failed"


def _table(flavour: str, jobs: Sequence[Job], odd: str, *, with_comments: bool) -> str:
    lines = ["", f"{SERVER}: "]
    for job in jobs:
        memory = job.options["resources"].get("mem", "--")
        letter = _letter(flavour, job, odd)
        user, queue = os.environ.get("USER", "root"), job.options["queue"]
        if flavour == "pbs":
            start = f"{f'{job.id}.{SERVER}':30.30} {user:15.15} {queue:15.15} {job.name:15.15}"
            lines.append(f"{start} {'--':>8} {'1':>4} {'1':>5} {memory:>6.6} {'--':>5} {letter} --")
        else:
            start = f"{f'{job.id}.{SERVER}':23.23} {user:11.11} {queue:8.8} {job.name:16.16}"
            lines.append(f"{start} {'--':>6} {'1':>5} {'1':>6} {memory:>9} {'--':>9} {letter} --")
        if with_comments:
            lines.append(f"   {_comment(job)}")
    return "\n".join(lines) + "\n"


def _full(flavour: str, job: Job, odd: str) -> str:
    fields: dict[str, str] = {
        "Job_Name": job.name,
        "Job_Owner": f"{os.environ.get('USER', 'root')}@{SERVER}",
        "job_state": _letter(flavour, job, odd),
        "queue": job.options["queue"],
    }
    fields |= {f"Resource_List.{name}": text for name, text in job.options["resources"].items()}
    if job.state == ENDED and job.started:
        status = _status(flavour, job)
        fields["resources_used.walltime"] = _clock(job.ended - job.started)
        fields["Exit_status" if flavour == "pbs" else "exit_status"] = str(status)
    if flavour == "pbs":
        if job.state == ENDED:
            fields["substate"] = {"cancelled": "91", "": "92"}.get(job.cause, "93")
        fields["comment"] = _comment(job)
    variables = ",".join(f"{name}={value}" for name, value in job.environment.items())
    fields["Variable_List"] = variables
    lines = [f"Job Id: {job.id}.{SERVER}"]
    for name, text in fields.items():
        lines += textwrap.wrap(f"    {name} = {text}", 78, subsequent_indent="\t") or [""]
    return "\n".join(lines) + "\n\n"


def _status(flavour: str, job: Job) -> int:
    if job.cause == "timeout":
        return -29 if flavour == "pbs" else -11
    if job.signal:
        return 256 + job.signal
    return job.code or 0


def _clock(span: float) -> str:
    minutes, rest = divmod(int(span + 0.5), 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest:02}"


ALL = {
    "qsub": qsub,
    "qstat": qstat,
    "qselect": qselect,
    "qdel": qdel,
    "qsig": qsig,
    "qrerun": qrerun,
}
Command = Callable[[Store, Sequence[str]], int]
PRO_COMMANDS: Mapping[str, Command] = {n: partial(c, "pbs") for n, c in ALL.items()}
TORQUE_COMMANDS: Mapping[str, Command] = {n: partial(c, "torque") for n, c in ALL.items()}
