"""Points from Optuna's samplers: TPE, Gaussian process, NSGA-II.

A fresh sampler with the trial's own seed answers each question, over a study that is a view of the
history (`rows`). So the answer depends on these two alone.
"""

import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hypertrainer.errors import InvalidInput
from hypertrainer.hpsearch.facts import Origin
from hypertrainer.hpsearch.samplers.ask import Ask, Drawn
from hypertrainer.hpsearch.samplers.axes import Axis, Coordinate
from hypertrainer.hpsearch.samplers.lessons import LEAST_VALUES, Lesson, Lessons, lessons_of
from hypertrainer.hpsearch.samplers.quantiles import sobol_point
from hypertrainer.hpsearch.spec import Algorithm

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.samplers import BaseSampler
    from optuna.trial import FrozenTrial, Trial

NSGA_POPULATION = 50
MAX_GP_TRIALS = 250  # a Gaussian process costs the cube of that; TPE goes on from there
RELATIVE = "tpe:relative_params"
OwnRows = dict[tuple[int, int, Any], Any]


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
    """NSGA-II (Deb et al., IEEE Trans. Evol. Comp. 2002): crossover within the last generation."""
    lessons = _lessons(ask)
    return _asked(ask, Algorithm.NSGA2, lessons, _nsga2(ask))


def _modelled(ask: Ask, algorithm: Algorithm, make: Callable[[Ask], "BaseSampler"]) -> Drawn:
    lessons = _lessons(ask)
    if lessons.num_values < _startup(ask):
        return replace(sobol_point(ask), origin=Origin.STARTUP)
    return _asked(ask, algorithm, lessons, make(ask))


def _lessons(ask: Ask) -> Lessons:
    """What is known; computed once for all redraws of one question."""
    history, kept = ask.history, ask.memory.kept
    key = (history.seq, len(history.trials))
    if kept.get("lessons_of") != key:
        kept["lessons"] = lessons_of(history, len(ask.space.axes), _option(ask, "startup_trials"))
        kept["lessons_of"] = key
    lessons: Lessons = kept["lessons"]
    return lessons


def _startup(ask: Ask) -> int:
    """How many values there must be before a model is asked.

    A rung is a cheap look at many trials: there it takes fewer than where each value is the end of
    a whole training.
    """
    chosen = _option(ask, "startup_trials")
    if chosen is not None:
        return chosen
    num_axes = len(ask.space.axes)
    is_cheap = ask.history.spec.early_stopping is not None
    return max(LEAST_VALUES, num_axes + 2 if is_cheap else 2 * num_axes + 2)


def _option(ask: Ask, name: str) -> int | None:
    value = ask.history.spec.algorithm_options.get(name)
    return None if value is None else int(value)


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
            "algorithm `gp` needs the extra: pip install hypertrainer[gp]. `tpe` works without it."
        ) from error
    from optuna.samplers import GPSampler

    return GPSampler(seed=_seed(ask), n_startup_trials=0)


def _nsga2(ask: Ask) -> "BaseSampler":
    from optuna.samplers import NSGAIISampler

    population = _option(ask, "population") or NSGA_POPULATION
    return NSGAIISampler(seed=_seed(ask), population_size=population)


def _seed(ask: Ask) -> int:
    return ask.seed % 2**32  # as numpy takes it


def _asked(ask: Ask, algorithm: Algorithm, lessons: Lessons, sampler: "BaseSampler") -> Drawn:
    import optuna

    from hypertrainer.hpsearch.samplers.rows import RowStorage

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    storage = RowStorage(_rows(ask, lessons), ask.number)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what is experimental there
        study = optuna.create_study(
            storage=storage,
            sampler=sampler,
            directions=[way.value for way in lessons.directions],
        )
        trial = study.ask()
        point = ask.space.point(lambda axis: axis.value(_suggested(trial, axis)))
    attrs = storage.get_trial(ask.number).system_attrs
    kept = {key: value for key, value in attrs.items() if not key.startswith(RELATIVE)}
    return Drawn(point, algorithm, Origin.SAMPLER, kept)


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
    kept: OwnRows = ask.memory.kept.setdefault("rows", {})
    distributions = ask.memory.kept.setdefault("distributions", None) or _distributions(ask)
    ask.memory.kept["distributions"] = distributions
    rows = []
    for lesson in lessons.items:
        trial = lesson.trial
        key = (trial.number, trial.version, (lesson.values, lesson.violations))
        if key not in kept:
            kept[key] = _row(ask, lesson, distributions)
        if kept[key] is not None:
            rows.append(kept[key])
    return rows


def _row(
    ask: Ask, lesson: Lesson, distributions: "dict[str, BaseDistribution]"
) -> "FrozenTrial | None":
    from optuna.trial import TrialState

    from hypertrainer.hpsearch.samplers.rows import frozen

    coordinates = ask.memory.coordinates(ask.history, lesson.trial.number)
    if coordinates is None:
        return None
    return frozen(
        lesson.trial.number,
        TrialState.RUNNING if lesson.values is None else TrialState.COMPLETE,
        dict(coordinates),
        {path: distributions[path] for path in coordinates},
        lesson.values,
        dict(lesson.trial.attrs),
        dict(lesson.violations) or None,
    )


def _distributions(ask: Ask) -> "dict[str, BaseDistribution]":
    return {path: _distribution(axis) for path, axis in ask.space.axes.items()}


def _distribution(axis: Axis) -> "BaseDistribution":
    from optuna.distributions import (
        CategoricalDistribution,
        FloatDistribution,
        IntDistribution,
    )

    domain = axis.domain
    if domain.is_unordered:
        return CategoricalDistribution(list(range(int(domain.high) + 1)))
    if domain.is_whole:
        return IntDistribution(int(domain.low), int(domain.high), log=domain.log)
    return FloatDistribution(domain.low, domain.high, log=domain.log)
