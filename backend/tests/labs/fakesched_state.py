"""The jobs of a fake queue: one JSON file each in a folder, moved on by whichever command runs.

There is no daemon. Every command takes the lock, buries runners that died, forgets jobs that ended
long ago and starts what may start; a runner (`fakesched_runner`) is one detached process per job.
"""

import fcntl
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

PENDING, RUNNING, ENDING, ENDED = "pending", "running", "ending", "ended"
RUNNER_SIGNALS = {signal.SIGCHLD, signal.SIGTERM}


@dataclass
class Settings:
    """How the queue behaves; `settings.json`, read again by every command.

    Times are in seconds. Faults count down: `lose_answer` is how many submissions are accepted and
    then answered with an error; `fail` and `hang` go by a command's name (`*`: any).
    """

    slots: int = 8
    keep: float = 300.0  # ended jobs are listed for so long
    accounting_delay: float = 0.0  # and are in the books so long after their end
    has_accounting: bool = True
    kill_wait: float = 3.0  # between the polite signal and KILL
    requeue_delay: float = 0.0
    fail: dict[str, int] = field(default_factory=dict)  # calls that end with an error
    hang: dict[str, float] = field(default_factory=dict)  # sleep before acting
    lose_answer: int = 0
    hide_listings: int = 0  # a new job is missing from so many listings
    refuse: str = ""  # partition, account, limit or resources: what submissions are refused for
    is_noisy: bool = False
    unknown_state: str = ""  # the word for every job's state
    breaks_json: bool = False


@dataclass
class Job:
    """One job, as the queue knows it."""

    id: int
    name: str
    command: list[str]
    cwd: str
    environment: dict[str, str] = field(default_factory=dict)
    output: str = "/dev/null"
    appends: bool = False
    limit: float | None = None
    warning: list[float] | None = None  # a signal's number, and how long before the limit
    notifies: bool = False
    options: dict[str, Any] = field(default_factory=dict)
    submitted: float = 0.0
    state: str = PENDING
    not_before: float = 0.0
    is_held: bool = False
    started: float = 0.0
    ended: float = 0.0
    runner: int = 0
    leader: int = 0
    code: int | None = None
    signal: int = 0
    cause: str = ""  # cancelled, timeout, memory, node, preempted
    is_requeued: bool = False
    restarts: int = 0
    hidden: int = 0


class Store:
    """The folder of one fake queue."""

    def __init__(self, home: Path, run: Callable[["Store", Job], None]) -> None:
        """Open the folder; `run` is what a job's runner does, in a process of its own."""
        self.home = home
        self._run = run
        self.settings = Settings()
        self.jobs: dict[int, Job] = {}
        for name in ("jobs", "scripts"):
            (home / name).mkdir(parents=True, exist_ok=True)

    @contextmanager
    def locked(self, *, advances: bool = True) -> Iterator[dict[int, Job]]:
        """All jobs, moved on to this moment unless told not to; changes are kept."""
        with (self.home / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            before = self._load()
            if advances:
                self._advance(lock.fileno())
            yield self.jobs
            if advances:
                self._advance(lock.fileno())
            self._save(before)

    def listed(self) -> list[Job]:
        """The jobs that a listing shows; a new one shows only after some listings."""
        shown = []
        for job in self.jobs.values():
            if job.hidden > 0:
                job.hidden -= 1
            elif job.state != ENDED or time.time() - job.ended < self.settings.keep:
                shown.append(job)
        return shown

    def in_books(self) -> list[Job]:
        """The ended jobs that accounting knows of by now."""
        delay = self.settings.accounting_delay
        ended = [job for job in self.jobs.values() if job.state == ENDED]
        return [job for job in ended if time.time() - job.ended >= delay]

    def submit(self, job: Job) -> Job:
        """Take a job on; its id is set."""
        job.id = max(self.jobs, default=0) + 1
        job.submitted = time.time()
        job.hidden = self.settings.hide_listings
        self.jobs[job.id] = job
        return job

    def keep_script(self, job_id: int, text: str) -> str:
        """Where a copy of a job's script is."""
        path = self.home / "scripts" / f"{job_id}.sh"
        path.write_text(text)
        return str(path)

    def took(self, fault: str) -> bool:
        """Whether a fault that counts down strikes now."""
        left = getattr(self.settings, fault)
        if left:
            setattr(self.settings, fault, left - 1)
        return bool(left)

    def fails(self, command: str) -> bool:
        """Whether this call is one that ends with an error."""
        for name in (command, "*"):
            left = self.settings.fail.get(name, 0)
            if left:
                self.settings.fail[name] = left - 1
                return True
        return False

    def cancel(self, job: Job) -> None:
        """End a job politely, and then not."""
        if job.state == PENDING:
            job.state, job.cause, job.ended = ENDED, "cancelled", time.time()
        elif job.state == RUNNING:
            job.state, job.cause = ENDING, "cancelled"
            send(job.runner, signal.SIGTERM)

    def requeue(self, job: Job) -> None:
        """End a running job and let it wait again, under the same id."""
        if job.state == RUNNING:
            job.is_requeued = True
            send(job.runner, signal.SIGTERM)

    def _load(self) -> dict[int, str]:
        path = self.home / "settings.json"
        self.settings = Settings(**json.loads(path.read_text())) if path.exists() else Settings()
        texts = {}
        for file in (self.home / "jobs").glob("*.json"):
            texts[int(file.stem)] = file.read_text()
        self.jobs = {number: Job(**json.loads(texts[number])) for number in sorted(texts)}
        return texts

    def _save(self, before: dict[int, str]) -> None:
        write(self.home / "settings.json", json.dumps(asdict(self.settings)))
        for job in self.jobs.values():
            text = json.dumps(asdict(job))
            if before.get(job.id) != text:
                write(self.home / "jobs" / f"{job.id}.json", text)

    def _advance(self, lock: int) -> None:
        now = time.time()
        for job in self.jobs.values():
            if job.state in (RUNNING, ENDING) and not is_alive(job.runner):
                job.state, job.cause, job.ended = ENDED, "node", now
        active = [job for job in self.jobs.values() if job.state in (RUNNING, ENDING)]
        for job in self.jobs.values():
            if len(active) >= self.settings.slots:
                return
            if job.state == PENDING and not job.is_held and job.not_before <= now:
                self._start(job, lock)
                active.append(job)

    def _start(self, job: Job, lock: int) -> None:
        job.state, job.started = RUNNING, time.time()
        # The runner is born deaf: a signal that comes before it listens waits for it.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, RUNNER_SIGNALS)
        pid = os.fork()
        signal.pthread_sigmask(signal.SIG_SETMASK, before if pid else RUNNER_SIGNALS)
        if pid == 0:
            os.close(lock)
            _detach()
            try:
                self._run(self, job)
            finally:
                os._exit(0)
        job.runner = pid


def write(path: Path, text: str) -> None:
    """Write a file whole: readers see the old one or the new one."""
    temporary = path.with_suffix(f".{os.getpid()}")
    temporary.write_text(text)
    temporary.replace(path)


def is_alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(") ")[2][0] not in "ZX"


def members(session: int) -> list[int]:
    """The living processes of a session."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            stat = (path / "stat").read_text()
        except OSError:
            continue
        state, _, _, its_session = stat.rpartition(") ")[2].split()[:4]
        if int(its_session) == session and state not in "ZX":
            found.append(int(path.name))
    return found


def send(pid: int, number: int) -> None:
    """Signal a process, or a group by its negated number; one that has ended is no error."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def _detach() -> None:
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
