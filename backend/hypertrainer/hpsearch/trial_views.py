"""What the engine sees of a trial that is not over: its tasks, and the metrics they wrote."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from hypertrainer.hpsearch.curves import Curve
from hypertrainer.hpsearch.facts import Fact
from hypertrainer.tasks.statuses import TaskStatus

NO_CURVE = Curve()


@dataclass(slots=True)
class TaskView:
    """One task of a trial as it was read. `is_whole`: it has ended, and all its output is here."""

    task_id: int
    repeat: int
    status: TaskStatus
    reason: str
    folder: str
    platform: str
    is_whole: bool
    retries: int
    started_at: datetime | None
    ended_at: datetime | None
    epochs: int = 0
    # When its attempts ran; only of tasks on a platform that has a price.
    runs: Sequence[tuple[datetime, datetime | None]] = ()
    curves: Mapping[str, Curve] = field(default_factory=dict)  # by metric
    files: Sequence[str] = ()  # names of the metrics there are, once it has ended

    def curve(self, metric: str) -> Curve:
        """The metric's curve; an empty one where there is no such file."""
        return self.curves.get(metric, NO_CURVE)


@dataclass(slots=True)
class TrialView:
    """A trial and its tasks, by repeat."""

    number: int
    tasks: list[TaskView]

    @property
    def first(self) -> TaskView | None:
        """The task that early stopping looks at."""
        return self.tasks[0] if self.tasks and self.tasks[0].repeat == 0 else None

    @property
    def is_over(self) -> bool:
        """Whether every task has ended, and all output is here."""
        return all(task.is_whole for task in self.tasks)


@dataclass(slots=True)
class Step:
    """What follows from one look at a search: facts, and what is to be done to tasks."""

    facts: list[Fact] = field(default_factory=list)
    stops: list[int] = field(default_factory=list)  # tasks
    retries: list[int] = field(default_factory=list)  # tasks
    values: dict[int, list[float]] = field(default_factory=dict)  # what tasks came to
