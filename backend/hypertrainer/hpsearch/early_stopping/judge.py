"""Whether a trial is to be stopped, right after it reported an epoch. Pure: it can be replayed."""

from collections.abc import Sequence
from math import isfinite

from hypertrainer.hpsearch.early_stopping.base import Moment, Verdict
from hypertrainer.hpsearch.early_stopping.registry import RULES
from hypertrainer.hpsearch.early_stopping.rungs import RUNG_RULES, rungs_of
from hypertrainer.hpsearch.early_stopping.words import not_finite_words
from hypertrainer.hpsearch.facts import TrialState
from hypertrainer.hpsearch.history import History
from hypertrainer.hpsearch.spec import EarlyStopping, StoppingRule

NOT_FINITE = "nan"  # the rule that a verdict names where `stop_on_nan` spoke
LAST_WATCHED = 10_000  # epochs, of rules that look at every one


def judge(history: History, number: int, epoch: int) -> Verdict | None:
    """What the rules say of a trial; None: it goes on. Of several the first that stops it counts.

    To be called with the history right after its fact of that epoch: what comes later must not
    change a decision. A trial that runs no longer, or has come to `max_epochs`, is never stopped.

    Raises:
        KeyError: there is no such trial.
    """
    moment = _moment(history, number, epoch)
    if moment is None:
        return None
    value, rules = moment.report.value, moment.early_stopping
    if not isfinite(value) and rules.stop_on_nan:
        return Verdict(NOT_FINITE, not_finite_words(epoch, rules.metric, value))
    if epoch < rules.min_epochs:
        return None
    verdicts = (RULES[rule.rule](moment, rule) for rule in rules.rules)
    return next((verdict for verdict in verdicts if verdict is not None), None)


def _moment(history: History, number: int, epoch: int) -> Moment | None:
    """None where nothing can be stopped."""
    trial, early_stopping = history.trials[number], history.spec.early_stopping
    report = trial.reports.get(epoch)
    if early_stopping is None or report is None or trial.state is not TrialState.RUNNING:
        return None
    if early_stopping.max_epochs is not None and epoch >= early_stopping.max_epochs:
        return None
    return Moment(history, early_stopping, trial, epoch, report)


def is_watched(early_stopping: EarlyStopping, bracket: int, epoch: int) -> bool:
    """Whether an epoch of a trial is to become a fact even if its value is finite.

    Rungs for rules that have some (those of lower brackets too: samplers are fitted to them), and
    the first 10,000 epochs for the others.
    """
    return any(_watches(early_stopping, rule, bracket, epoch) for rule in early_stopping.rules)


def watched_epochs(
    early_stopping: EarlyStopping, bracket: int, start: int, end: int
) -> Sequence[int]:
    """The epochs from `start` to `end` that are watched, ascending.

    Quick also where there are a million between two rungs.
    """
    last, rungs = 0, set[int]()
    for rule in early_stopping.rules:
        if rule.rule not in RUNG_RULES:
            last = LAST_WATCHED
        for lower in range(min(bracket, rule.brackets - 1) + 1):
            rungs.update(rungs_of(early_stopping, rule, lower))
    every = range(start, min(last, end) + 1)
    return [*every, *sorted(rung for rung in rungs if max(start, last + 1) <= rung <= end)]


def _watches(early_stopping: EarlyStopping, rule: StoppingRule, bracket: int, epoch: int) -> bool:
    if rule.rule not in RUNG_RULES:
        return epoch <= LAST_WATCHED
    return any(epoch in rungs_of(early_stopping, rule, lower) for lower in range(bracket + 1))
