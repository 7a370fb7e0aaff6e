"""A machine without a queue: each job is a process of its own session."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from hypertrainer.errors import PlatformError
from hypertrainer.platforms.base import (
    Ambiguous,
    EndCause,
    JobHandle,
    JobSpec,
    JobState,
    Observation,
    Rejected,
    StopSignal,
    SubmitOutcome,
    Submitted,
)
from hypertrainer.platforms.processes import BOOT_ID, HOSTNAME
from hypertrainer.platforms.schedulers.base import Evidence, Scheduler
from hypertrainer.platforms.transports.base import ExecResult
from hypertrainer.platforms.wrapper import job_mark, shared_functions

ORPHANED = "its wrapper was killed, but the program goes on: its exit code cannot be known"
Job = JobSpec | JobHandle


class DirectScheduler(Scheduler):
    """Knows processes by (boot id, number, start time), and kin by session and inherited mark."""

    has_queue = False

    def probes(self, handle: JobHandle) -> Sequence[str]:
        shared = (BOOT_ID, HOSTNAME)
        return (*shared, _stat_path(handle.job_id)) if handle.job_id else shared

    def judge(self, evidence: Evidence) -> Observation | None:
        process = evidence.process
        if process is None:
            return None
        if _text(evidence, BOOT_ID) != process.boot_id:
            return _restarted(evidence)
        if not process.is_alive_in(evidence.probes.get(process.stat_path) or b""):
            return None
        state = JobState.RUNNING if evidence.start else JobState.QUEUED
        return Observation(state, "alive", start=evidence.start)

    def submit_script(self, jobs: Sequence[JobSpec]) -> str:
        return _script("ht_launch", jobs)

    def parse_submit(
        self, result: ExecResult, jobs: Sequence[JobSpec]
    ) -> Mapping[str, SubmitOutcome]:
        silent = Ambiguous(f"The launcher ended ({result.code}) without a word: {result.errors!r}")
        outcomes: dict[str, SubmitOutcome] = {job.key: silent for job in jobs}
        for key, word, rest in _answers(result, outcomes):
            if word == "submitted":
                job_id, _, host = rest.partition(" ")
                outcomes[key] = Submitted(job_id, host)
            elif word == "rejected":
                outcomes[key] = Rejected(rest)
        return outcomes

    def list_script(self, jobs: Sequence[Evidence]) -> str:
        return _script("ht_look", [job.handle for job in jobs])

    def parse_list(self, result: ExecResult, jobs: Sequence[Evidence]) -> Mapping[str, Observation]:
        evidence = {job.handle.key: job for job in jobs}
        return {
            key: _observation(evidence[key], word, rest)
            for key, word, rest in _sure_answers(result, evidence)
        }

    def parse_find(self, result: ExecResult, jobs: Sequence[Evidence]) -> Mapping[str, Submitted]:
        found = {}
        keys = {job.handle.key: job for job in jobs}
        for key, word, rest in _sure_answers(result, keys):
            if word in ("alive", "left"):
                job_id, _, host = rest.partition(" ")
                found[key] = Submitted(job_id, host)
        return found

    def signal_script(self, handles: Sequence[JobHandle], signal: StopSignal) -> str:
        if signal is StopSignal.KILL:
            return _script("ht_kill", handles)
        is_term = signal is StopSignal.TERM
        names = [("TERM" if is_term else handle.checkpoint_signal) or "TERM" for handle in handles]
        return _script("ht_tell", handles, names)

    def parse_signal(self, result: ExecResult, handles: Sequence[JobHandle]) -> Mapping[str, str]:
        if result.code:
            silent = f"The script that signals ended with {result.code}: {result.errors!r}"
            return {handle.key: silent for handle in handles}
        keys = {handle.key: handle for handle in handles}
        return {key: rest for key, word, rest in _answers(result, keys) if word == "failed"}


def _stat_path(pid: str) -> str:
    return f"/proc/{pid}/stat"


def _text(evidence: Evidence, path: str) -> str:
    return (evidence.probes.get(path) or b"").decode(errors="replace").strip()


def _restarted(evidence: Evidence) -> Observation:
    here = _text(evidence, HOSTNAME)
    there = evidence.start.host if evidence.start else here
    reason = "the machine was restarted" if there == here else f"it ran on {there}; this is {here}"
    return Observation(
        JobState.ABSENT, "gone", reason, cause=EndCause.NODE_FAILED, start=evidence.start
    )


def _observation(evidence: Evidence, word: str, rest: str) -> Observation:
    start = evidence.start
    if word == "elsewhere":
        reason = f"it runs on {rest}, and it was another machine that answered"
        return Observation(JobState.UNKNOWN, word, reason, start=start)
    if word == "restarted":
        reason = "the machine was restarted"
        return Observation(JobState.ABSENT, word, reason, cause=EndCause.NODE_FAILED, start=start)
    if word == "alive":
        return Observation(JobState.RUNNING if start else JobState.QUEUED, word, start=start)
    if word == "left":
        return Observation(JobState.RUNNING, word, ORPHANED, start=start)
    trace = "its process is gone" if evidence.process else "no trace of it is here"
    return Observation(JobState.ABSENT, word, f"{trace}, and it left no exit record", start=start)


def _script(function: str, jobs: Sequence[Job], last_words: Sequence[str] = ()) -> str:
    calls = [_call(function, job) for job in jobs]
    if last_words:
        calls = [f"{call} {word}" for call, word in zip(calls, last_words, strict=True)]
    return "\n".join([shared_functions(), _functions(), *calls, ":"])


def _call(function: str, job: Job) -> str:
    mark = job_mark(job.key, job.attempt)
    return " ".join(
        shlex.quote(word) for word in (function, job.key, str(job.attempt), job.folder, mark)
    )


@cache
def _functions() -> str:
    return Path(__file__).with_suffix(".sh").read_text()


def _answers(result: ExecResult, keys: Mapping[str, object]) -> Iterator[tuple[str, str, str]]:
    for line in result.output.splitlines():
        mark, _, answer = line.partition(" ")
        key, _, told = answer.partition(" ")
        word, _, rest = told.partition(" ")
        if mark == "ht" and key in keys:
            yield key, word, rest


def _sure_answers(result: ExecResult, keys: Mapping[str, object]) -> Sequence[tuple[str, str, str]]:
    answers = list(_answers(result, keys))
    if result.code and not answers:
        raise PlatformError(f"Looking for jobs failed with {result.code}: {result.errors.strip()}")
    return answers
