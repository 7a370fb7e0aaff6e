"""One command that asks a place about all its jobs: the queue first, then their records and logs.

In this order a job that the queue calls ended has left its exit record by the time it is read.
"""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from hypertrainer.platforms.base import JobHandle, OutputFile
from hypertrainer.platforms.evidence import evidence_from
from hypertrainer.platforms.records import RecordKind
from hypertrainer.platforms.schedulers.base import Evidence, Scheduler
from hypertrainer.platforms.transports.base import ExecResult

FILE_FIELDS = 3  # size, inode, time of the last change


@dataclass(frozen=True, slots=True)
class Poll:
    """What one poll brought. `queue` is what the queue answered, for its scheduler to read."""

    evidence: Sequence[Evidence]
    queue: ExecResult
    files: Mapping[str, Sequence[OutputFile]]


@dataclass(slots=True)
class _Folder:
    """What was read of one job's folder."""

    records: dict[str, bytes] = field(default_factory=dict)  # by kind
    error: str | None = None
    files: list[OutputFile] = field(default_factory=list)


def poll_script(
    scheduler: Scheduler, handles: Sequence[JobHandle], *, with_logs: bool, may_be_new: bool
) -> str:
    """The script of a poll of these jobs.

    `with_logs`: their logs are listed too. `may_be_new`: nobody may have made a folder there yet,
    so that one without even its parent is no reason to think of a missing disk.
    """
    question = scheduler.list_script([Evidence(handle) for handle in handles])
    jobs = (("ht_job", job.key, str(job.attempt), job.folder) for job in handles)
    return "\n".join(
        [
            f"(\n{question}\n)",
            r"printf '\nhtq %s\n' $?",
            f"ht_with_logs={'1' if with_logs else ''} ht_may_be_new={'1' if may_be_new else ''}",
            _functions(),
            *(" ".join(shlex.quote(word) for word in words) for words in jobs),
            "ht_sizes",
            "printf 'ht-all\\n'",
        ]
    )


@cache
def _functions() -> str:
    return Path(__file__).with_suffix(".sh").read_text()


def parse_poll(result: ExecResult, handles: Sequence[JobHandle]) -> Poll:
    """The answer to `poll_script`. What is missing of it is an error of each job, no absence."""
    lines = result.output.split("\n")
    end = next((index for index, line in enumerate(lines) if line.startswith("htq ")), None)
    if end is None:
        queue = ExecResult(result.code or 1, result.output, result.errors)
        return Poll(_untold(handles, "the poll was cut short"), queue, {})
    code = lines[end].removeprefix("htq ").strip()
    queue = ExecResult(int(code) if code.isdigit() else 1, "\n".join(lines[:end]), result.errors)
    folders = _folders(lines[end + 1 :], handles)
    if "ht-all" not in lines[end + 1 :]:
        for folder in folders.values():
            folder.error = folder.error or "the poll was cut short"
    evidence = [_evidence(handle, folders[handle.key]) for handle in handles]
    return Poll(evidence, queue, {key: folder.files for key, folder in folders.items()})


def _untold(handles: Sequence[JobHandle], error: str) -> Sequence[Evidence]:
    return [Evidence(handle, error=error) for handle in handles]


def _folders(lines: Sequence[str], handles: Sequence[JobHandle]) -> Mapping[str, _Folder]:
    folders = {handle.key: _Folder() for handle in handles}
    keys = {handle.folder: handle.key for handle in handles}
    reading: tuple[str, str, list[str]] | None = None
    for line in lines:
        word, _, rest = line.partition(" ")
        key, _, told = rest.partition(" ")
        if word in ("htr", "hte") and key not in folders:
            continue
        if word == "htr":
            reading = key, told, []
        elif word == "htl" and reading is not None:
            reading[2].append(rest)
        elif word == "htz" and reading is not None:
            text = "".join(f"{one}\n" for one in reading[2])
            folders[reading[0]].records[reading[1]] = text.encode(errors="replace")
            reading = None
        elif word == "hte":
            folders[key].error = told
        elif word == "htf":
            for folder, file in _file(rest):
                if folder in keys:
                    folders[keys[folder]].files.append(file)
    return folders


def _file(text: str) -> Iterator[tuple[str, OutputFile]]:
    parts = text.split(" ", FILE_FIELDS)
    if len(parts) <= FILE_FIELDS or not all(part.isdigit() for part in parts[:FILE_FIELDS]):
        return
    size, inode, modified = (int(part) for part in parts[:FILE_FIELDS])
    folder, _, name = parts[FILE_FIELDS].rpartition("/")
    yield folder, OutputFile(name, size, inode, modified)


def _evidence(handle: JobHandle, folder: _Folder) -> Evidence:
    records = {kind: folder.records.get(kind.value, b"") for kind in RecordKind}
    return evidence_from(handle, records, {}, folder.error)
