"""Searches written down fact by fact, for tests of what follows from them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from math import isfinite
from typing import Any

from hypertrainer.hpsearch.curves import Curve
from hypertrainer.hpsearch.early_stopping.base import Verdict
from hypertrainer.hpsearch.early_stopping.judge import judge
from hypertrainer.hpsearch.facts import Fact, FactKind, TrialState
from hypertrainer.hpsearch.history import History
from hypertrainer.hpsearch.reporting import report
from hypertrainer.hpsearch.spec import (
    Direction,
    EarlyStopping,
    Objective,
    Parameter,
    Spec,
    StoppingRule,
)
from hypertrainer.hpsearch.trial_views import Step, TaskView, TrialView
from hypertrainer.tasks.statuses import TaskStatus

METRIC = "val_loss"
WIDTH = Parameter(path="width", low=0, high=1)


def stopping(*rules: StoppingRule, **changes: Any) -> EarlyStopping:
    """Early stopping by these rules, of a loss, within 27 epochs."""
    values: dict[str, Any] = {"direction": Direction.MINIMIZE, "max_epochs": 27} | changes
    return EarlyStopping(rules=rules, metric=METRIC, **values)


def spec_with(early: EarlyStopping | None, summary: str = "best", **changes: Any) -> Spec:
    """A search over one parameter with one objective."""
    direction = early.direction if early else Direction.MINIMIZE
    objective = Objective(metric=METRIC, direction=direction, summary=summary)
    values: dict[str, Any] = {"objectives": (objective,), "params": (WIDTH,)} | changes
    return Spec(early_stopping=early, **values)


class FactLog:
    """Grows by one fact at a time; `history` is always their fold."""

    def __init__(self, spec: Spec, seed: int = 0) -> None:
        self.facts: list[Fact] = []
        self.history = History(Spec(), seed)
        self.add(FactKind.REVISED, data={"spec": spec.model_dump(mode="json")})

    def add(self, kind: FactKind, number: int | None = None, **fields: Any) -> Fact:
        fact = Fact(self.history.seq + 1, kind, number, **fields)
        self.history.add(fact)
        self.facts.append(fact)
        return fact

    def ask(self, number: int, bracket: int = 0, **values: Any) -> None:
        """Start a trial; without values its width is its number's part of 1,000."""
        data = {"values": values or {"width": number / 1000}, "bracket": bracket}
        self.add(FactKind.ASKED, number, data=data)

    def ask_all(self, count: int, bracket: int = 0) -> None:
        for number in range(count):
            self.ask(number, bracket)

    def report(self, number: int, epoch: int, value: float) -> Verdict | None:
        """A report, then what the rules say of it; a stop is written down too."""
        data = {} if (best := self._best(number, value)) is None else {"best": best}
        self.add(FactKind.REPORTED, number, epoch=epoch, value=value, data=data)
        verdict = judge(self.history, number, epoch)
        if verdict is not None:
            self.add(FactKind.STOPPED, number, epoch=epoch, data=asdict(verdict))
        return verdict

    def tell(
        self,
        number: int,
        values: Sequence[float] | None,
        state: TrialState = TrialState.COMPLETE,
        constraints: Mapping[str, float] | None = None,
    ) -> None:
        told = None if values is None else list(values)
        data = {"state": state, "values": told, "constraints": constraints or {}}
        self.add(FactKind.TOLD, number, data=data)

    def _best(self, number: int, value: float) -> float | None:
        """The best value reported up to now; a log of rungs only knows no other."""
        early = self.history.spec.early_stopping
        sign = early.direction.sign if early else 1
        reports = self.history.trials[number].reports.values()
        known = [one for one in (value, *(one.best for one in reports)) if isfinite(one)]
        return min(known, key=lambda one: one * sign) if known else None


def follow(
    early: EarlyStopping, curves: Sequence[Sequence[float]], poll: int = 1, summary: str = "best"
) -> FactLog:
    """All curves trained in lockstep; the engine looks at them every `poll` epochs."""
    log = FactLog(spec_with(early, summary))
    log.ask_all(len(curves))
    written = [Curve() for _ in curves]
    views = [
        TrialView(number, [running_task(number, {METRIC: curve})])
        for number, curve in enumerate(written)
    ]
    longest = max((len(curve) for curve in curves), default=0)
    for seen in range(0, longest, poll):
        for curve, file in zip(curves, written, strict=True):
            for epoch, value in enumerate(curve[seen : seen + poll], seen):
                file.add(epoch, value)
        step = Step()
        report(log.history, views, step)
        log.facts.extend(step.facts)
    return log


def running_task(number: int, curves: Mapping[str, Curve]) -> TaskView:
    """The task of a trial that runs and has reported this."""
    return TaskView(
        task_id=number + 1,
        repeat=0,
        status=TaskStatus.RUNNING,
        reason="",
        folder="",
        platform="local",
        is_whole=False,
        retries=0,
        started_at=None,
        ended_at=None,
        curves=curves,
    )


def stops_of(log: FactLog) -> dict[int, int | None]:
    """At which epoch each stopped trial was stopped."""
    return {
        number: trial.stop.epoch
        for number, trial in log.history.trials.items()
        if trial.stop is not None
    }
