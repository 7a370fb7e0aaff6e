"""Reads and checks `hpsearch:`, and tells every mistake at once with what to write instead.

hpsearch:
  n_trials: 20
  type: random_uniform
  desc: lr            # optional, part of the names
  seed: 1             # optional, repeats the values
  params:
    - {param: training.learning_rate, lo: -4, hi: -2, exponent_base: 10}
"""

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from typing import Any

from hypertrainer.errors import FieldProblem, InvalidInput
from hypertrainer.hpsearch.space import DEFAULT_DESC, Parameter, SearchSpace
from hypertrainer.platforms.resource_values import unknown_key
from hypertrainer.tasks.config import OWN_KEYS, Config
from hypertrainer.tasks.launch_keys import shown
from hypertrainer.tasks.yaml_nodes import Listing
from hypertrainer.tasks.yaml_scalars import number_of

KEYS = ("n_trials", "type", "desc", "params", "seed", "is_child")
PARAM_KEYS = ("param", "lo", "hi", "low", "high", "exponent_base")
TYPE = "random_uniform"
EXAMPLE = "`- {param: training.learning_rate, lo: 0.001, hi: 0.1}`"
CHILD = (
    "This is the config of one trial of a search (`hpsearch.is_child: true`), not a search. Remove "
    "`is_child` to start a new search, or submit it as a task."
)
MAX_TRIALS = 10_000
MAX_SEED = 2**31 - 1
MAX_DESC = 100
MAX_PARAMS = 1_000


def parse_space(config: Config) -> SearchSpace:
    """The search that a config describes.

    Raises:
        InvalidInput: with every problem, each with its path, line and column.
    """
    return _Reader(config).read()


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


class _Reader:
    """One config being read. What is wrong is noted, and reading goes on."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._problems: list[FieldProblem] = []
        self._searched: dict[str, int | None] = {}  # path → line

    def read(self) -> SearchSpace:
        demand_search(self._config)
        block = self._config.find("hpsearch")
        if not isinstance(block, dict):
            self._note("hpsearch", f"`hpsearch` is {shown(block)}; it must be a section.")
            self._raise()
        self._note_unknown("hpsearch", block, KEYS)
        self._check_flags(block)
        n_trials = self._whole(block, "n_trials", 1, MAX_TRIALS)
        seed = self._whole(block, "seed", 0, MAX_SEED)
        if block.get("n_trials") is None:
            self._note("hpsearch", "`n_trials` is missing. Write how many trials to run.")
        desc = self._desc(block.get("desc"))
        params = tuple(self._params(block.get("params")))
        self._raise()
        return SearchSpace(n_trials=n_trials or 1, desc=desc, seed=seed, params=params)

    def _raise(self) -> None:
        if self._problems:
            problems = sorted(self._problems, key=lambda problem: problem.line or 0)
            raise InvalidInput(problems[0].message, problems)

    def _note(self, path: str, message: str, *, at_key: bool = False) -> None:
        self._problems.append(self._config.problem(path, message, at_key=at_key))

    def _note_unknown(self, path: str, block: Mapping[str, Any], known: Sequence[str]) -> None:
        for key in block:
            if key not in known:
                self._note(f"{path}.{key}", unknown_key(key, known), at_key=True)

    def _check_flags(self, block: Mapping[str, Any]) -> None:
        kind, is_child = block.get("type"), block.get("is_child")
        if kind not in (None, TYPE):
            self._note("hpsearch.type", f"`type` is {shown(kind)}. Write `type: {TYPE}`.")
        if is_child not in (None, False):
            message = f"`is_child` is {shown(is_child)}; it can be true or false. Remove it."
            self._note("hpsearch.is_child", message)

    def _whole(self, block: Mapping[str, Any], key: str, least: int, most: int) -> int | None:
        value = block.get(key)
        if value is None:
            return None
        number = number_of(value)
        if number is not None and least <= number <= most and number == int(number):
            return int(number)
        self._note(
            f"hpsearch.{key}",
            f"`{key}` is {shown(value)}. Write a whole number from {least} to {most:,}.",
        )
        return None

    def _desc(self, value: Any) -> str:
        if value is None or value == "":
            return DEFAULT_DESC
        is_word = isinstance(value, str | int | float) and not isinstance(value, bool)
        text = str(value)
        if not is_word or not text.isprintable() or len(text) > MAX_DESC:
            message = f"`desc` is {shown(value)}. Write one line, at most {MAX_DESC} characters."
            self._note("hpsearch.desc", message)
        return text

    def _params(self, params: Any) -> Iterator[Parameter]:
        if params is None or params == []:
            self._note("hpsearch", f"`params` is missing. List what to vary: {EXAMPLE}.")
        elif not isinstance(params, list):
            self._note("hpsearch.params", f"`params` must be a list of items such as {EXAMPLE}.")
        elif len(params) > MAX_PARAMS:
            self._note("hpsearch.params", f"At most {MAX_PARAMS} parameters can be varied.")
        else:
            for index, item in enumerate(params):
                parameter = self._parameter(f"hpsearch.params.{index}", item)
                if parameter is not None:
                    yield parameter

    def _parameter(self, at: str, item: Any) -> Parameter | None:
        if not isinstance(item, dict):
            self._note(at, f"This item is {shown(item)}. Write it like {EXAMPLE}.")
            return None
        self._note_unknown(at, item, PARAM_KEYS)
        path = self._path(at, item.get("param"))
        base = self._base(at, item)
        bounds = self._bounds(at, item, base)
        if path is None or bounds is None:
            return None
        return Parameter(path=path, low=bounds[0], high=bounds[1], exponent_base=base)

    def _path(self, at: str, value: Any) -> str | None:
        if value is None:
            self._note(at, f"`param` is missing: the path of the value to vary, as in {EXAMPLE}.")
            return None
        path, where = str(value), f"{at}.param"
        message = self._why_unsearchable(path)
        if message is None and path in self._searched:
            message = f"`{path}` is already searched on line {self._searched[path]}."
        if message is not None:
            self._note(where, message)
            return None
        self._searched[path] = self._config.line_of(where)
        return path

    def _why_unsearchable(self, path: str) -> str | None:
        if path.partition(".")[0] in OWN_KEYS or path == "training.output_path":
            return f"`{path}` cannot be searched: HyperTrainer itself reads or writes it."
        if isinstance(self._config.node(path), Listing):
            return f"`{path}` is a list, not a value. Name one of its items, such as `{path}.0`."
        try:
            self._config.copy().set(path, 0.5)
        except InvalidInput as error:
            return error.message
        return None

    def _bounds(
        self, at: str, item: Mapping[str, Any], base: float | None
    ) -> tuple[float, float] | None:
        old, new = {"lo", "hi"} & item.keys(), {"low", "high"} & item.keys()
        if old and new:
            mixed = " and ".join(f"`{key}`" for key in item if key in old | new)
            self._note(at, f"It mixes {mixed}. Write `low` and `high`.")
            return None
        low_key, high_key = ("low", "high") if new else ("lo", "hi")
        low, high = self._number(at, item, low_key), self._number(at, item, high_key)
        if low is None or high is None:
            return None
        self._check_range(at, item, (low_key, low), (high_key, high), base)
        return low, high

    def _number(self, at: str, item: Mapping[str, Any], key: str) -> float | None:
        value = item.get(key)
        if value is None:
            self._note(at, f"`{key}` is missing. Write both bounds, as in {EXAMPLE}.")
            return None
        number = _float(value)
        if number is None:
            message = f"`{key}` is {shown(value)}, not a number. Write one such as 1.0e-3."
            self._note(f"{at}.{key}", message)
        return number

    def _base(self, at: str, item: Mapping[str, Any]) -> float | None:
        value = item.get("exponent_base")
        base = None if value is None else _float(value)
        if value is not None and (base is None or base <= 0 or base == 1):
            message = f"`exponent_base` is {shown(value)}. It must be above 0 and not 1; write 10."
            self._note(f"{at}.exponent_base", message)
            return None
        return base

    def _check_range(
        self,
        at: str,
        item: Mapping[str, Any],
        low: tuple[str, float],
        high: tuple[str, float],
        base: float | None,
    ) -> None:
        (low_key, lowest), (high_key, highest) = low, high
        if lowest >= highest:
            message = (
                f"`{low_key}` ({item[low_key]}) must be below `{high_key}` ({item[high_key]})."
            )
            self._note(f"{at}.{low_key}", message)
        elif not isfinite(highest - lowest):
            self._note(f"{at}.{low_key}", "The range is wider than a number can be. Narrow it.")
        for key, bound in (low, high):
            if base is not None and not _is_in_reach(base, bound):
                message = (
                    f"{base:g} ** {item[key]} is no number above 0 that a computer can hold. "
                    f"`{key}` is the exponent; write -4 for 0.0001."
                )
                self._note(f"{at}.{key}", message)


def _float(value: Any) -> float | None:
    number = number_of(value)
    try:
        as_float = float(number) if number is not None else None
    except OverflowError:
        return None
    return as_float if as_float is not None and isfinite(as_float) else None


def _is_in_reach(base: float, exponent: float) -> bool:
    try:
        return bool(0 < base**exponent < float("inf"))
    except OverflowError:
        return False
