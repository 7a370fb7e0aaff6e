"""Reads `hpsearch:` into its normal form, and tells every mistake at once with what to write.

hpsearch:
  n_trials: 50
  objective: {metric: val_accuracy, direction: maximize}
  early_stopping: {rule: asha, max_epochs: 27}
  params:
    training.learning_rate: {low: 1.0e-5, high: 1.0e-1, log: true}
    training.batch_size: [32, 64, 128]
"""

from collections.abc import Collection, Sequence
from typing import Any

from hypertrainer.errors import FieldProblem, InvalidInput
from hypertrainer.hpsearch.expressions import Expression
from hypertrainer.hpsearch.spec import (
    DEFAULT_DESC,
    DEFAULT_MAX_CONCURRENT,
    Algorithm,
    Parameter,
    Place,
    Spec,
)
from hypertrainer.hpsearch.spec_reader import keys
from hypertrainer.hpsearch.spec_reader.algorithms import (
    MAX_TRIALS,
    check_algorithm,
    read_algorithm,
    read_options,
    trials_of_grid,
)
from hypertrainer.hpsearch.spec_reader.constraints import check_satisfiable, read_constraints
from hypertrainer.hpsearch.spec_reader.foreign import check_foreign
from hypertrainer.hpsearch.spec_reader.limits import (
    read_budget,
    read_failures,
    read_repeats,
    read_warm_start,
)
from hypertrainer.hpsearch.spec_reader.notes import Block, Notes
from hypertrainer.hpsearch.spec_reader.objectives import read_objectives
from hypertrainer.hpsearch.spec_reader.params import read_params
from hypertrainer.hpsearch.spec_reader.paths import value_at
from hypertrainer.hpsearch.spec_reader.platforms import (
    MAX_CONCURRENT,
    check_prices,
    read_places,
)
from hypertrainer.hpsearch.spec_reader.stopping import read_stopping
from hypertrainer.hpsearch.spec_reader.try_first import read_try_first
from hypertrainer.tasks.config import Config
from hypertrainer.tasks.launch_keys import shown

CHILD = (
    "This is the config of one trial of a search (`hpsearch.is_child: true`), not a search. Remove "
    "`hpsearch` or `is_child` to start a new search, or submit it as a task."
)
MAX_SEED = 2**31 - 1
MAX_DESC = 100


def read_spec(
    config: Config, platforms: Collection[str], default_platform: str
) -> tuple[Spec, list[FieldProblem]]:
    """The search that a config describes, and what is strange about it but goes.

    Args:
        config: the whole config: what is searched must stand in it.
        platforms: the names of all platforms of this server.
        default_platform: where the search runs if it names none.

    Raises:
        InvalidInput: with every problem, each with its path, line and column.
    """
    demand_search(config)
    notes = Notes(config)
    value = config.find("hpsearch")
    if not isinstance(value, dict):
        notes.wrong("hpsearch", f"`hpsearch` is {shown(value)}; it must be a section.")
        notes.raise_problems()
    search = Block(notes, "hpsearch", value)
    check_foreign(search)
    notes.raise_problems()
    spec, constraints = _read(search, platforms, default_platform)
    notes.raise_problems()
    if spec.algorithm is Algorithm.GRID:
        spec = spec.model_copy(update={"n_trials": trials_of_grid(search, spec)})
    else:
        check_satisfiable(search, spec, constraints)
    notes.raise_problems()
    return _with_concurrency(search, spec), notes.warnings


def demand_search(config: Config) -> None:
    """Refuse a config that is no search.

    Raises:
        InvalidInput: it has no `hpsearch:`, or is the config of a trial.
    """
    if config.is_child:
        raise InvalidInput(CHILD, [config.problem("hpsearch.is_child", CHILD)])
    if not config.is_search:
        message = "There is no `hpsearch:` section. Add one, or submit the config as a task."
        raise InvalidInput(message, [config.problem("hpsearch", message)])


def _read(
    search: Block, platforms: Collection[str], default_platform: str
) -> tuple[Spec, list[Expression]]:
    """The search as far as it can be read; it counts only where nothing was noted."""
    search.check_keys(keys.SEARCH)
    _check_is_child(search)
    algorithm = read_algorithm(search)
    params = read_params(search)
    objectives = read_objectives(search)
    check_algorithm(search, algorithm, params, objectives)
    constraints = read_constraints(search, params)
    budget = read_budget(search)
    places = read_places(search, platforms, params)
    check_prices(search, budget, places, default_platform)
    fields: dict[str, Any] = {
        "algorithm": algorithm,
        "algorithm_options": read_options(search, algorithm),
        "n_trials": _n_trials(search, algorithm),
        "objectives": tuple(objectives),
        "params": tuple(params),
        "constraints": tuple(one.text for one in constraints),
        "try_first": tuple(read_try_first(search, params)),
        "early_stopping": read_stopping(search, objectives, params),
        "repeats": read_repeats(search, params),
        "budget": budget,
        "platforms": tuple(places),
    }
    base = _base(search.notes.config, params, constraints)
    return Spec.model_validate({**fields, **_plain(search), "base": base}), constraints


def _plain(search: Block) -> dict[str, Any]:
    """What depends on nothing else in the section."""
    return {
        "desc": _desc(search),
        "max_concurrent": _max_concurrent(search),
        "seed": search.whole("seed", 0, MAX_SEED),
        "warm_start": read_warm_start(search),
        "failures": read_failures(search),
        "placement": search.word("placement", ("fill", "spread", "cheapest")) or "fill",
        "when_done": search.word("when_done", ("keep", "cancel_rest")) or "keep",
    }


def _base(
    config: Config, params: Sequence[Parameter], constraints: Sequence[Expression]
) -> dict[str, Any]:
    """The config's values of all paths that are searched, or that constraints name."""
    paths = [path for one in params for path in one.paths]
    paths += [path for one in constraints for path in one.paths]
    known = [path for path in dict.fromkeys(paths) if config.slot(path) is not None]
    return {path: value_at(config, path) for path in known}


def _check_is_child(search: Block) -> None:
    is_child = search.values.get("is_child")
    if is_child not in (None, False):
        message = f"`is_child` is {shown(is_child)}; it can be true or false. Remove it."
        search.wrong("is_child", message)


def _desc(search: Block) -> str:
    value = search.values.get("desc")
    if value is None or value == "":
        return DEFAULT_DESC
    is_word = isinstance(value, str | int | float) and not isinstance(value, bool)
    text = str(value)
    if not is_word or not text.isprintable() or len(text) > MAX_DESC:
        message = f"`desc` is {shown(value)}. Write one line, at most {MAX_DESC} characters."
        search.wrong("desc", message)
    return text


def _n_trials(search: Block, algorithm: Algorithm) -> int | None:
    has_limit = search.has("budget") or algorithm is Algorithm.GRID
    if not search.has("n_trials") and not has_limit:
        message = "`n_trials` is missing. Write how many trials to run, or set a `budget`."
        search.wrong(None, message)
    if search.values.get("budget") == {} and not search.has("n_trials"):
        search.wrong("budget", "`budget` is empty. Write epochs, time or cost, or `n_trials`.")
    return search.whole("n_trials", 1, MAX_TRIALS)


def _max_concurrent(search: Block) -> int | None:
    if search.values.get("max_concurrent") == keys.UNLIMITED:
        return None
    return search.whole("max_concurrent", 1, MAX_CONCURRENT)


def _with_concurrency(search: Block, spec: Spec) -> Spec:
    """The spec with its own limit: as given, else what its platforms say, else what is sensible.

    A search that neither learns, stops trials nor minds a budget has none.

    Raises:
        InvalidInput: nothing at all limits how many trials there are at once.
    """
    given, most = spec.max_concurrent, spec.n_trials
    if search.values.get("max_concurrent") == keys.UNLIMITED:
        if most is None:
            search.wrong("max_concurrent", "Without `n_trials` write how many run at once.")
            search.notes.raise_problems()
        return spec
    if given is not None and most is not None and given > most:
        message = f"`max_concurrent` ({given:,}) is more than there are trials ({most:,})."
        search.notes.warn(search.at("max_concurrent"), message)
    limit = given if given is not None else _default_concurrency(spec)
    if limit is not None and most is not None:
        limit = min(limit, most)
    return spec.model_copy(update={"max_concurrent": limit})


def _default_concurrency(spec: Spec) -> int | None:
    if spec.platforms and all(place.max_concurrent for place in spec.platforms):
        return _sum(spec.platforms)
    has_reason = spec.is_learning or spec.early_stopping is not None or spec.n_trials is None
    return DEFAULT_MAX_CONCURRENT if has_reason or spec.budget != type(spec.budget)() else None


def _sum(places: Sequence[Place]) -> int:
    return sum(place.max_concurrent or 0 for place in places)
