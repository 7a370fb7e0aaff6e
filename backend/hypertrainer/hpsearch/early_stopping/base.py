"""What a rule that stops trials sees, and what it says."""

from collections.abc import Callable
from dataclasses import dataclass

from hypertrainer.hpsearch.history import History, PastTrial, Report
from hypertrainer.hpsearch.spec import Direction, EarlyStopping, StoppingRule


@dataclass(frozen=True, slots=True)
class Verdict:
    """A trial is to be stopped. `words` say why, for people.

    `rank` is from 1, the best, among `of` trials that were compared, of which `kept` may go on;
    all three are None where the rule compares nothing.
    """

    rule: str
    words: str
    rank: int | None = None
    of: int | None = None
    kept: int | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """A trial right after it reported an epoch, and all that was known then."""

    history: History
    early_stopping: EarlyStopping
    trial: PastTrial
    epoch: int
    report: Report

    @property
    def metric(self) -> str:
        return self.early_stopping.metric

    @property
    def direction(self) -> Direction:
        return self.early_stopping.direction

    def is_better(self, value: float, other: float) -> bool:
        """Whether one value of the metric beats another; nan beats none."""
        sign = self.direction.sign
        return value * sign < other * sign


# Says nothing where the trial may go on. Pure: the same moment, the same verdict.
Rule = Callable[[Moment, StoppingRule], Verdict | None]
