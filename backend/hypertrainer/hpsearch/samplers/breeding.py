"""NSGA-II as Optuna has it, for trials that may run again, or fit no more after an edit."""

from optuna import samplers
from optuna.study import Study
from optuna.trial import FrozenTrial, TrialState

LEAST_PARENTS = 2  # a crossover takes so many


class NSGAIISampler(samplers.NSGAIISampler):
    """Breeds from those parents only that (still) have values; without enough of them from none.

    Parents are kept by number, and Optuna takes for granted that what had values has them for ever.
    It names what trials keep by the sampler's class, whose name thus must never change.
    """

    def get_parent_population(self, study: Study, generation: int) -> list[FrozenTrial]:
        parents = super().get_parent_population(study, generation)
        known = [parent for parent in parents if parent.state is TrialState.COMPLETE]
        return known if len(known) >= LEAST_PARENTS else []
