"""Notices changes in the output folders of active tasks, told by the operating system."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

from watchfiles import awatch

STEP_MILLISECONDS = 10
DEBOUNCE_MILLISECONDS = 50
METRIC_PREFIX = "metric_"


class OutputWatch:
    """Collects which folders changed. A hint: whoever needs certainty looks at the files.

    `metrics_waker` is set where a metric may have grown, which is far more seldom.
    """

    def __init__(self, waker: asyncio.Event, metrics_waker: asyncio.Event | None = None) -> None:
        self._waker = waker
        self._metrics_waker = metrics_waker or asyncio.Event()
        self._folders: frozenset[Path] = frozenset()
        self._changed: set[Path] = set()
        self._reset = asyncio.Event()

    def set_folders(self, folders: Iterable[Path]) -> None:
        """Watch these folders from now on, and no others."""
        wanted = frozenset(folders)
        if wanted != self._folders:
            self._folders = wanted
            self._reset.set()

    def take_changed(self) -> set[Path]:
        """The folders that changed since the last call."""
        changed, self._changed = self._changed, set()
        return changed

    async def run_once(self) -> float:
        """Watch until the set of folders changes; the supervisor calls again."""
        self._reset.clear()
        folders = [folder for folder in self._folders if folder.is_dir()]
        if not folders:
            await self._reset.wait()
            return 0.0
        self._note(folders)  # something may have changed while nothing was watched
        changes = awatch(
            *folders,
            watch_filter=None,
            recursive=False,
            step=STEP_MILLISECONDS,
            debounce=DEBOUNCE_MILLISECONDS,
            stop_event=self._reset,
        )
        async for batch in changes:
            paths = [Path(path) for _, path in batch]
            self._note({path.parent for path in paths})
            if any(path.name.startswith(METRIC_PREFIX) for path in paths):
                self._metrics_waker.set()
        return 0.0

    def _note(self, folders: Iterable[Path]) -> None:
        self._changed.update(folders)
        self._waker.set()
