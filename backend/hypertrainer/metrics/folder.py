"""Which metric files a task's output folder holds."""

import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from hypertrainer.metrics.formats import PROGRESS_FILE, Source, find_source


@dataclass(frozen=True, slots=True)
class TaskFolder:
    """A task's output folder. `is_final`: the task has ended, nothing more is written there."""

    task_id: int
    path: Path
    is_final: bool


@dataclass(frozen=True, slots=True)
class MetricFile:
    """One metric's file, and what its name says of it."""

    path: Path
    name: str
    source: Source


def metric_files(folder: Path, names: Iterable[str] = ()) -> list[MetricFile]:
    """The metric files of the folder, by name; only those of these metrics if any is named.

    A folder that is not there has none. Links that leave the folder are left out.
    """
    wanted = set(names)
    return sorted(
        (
            MetricFile(path, source.metric, source)
            for path, source in _sources(folder)
            if source.metric is not None and (not wanted or source.metric in wanted)
        ),
        key=lambda file: (file.name, file.source.format.name != "scalar"),
    )


def progress_file(folder: Path) -> Path | None:
    """The folder's `progress.log`; None if there is none."""
    path = folder / PROGRESS_FILE
    return path if _is_inside(path, folder) else None


def _sources(folder: Path) -> Iterator[tuple[Path, Source]]:
    try:
        paths = list(folder.iterdir())
    except OSError:
        return
    for path in paths:
        source = find_source(path.name)
        if source is not None and _is_inside(path, folder):
            yield path, source


def _is_inside(path: Path, folder: Path) -> bool:
    """Whether it is a regular file that, links resolved, lies in the folder."""
    try:
        status = path.lstat()
        if stat.S_ISLNK(status.st_mode):
            target = path.resolve(strict=True)
            return target.is_relative_to(folder.resolve()) and target.is_file()
    except (OSError, RuntimeError):  # gone, or a circle of links
        return False
    return stat.S_ISREG(status.st_mode)
