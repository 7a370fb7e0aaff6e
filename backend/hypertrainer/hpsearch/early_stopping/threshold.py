"""Stops trials that are hopeless or diverged by limits that the user knows."""

from hypertrainer.hpsearch.early_stopping.base import Moment, Verdict
from hypertrainer.hpsearch.early_stopping.words import threshold_words
from hypertrainer.hpsearch.spec import StoppingRule


def threshold(moment: Moment, rule: StoppingRule) -> Verdict | None:
    """Stops a trial whose value at this epoch is above `above` or below `below`.

    With `at_epoch` only that epoch is looked at (or `min_epochs`, if that comes later). What counts
    is the value itself, not the best so far: a trial that diverges late has a good best.
    """
    if rule.at_epoch is not None and moment.epoch != _epoch(moment, rule.at_epoch):
        return None
    value = moment.report.value
    if rule.above is not None and value > rule.above:
        words = threshold_words(moment.epoch, moment.metric, value, "above", rule.above)
        return Verdict(rule.rule, words)
    if rule.below is not None and value < rule.below:
        words = threshold_words(moment.epoch, moment.metric, value, "below", rule.below)
        return Verdict(rule.rule, words)
    return None


def _epoch(moment: Moment, at_epoch: int) -> int:
    return max(at_epoch, moment.early_stopping.min_epochs)
