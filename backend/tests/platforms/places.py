"""The platforms that the contract is tested on, and how their jobs are told what to do."""

import asyncio
import contextlib
import random
import time
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import psutil

from hypertrainer.platforms.base import (
    ExitRecord,
    JobHandle,
    JobSpec,
    JobState,
    Observation,
    Platform,
    StopSignal,
    SubmitOutcome,
    Submitted,
)
from hypertrainer.platforms.fake import FakePlatform
from hypertrainer.platforms.registry import Registry
from hypertrainer.platforms.schedulers.direct import DirectScheduler
from hypertrainer.platforms.shell import ShellPlatform, ShellSettings
from hypertrainer.platforms.transports.local import LocalTransport

DEADLINE_SECONDS = 20
ENDING_SECONDS = 3
UNTIL_TOLD = """
echo run >> runs.txt
until [[ -s finish ]]; do read -t 0.02 < <(sleep 0.02); done
exit $(< finish)
"""
STUBBORN = f"trap '' TERM\n{UNTIL_TOLD}"


class Place(ABC):
    """A platform under test."""

    platform: Platform
    root: Path
    brings_news = True  # whether a wait for a change ends by itself
    leaves_record_when_killed = True  # queues kill a job's wrapper, too

    def __init__(self) -> None:
        self.handles: list[JobHandle] = []
        # Makes names of jobs this place's own: a job that is just ending knows its kin by its name.
        self.suffix = ""

    def job(self, key: str = "h1", attempt: int = 1, *, is_stubborn: bool = False) -> JobSpec:
        """A job that runs until `finish` is called."""
        folder = self.root / key
        folder.mkdir(exist_ok=True)
        program = STUBBORN if is_stubborn else UNTIL_TOLD
        name = f"{key}{self.suffix}"
        return JobSpec(name, attempt, str(folder), ("bash", "-c", program), grace_seconds=1)

    def handle(self, job: JobSpec, job_id: str | None = None) -> JobHandle:
        handle = JobHandle(job.key, job.attempt, job.folder, job_id)
        self.handles.append(handle)
        return handle

    async def outcome(self, job: JobSpec) -> SubmitOutcome:
        """What becomes of a job that is handed to the platform."""
        return (await self.platform.submit([job]))[job.key]

    async def submitted(self, job: JobSpec) -> JobHandle:
        """The handle of a job that the platform has just accepted."""
        outcome = await self.outcome(job)
        assert isinstance(outcome, Submitted), outcome
        return self.handle(job, outcome.job_id)

    async def running(self, job: JobSpec) -> JobHandle:
        """The handle of a job whose program has begun."""
        handle = await self.submitted(job)
        await self.seen(handle, JobState.RUNNING)
        await until(lambda: self.runs(job) > 0)
        return handle

    async def look(self, handle: JobHandle) -> Observation:
        report = await self.platform.observe([handle])
        assert report.is_complete
        return report.seen[handle.key]

    async def seen(self, handle: JobHandle, state: JobState) -> Observation:
        """The first observation in this state."""
        found: list[Observation] = []

        async def is_there() -> bool:
            found.append(await self.look(handle))
            return found[-1].state is state

        await until(is_there)
        return found[-1]

    async def ended(self, handle: JobHandle) -> Observation:
        """The first observation of the job's end."""
        return await self.seen(handle, JobState.ENDED)

    async def news(self, waiting: "asyncio.Future[None]") -> None:
        """Wait for a change, where waiting helps; elsewhere polls alone tell."""
        if self.brings_news:
            await asyncio.wait_for(waiting, DEADLINE_SECONDS)
            return
        assert not waiting.done()
        waiting.cancel()

    async def close(self) -> None:
        """End whatever still runs."""
        for handle in self.handles:
            await self.platform.stop([handle], StopSignal.KILL)
        await self.platform.aclose()

    @abstractmethod
    def finish(self, job: JobSpec, code: int) -> None:
        """Let the job's program end."""

    @abstractmethod
    def runs(self, job: JobSpec) -> int:
        """How often the program has begun."""


class LocalPlace(Place):
    """This machine, with real processes."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self.root = root
        self.suffix = unique_suffix()  # other tests' jobs run beside these, on this machine
        self.platform = Registry(root / "platforms.yaml", root).get("local")

    async def close(self) -> None:
        """End whatever still runs, wrappers too: one that is ending takes its namesakes for kin."""
        await super().close()
        for process in self.alive():
            with contextlib.suppress(psutil.Error):
                await asyncio.to_thread(process.wait, ENDING_SECONDS)

    def alive(self) -> list[psutil.Process]:
        """All processes of this place's jobs."""
        return [process for process in living() if self.suffix in mark_of(process)]

    async def ran(self, job: JobSpec) -> ExitRecord:
        """The exit record of a job that has just been submitted and run."""
        seen = await self.ended(await self.submitted(job))
        assert seen.exit is not None
        return seen.exit

    def finish(self, job: JobSpec, code: int) -> None:
        Path(job.folder, "finish").write_text(str(code))

    def runs(self, job: JobSpec) -> int:
        runs = Path(job.folder, "runs.txt")
        return len(runs.read_text().splitlines()) if runs.exists() else 0

    def program(self, script: str, key: str = "h1", attempt: int = 1) -> JobSpec:
        """A job that runs a bash script."""
        return replace(self.job(key, attempt), command=("bash", "-c", script))


class QueuePlace(LocalPlace):
    """A queue whose jobs run here."""

    brings_news = False
    leaves_record_when_killed = False


class ScriptTransport(LocalTransport):
    """This machine as another one is reached: all that is asked is asked by scripts."""

    is_local = False
    can_spawn = False


class ScriptPlace(LocalPlace):
    """This machine, asked by scripts alone."""

    brings_news = False

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        settings = ShellSettings(default_output=str(root))
        self.platform = ShellPlatform(
            "script", "local", ScriptTransport(), DirectScheduler(), settings
        )


class FakePlace(Place):
    """The fake that tests of the core stand on."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self.root = root
        self.begun: list[JobSpec] = []
        self.fake = FakePlatform(on_start=self.begun.append)
        self.platform = self.fake

    def job(self, key: str = "h1", attempt: int = 1, *, is_stubborn: bool = False) -> JobSpec:
        self.fake.faults.ignores_term = is_stubborn
        return super().job(key, attempt, is_stubborn=is_stubborn)

    def finish(self, job: JobSpec, code: int) -> None:
        self.fake.finish(job.key, code, job.attempt)

    def runs(self, job: JobSpec) -> int:
        return len([begun for begun in self.begun if begun.key == job.key])


PLACES: dict[str, Callable[[Path], Place]] = {
    "local": LocalPlace,
    "script": ScriptPlace,
    "fake": FakePlace,
}


def unique_suffix() -> str:
    """What no other job on this machine is called by."""
    return f"x{random.randrange(16**6):06x}"


async def until(condition: Callable[[], bool | Awaitable[bool]]) -> None:
    """Wait for a condition; fail at the deadline."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while True:
        met = condition()
        if met if isinstance(met, bool) else await met:
            return
        assert time.monotonic() < deadline, "it never came to pass"
        await asyncio.sleep(0.01)


def living() -> list[psutil.Process]:
    """The processes that bear some job's mark, zombies apart."""
    return [process for process in psutil.process_iter() if mark_of(process)]


def mark_of(process: psutil.Process) -> str:
    """Which attempt of which job a process belongs to; empty for any other."""
    try:
        return process.environ().get("HYPERTRAINER_JOB", "")
    except psutil.Error:
        return ""
