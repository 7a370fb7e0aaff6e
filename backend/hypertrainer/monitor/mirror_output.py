"""Fetches what remote tasks wrote: logs and metrics are read from local files everywhere."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from sqlalchemy import update
from sqlmodel import col

from hypertrainer.database import Database
from hypertrainer.errors import PlatformError, StorageError
from hypertrainer.monitor.attempts import Pair, handle_of
from hypertrainer.monitor.mirror_files import Copies
from hypertrainer.monitor.mirror_shares import (
    CALL_BYTES,
    LEAST_CALL_BYTES,
    Share,
    Wanted,
    share_out,
)
from hypertrainer.platforms.base import JobState, Observation, Platform, Report
from hypertrainer.platforms.transports.base import Slice
from hypertrainer.tasks.creation import saved_id
from hypertrainer.tasks.statuses import ACTIVE_STATUSES, AttemptState
from hypertrainer.tasks.tables import Attempt, Task

ROUND_SECONDS = 5.0  # after which a backlog leaves the word to the next poll
QUIET_SECONDS = 120.0  # after an end without a new byte nothing more is expected
NEVER_SEEN_SECONDS = 10.0  # nor after the end of what was never seen to start, or to write


@dataclass(frozen=True, slots=True)
class Mirrored:
    """What a round fetched."""

    changed: frozenset[int] = frozenset()  # tasks of which there is more here now
    whole: frozenset[int] = frozenset()  # ended tasks of which nothing is left to fetch
    is_behind: bool = False  # there was more than a round fetches
    problem: StorageError | None = None  # some of it could not be stored


@dataclass(slots=True)
class MirrorOutput:
    """The part of a platform's round that fetches output. What it remembers may be lost."""

    database: Database
    platform: Platform
    _copies: dict[int, Copies] = field(default_factory=dict)  # by task
    _quiet_since: dict[int, float] = field(default_factory=dict)  # by ended task
    _served: dict[str, int] = field(default_factory=dict)  # by path, the last call that read it
    _call: int = 0
    _call_bytes: int = CALL_BYTES

    async def run_once(self, pairs: Sequence[Pair], report: Report) -> Mirrored:
        """Fetch what is behind of these tasks, as the report lists it.

        Raises:
            PlatformUnreachable: nothing could be asked.
        """
        remote = [pair for pair in pairs if pair[1].remote_path and pair[0].key in report.seen]
        self._forget_others({saved_id(task) for _, task in pairs})
        if not remote:
            return Mirrored()
        wanted = await asyncio.to_thread(self._find_wanted, remote, report)
        fetched = await self._fetch(wanted)
        self._note_news(remote, fetched.changed)
        whole = await asyncio.to_thread(self._find_whole, remote, report)
        marked = await self._mark([pair for pair in remote if saved_id(pair[1]) in whole])
        return Mirrored(fetched.changed, marked, fetched.is_behind, fetched.problem)

    def _forget_others(self, present: set[int]) -> None:
        self._copies = {task: copies for task, copies in self._copies.items() if task in present}
        self._quiet_since = {t: since for t, since in self._quiet_since.items() if t in present}

    def _find_wanted(self, pairs: Sequence[Pair], report: Report) -> list[Wanted]:
        wanted: list[Wanted] = []
        for attempt, task in pairs:
            copies = self._copies_of(task)
            if not copies.folder.is_dir():  # whoever removed it does not want it
                continue
            handle = handle_of(attempt, task)
            listed = report.files.get(attempt.key, ())
            wanted += copies.find_wanted(saved_id(task), handle.folder, handle.machine, listed)
        paths = {file.path for file in wanted}
        self._served = {path: call for path, call in self._served.items() if path in paths}
        return wanted

    def _copies_of(self, task: Task) -> Copies:
        task_id = saved_id(task)
        if task_id not in self._copies:
            self._copies[task_id] = Copies.load(Path(task.output_path))
        return self._copies[task_id]

    async def _fetch(self, wanted: list[Wanted]) -> Mirrored:
        """Read on until nothing is behind, or for some seconds."""
        changed: set[int] = set()
        problem: StorageError | None = None
        deadline = monotonic() + ROUND_SECONDS
        while wanted and monotonic() < deadline:
            shares = self._shares(wanted)
            slices = await self._read(shares)
            stored = await asyncio.to_thread(self._store, shares, slices)
            changed |= stored.changed
            problem = problem or stored.problem
            asked = {file.path for file, _ in shares}
            wanted = [*(file for file in wanted if file.path not in asked), *stored.behind]
        return Mirrored(frozenset(changed), is_behind=bool(wanted), problem=problem)

    def _shares(self, wanted: Sequence[Wanted]) -> list[Share]:
        by_machine: dict[str, list[Wanted]] = defaultdict(list)
        for file in wanted:
            by_machine[file.machine].append(file)
        self._call += 1
        shares = [
            share
            for files in by_machine.values()
            for share in share_out(files, self._served, self._call_bytes)
        ]
        self._served.update((file.path, self._call) for file, _ in shares)
        return shares

    async def _read(self, shares: Sequence[Share]) -> Sequence[Slice | None]:
        """One call for each machine, all at once; None for what a silent one has."""
        by_machine: dict[str, list[int]] = defaultdict(list)
        for index, (file, _) in enumerate(shares):
            by_machine[file.machine].append(index)
        answers = await asyncio.gather(
            *(
                self.platform.read([shares[i][0].request(shares[i][1]) for i in indices], machine)
                for machine, indices in by_machine.items()
            ),
            return_exceptions=True,
        )
        slices: list[Slice | None] = [None] * len(shares)
        failures = [answer for answer in answers if isinstance(answer, BaseException)]
        for indices, answer in zip(by_machine.values(), answers, strict=True):
            if not isinstance(answer, BaseException):
                for index, part in zip(indices, answer, strict=True):
                    slices[index] = part
        self._adapt(failures)
        serious = [error for error in failures if not isinstance(error, PlatformError)]
        if serious or len(failures) == len(answers):
            raise (serious or failures)[0]
        return slices

    def _adapt(self, failures: Sequence[BaseException]) -> None:
        """A line too slow for what was asked for gets less to carry, and more when it did well."""
        half, twice = self._call_bytes // 2, self._call_bytes * 2
        self._call_bytes = max(half, LEAST_CALL_BYTES) if failures else min(twice, CALL_BYTES)

    def _store(self, shares: Sequence[Share], slices: Sequence[Slice | None]) -> "_Stored":
        found: dict[int, list[tuple[Wanted, Slice]]] = defaultdict(list)
        for (file, _), part in zip(shares, slices, strict=True):
            if part is not None:
                found[file.task_id].append((file, part))
        stored = _Stored()
        for task_id, parts in found.items():
            try:
                after = self._copies[task_id].store(parts)
            except StorageError as error:  # of one task: the others' disks may have room
                stored.problem = stored.problem or error
                continue
            for before, _ in parts:
                now = after.get(before.name)
                if now is None or now.offset == before.offset:
                    continue  # gone, unreadable, or nothing new shows yet
                stored.changed.add(task_id)
                if now.size > now.offset:
                    stored.behind.append(now)
        return stored

    def _note_news(self, pairs: Sequence[Pair], changed: frozenset[int]) -> None:
        """How long nothing has come of tasks that have ended."""
        for attempt, task in pairs:
            task_id = saved_id(task)
            if attempt.state != AttemptState.ENDED:
                self._quiet_since.pop(task_id, None)
            elif task_id in changed or task_id not in self._quiet_since:
                self._quiet_since[task_id] = monotonic()

    def _find_whole(self, pairs: Sequence[Pair], report: Report) -> set[int]:
        """The ended tasks of which everything is here, or nothing more is expected."""
        return {
            saved_id(task)
            for attempt, task in pairs
            if attempt.state == AttemptState.ENDED
            and self._is_whole(task, report.seen[attempt.key], _patience(attempt, report))
        }

    def _is_whole(self, task: Task, seen: Observation, patience: float) -> bool:
        copies = self._copies_of(task)
        if not copies.folder.is_dir():
            return True
        if seen.exit is not None and copies.has(seen.exit.sizes):
            return True
        if seen.state is JobState.UNKNOWN:  # nobody could be asked: the time does not count
            self._quiet_since[saved_id(task)] = monotonic()
        return monotonic() - self._quiet_since[saved_id(task)] >= patience

    async def _mark(self, pairs: Sequence[Pair]) -> frozenset[int]:
        """Note that these tasks are whole, unless they were resumed meanwhile."""
        marked = set()
        if not pairs:
            return frozenset()
        async with self.database.transaction() as session:
            for _, task in pairs:
                still_so = (
                    col(Task.id) == task.id,
                    col(Task.status).not_in(ACTIVE_STATUSES),
                    col(Task.ended_at).is_not_distinct_from(task.ended_at),
                    col(Task.is_mirrored).is_(False),
                )
                result = await session.exec(update(Task).where(*still_so).values(is_mirrored=True))
                if result.rowcount == 1:
                    marked.add(saved_id(task))
        return frozenset(marked)


@dataclass(slots=True)
class _Stored:
    """What became of one call's slices."""

    changed: set[int] = field(default_factory=set)
    behind: list[Wanted] = field(default_factory=list)
    problem: StorageError | None = None


def _patience(attempt: Attempt, report: Report) -> float:
    has_run = attempt.started_at is not None or bool(report.files.get(attempt.key))
    return QUIET_SECONDS if has_run else NEVER_SEEN_SECONDS
