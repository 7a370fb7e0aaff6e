"""Stops a trial that no longer improves."""

from math import isfinite

from hypertrainer.hpsearch.early_stopping.base import Moment, Verdict
from hypertrainer.hpsearch.early_stopping.words import patience_words
from hypertrainer.hpsearch.history import PastTrial
from hypertrainer.hpsearch.spec import StoppingRule


def patience(moment: Moment, rule: StoppingRule) -> Verdict | None:
    """Stops a trial whose best value has not improved by more than `min_delta` in `epochs` epochs.

    Its best now is compared with its best so many epochs ago, as they were reported.
    """
    then = moment.epoch - rule.epochs
    earlier = moment.trial.reports.get(then)
    if earlier is None or not isfinite(earlier.best):  # too early, or the rule came in later
        return None
    best, limit = moment.report.best, rule.min_delta * moment.direction.sign
    if moment.is_better(best, earlier.best - limit):
        return None
    since = _first_with(moment.trial, best, then) if rule.min_delta == 0 else then
    words = patience_words(moment.epoch, moment.metric, best, since, rule.min_delta)
    return Verdict(rule.rule, words)


def _first_with(trial: PastTrial, best: float, until: int) -> int:
    """The first epoch at which the best was what it still is."""
    return min(
        (epoch for epoch, report in trial.reports.items() if report.best == best), default=until
    )
