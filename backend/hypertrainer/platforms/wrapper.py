"""Writes `run.sh`: a job's own values, then the wrapper that is the same for every job."""

import re
import shlex
from functools import cache
from pathlib import Path

from hypertrainer.errors import InvalidInput
from hypertrainer.platforms.base import JobSpec
from hypertrainer.platforms.records import RECORD_FOLDER

SCRIPTS = Path(__file__).parent
MARK_VARIABLE = "HYPERTRAINER_JOB"  # every process of a job inherits it
SECRETS = ("HYPERTRAINER_TOKEN", "HYPERTRAINER_DATABASE_URL")  # the server's, never a job's
VARIABLE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def wrapper_path(folder: str) -> str:
    """Where the wrapper of the task folder `folder` is."""
    return f"{folder}/{RECORD_FOLDER}/run.sh"


def job_mark(key: str, attempt: int) -> str:
    """The value of HYPERTRAINER_JOB by which the processes of an attempt are known."""
    return f"{key}.{attempt}"


def wrapper_script(job: JobSpec, job_id: str = "", *, warns: bool = True, notice: str = "") -> str:
    """The text of a job's `run.sh`.

    Args:
        job: what to run.
        job_id: the bash word that gives the job's id there (`$SLURM_JOB_ID`); empty where no queue
            gives one, and the wrapper's process number is the id. A queue limits the time itself.
        warns: whether the queue sends the checkpoint signal before the time limit by itself.
        notice: the signal by which a queue announces that it will KILL; it stands for TERM, or for
            the checkpoint signal. Empty where a queue sends the signal that it means.

    Raises:
        InvalidInput: a value that no process can be given.
    """
    is_asked = not job_id or (job.resources.checkpoint_signal is not None and not warns)
    header = _header(job, job_id, notice, limits=is_asked)
    return "\n".join([*header, shared_functions(), _wrapper()])


def _header(job: JobSpec, job_id: str, notice: str, *, limits: bool) -> list[str]:
    _refuse_impossible(job)
    mark = job_mark(job.key, job.attempt)
    checkpoint = job.resources.checkpoint_signal or ""
    warning = checkpoint if limits else ""
    return [
        "#!/bin/bash",
        f"# Written by HyperTrainer: job {job.key}, attempt {job.attempt}.",
        "ht_path=$PATH",
        f"ht_attempt={job.attempt} ht_grace={job.grace_seconds}",
        f"ht_limit={job.resources.time_seconds or '' if limits else ''}",
        f"ht_warning={warning} ht_warning_seconds={job.resources.checkpoint_seconds}",
        f"ht_notice={notice} ht_meant={checkpoint or 'TERM'}",
        f"ht_folder={shlex.quote(job.folder)}",
        f"ht_job_id={job_id}",
        f"ht_mark={MARK_VARIABLE}={mark}",
        f"ht_setup=({_words(job.setup)})",
        f"ht_command=({_words(job.command)})",
        f"unset {' '.join(SECRETS)}",
        *(f"export {name}={shlex.quote(value)}" for name, value in job.environment.items()),
        f"export {MARK_VARIABLE}={mark}",
    ]


def _refuse_impossible(job: JobSpec) -> None:
    if not job.command:
        raise InvalidInput("The command is empty: write what to run.")
    for name in job.environment:
        if not VARIABLE_NAME.fullmatch(name):
            raise InvalidInput(f"`{name}` cannot be an environment variable's name.")
    values = (job.folder, *job.command, *job.setup, *job.environment.values())
    if any("\0" in value for value in values):
        raise InvalidInput("A zero byte stands in the command, the setup or the environment.")


def _words(values: tuple[str, ...]) -> str:
    return " ".join(shlex.quote(value) for value in values)


@cache
def shared_functions() -> str:
    """The bash functions that find records and processes."""
    return (SCRIPTS / "processes.sh").read_text()


@cache
def _wrapper() -> str:
    return (SCRIPTS / "wrapper.sh").read_text()
