"""`algorithm:`, its options, and what it can and cannot search."""

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from typing import Any

from hypertrainer.errors import InvalidInput
from hypertrainer.hpsearch.samplers.grid import MAX_GRID, grid_size, product_size
from hypertrainer.hpsearch.samplers.space import Space, axis_of
from hypertrainer.hpsearch.spec import Algorithm, Objective, Parameter, Spec
from hypertrainer.hpsearch.spec_reader import keys
from hypertrainer.hpsearch.spec_reader.notes import Block
from hypertrainer.hpsearch.spec_reader.params import place_of
from hypertrainer.tasks.launch_keys import shown

MAX_TRIALS = 10_000
MAX_OPTION = 10_000
NUMERIC = (Algorithm.GP, Algorithm.CMAES)


def read_algorithm(search: Block) -> Algorithm:
    """The algorithm; `type: random_uniform` is the original's word for `random`."""
    kind = search.values.get("type")
    if kind not in (None, keys.ORIGINAL_TYPE):
        known = ", ".join(Algorithm)
        message = f"`type` is {shown(kind)}. Write `type: {keys.ORIGINAL_TYPE}`, or `algorithm:`"
        search.wrong("type", f"{message} with one of: {known}.")
    word = search.word("algorithm", [str(one) for one in Algorithm])
    if kind == keys.ORIGINAL_TYPE and word not in (None, Algorithm.RANDOM):
        search.wrong("type", f"`type: {kind}` is `algorithm: random`. Keep one of the two.")
    if word is not None:
        return Algorithm(word)
    return Algorithm.RANDOM if kind == keys.ORIGINAL_TYPE else Algorithm.AUTO


def read_options(search: Block, algorithm: Algorithm) -> dict[str, Any]:
    """`algorithm_options`, as far as the algorithm has them."""
    block = search.section("algorithm_options", "{startup_trials: 16}")
    if block is None:
        return {}
    known = keys.OPTIONS[algorithm]
    for key in block.values:
        if key in keys.ALL_OPTIONS and key not in known:
            owners = ", ".join(one for one, options in keys.OPTIONS.items() if key in options)
            message = f"Algorithm `{algorithm}` has no `{key}`; it belongs to {owners}. Remove it."
            search.notes.wrong(block.at(key), message, at_key=True)
    block.check_keys(keys.ALL_OPTIONS)
    found = {
        "shuffle": block.flag("shuffle"),
        "startup_trials": block.whole("startup_trials", 1, MAX_OPTION),
        "population": block.whole("population", 2, MAX_OPTION),
    }
    return {key: value for key, value in found.items() if value is not None}


def check_algorithm(
    search: Block,
    algorithm: Algorithm,
    params: Sequence[Parameter],
    objectives: Sequence[Objective],
) -> None:
    """Note what an algorithm cannot search."""
    has_objective = search.has("objective") or search.has("objectives")
    if algorithm.is_learning and algorithm is not Algorithm.AUTO and not has_objective:
        message = f"Algorithm `{algorithm}` needs `objective: {{metric: ..., direction: ...}}`."
        search.wrong("algorithm", message)
    if algorithm is Algorithm.GP and find_spec("torch") is None:
        message = "Algorithm `gp` needs the extra: pip install hypertrainer[gp]."
        search.wrong("algorithm", f"{message} `tpe` works without it.")
    if algorithm is Algorithm.CMAES and len(objectives) > 1:
        message = "`cmaes` cannot search for several objectives. Use `nsga2` or `tpe`."
        search.wrong("algorithm", message)
    if algorithm in NUMERIC:
        _check_numeric(search, algorithm, params)
    if algorithm is Algorithm.GRID:
        _check_countable(search, params)
    if algorithm is Algorithm.GRID or (algorithm.is_learning and has_objective):
        for one in params:
            if one.probabilities is not None:
                where = f"{place_of(search, one.path)}.probabilities"
                message = "`probabilities` are used by `random` and `sobol` only."
                search.notes.warn(where, message)


def _check_numeric(search: Block, algorithm: Algorithm, params: Sequence[Parameter]) -> None:
    for one in params:
        why = "categorical" if one.type == "categorical" else "conditional" if one.when else None
        if why is not None:
            message = f"`{algorithm}` cannot search `{one.path}` ({why}). Use `tpe`."
            search.notes.wrong(place_of(search, one.path), message)


def _check_countable(search: Block, params: Sequence[Parameter]) -> None:
    for one in params:
        if one.type != "same" and axis_of(one).grid_size is None:
            message = f"A grid needs `step`, `count` or `values` for {one.path}."
            search.notes.wrong(place_of(search, one.path), message)


def trials_of_grid(search: Block, spec: Spec) -> int | None:
    """How many trials a grid has, once nothing else is wrong; its own size where nobody says."""
    space = Space(spec)
    size = product_size(space)
    if size > MAX_GRID:
        message = f"The grid has {size:,} points; at most {MAX_GRID:,} can be searched."
        search.wrong("params", f"{message} Use fewer values, or `algorithm: random`.")
        return None
    if spec.constraints or space.is_conditional:
        try:
            size = grid_size(spec)
        except InvalidInput as error:
            search.wrong("params", error.message)
            return None
    for message in _why_unfit(spec, int(size)):
        search.wrong("n_trials" if spec.n_trials else "params", message)
    if spec.n_trials is not None and size < spec.n_trials and not spec.try_first:
        message = f"The grid has {size:,} points, fewer than `n_trials` ({spec.n_trials:,})."
        search.notes.warn(search.at("n_trials"), f"{message} The search ends after them.")
        return int(size)
    return spec.n_trials or int(size)


def _why_unfit(spec: Spec, size: int) -> Iterator[str]:
    if size == 0:
        yield "No point of the grid satisfies all constraints; check them."
    elif spec.n_trials is None and size > MAX_TRIALS:
        message = f"The grid has {size:,} points; at most {MAX_TRIALS:,} trials can be run."
        yield f"{message} Use fewer values, or `n_trials` and `algorithm: random`."
    elif spec.n_trials is not None and size > spec.n_trials:
        if spec.algorithm_options.get("shuffle"):
            return
        message = f"The grid has {size:,} points, `n_trials` is {spec.n_trials:,}. Raise"
        shuffled = "`algorithm_options: {shuffle: true}` for the first ones of a seeded shuffle"
        yield f"{message} `n_trials`, or use `algorithm: random`, or {shuffled}."
