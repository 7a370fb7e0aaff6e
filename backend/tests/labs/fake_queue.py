"""A fake queue for one test: its folder, its commands, its faults, and its end."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.labs.fakesched import install
from tests.labs.fakesched_state import Job, Settings, Store, is_alive, members


class FakeQueue:
    """A fake queue of one flavour: slurm, pbs, torque, sge or lsf."""

    def __init__(self, root: Path, flavour: str) -> None:
        """Install it below a folder; `commands` is then to be named first on PATH."""
        self.flavour = flavour
        self.home = root / "queue"
        self.commands = root / "bin"
        self._store = Store(self.home, lambda store, job: None)
        install(self.commands, self.home, flavour)

    @property
    def path(self) -> str:
        """PATH with the fake's commands first."""
        return f"{self.commands}:{os.environ['PATH']}"

    @contextmanager
    def settings(self) -> Iterator[Settings]:
        """The settings and faults, to be changed."""
        with self._still():
            yield self._store.settings

    def jobs(self) -> list[Job]:
        """All jobs that were ever submitted, as they are in the folder."""
        with self._still() as jobs:
            return list(jobs.values())

    def calls(self, command: str = "") -> list[str]:
        """The command lines so far, or those of one command."""
        log = self.home / "calls.log"
        lines = log.read_text().splitlines() if log.exists() else []
        return [line for line in lines if line.split(" ", 1)[0] == (command or line.split(" ")[0])]

    def hold(self) -> None:
        """Let nothing start any more."""
        with self.settings() as settings:
            settings.slots = 0

    def requeue(self, name: str) -> None:
        """Have a running job wait again, as an administrator or a preemption does."""
        with self._still() as jobs:
            for job in jobs.values():
                if job.name == name:
                    self._store.requeue(job)

    def cancel(self, name: str) -> None:
        """End a job as another user or an administrator does."""
        with self._still() as jobs:
            for job in jobs.values():
                if job.name == name:
                    self._store.cancel(job)

    def release(self, name: str) -> None:
        """Let a job that waits start with the next command."""
        with self._still() as jobs:
            for job in jobs.values():
                if job.name == name:
                    job.not_before, job.is_held = 0.0, False

    def limit(self, name: str, seconds: float) -> None:
        """Let a job that is held start, with another time limit."""
        with self._still() as jobs:
            self._store.settings.slots = len(jobs)
            for job in jobs.values():
                if job.name == name:
                    job.limit = seconds

    def crash_node(self, name: str) -> None:
        """Kill everything of a job at once, its supervisor too."""
        for job in self.jobs():
            if job.name == name:
                self._kill(job)

    def close(self) -> None:
        """End every process of every job; nothing is submitted any more."""
        self.hold()
        for job in self.jobs():
            self._kill(job)

    @contextmanager
    def _still(self) -> Iterator[dict[int, Job]]:
        """The jobs under lock, nothing started by us."""
        with self._store.locked(advances=False) as jobs:
            yield jobs

    def _kill(self, job: Job) -> None:
        for pid in (job.runner, *(members(job.leader) if job.leader else ())):
            if pid and is_alive(pid):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
