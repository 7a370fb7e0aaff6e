"""The state of a search after a prefix of its facts. Pure: equal facts, equal state.

Folded fact by fact, so that a warm copy is extended by what is new only.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite, nan
from typing import Any

from hypertrainer.hpsearch.facts import Fact, FactKind, Origin, TrialState
from hypertrainer.hpsearch.spec import Spec
from hypertrainer.hpsearch.standings import Standings


@dataclass(frozen=True, slots=True)
class Report:
    """A trial's metric at an epoch: that value, and the best one up to it (of those not nan).

    `mean` is over all epochs reported up to it.
    """

    value: float
    best: float
    mean: float = nan


@dataclass(slots=True)
class PastTrial:
    """One trial as samplers and rules see it.

    `values` are those of its active parameters, by path (of zipped ones, by each of their paths).
    `objectives` are in the order of the spec's, in its own directions; None until it has them.
    `constraints` holds, by constraint, how far it is violated: above 0 is infeasible.
    """

    number: int
    values: Mapping[str, Any]
    state: TrialState = TrialState.RUNNING
    origin: Origin = Origin.SAMPLER
    bracket: int = 0
    platform: str = ""
    seed: int = 0
    attrs: Mapping[str, Any] = field(default_factory=dict)  # what the sampler wants back
    reports: dict[int, Report] = field(default_factory=dict)  # by epoch
    stop: Fact | None = None
    objectives: tuple[float, ...] | None = None
    constraints: Mapping[str, float] = field(default_factory=dict)
    cause: str = ""  # of its end, where that says more than its state
    reason: str = ""  # in words, why it stops or ended
    total: float = 0.0  # of all values reported
    asked_seq: int = 0
    told_seq: int | None = None
    version: int = 0  # grows with every change, so that what was made of it can be kept

    @property
    def is_feasible(self) -> bool:
        return all(violation <= 0 for violation in self.constraints.values())


@dataclass(slots=True)
class History:
    """A search's trials by number, and its spec, after the fact `seq`.

    `standings` and `num_by_state` repeat what the trials say, for those who ask at every fact.
    """

    spec: Spec
    seed: int
    seq: int = 0
    trials: dict[int, PastTrial] = field(default_factory=dict)
    warm: list[PastTrial] = field(default_factory=list)  # of other searches; numbers are negative
    revision: int = 0
    revised_seq: int = 0  # of the newest fact that revised the spec
    standings: Standings = field(default_factory=Standings)
    num_by_state: Counter[TrialState] = field(default_factory=Counter)

    def extend(self, facts: Iterable[Fact]) -> "History":
        """Take further facts in; itself.

        Raises:
            ValueError: they do not follow on those known.
        """
        for fact in facts:
            self.add(fact)
        return self

    def add(self, fact: Fact) -> None:
        """Take one further fact in.

        Raises:
            ValueError: it does not follow on those known.
        """
        if fact.seq != self.seq + 1:
            raise ValueError(f"fact {fact.seq} does not follow on {self.seq}")
        match fact.kind:
            case FactKind.REVISED:
                self.spec = Spec.model_validate(fact.data["spec"])
                self.seed = self.seed if self.spec.seed is None else self.spec.seed
                self.revision, self.revised_seq = self.revision + 1, fact.seq
            case FactKind.WARMED:
                self.warm.append(_warm(fact, -1 - len(self.warm)))
            case FactKind.ASKED:
                self._ask(fact)
            case FactKind.REPORTED:
                self._report(self._trial(fact), fact)
            case _:
                self._change(self._trial(fact), fact)
        self.seq = fact.seq

    def _ask(self, fact: Fact) -> None:
        number = _number(fact)
        if number in self.trials:
            raise ValueError(f"fact {fact.seq} asks for trial {number} again")
        self.trials[number] = _asked(fact)
        self.num_by_state[TrialState.RUNNING] += 1

    def _trial(self, fact: Fact) -> PastTrial:
        trial = self.trials.get(_number(fact))
        if trial is None:
            raise ValueError(f"fact {fact.seq} is of trial {fact.number}, which was not asked for")
        return trial

    def _report(self, trial: PastTrial, fact: Fact) -> None:
        """What an epoch was reported with first stays, whatever is said of it later."""
        epoch, value = fact.epoch, fact.value
        if epoch is None or value is None:
            raise ValueError(f"fact {fact.seq} reports nothing")
        if epoch in trial.reports:
            return
        best = fact.data.get("best")
        trial.version += 1
        trial.total += value
        mean = trial.total / (len(trial.reports) + 1)
        report = Report(value, value if best is None else float(best), mean)
        trial.reports[epoch] = report
        self.standings.add(trial.bracket, epoch, report.value, report.best, report.mean)

    def _change(self, trial: PastTrial, fact: Fact) -> None:
        self.num_by_state[trial.state] -= 1
        _change(trial, fact)
        self.num_by_state[trial.state] += 1

    def open(self) -> Iterator[PastTrial]:
        """The trials that are not over, by number."""
        return (trial for trial in self.trials.values() if not trial.state.is_over)

    def over(self) -> Iterator[PastTrial]:
        """The trials that are over, by number."""
        return (trial for trial in self.trials.values() if trial.state.is_over)

    @property
    def num_open(self) -> int:
        return sum(count for state, count in self.num_by_state.items() if not state.is_over)

    @property
    def next_number(self) -> int:
        return len(self.trials)

    def best(self, among: Iterable[PastTrial] | None = None) -> PastTrial | None:
        """The feasible complete trial with the best first objective; of equals the earliest.

        Stopped ones count where their objective is known from before the stop. `among` leaves all
        others out.
        """
        if not self.spec.objectives:
            return None
        sign = self.spec.objectives[0].direction.sign
        known = [
            (trial.objectives[0] * sign, trial.number, trial)
            for trial in (self.trials.values() if among is None else among)
            if trial.objectives is not None
            and trial.is_feasible
            and trial.state in (TrialState.COMPLETE, TrialState.STOPPED)
            and isfinite(trial.objectives[0])
        ]
        return min(known, key=lambda one: one[:2])[2] if known else None


def fold(seed: int, facts: Iterable[Fact]) -> History:
    """The history that these facts make; the first revises an empty spec."""
    return History(Spec(), seed).extend(facts)


def _number(fact: Fact) -> int:
    if fact.number is None:
        raise ValueError(f"fact {fact.seq} ({fact.kind}) names no trial")
    return fact.number


def _asked(fact: Fact) -> PastTrial:
    data = fact.data
    return PastTrial(
        number=_number(fact),
        values=data["values"],
        origin=Origin(data.get("origin", Origin.SAMPLER)),
        bracket=int(data.get("bracket", 0)),
        platform=str(data.get("platform", "")),
        seed=int(data.get("seed", 0)),
        attrs=data.get("attrs", {}),
        asked_seq=fact.seq,
    )


def _warm(fact: Fact, number: int) -> PastTrial:
    return PastTrial(
        number=number,
        values=fact.data["values"],
        state=TrialState.COMPLETE,
        objectives=tuple(fact.data["objectives"]),
        constraints=fact.data.get("constraints", {}),
        asked_seq=fact.seq,
        told_seq=fact.seq,
    )


def _change(trial: PastTrial, fact: Fact) -> None:
    trial.version += 1
    match fact.kind:
        case FactKind.STOPPED:
            trial.state, trial.stop = TrialState.STOPPING, fact
            trial.reason = str(fact.data.get("words", ""))
        case FactKind.REOPENED:
            trial.state, trial.told_seq = TrialState.RUNNING, None
            trial.stop, trial.objectives, trial.constraints = None, None, {}
            trial.cause, trial.reason = "", ""
        case FactKind.TOLD:
            _tell(trial, fact)


def _tell(trial: PastTrial, fact: Fact) -> None:
    values = fact.data.get("values")
    trial.state = TrialState(fact.data["state"])
    trial.objectives = None if values is None else tuple(values)
    trial.constraints = fact.data.get("constraints", {})
    trial.cause = str(fact.data.get("cause", ""))
    trial.reason = str(fact.data.get("reason", ""))
    trial.told_seq = fact.seq
