"""The files of the platform in memory: a folder of this machine, treated as one elsewhere."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from hypertrainer.platforms.base import JobSpec, OutputFile
from hypertrainer.platforms.transports.base import ReadRequest, Slice

LOG_SUFFIXES = (".log", ".txt")


class FakeFiles:
    """Lists, reads and deletes what jobs left, as badly as it is told to.

    `lagging_bytes`: so much of the end of each file does not show yet, as on a network file system.
    `slow_bytes`: no read gives more than this. `unreadable`: why nothing can be read.
    """

    def __init__(self, root: Path | None) -> None:
        self.root = root
        self.lagging_bytes = 0
        self.slow_bytes: int | None = None
        self.unreadable = ""
        self.requests: list[Sequence[ReadRequest]] = []  # of each read

    def stage(self, job: JobSpec) -> None:
        """Make a job's folder there, and write what it brings."""
        if self.root is None:
            return
        folder = Path(job.folder)
        (folder / ".hypertrainer").mkdir(parents=True, exist_ok=True)
        for name, data in job.files.items():
            (folder / name).write_bytes(data)

    def sizes(self, folder: str) -> Mapping[str, int]:
        """The true sizes of a job's logs."""
        return {path.name: path.stat().st_size for path in self._logs(folder)}

    def listed(self, folder: str) -> Sequence[OutputFile]:
        """A job's logs, as they show there now."""
        found = ((path.name, path.stat()) for path in self._logs(folder))
        return [
            OutputFile(name, self._shown(status.st_size), status.st_ino, int(status.st_mtime))
            for name, status in found
        ]

    def _logs(self, folder: str) -> Sequence[Path]:
        if self.root is None or not Path(folder).is_dir():
            return []
        return sorted(path for path in Path(folder).iterdir() if path.suffix in LOG_SUFFIXES)

    def _shown(self, size: int) -> int:
        return max(size - self.lagging_bytes, 0)

    def read(self, requests: Sequence[ReadRequest]) -> Sequence[Slice]:
        """What these reads find."""
        self.requests.append(requests)
        return [self._slice(request) for request in requests]

    def _slice(self, request: ReadRequest) -> Slice:
        if self.unreadable:
            return Slice(request.path, error=self.unreadable)
        try:
            status = Path(request.path).stat()
            size = self._shown(status.st_size)
            wanted = min(request.max_bytes, self.slow_bytes or request.max_bytes)
            with Path(request.path).open("rb") as file:
                file.seek(request.offset)
                data = file.read(max(min(wanted, size - request.offset), 0))
        except FileNotFoundError:
            return Slice(request.path)
        return Slice(request.path, data, size, status.st_ino)

    def remove(self, folders: Sequence[str]) -> Mapping[str, str]:
        """Delete folders of jobs; a reason for each that is not below the root."""
        failures = {}
        for folder in folders:
            if self.root is None or not Path(folder).is_relative_to(self.root):
                failures[folder] = "it is no folder of ours"
            else:
                shutil.rmtree(folder, ignore_errors=True)
        return failures
