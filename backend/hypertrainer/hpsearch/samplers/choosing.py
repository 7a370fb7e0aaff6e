"""Which algorithm a trial's point comes from, told from the history alone."""

from hypertrainer.hpsearch.samplers.grid import product_size
from hypertrainer.hpsearch.samplers.space import Space
from hypertrainer.hpsearch.spec import Algorithm, Spec

MANY_OBJECTIVE_TRIALS = 250  # after so many TPE hands over to NSGA-II


def algorithm_of(spec: Spec, space: Space, num_trials: int) -> Algorithm:
    """The algorithm of the trial that follows on so many; never `auto`.

    `auto`: a grid where that fits into the trials allowed, Sobol points without an objective, and
    else TPE, which leaves searches for several objectives to NSGA-II once that has enough to
    breed from. Also, what learns needs an objective.

    Never a Gaussian process: whether that is worth its seconds is told by how long trials take and
    by what is installed, which no fact says, so that no replay could know. Nor CMA-ES: it needs
    more trials than most searches have.
    """
    algorithm = spec.algorithm
    if algorithm is Algorithm.AUTO:
        algorithm = _automatic(spec, space, num_trials)
    if algorithm.is_learning and not spec.objectives:
        return Algorithm.SOBOL
    return algorithm


def _automatic(spec: Spec, space: Space, num_trials: int) -> Algorithm:
    if spec.n_trials is not None and product_size(space) <= spec.n_trials:
        return Algorithm.GRID
    if not spec.objectives:
        return Algorithm.SOBOL
    is_late = len(spec.objectives) > 1 and num_trials >= MANY_OBJECTIVE_TRIALS
    return Algorithm.NSGA2 if is_late else Algorithm.TPE
