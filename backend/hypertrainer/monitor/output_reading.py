"""Looks at a task's output folder: which files changed, and what was appended to them. Blocks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from hypertrainer.metrics.collect import CollectedFile, collect_file
from hypertrainer.metrics.formats import find_source
from hypertrainer.tasks.statuses import TaskStatus

LOG_SUFFIXES = (".log", ".txt")

Fingerprint = tuple[int, int, int]  # inode, size, mtime in ns
Fingerprints = Mapping[str, Fingerprint]  # by file name


@dataclass(frozen=True, slots=True)
class OutputTask:
    """A task whose output is not known to the last byte yet, as it was when read."""

    id: int
    folder: Path
    status: TaskStatus
    ended_at: datetime | None
    is_mirrored: bool = True  # False: elsewhere there is more of it

    @property
    def is_over(self) -> bool:
        """Whether its files have their last byte."""
        return not self.status.is_active and self.is_mirrored


@dataclass(slots=True)
class TaskOutput:
    """What one look at a task's folder found."""

    task: OutputTask
    fingerprints: Fingerprints
    changed: dict[str, int]  # log, metric and progress files that changed, and their sizes
    files: dict[str, CollectedFile] = field(default_factory=dict)  # what was read of them
    is_behind: bool = False  # there was more than one look reads


def scan(task: OutputTask, before: Fingerprints) -> TaskOutput:
    """What changed in a task's folder since a look that saw it like `before`."""
    now = dict(_fingerprints(task.folder))
    changed = {name: seen[1] for name, seen in now.items() if before.get(name) != seen}
    return TaskOutput(task, now, changed)


def _fingerprints(folder: Path) -> Iterator[tuple[str, Fingerprint]]:
    try:
        paths = [path for path in folder.iterdir() if path.suffix in LOG_SUFFIXES]
    except OSError:
        return
    for path in paths:
        try:
            status = path.stat()
        except OSError:  # removed just now
            continue
        yield path.name, (status.st_ino, status.st_size, status.st_mtime_ns)


def read(output: TaskOutput, states: Mapping[str, CollectedFile]) -> None:
    """Read on in the files that changed, and to the very end in all of a task that has ended."""
    for name in output.fingerprints:
        state = states.get(name)
        is_waiting = state is not None and state.is_behind
        if find_source(name) is None:
            continue
        if name in output.changed or is_waiting or output.task.is_over:
            _read_file(output, name, state)


def _read_file(output: TaskOutput, name: str, state: CollectedFile | None) -> None:
    try:
        collected = collect_file(output.task.folder / name, state, is_final=output.task.is_over)
    except OSError:  # removed or unreadable: the next full scan looks again
        return
    output.is_behind = output.is_behind or collected.is_behind
    if collected is not state:
        output.files[name] = collected
