"""Writes `~/` out, in everything that a job is told: its home there is another than here."""

import json
from collections.abc import Mapping
from dataclasses import replace

from hypertrainer.platforms.base import JobSpec

TILDE = "~/"


def expanded(path: str, home: str) -> str:
    """The path with a leading `~/` written out."""
    return f"{home.rstrip('/')}/{path.removeprefix(TILDE)}" if path.startswith(TILDE) else path


def at_home(job: JobSpec, home: str) -> JobSpec:
    """The job with its folder written out wherever it is named, and its program too."""
    there = expanded(job.folder, home)
    if there == job.folder:
        return replace(job, command=_with_program(job.command, home))
    words = tuple(word.replace(job.folder, there) for word in job.command)
    return replace(
        job,
        folder=there,
        command=_with_program(words, home),
        environment=_replaced(job.environment, job.folder, there),
        files={
            name: data.replace(_quoted(job.folder), _quoted(there))
            for name, data in job.files.items()
        },
    )


def _quoted(path: str) -> bytes:
    """As it stands between the double quotes of a YAML file."""
    return json.dumps(path, ensure_ascii=False)[1:-1].encode()


def _with_program(command: tuple[str, ...], home: str) -> tuple[str, ...]:
    return (expanded(command[0], home), *command[1:]) if command else command


def _replaced(environment: Mapping[str, str], old: str, new: str) -> Mapping[str, str]:
    return {name: value.replace(old, new) for name, value in environment.items()}
