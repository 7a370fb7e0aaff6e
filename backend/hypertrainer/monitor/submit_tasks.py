"""Hands waiting attempts to a platform: intent committed → submitted → job id committed.

At-least-once submit, at-most-once run: an intent whose answer was lost (a crash, a cut connection)
is looked up by its key and adopted; the wrapper's claim stops a late twin.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic

from hypertrainer.clock import utc_now
from hypertrainer.database import Database
from hypertrainer.errors import PlatformUnreachable
from hypertrainer.monitor.attempts import Pair, change, handle_of, load_pairs
from hypertrainer.monitor.job_specs import jobs_of, resources_of
from hypertrainer.monitor.submit_outcomes import changes_by, never_started
from hypertrainer.platforms.base import (
    Capacity,
    JobSpec,
    Platform,
    Rejected,
    SubmitOutcome,
)
from hypertrainer.platforms.slots import Allocation, Holding, place, why_nowhere
from hypertrainer.tasks.creation import saved_id
from hypertrainer.tasks.statuses import AttemptState, TaskStatus
from hypertrainer.tasks.tables import Attempt, Task

MAX_BATCH = 32  # of one command
ROUND_SECONDS = 30.0  # after which the other work of a round comes first

Capacities = Mapping[str, Capacity] | None  # by machine; None: the platform has its own queue
Placed = tuple[Pair, str, Allocation]


@dataclass(slots=True)
class SubmitTasks:
    """The pass that launches what waits on one platform.

    A platform, or a machine of a pool, that was busy is left alone for its slowest pace.
    """

    database: Database
    platform: Platform
    is_behind: bool = False  # more waits than the last round had time for
    _busy_until: dict[str, float] = field(default_factory=dict)  # by machine

    async def run_once(self, on_platform: Sequence[Pair]) -> tuple[set[int], list[Pair]]:
        """One round: the ids of the tasks it changed, and what the platform has now."""
        doubtful = [pair for pair in on_platform if pair[0].state == AttemptState.INTENT]
        changed = await self._recover(doubtful) if doubtful else set()
        held = [pair for pair in on_platform if AttemptState(pair[0].state).is_on_platform]
        self.is_behind = False
        if await self._load_queued(limit=1):  # a place that nothing waits for is not asked
            changed |= await self._launch(held, await self.platform.capacities())
        return changed, [pair for pair in held if AttemptState(pair[0].state).is_on_platform]

    def next_due(self) -> float | None:
        """In how many seconds a busy place is tried again."""
        now = monotonic()
        return min(
            (until - now for until in self._busy_until.values() if until > now), default=None
        )

    async def _launch(self, held: list[Pair], capacities: Capacities) -> set[int]:
        changed: set[int] = set()
        deadline = monotonic() + ROUND_SECONDS
        while queued := await self._load_queued():
            if monotonic() >= deadline:
                self.is_behind = True
                break
            changed |= await self._fail_impossible(queued, capacities)
            batch = await self._commit_intents(self._choose(queued, held, capacities))
            if not batch:
                break
            try:
                outcomes = await self._submit(batch, capacities)
            except PlatformUnreachable as error:
                await self._take_back(batch, error.message)
                raise
            changed |= await self._commit_outcomes(batch, outcomes)
            held.extend(batch)
        return changed

    async def _load_queued(self, limit: int = MAX_BATCH) -> list[Pair]:
        states = [AttemptState.QUEUED]
        async with self.database.reading() as session:
            return await load_pairs(session, self.platform.name, states, limit=limit)

    def _is_busy(self, machine: str) -> bool:
        if self._busy_until.get(machine, 0.0) > monotonic():
            return True
        self._busy_until.pop(machine, None)
        return False

    def _choose(
        self, queued: Sequence[Pair], held: Sequence[Pair], capacities: Capacities
    ) -> list[Placed]:
        """What fits now, first come, first served: nothing overtakes what only has to wait."""
        if capacities is None:
            return [] if self._is_busy("") else [(pair, "", Allocation()) for pair in queued]
        busy: dict[str, list[Holding]] = defaultdict(list)
        for attempt, task in held:
            if AttemptState(attempt.state).is_on_platform:
                busy[attempt.machine].append(_holding(attempt, task))
        open_ones = {name: room for name, room in capacities.items() if not self._is_busy(name)}
        chosen: list[Placed] = []
        for attempt, task in queued:
            wanted = resources_of(task)
            if why_nowhere(capacities, wanted) is not None:
                continue  # it may wait for a machine that is silent now
            placed = place(open_ones, busy, wanted)
            if placed is None:
                break
            machine, given = placed
            busy[machine].append(Holding(wanted.cpus, wanted.memory_bytes, given.gpus))
            chosen.append(((attempt, task), machine, given))
        return chosen

    async def _commit_intents(self, chosen: Sequence[Placed]) -> list[Pair]:
        if not chosen:
            return []
        intended = []
        async with self.database.transaction() as session:
            for pair, machine, allocation in chosen:
                of_attempt = {
                    "state": AttemptState.INTENT,
                    "intent_at": utc_now(),
                    "machine": machine,
                    "gpus": list(allocation.gpus),
                    "cpus": resources_of(pair[1]).cpus,
                }
                of_task = {"status": TaskStatus.SUBMITTING, "reason": ""}
                if await change(session, pair, of_attempt, of_task):
                    intended.append(pair)
        return intended

    async def _submit(
        self, batch: Sequence[Pair], capacities: Capacities
    ) -> Mapping[str, SubmitOutcome]:
        made = await jobs_of(batch, self.platform, capacities)
        jobs = [job for job in made.values() if isinstance(job, JobSpec)]
        told = await self.platform.submit(jobs) if jobs else {}
        return {key: job for key, job in made.items() if isinstance(job, Rejected)} | dict(told)

    async def _take_back(self, batch: Sequence[Pair], reason: str) -> None:
        """Nothing was sent: there is nothing to look up once the platform answers again."""
        waits = Rejected(reason, is_retryable=True)
        async with self.database.transaction() as session:
            for pair in batch:
                await change(session, pair, *changes_by(waits, pair[0].number))

    async def _commit_outcomes(
        self, batch: Sequence[Pair], outcomes: Mapping[str, SubmitOutcome]
    ) -> set[int]:
        async with self.database.transaction() as session:
            for pair in batch:
                outcome = outcomes.get(pair[0].key)
                if isinstance(outcome, Rejected) and outcome.is_retryable:
                    again = monotonic() + self.platform.poll_seconds
                    self._busy_until[pair[0].machine] = again
                await change(session, pair, *changes_by(outcome, pair[0].number))
        return {saved_id(task) for _, task in batch}

    async def _recover(self, doubtful: Sequence[Pair]) -> set[int]:
        """Look up what is in doubt, machine by machine: a silent one says nothing of the others."""
        by_machine: dict[str, list[Pair]] = defaultdict(list)
        for pair in doubtful:
            by_machine[pair[0].machine].append(pair)
        changed = set()
        for pairs in by_machine.values():
            changed |= await self._look_up(pairs)
        return changed

    async def _look_up(self, doubtful: Sequence[Pair]) -> set[int]:
        found = await self.platform.find([handle_of(*pair) for pair in doubtful])
        adopted = [pair for pair in doubtful if pair[0].key in found.jobs]
        changed = await self._commit_outcomes(adopted, found.jobs) if adopted else set()
        missing = [pair for pair in doubtful if pair[0].key not in found.jobs]
        if not found.is_complete or not missing:
            return changed
        again = await self._count_missing(missing)
        if again:
            outcomes = await self._submit(again, await self.platform.capacities())
            changed |= await self._commit_outcomes(again, outcomes)
        return changed

    async def _count_missing(self, missing: Sequence[Pair]) -> list[Pair]:
        now, again = utc_now(), []
        async with self.database.transaction() as session:
            for attempt, task in missing:
                attempt.missing_since = attempt.missing_since or now
                attempt.missing_count += 1
                session.add(attempt)
                waited = (now - attempt.missing_since).total_seconds()
                if waited >= self.platform.resubmit_seconds:
                    again.append((attempt, task))
        return again

    async def _fail_impossible(self, queued: Sequence[Pair], capacities: Capacities) -> set[int]:
        if capacities is None or self.platform.trouble:  # what is silent may have what is missing
            return set()
        reasons = {task.id: why_nowhere(capacities, resources_of(task)) for _, task in queued}
        impossible = [pair for pair in queued if reasons[pair[1].id] is not None]
        if not impossible:
            return set()
        async with self.database.transaction() as session:
            for pair in impossible:
                why = reasons[pair[1].id] or ""
                await change(session, pair, *never_started(why, pair[0].number))
        return {saved_id(task) for _, task in impossible}


def _holding(attempt: Attempt, task: Task) -> Holding:
    memory = resources_of(task).memory_bytes
    return Holding(cpus=attempt.cpus, memory_bytes=memory, gpus=tuple(attempt.gpus))
