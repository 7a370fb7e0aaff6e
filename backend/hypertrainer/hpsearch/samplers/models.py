"""Points from Optuna's samplers: TPE, Gaussian process, NSGA-II.

A fresh sampler with the trial's own seed answers each question, over a study that is a view of the
history (`rows`). So the answer depends on these two alone.
"""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hypertrainer.errors import InvalidInput
from hypertrainer.hpsearch.facts import Origin
from hypertrainer.hpsearch.samplers.ask import Ask, Drawn
from hypertrainer.hpsearch.samplers.axes import Axis, Coordinate
from hypertrainer.hpsearch.samplers.distributions import distribution_of
from hypertrainer.hpsearch.samplers.lessons import LEAST_VALUES, Lesson, Lessons, lessons_of
from hypertrainer.hpsearch.samplers.quantiles import sobol_point
from hypertrainer.hpsearch.spec import Algorithm, Spec

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.samplers import BaseSampler
    from optuna.trial import FrozenTrial, Trial

    from hypertrainer.hpsearch.samplers.rows import RowStorage

NSGA_POPULATION, NSGA_GENERATIONS = 50, 5  # at most, and at least where trials are few
GENERATION = "NSGAIISampler:generation"  # Optuna's name for it, among a trial's attributes
MAX_GP_TRIALS = 250  # a Gaussian process costs the cube of that; TPE goes on from there
RELATIVE = ("tpe:relative_params", "gp:relative_params")  # the point once more
OF_STUDY = "study"  # among a trial's attributes: those that its ask left with the study
Make = Callable[[Ask], "BaseSampler"]
Made = tuple[Any, "FrozenTrial | None"]  # what a row was made of, and the row


def tpe_point(ask: Ask) -> Drawn:
    """Tree-structured Parzen estimator (Bergstra et al., NeurIPS 2011).

    Multivariate (Falkner et al., ICML 2018), with running trials as constant liars; grouped where
    parameters are conditional.
    """
    return _modelled(ask, Algorithm.TPE, _tpe)


def gp_point(ask: Ask) -> Drawn:
    """Gaussian process with expected improvement; TPE when there are too many trials for it."""
    if len(ask.history.trials) > MAX_GP_TRIALS:
        return tpe_point(ask)
    return _modelled(ask, Algorithm.GP, _gp)


def nsga2_point(ask: Ask) -> Drawn:
    """NSGA-II (Deb et al., IEEE Trans. Evol. Comp. 2002): crossover within the last generation.

    All trials of other samplers, the first points above all, are of the generation 0.
    """
    return _modelled(ask, Algorithm.NSGA2, _nsga2)


def _modelled(ask: Ask, algorithm: Algorithm, make: Make) -> Drawn:
    lessons = _lessons(ask)
    if lessons.num_values < startup_trials(ask.history.spec, algorithm, len(ask.space.axes)):
        return replace(sobol_point(ask), origin=Origin.STARTUP)
    return _asked(ask, algorithm, lessons, make)


def _lessons(ask: Ask) -> Lessons:
    """What is known; computed once for all redraws of one question."""
    history, kept = ask.history, ask.memory.kept
    key = (history.seq, len(history.trials))
    if kept.get("lessons_of") != key:
        kept["lessons"] = lessons_of(history)
        kept["lessons_of"] = key
    lessons: Lessons = kept["lessons"]
    return lessons


def startup_trials(spec: Spec, algorithm: Algorithm, num_axes: int) -> int:
    """How many values there must be before a model is asked.

    With early stopping most values are cheap looks at trials: it takes fewer of them than where
    each is the end of a whole training. NSGA-II breeds from a whole generation.
    """
    if algorithm is Algorithm.NSGA2:
        return _population(spec)
    chosen = spec.algorithm_options.get("startup_trials")
    if chosen is not None:
        return int(chosen)
    is_cheap = spec.early_stopping is not None
    return max(LEAST_VALUES, num_axes + 2 if is_cheap else 2 * num_axes + 2)


def _tpe(ask: Ask) -> "BaseSampler":
    from optuna.samplers import TPESampler

    is_grouped = ask.space.is_conditional
    return TPESampler(
        seed=_seed(ask),
        n_startup_trials=0,
        multivariate=True if is_grouped else None,
        group=is_grouped,
    )


def _gp(ask: Ask) -> "BaseSampler":
    try:
        import torch  # noqa: F401  what Optuna's needs
    except ImportError as error:
        raise InvalidInput(
            "Algorithm `gp` needs the extra: pip install hypertrainer[gp]. `tpe` works without it."
        ) from error
    from optuna.samplers import GPSampler

    return GPSampler(seed=_seed(ask), n_startup_trials=0)


def _nsga2(ask: Ask) -> "BaseSampler":
    from hypertrainer.hpsearch.samplers.breeding import NSGAIISampler

    return NSGAIISampler(seed=_seed(ask), population_size=_population(ask.history.spec))


def _population(spec: Spec) -> int:
    """How many trials a generation has; few are allowed for several of them."""
    n_trials = spec.n_trials or NSGA_POPULATION * NSGA_GENERATIONS
    fitting = max(LEAST_VALUES, n_trials // NSGA_GENERATIONS)
    return int(spec.algorithm_options.get("population") or min(NSGA_POPULATION, fitting))


def _seed(ask: Ask) -> int:
    return ask.seed % 2**32  # as numpy takes it


def _asked(ask: Ask, algorithm: Algorithm, lessons: Lessons, make: Make) -> Drawn:
    import optuna

    from hypertrainer.hpsearch.samplers.rows import RowStorage

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    left = _left_with_study(lessons)
    storage = RowStorage(_rows(ask, lessons), _row_number(ask, ask.number), left)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what is experimental there
        study = optuna.create_study(
            storage=storage,
            sampler=make(ask),
            directions=[way.value for way in lessons.directions],
        )
        trial = study.ask()
        point = ask.space.point(lambda axis: axis.value(_suggested(trial, axis)))
    return Drawn(point, algorithm, Origin.SAMPLER, _attrs(storage, left))


def _left_with_study(lessons: Lessons) -> dict[str, Any]:
    """What samplers noted of the study: NSGA-II, which trials a generation descends from.

    So a generation's parents are what they were when its first trial was asked for.
    """
    found: dict[str, Any] = {}
    for lesson in lessons.items:
        found |= lesson.trial.attrs.get(OF_STUDY, {})
    return found


def _attrs(storage: "RowStorage", left: Mapping[str, Any]) -> dict[str, Any]:
    """What the trial must keep."""
    of_trial = storage.asked.system_attrs if storage.asked is not None else {}
    kept = {key: value for key, value in of_trial.items() if not key.startswith(RELATIVE)}
    of_study = storage.study_attrs
    new = {key: value for key, value in of_study.items() if key not in left}
    return kept | {OF_STUDY: new} if new else kept


def _suggested(trial: "Trial", axis: Axis) -> Coordinate:
    domain = axis.domain
    low, high = domain.low, domain.high
    if domain.is_unordered:
        choice: int = trial.suggest_categorical(axis.path, list(range(int(high) + 1)))
        return choice
    if domain.is_whole:
        return trial.suggest_int(axis.path, int(low), int(high), log=domain.log)
    return trial.suggest_float(axis.path, low, high, log=domain.log)


def _rows(ask: Ask, lessons: Lessons) -> list["FrozenTrial"]:
    """The lessons of trials that fit into the space as it is now; each row is made once."""
    kept: dict[int, Made] = ask.memory.kept.setdefault("rows", {})
    if "distributions" not in ask.memory.kept:
        ask.memory.kept["distributions"] = _distributions(ask)
    distributions = ask.memory.kept["distributions"]
    rows = []
    for lesson in lessons.items:
        number = lesson.trial.number
        made_of = (_row_number(ask, number), lesson.trial.version, lesson.values, lesson.violations)
        if number not in kept or kept[number][0] != made_of:
            kept[number] = (made_of, _row(ask, lesson, distributions))
        row = kept[number][1]
        if row is not None:
            rows.append(row)
    return rows


def _row_number(ask: Ask, number: int) -> int:
    """A trial's number among the rows: those of other searches come first, from 0 on.

    Optuna takes none below 0.
    """
    num_warm = len(ask.history.warm)
    return number + num_warm if number >= 0 else -1 - number


def _row(
    ask: Ask, lesson: Lesson, distributions: "dict[str, BaseDistribution]"
) -> "FrozenTrial | None":
    from optuna.trial import TrialState

    from hypertrainer.hpsearch.samplers.rows import frozen

    coordinates = ask.memory.coordinates(ask.history, lesson.trial.number)
    if coordinates is None:
        return None
    return frozen(
        _row_number(ask, lesson.trial.number),
        TrialState.RUNNING if lesson.values is None else TrialState.COMPLETE,
        dict(coordinates),
        {path: distributions[path] for path in coordinates},
        lesson.values,
        {GENERATION: 0} | _of_trial(lesson),
        dict(lesson.violations) or None,
    )


def _of_trial(lesson: Lesson) -> dict[str, Any]:
    return {key: value for key, value in lesson.trial.attrs.items() if key != OF_STUDY}


def _distributions(ask: Ask) -> "dict[str, BaseDistribution]":
    return {path: distribution_of(axis) for path, axis in ask.space.axes.items()}
