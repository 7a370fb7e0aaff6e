"""The median rule of Vizier (Golovin et al. 2017, section 3.2.2)."""

from math import isfinite

from hypertrainer.hpsearch.early_stopping.base import Moment, Verdict
from hypertrainer.hpsearch.early_stopping.words import median_words
from hypertrainer.hpsearch.facts import TrialState
from hypertrainer.hpsearch.spec import StoppingRule

MIN_TRIALS = 5


def median(moment: Moment, rule: StoppingRule) -> Verdict | None:
    """Stops a trial whose best value is worse than a percentile of the others' running averages.

    The others are all trials that came to this epoch, whatever became of them. Nothing is stopped
    before `min_trials` (default: 5) curves are complete. The best is at percentile 0: with 25, only
    what is as good as the best quarter of the averages goes on.
    """
    averages = moment.history.standings.means[moment.epoch]
    num_others = len(averages) - 1
    num_complete = moment.history.num_by_state[TrialState.COMPLETE]
    if num_complete < (rule.min_trials or MIN_TRIALS) or num_others < 1:
        return None
    best, mean, direction = moment.report.best, moment.report.mean, moment.direction
    limit = averages.quantile_of_others(mean, rule.percentile / 100, direction)
    if not isfinite(limit) or (isfinite(best) and not moment.is_better(limit, best)):
        return None
    rank, of = averages.rank(best, direction), len(averages)
    words = median_words(moment.epoch, moment.metric, best, limit, rule.percentile, rank, of)
    return Verdict(rule.rule, words, rank, of)
