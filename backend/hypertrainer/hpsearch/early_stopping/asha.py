"""Asynchronous successive halving that stops trials; and Hyperband: several brackets of it.

Li et al. 2020 (arXiv 1810.05934) in the form that only stops: as a trial comes to a rung it goes on
if it is among the best 1/reduction_factor of those that came before, itself included.
"""

from hypertrainer.hpsearch.early_stopping.base import Moment, Verdict
from hypertrainer.hpsearch.early_stopping.rungs import rung_level, rung_value, rungs_of
from hypertrainer.hpsearch.early_stopping.words import rung_words
from hypertrainer.hpsearch.spec import StoppingRule


def asha(moment: Moment, rule: StoppingRule) -> Verdict | None:
    """Stops whatever is not among the best max(n // reduction_factor, 1) of its rung.

    Equal values share a rank. While fewer than `min_trials` (default: reduction_factor) have come
    to the rung, all go on.
    """
    epoch, bracket = moment.epoch, moment.trial.bracket
    if epoch not in rungs_of(moment.early_stopping, rule, bracket):
        return None
    level = rung_level(moment.history, bracket, epoch)
    value = rung_value(moment.history.spec, moment.report)
    of, kept = len(level), max(len(level) // rule.reduction_factor, 1)
    rank = level.rank(value, moment.direction)
    if of < (rule.min_trials or rule.reduction_factor) or rank <= kept:
        return None
    words = rung_words(epoch, moment.metric, value, rank, of, kept)
    return Verdict(rule.rule, words, rank, of, kept)
