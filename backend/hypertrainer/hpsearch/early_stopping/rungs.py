"""Rungs: the epochs at which trials are compared, and what of each is compared there."""

from collections.abc import Iterator
from hashlib import sha256
from itertools import takewhile

from hypertrainer.hpsearch.history import History, Report
from hypertrainer.hpsearch.spec import EarlyStopping, Spec, StoppingRule
from hypertrainer.hpsearch.standings import Level

RUNG_RULES = ("asha", "hyperband")
LAST_RUNG = 1_000_000_000


def rungs_of(
    early_stopping: EarlyStopping, rule: StoppingRule, bracket: int = 0
) -> tuple[int, ...]:
    """The epochs at which a rule compares the trials of a bracket; none unless it has rungs.

    min_epochs * reduction_factor ^ (bracket + k) below max_epochs, for k from 0.
    """
    if rule.rule not in RUNG_RULES:
        return ()
    last = early_stopping.max_epochs or LAST_RUNG
    first = early_stopping.min_epochs * rule.reduction_factor ** min(bracket, rule.brackets - 1)
    return tuple(takewhile(lambda epoch: epoch < last, _steps(first, rule.reduction_factor)))


def _steps(first: int, factor: int) -> Iterator[int]:
    while True:
        yield first
        first *= factor


def bracket_of(early_stopping: EarlyStopping | None, seed: int) -> int:
    """The bracket of a trial, from its own seed.

    The chances are those of Hyperband (Li et al. 2018, algorithm 1): with s the number of brackets
    after this one, as reduction_factor ^ s / (s + 1), so that all brackets use alike many epochs.
    """
    rules = () if early_stopping is None else early_stopping.rules
    rule = next((one for one in rules if one.rule in RUNG_RULES and one.brackets > 1), None)
    if early_stopping is None or rule is None:
        return 0
    # One bracket more than there are rungs: in the last, nothing is stopped.
    count = min(rule.brackets, len(rungs_of(early_stopping, rule)) + 1)
    weights = [rule.reduction_factor**s / (s + 1) for s in range(count - 1, -1, -1)]
    left = _share(seed) * sum(weights)
    for bracket, weight in enumerate(weights):
        left -= weight
        if left < 0:
            return bracket
    return count - 1


def _share(seed: int) -> float:
    """From 0 up to 1; not a draw that the trial's sampler makes of its seed too."""
    digest = sha256(f"bracket:{seed}".encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def counts_best(spec: Spec) -> bool:
    """Whether at a rung the best value up to it counts, and not the value there.

    As the objective of the same metric says; the best if there is none.
    """
    metric = spec.early_stopping.metric if spec.early_stopping else None
    same = (one.summary for one in spec.objectives if one.metric == metric)
    return next(same, "best") == "best"


def rung_value(spec: Spec, report: Report) -> float:
    """What counts of a report at a rung."""
    return report.best if counts_best(spec) else report.value


def rung_level(history: History, bracket: int, epoch: int) -> Level:
    """All values at a rung."""
    standings = history.standings
    levels = standings.bests if counts_best(history.spec) else standings.values
    return levels.get((bracket, epoch)) or Level()
