"""How much of an objective's variation each parameter explains.

PED-ANOVA (Watanabe et al. 2023, arXiv 2304.10255; for conditional spaces arXiv 2601.20800): what
sets the best tenth apart from all. fANOVA (Hutter et al. 2014): what a random forest splits by;
needs scikit-learn. Both as Optuna computes them.
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

from hypertrainer.hpsearch.history import History
from hypertrainer.hpsearch.insights.comparable import Comparable, comparable
from hypertrainer.hpsearch.samplers.axes import Coordinate
from hypertrainer.hpsearch.samplers.distributions import distribution_of
from hypertrainer.hpsearch.samplers.space import Space

if TYPE_CHECKING:
    from optuna.study import Study

PED_ANOVA = "ped_anova"
FANOVA = "fanova"
MIN_TRIALS = 8  # fewer say nothing about any parameter
MAX_FANOVA_TRIALS = 500  # its time grows faster than their number
NO_FANOVA = "fANOVA needs the extra: pip install hypertrainer[fanova]. PED-ANOVA works without it."


@dataclass(frozen=True, slots=True)
class Importance:
    """The importances by path, largest first; all together make 1.

    `message` says what they rest on, or why there are none.
    """

    evaluator: str
    objective: str | None
    num_trials: int
    items: tuple[tuple[str, float], ...]
    message: str


def importance(history: History, objective: int = 0, evaluator: str = PED_ANOVA) -> Importance:
    """How much each parameter matters to one of the objectives.

    Takes up to seconds with thousands of trials. Trials count that have a value for the objective,
    and values that the space as it is now still has.

    Args:
        history: the search's.
        objective: its index among the spec's.
        evaluator: `ped_anova` or `fanova`.
    """
    if not 0 <= objective < len(history.spec.objectives):
        return Importance(evaluator, None, 0, (), "The search has no such objective.")
    metric = history.spec.objectives[objective].metric
    if evaluator == FANOVA and find_spec("sklearn") is None:
        return Importance(evaluator, metric, 0, (), NO_FANOVA)
    space = Space(history.spec)
    found = comparable(history, space, objective)
    if evaluator == FANOVA:
        found = found.thinned(MAX_FANOVA_TRIALS)
    message = _why_none(space, found)
    if message:
        return Importance(evaluator, metric, len(found.values), (), message)
    shares = _evaluate(space, found, evaluator)
    items = tuple(sorted(shares.items(), key=lambda one: (-one[1], one[0])))
    return Importance(evaluator, metric, len(found.values), items, found.words)


def _why_none(space: Space, found: Comparable) -> str:
    if not space.axes:
        return "No parameter varies."
    if len(found.values) < MIN_TRIALS:
        return f"It takes {MIN_TRIALS} trials with a value to tell; there are {len(found.values)}."
    if min(found.values) == max(found.values):
        return "All trials have the same value."
    return ""


def _evaluate(space: Space, found: Comparable, evaluator: str) -> dict[str, float]:
    # Optuna is loaded here only: the server itself never needs it.
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    if evaluator == FANOVA:  # it knows no inactive parameters
        found = found.completed(_usual(space))
    distributions = {path: distribution_of(axis) for path, axis in space.axes.items()}
    study = optuna.create_study()
    for point, value in zip(found.points, found.values, strict=True):
        known = {path: distributions[path] for path in point}
        study.add_trial(optuna.create_trial(params=dict(point), distributions=known, value=value))
    return dict.fromkeys(space.axes, 0.0) | _importances(study, evaluator)


def _importances(study: "Study", evaluator: str) -> dict[str, float]:
    from optuna.importance import (
        FanovaImportanceEvaluator,
        PedAnovaImportanceEvaluator,
        get_param_importances,
    )

    is_fanova = evaluator == FANOVA
    judge = FanovaImportanceEvaluator(seed=0) if is_fanova else PedAnovaImportanceEvaluator()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of conditions that hold for a trial or two only
        shares = get_param_importances(study, evaluator=judge)
    return {path: float(share) for path, share in shares.items()}


def _usual(space: Space) -> Mapping[str, Coordinate]:
    """What an inactive parameter counts as: its value in the YAML, or else its middle."""
    usual = {}
    for path, axis in space.axes.items():
        base = [space.spec.base.get(one) for one in axis.parameter.paths]
        at = axis.coordinate(base if axis.parameter.is_zipped else base[0])
        usual[path] = axis.coordinate(axis.at(0.5)) if at is None else at
    return {path: at for path, at in usual.items() if at is not None}
