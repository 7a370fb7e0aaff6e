"""Supervises one job of a fake queue: runs it, tells it when to end, and writes how it ended."""

import os
import signal
import time
from collections.abc import Sequence

from tests.labs.fakesched_state import (
    ENDED,
    ENDING,
    PENDING,
    RUNNER_SIGNALS,
    Job,
    Store,
    members,
    send,
)

FOREVER = 3600.0
Step = tuple[int, str]  # a signal, and who gets it: the leader, its group, or all processes
# How each queue ends a job, kill_wait between the steps; KILL for all is the last one.
ENDINGS: dict[str, Sequence[Step]] = {
    "slurm": [(signal.SIGTERM, "leader")],
    "pbs": [(signal.SIGTERM, "all")],
    "torque": [(signal.SIGTERM, "all")],
    "sge": [(signal.SIGUSR2, "group")],  # where the job asked for a notice; KILL at once otherwise
    "lsf": [(signal.SIGINT, "all"), (signal.SIGTERM, "all")],
}


class Runner:
    """One run of one job."""

    def __init__(self, store: Store, job: Job, flavour: str) -> None:
        self._store = store
        self._job = job
        self._flavour = flavour
        self._timed_out = False
        self._steps: list[Step] | None = None
        self._next_step = FOREVER + time.time()

    def run(self) -> None:
        """Run the job to its end; called in a process of its own."""
        leader = self._spawn()
        with self._store.locked() as jobs:
            jobs[self._job.id].leader = leader
        status = self._watch(leader)
        for pid in members(leader):
            send(pid, signal.SIGKILL)
        self._finish(status)

    def _spawn(self) -> int:
        pid = os.fork()
        if pid:
            return pid
        try:
            os.setsid()
            signal.pthread_sigmask(signal.SIG_UNBLOCK, RUNNER_SIGNALS)
            how = os.O_WRONLY | os.O_CREAT | (os.O_APPEND if self._job.appends else os.O_TRUNC)
            output = os.open(self._job.output, how, 0o644)
            os.dup2(output, 1)
            os.dup2(output, 2)
            os.chdir(self._job.cwd)
            environment = dict(self._job.environment)
            if self._job.restarts:
                environment["SLURM_RESTART_COUNT"] = str(self._job.restarts)
            os.execvpe(self._job.command[0], self._job.command, environment)
        finally:
            os._exit(127)

    def _watch(self, leader: int) -> int:
        limit = self._job.started + (self._job.limit or FOREVER)
        warning = self._job.warning
        warns_at = limit - warning[1] if warning else limit + FOREVER
        while True:
            pid, status = os.waitpid(leader, os.WNOHANG)
            if pid:
                return status
            now = time.time()
            wait = max(min(limit, self._next_step, warns_at) - now, 0)
            told = signal.sigtimedwait(RUNNER_SIGNALS, wait)
            now = time.time()
            if told and told.si_signo == signal.SIGTERM and self._steps is None:
                self._begin_end(leader)
            if now >= warns_at and warning:
                warns_at = now + FOREVER
                send(leader, int(warning[0]))
            if now >= limit:
                limit = now + FOREVER
                self._timed_out = True
                self._begin_end(leader, is_timeout=True)
            if self._steps is not None and now >= self._next_step:
                self._step(leader)

    def _begin_end(self, leader: int, *, is_timeout: bool = False) -> None:
        steps = list(ENDINGS[self._flavour])
        if self._flavour == "sge" and not self._job.notifies:
            steps = []
        if is_timeout:  # at the limit every process is told
            steps = [(number, "all") for number, _ in steps]
        self._steps = [*steps, (signal.SIGKILL, "all")]
        self._step(leader)

    def _step(self, leader: int) -> None:
        assert self._steps is not None
        self._next_step = time.time() + self._store.settings.kill_wait
        if not self._steps:
            return
        number, whom = self._steps.pop(0)
        for pid in members(leader) if whom == "all" else [leader if whom == "leader" else -leader]:
            send(pid, number)

    def _finish(self, status: int) -> None:
        with self._store.locked() as jobs:
            job = jobs[self._job.id]
            now = time.time()
            if job.is_requeued:
                job.is_requeued = False
                job.state, job.not_before = PENDING, now + self._store.settings.requeue_delay
                job.restarts += 1
                return
            is_ours = job.state == ENDING
            job.state, job.ended = ENDED, now
            job.code, job.signal = os.waitstatus_to_exitcode(status), 0
            if job.code < 0:
                job.code, job.signal = 0, -job.code
            if self._timed_out:
                job.cause = "timeout"
            elif not is_ours:
                job.cause = ""
