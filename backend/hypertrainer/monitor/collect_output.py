"""Reads what tasks appended to their metric and progress files, and keeps the summaries.

Read offset, parser state and summary of a file are updated in one transaction: a crash repeats the
reading from there, never half of it.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import monotonic

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.clock import utc_now
from hypertrainer.dependencies import Services
from hypertrainer.metrics.collect import CollectedFile, collect_file
from hypertrainer.metrics.formats import find_source
from hypertrainer.metrics.progress import find_num_epochs, progress_of
from hypertrainer.monitor.output_watch import OutputWatch
from hypertrainer.tasks.announce import announce_changes
from hypertrainer.tasks.creation import saved_id
from hypertrainer.tasks.statuses import ACTIVE_STATUSES, TaskStatus
from hypertrainer.tasks.tables import MetricSummary, OutputFile, Task

FULL_SCAN_SECONDS = 5.0
LEAST_PAUSE_SECONDS = 0.1
BATCH = 200
LOG_SUFFIXES = (".log", ".txt")
STARTED = (TaskStatus.SUBMITTING, TaskStatus.RUNNING)

Fingerprint = tuple[int, int, int]  # inode, size, mtime in ns


@dataclass(slots=True)
class TaskOutput:
    """What one look at a task's folder found."""

    task: Task
    logs: dict[str, int]  # changed log files, and their sizes
    files: dict[str, CollectedFile]  # changed metric and progress files
    is_over: bool
    is_behind: bool


@dataclass(slots=True)
class CollectOutput:
    """The pass that keeps progress and metric summaries up to date."""

    services: Services
    watch: OutputWatch
    _fingerprints: dict[Path, Fingerprint] = field(default_factory=dict)
    _scanned_at: float = -FULL_SCAN_SECONDS

    async def run_once(self) -> float:
        tasks = await self._load()
        self.watch.set_folders(Path(task.output_path) for task in tasks if task.status in STARTED)
        looked_at = self._due(tasks, self.watch.take_changed())
        if not looked_at:
            return FULL_SCAN_SECONDS
        states = await self._load_states([saved_id(task) for task in looked_at])
        outputs = await asyncio.to_thread(self._look, looked_at, states)
        await self._apply([output for output in outputs if output.files or output.is_over])
        await self._announce(outputs)
        is_behind = any(output.is_behind for output in outputs)
        if not is_behind:
            await asyncio.sleep(LEAST_PAUSE_SECONDS)  # many writes make one pass
        return 0.0 if is_behind or len(tasks) == BATCH else FULL_SCAN_SECONDS

    def _due(self, tasks: list[Task], changed: set[Path]) -> list[Task]:
        if monotonic() - self._scanned_at >= FULL_SCAN_SECONDS:
            self._scanned_at = monotonic()
            return tasks
        return [
            task
            for task in tasks
            if task.status not in ACTIVE_STATUSES or Path(task.output_path) in changed
        ]

    async def _load(self) -> list[Task]:
        query = (
            select(Task)
            .where(
                col(Task.is_output_collected).is_(False),
                or_(col(Task.status) != TaskStatus.WAITING, col(Task.started_at).is_not(None)),
            )
            .order_by(col(Task.id))
            .limit(BATCH)
        )
        async with self.services.database.reading() as session:
            return list((await session.exec(query)).all())

    async def _load_states(self, ids: Sequence[int]) -> dict[tuple[int, str], CollectedFile]:
        query = select(OutputFile).where(col(OutputFile.task_id).in_(ids))
        async with self.services.database.reading() as session:
            rows = (await session.exec(query)).all()
        return {(row.task_id, row.name): CollectedFile.model_validate(row.state) for row in rows}

    def _look(
        self, tasks: Sequence[Task], states: dict[tuple[int, str], CollectedFile]
    ) -> list[TaskOutput]:
        return [self._look_at(task, states) for task in tasks]

    def _look_at(self, task: Task, states: dict[tuple[int, str], CollectedFile]) -> TaskOutput:
        is_over = task.status not in ACTIVE_STATUSES
        output = TaskOutput(task, {}, {}, is_over=is_over, is_behind=False)
        for path in _output_files(Path(task.output_path)):
            try:
                self._look_at_file(output, path, states.get((saved_id(task), path.name)))
            except OSError:
                continue  # removed or unreadable: the next full scan looks again
        return output

    def _look_at_file(self, output: TaskOutput, path: Path, state: CollectedFile | None) -> None:
        facts = path.stat()
        fingerprint = (facts.st_ino, facts.st_size, facts.st_mtime_ns)
        is_changed = self._fingerprints.get(path) != fingerprint
        if is_changed:
            output.logs[path.name] = facts.st_size
        if find_source(path.name) is not None and (
            is_changed or output.is_over or (state is not None and state.is_behind)
        ):
            collected = collect_file(path, state, is_final=output.is_over)
            output.is_behind = output.is_behind or collected.is_behind
            if collected is not state:
                output.files[path.name] = collected
        self._fingerprints[path] = fingerprint
        if output.is_over and not output.is_behind:
            self._fingerprints.pop(path, None)

    async def _apply(self, outputs: Sequence[TaskOutput]) -> None:
        if not outputs:
            return
        async with self.services.database.transaction() as session:
            for output in outputs:
                await self._apply_one(session, output)

    async def _apply_one(self, session: AsyncSession, output: TaskOutput) -> None:
        task = await session.get(Task, output.task.id)
        if task is None:
            return
        for name, collected in output.files.items():
            await _save_file(session, task, name, collected)
        is_still_over = task.status == output.task.status
        if output.is_over and not output.is_behind and is_still_over:
            task.is_output_collected = True
        task.last_seen_at = utc_now() if output.files else task.last_seen_at
        session.add(task)

    async def _announce(self, outputs: Sequence[TaskOutput]) -> None:
        broker = self.services.broker
        logs = [
            {"task_id": output.task.id, "name": name, "size": size}
            for output in outputs
            for name, size in output.logs.items()
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
        changed = [saved_id(output.task) for output in outputs if output.files]
        await announce_changes(self.services.database, broker, changed)


def _output_files(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if path.suffix in LOG_SUFFIXES]
    except OSError:
        return []


async def _save_file(
    session: AsyncSession, task: Task, name: str, collected: CollectedFile
) -> None:
    task_id = saved_id(task)
    await session.merge(
        OutputFile(task_id=task_id, name=name, state=collected.model_dump(mode="json"))
    )
    if collected.summary is not None:
        summary = collected.summary
        # Both `metric_x.log` and `metric_classwise_x.log` may exist: their names must differ here.
        key = f"classwise_{summary.name}" if summary.is_classwise else summary.name
        fields = summary.model_dump(exclude={"non_finite", "name"})
        await session.merge(MetricSummary(task_id=task_id, name=key, **fields))
    if collected.progress is not None:
        progress = progress_of(collected.progress, find_num_epochs(task.params))
        task.progress = None if progress is None else asdict(progress)
