"""A search without a server, processes or a database: its facts, as the engine would record them.

Discrete events: so many workers train trials epoch by epoch, and now and then somebody looks at
what they wrote. What follows from a look is the engine's own `report` and `tell`; further attempts
at a trial that failed are not made.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Any, NamedTuple

from hypertrainer.errors import HyperTrainerError
from hypertrainer.hpsearch.curves import Curve
from hypertrainer.hpsearch.early_stopping.rungs import bracket_of
from hypertrainer.hpsearch.facts import Fact, FactKind, TrialState
from hypertrainer.hpsearch.history import History
from hypertrainer.hpsearch.reporting import report
from hypertrainer.hpsearch.samplers.base import Suggestion
from hypertrainer.hpsearch.samplers.memory import Memory
from hypertrainer.hpsearch.samplers.suggest import suggest
from hypertrainer.hpsearch.spec import Spec
from hypertrainer.hpsearch.telling import tell
from hypertrainer.hpsearch.trial_views import Step, TaskView, TrialView
from hypertrainer.tasks.statuses import TaskStatus
from tests.hpsearch.logs_of_facts import running_task

Epoch = float | Mapping[str, float]  # of the one metric there is, or by metric
CurveOf = Callable[[Mapping[str, Any]], Iterable[Epoch]]  # its epochs are trained as they are taken
Suggest = Callable[[History, int], Suggestion]


class Crash(Exception):
    """A curve raises it where its script would end with an error."""


class Trained(NamedTuple):
    """An epoch was trained: of which trial, what it gave, and what all had cost by then."""

    number: int
    epoch: int
    value: float  # of the metric that early stopping looks at, or else of the first objective
    num_epochs: int  # of all trials
    seconds: float


class Event(NamedTuple):
    """An epoch of a trial is finished, or its cancelling takes effect, which is later."""

    seconds: float
    is_end: bool
    number: int


@dataclass(slots=True)
class Worker:
    """A trial being trained."""

    epochs: Iterator[Epoch]
    seconds: float  # of one epoch
    task: TaskView
    curves: dict[str, Curve]


@dataclass
class Simulation:
    """One search, from its first trial to its last; `run` once, then read what it was.

    Args:
        curve: the epochs that a point's script writes, lazily. It ends where they end.
        workers: so many trials at once.
        epochs_budget: the search ends when all trials together have trained so many.
        poll_epochs: seconds between two looks; an epoch takes one unless `epoch_seconds` says
            otherwise. 0: every epoch is seen as it is written.
        start_seconds: from a point's launch to the start of its first epoch.
        cancel_seconds: from the decision to stop a trial until it is over.
        choose: what suggests the points; by default the product's own `suggest`.
    """

    spec: Spec
    seed: int
    curve: CurveOf
    workers: int
    epochs_budget: int
    poll_epochs: float = 1
    cancel_seconds: float = 0.0
    epoch_seconds: Callable[[Mapping[str, Any]], float] = lambda _: 1.0
    start_seconds: Callable[[Mapping[str, Any]], float] = lambda _: 0.0
    choose: Suggest | None = None
    facts: list[Fact] = field(default_factory=list)
    trained: list[Trained] = field(default_factory=list)
    seconds: float = 0.0
    _running: dict[int, Worker] = field(default_factory=dict)
    _events: list[Event] = field(default_factory=list)
    _memory: Memory = field(default_factory=Memory)
    _has_points: bool = True

    def __post_init__(self) -> None:
        self.history = History(Spec(), self.seed)
        self._add(Fact(1, FactKind.REVISED, data={"spec": self.spec.model_dump(mode="json")}))

    def run(self) -> "Simulation":
        """To the end; itself."""
        self._fill()
        while self._events and not self._is_spent:
            self.seconds = self._next_look()
            self._train()
            self._look()
            if not self._is_spent:
                self._fill()
        self._cancel_rest()
        return self

    @property
    def _is_spent(self) -> bool:
        return len(self.trained) >= self.epochs_budget

    def _add(self, fact: Fact) -> None:
        self.history.add(fact)
        self.facts.append(fact)

    def _next_look(self) -> float:
        soonest = self._events[0].seconds
        return ceil(soonest / self.poll_epochs) * self.poll_epochs if self.poll_epochs else soonest

    def _train(self) -> None:
        """Everything up to now, in the order in which it happened."""
        while self._events and self._events[0].seconds <= self.seconds and not self._is_spent:
            event = heapq.heappop(self._events)
            worker = self._running[event.number]
            if worker.task.is_whole:
                continue
            if event.is_end:
                worker.task.status, worker.task.is_whole = TaskStatus.PRUNED, True
            elif self._train_epoch(event.seconds, event.number, worker):
                self._push(event.seconds + worker.seconds, event.number)

    def _push(self, seconds: float, number: int, *, is_end: bool = False) -> None:
        heapq.heappush(self._events, Event(seconds, is_end, number))

    def _train_epoch(self, at: float, number: int, worker: Worker) -> bool:
        """Whether there may be a further one."""
        task = worker.task
        try:
            written = next(worker.epochs)
        except StopIteration:
            task.status, task.is_whole = TaskStatus.FINISHED, True
            return False
        except Crash as crash:
            task.status, task.is_whole, task.reason = TaskStatus.CRASHED, True, str(crash)
            return False
        task.epochs += 1
        values = written if isinstance(written, Mapping) else {self._metric: written}
        for metric, value in values.items():
            worker.curves.setdefault(metric, Curve()).add(task.epochs, value)
        value = values[self._metric]
        self.trained.append(Trained(number, task.epochs, value, len(self.trained) + 1, at))
        return not self._has_ended(worker)

    @property
    def _metric(self) -> str:
        early = self.spec.early_stopping
        return early.metric if early else self.spec.objectives[0].metric

    def _has_ended(self, worker: Worker) -> bool:
        """A script is over right after its last epoch, where that is known."""
        early = self.spec.early_stopping
        if early is None or early.max_epochs is None or worker.task.epochs < early.max_epochs:
            return False
        worker.task.status, worker.task.is_whole = TaskStatus.FINISHED, True
        return True

    def _look(self) -> None:
        step = Step()
        report(self.history, self._views(), step)
        for number in {fact.number for fact in step.facts if fact.kind is FactKind.STOPPED}:
            if number is not None:
                self._cancel(number)
        tell(self.history, self._views(), step, are_repeats_started=False)
        self.facts.extend(step.facts)
        for fact in step.facts:
            if fact.kind is FactKind.TOLD and fact.number is not None:
                del self._running[fact.number]
        self._events = [event for event in self._events if event.number in self._running]
        heapq.heapify(self._events)

    def _views(self) -> list[TrialView]:
        return [TrialView(number, [one.task]) for number, one in sorted(self._running.items())]

    def _cancel(self, number: int) -> None:
        worker = self._running[number]
        if worker.task.is_whole:
            return
        if self.cancel_seconds == 0:
            worker.task.status, worker.task.is_whole = TaskStatus.PRUNED, True
        else:
            self._push(self.seconds + self.cancel_seconds, number, is_end=True)

    def _fill(self) -> None:
        limit = self.spec.n_trials
        while self._has_points and len(self._running) < self.workers:
            number = self.history.next_number
            if limit is not None and number >= limit:
                return
            try:
                self._start(number)
            except HyperTrainerError:  # no point is left
                self._has_points = False

    def _suggestion(self, number: int) -> Suggestion:
        if self.choose is not None:
            return self.choose(self.history, number)
        return suggest(self.history, number, self._memory)

    def _start(self, number: int) -> None:
        suggestion = self._suggestion(number)
        seq, values = self.history.seq + 1, suggestion.values
        data: dict[str, Any] = {
            "values": dict(values),
            "inactive": list(suggestion.inactive),
            "origin": suggestion.origin,
            "algorithm": suggestion.algorithm,
            "seed": suggestion.seed,
            "seen": seq - 1,
            "platform": "local",
            "bracket": bracket_of(self.spec.early_stopping, suggestion.seed),
            "attrs": dict(suggestion.attrs),
            "redraws": suggestion.redraws,
        }
        self._add(Fact(seq, FactKind.ASKED, number, data=data))
        curves: dict[str, Curve] = {}
        worker = Worker(
            iter(self.curve(values)),
            self.epoch_seconds(values),
            running_task(number, curves),
            curves,
        )
        self._running[number] = worker
        self._push(self.seconds + self.start_seconds(values) + worker.seconds, number)

    def _cancel_rest(self) -> None:
        for number, worker in sorted(self._running.items()):
            data: dict[str, Any] = {
                "state": TrialState.CANCELLED,
                "values": None,
                "constraints": {},
                "reason": "The budget is used up.",
                "epochs": worker.task.epochs,
            }
            self._add(Fact(self.history.seq + 1, FactKind.TOLD, number, data=data))


def simulate(
    spec: Spec,
    seed: int,
    curve: CurveOf,
    workers: int,
    epochs_budget: int,
    poll_epochs: float = 1,
    choose: Suggest | None = None,
) -> list[Fact]:
    """The facts of a whole search; see `Simulation`."""
    simulation = Simulation(spec, seed, curve, workers, epochs_budget, poll_epochs, choose=choose)
    return simulation.run().facts
