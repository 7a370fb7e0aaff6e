"""Son of Grid Engine 8.1.9, as its manual pages and a real one have it talk."""

import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from tests.labs.fakesched_options import Options, bare_environment, seconds
from tests.labs.fakesched_state import ENDED, ENDING, PENDING, RUNNING, Job, Store

SUBMIT_OPTIONS = [
    "-N",
    "-o",
    "-e",
    "-j",
    "-r",
    "-l",
    "-q",
    "-P",
    "-A",
    "-S",
    "-wd",
    "-v",
    "-b",
    "-shell",
    "-C",
    "-m",
    "-M",
    "-p",
    "-js",
    "-w",
    "-hold_jid",
]
REFUSALS = {
    "partition": 'Job was rejected because job requests unknown queue "nowhere".',
    "account": 'job rejected: the requested project "nobody" does not exist',
    "limit": "job rejected: Only 2 jobs are allowed per user (current job count: 2).",
    "resources": 'unknown resource "gpu"',
}


def qsub(store: Store, words: Sequence[str]) -> int:
    words = list(words)
    slots = _taken(words, "-pe", 2)
    end = _end_of_options(words)
    options = Options(words[:end], SUBMIT_OPTIONS)
    with store.locked():
        if store.settings.refuse:
            return _complain(f"Unable to run job: {REFUSALS[store.settings.refuse]}\nExiting.", 1)
        job = store.submit(Job(0, options.last("-N", default=Path(words[end]).name), [], "/"))
        job.command = list(words[end:])
        if options.last("-b", default="n") != "y":
            script = store.keep_script(job.id, Path(words[end]).read_text())
            job.command = [options.last("-S", default="/bin/bash"), script, *words[end + 1 :]]
        job.cwd = options.last("-wd", default=str(Path.cwd()))
        job.output, job.appends = options.last("-o", default="/dev/null").rpartition(":")[2], True
        job.notifies = "-notify" in options
        wishes = dict(
            pair.partition("=")[::2]
            for pair in ",".join(options.values.get("-l", [])).split(",")
            if pair
        )
        job.limit = seconds(f"0:{wishes['h_rt']}") if "h_rt" in wishes else None
        job.options = {"slots": slots, "resources": wishes}
        job.environment = bare_environment(options.last("-v")) | {
            "JOB_ID": str(job.id),
            "JOB_NAME": job.name,
            "SGE_TASK_ID": "undefined",
            "QUEUE": "all.q",
        }
        if store.took("lose_answer"):
            return _complain(
                "Unable to run job: failed receiving gdi request response for mid=1 (got syncron "
                "message receive timeout error).\nExiting.",
                1,
            )
    is_terse = "-terse" in options
    print(job.id if is_terse else f'Your job {job.id} ("{job.name}") has been submitted')
    return 0


def qstat(store: Store, words: Sequence[str]) -> int:
    if "-help" in words:
        print("SGE 8.1.9\nusage: qstat [options]")
        return 0
    with store.locked():
        jobs = [job for job in store.listed() if job.state != ENDED]
        odd = store.settings.unknown_state
        broken = store.settings.breaks_json
    running = [_entry(job, "running", odd) for job in jobs if job.state != PENDING]
    pending = [_entry(job, "pending", odd) for job in jobs if job.state == PENDING]
    print("<?xml version='1.0'?>")
    print(
        '<job_info  xmlns:xsd="http://arc.liv.ac.uk/repos/darcs/sge/source/dist/util/resources/'
        'schemas/qstat/qstat.xsd">'
    )
    print("  <queue_info>", *running, "  </queue_info>", "  <job_info>", *pending, sep="\n")
    if not broken:
        print("  </job_info>\n</job_info>")
    return 0


def _entry(job: Job, kind: str, odd: str) -> str:
    letters = {PENDING: "hqw" if job.is_held else "qw", RUNNING: "r", ENDING: "dr"}[job.state]
    if job.options.get("is_broken"):
        letters = "Eqw"
    at = time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(job.started or job.submitted))
    user = os.environ.get("USER", "root")
    return f"""    <job_list state="{kind}">
      <JB_job_number>{job.id}</JB_job_number>
      <JAT_prio>0.55500</JAT_prio>
      <JB_name>{escape(job.name)}</JB_name>
      <JB_owner>{user}</JB_owner>
      <state>{odd or letters}</state>
      <JAT_start_time>{at}</JAT_start_time>
      <queue_name>{"all.q@n1" if job.state != PENDING else ""}</queue_name>
      <slots>1</slots>
    </job_list>"""


def qacct(store: Store, words: Sequence[str]) -> int:
    asked = Options(words, ["-j"]).last("-j")
    with store.locked():
        if not store.settings.has_accounting:
            return _complain("error: no jobs running since startup", 1)
        found = [job for job in store.in_books() if asked in (str(job.id), job.name)]
        found = [job for job in found if job.started]
    if not found:
        kind = "id" if asked.isdecimal() else "name"
        return _complain(f"error: job {kind} {asked} not found", 1)
    for job in found:
        print("=" * 62)
        failed, status = _books(job)
        fields = {
            "qname": "all.q",
            "hostname": "n1",
            "jobname": job.name,
            "jobnumber": job.id,
            "failed": failed,
            "exit_status": status,
            "ru_wallclock": "1s",
        }
        for name, value in fields.items():
            print(f"{name:12} {value}")
    return 0


def _books(job: Job) -> tuple[str, int]:
    status = 128 + job.signal if job.signal else job.code or 0
    if job.cause == "timeout":
        return "37  : qmaster enforced h_rt, h_cpu, or h_vmem limit", status
    if job.cause == "node":
        return "21  : in recognizing job", status
    return ("100 : assumedly after job" if job.signal else "0    "), status


def qdel(store: Store, words: Sequence[str]) -> int:
    code = 0
    user = os.environ.get("USER", "root")
    with store.locked() as jobs:
        for word in Options(words, []).rest:
            found = [job for job in jobs.values() if word in (str(job.id), job.name)]
            found = [job for job in found if job.state != ENDED]
            if not found:
                print(f'denied: job "{word}" does not exist')
                code = 1
            for job in found:
                if job.state == ENDING:
                    print(f"job {job.id} is already in deletion")
                elif job.state == RUNNING:
                    print(f"{user} has registered the job {job.id} for deletion")
                else:
                    print(f"{user} has deleted job {job.id}")
                store.cancel(job)
    return code


def qconf(store: Store, words: Sequence[str]) -> int:
    print("SGE 8.1.9" if "-help" in words else "smp")
    return 0


def _taken(words: list[str], option: str, count: int) -> list[str]:
    """Take an option and its values out of the words."""
    if option not in words:
        return []
    place = words.index(option)
    values = words[place + 1 : place + 1 + count]
    del words[place : place + 1 + count]
    return values


def _end_of_options(words: Sequence[str]) -> int:
    place = 0
    while place < len(words) and words[place].startswith("-"):
        place += 2 if words[place] in SUBMIT_OPTIONS else 1
    return place


def _complain(message: str, code: int) -> int:
    print(message, file=sys.stderr)
    return code


COMMANDS: Mapping[str, Callable[[Store, Sequence[str]], int]] = {
    "qsub": qsub,
    "qstat": qstat,
    "qacct": qacct,
    "qdel": qdel,
    "qconf": qconf,
}
