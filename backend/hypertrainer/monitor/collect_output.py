"""Reads what tasks appended to their metric and progress files, and keeps the summaries.

Read offset, parser state and summary of a file are updated in one transaction: a crash repeats the
reading from there, never half of it.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import monotonic

from sqlalchemy.orm import load_only
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.clock import utc_now
from hypertrainer.dependencies import Services
from hypertrainer.metrics.collect import CollectedFile
from hypertrainer.metrics.progress import find_num_epochs, progress_of
from hypertrainer.metrics.summary import Summary
from hypertrainer.monitor.output_reading import (
    Fingerprints,
    OutputTask,
    TaskOutput,
    read,
    scan,
)
from hypertrainer.monitor.output_watch import OutputWatch
from hypertrainer.tasks.announce import announce_changes
from hypertrainer.tasks.creation import saved_id
from hypertrainer.tasks.statuses import TaskStatus
from hypertrainer.tasks.tables import MetricSummary, OutputFile, Task

FULL_SCAN_SECONDS = 5.0
LEAST_PAUSE_SECONDS = 0.1
BATCH = 200
LOADED = ("id", "output_path", "status", "ended_at", "is_mirrored")  # all that is needed of a task
STARTED = (TaskStatus.SUBMITTING, TaskStatus.RUNNING)

States = Mapping[int, Mapping[str, CollectedFile]]  # by task, by file name


@dataclass(slots=True)
class CollectOutput:
    """The pass that keeps progress and metric summaries up to date."""

    services: Services
    watch: OutputWatch
    _seen: dict[int, Fingerprints] = field(default_factory=dict)  # by task; what was collected
    _behind: set[int] = field(default_factory=set)  # tasks of which there is more to read
    _scanned_at: float = -FULL_SCAN_SECONDS

    async def run_once(self) -> float:
        tasks = await self._load()
        self.watch.set_folders(task.folder for task in tasks if _is_growing(task))
        due = self._due(tasks, self.watch.take_changed())
        for start in range(0, len(due), BATCH):
            await self._collect(due[start : start + BATCH])
        self._forget_others(tasks)
        if self._behind:
            return 0.0
        if due:
            await asyncio.sleep(LEAST_PAUSE_SECONDS)  # many writes make one pass
        return FULL_SCAN_SECONDS

    def _due(self, tasks: list[OutputTask], changed: set[Path]) -> list[OutputTask]:
        if monotonic() - self._scanned_at >= FULL_SCAN_SECONDS:
            self._scanned_at = monotonic()
            return tasks
        return [
            task
            for task in tasks
            if task.is_over or task.folder in changed or task.id in self._behind
        ]

    async def _load(self) -> list[OutputTask]:
        query = (
            select(Task)
            .options(load_only(*(getattr(Task, name) for name in LOADED)))
            .where(
                col(Task.is_output_collected).is_(False),
                or_(col(Task.status) != TaskStatus.WAITING, col(Task.started_at).is_not(None)),
            )
            .order_by(col(Task.id))
        )
        async with self.services.database.reading() as session:
            tasks = (await session.exec(query)).all()
        return [
            OutputTask(
                saved_id(task),
                Path(task.output_path),
                TaskStatus(task.status),
                task.ended_at,
                task.is_mirrored,
            )
            for task in tasks
        ]

    async def _collect(self, tasks: Sequence[OutputTask]) -> None:
        scanned = await asyncio.to_thread(self._scan, tasks)
        outputs = [output for output in scanned if self._is_to_be_read(output)]
        if not outputs:
            return
        states = await self._load_states([output.task.id for output in outputs])
        await asyncio.to_thread(_read_all, outputs, states)
        await self._apply(outputs)
        for output in outputs:  # only now: what was not saved must be seen as new again
            self._seen[output.task.id] = output.fingerprints
            (self._behind.add if output.is_behind else self._behind.discard)(output.task.id)
        await self._announce(outputs)

    def _scan(self, tasks: Sequence[OutputTask]) -> list[TaskOutput]:
        return [scan(task, self._seen.get(task.id, {})) for task in tasks]

    def _is_to_be_read(self, output: TaskOutput) -> bool:
        return bool(output.changed) or output.task.is_over or output.task.id in self._behind

    async def _load_states(self, ids: Sequence[int]) -> States:
        query = select(OutputFile).where(col(OutputFile.task_id).in_(ids))
        states: dict[int, dict[str, CollectedFile]] = defaultdict(dict)
        async with self.services.database.reading() as session:
            for row in await session.exec(query):
                states[row.task_id][row.name] = CollectedFile.model_validate(row.state)
        return states

    async def _apply(self, outputs: Sequence[TaskOutput]) -> None:
        to_save = [output for output in outputs if output.files or output.task.is_over]
        if not to_save:
            return
        async with self.services.database.transaction() as session:
            for output in to_save:
                await _save(session, output)
        if any(output.task.is_over for output in to_save):
            self.services.wakers.searches.set()

    def _forget_others(self, tasks: Sequence[OutputTask]) -> None:
        """Of tasks that were collected to the end, or deleted, nothing is kept."""
        present = {task.id for task in tasks}
        self._seen = {task_id: seen for task_id, seen in self._seen.items() if task_id in present}
        self._behind &= present

    async def _announce(self, outputs: Sequence[TaskOutput]) -> None:
        broker = self.services.broker
        logs = [
            {"task_id": output.task.id, "name": name, "size": size}
            for output in outputs
            for name, size in output.changed.items()
        ]
        if logs:
            broker.publish("logs", list(logs))
        metrics = [
            {"task_id": output.task.id, "name": collected.summary.name}
            for output in outputs
            for collected in output.files.values()
            if collected.summary is not None
        ]
        if metrics:
            broker.publish("metrics", list(metrics))
            self.services.wakers.searches.set()
        changed = [output.task.id for output in outputs if output.files]
        await announce_changes(self.services.database, broker, changed)


def _is_growing(task: OutputTask) -> bool:
    """Whether its files may change, under its program's hands or the mirror's."""
    return task.status in STARTED or not (task.status.is_active or task.is_mirrored)


def _read_all(outputs: Sequence[TaskOutput], states: States) -> None:
    for output in outputs:
        read(output, states.get(output.task.id, {}))


async def _save(session: AsyncSession, output: TaskOutput) -> None:
    task, seen = await session.get(Task, output.task.id), output.task
    if task is None:
        return
    for name, collected in output.files.items():
        await _save_file(session, task, name, collected)
    now = (task.status, task.ended_at, task.is_mirrored)
    is_still_so = now == (seen.status, seen.ended_at, seen.is_mirrored)  # not resumed since
    if seen.is_over and not output.is_behind and is_still_so:
        task.is_output_collected = True
    task.last_seen_at = utc_now() if output.files else task.last_seen_at
    session.add(task)


async def _save_file(
    session: AsyncSession, task: Task, name: str, collected: CollectedFile
) -> None:
    state = collected.model_dump(mode="json")
    await session.merge(OutputFile(task_id=saved_id(task), name=name, state=state))
    if collected.summary is not None:
        await session.merge(_summary_row(saved_id(task), collected.summary))
    if collected.progress is not None:
        progress = progress_of(collected.progress, find_num_epochs(task.params))
        task.progress = None if progress is None else asdict(progress)


def _summary_row(task_id: int, summary: Summary) -> MetricSummary:
    # Both `metric_x.log` and `metric_classwise_x.log` may exist: their names must differ here.
    name = f"classwise_{summary.name}" if summary.is_classwise else summary.name
    fields = summary.model_dump(exclude={"non_finite", "name"})
    return MetricSummary(task_id=task_id, name=name, **fields)
