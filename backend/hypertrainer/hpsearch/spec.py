"""The normal form of `hpsearch:`, whatever its spelling; kept with the search as JSON.

`spec_reader` makes it from YAML. Every field is explained in `docs/hpsearch.md`.
"""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

DEFAULT_DESC = "hpsearch"
DEFAULT_MAX_CONCURRENT = 4  # of searches that learn from their trials
SUMMARY = re.compile(r"best|last|mean_last_([1-9][0-9]*)|at_epoch_([1-9][0-9]*)")


class Direction(StrEnum):
    """Which values are better."""

    MINIMIZE = "minimize"
    MAXIMIZE = "maximize"

    @property
    def sign(self) -> int:
        """What a value is multiplied with so that less is better."""
        return 1 if self is Direction.MINIMIZE else -1


class Algorithm(StrEnum):
    """What chooses the points. Our names are stable; the library behind one may change."""

    AUTO = "auto"
    GRID = "grid"
    RANDOM = "random"
    SOBOL = "sobol"
    TPE = "tpe"
    GP = "gp"
    CMAES = "cmaes"
    NSGA2 = "nsga2"

    @property
    def is_learning(self) -> bool:
        """Whether its choices depend on the results of earlier trials."""
        return self not in (Algorithm.GRID, Algorithm.RANDOM, Algorithm.SOBOL)


class Frozen(BaseModel):
    """A part of the normal form: equal parts are interchangeable."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Condition(Frozen):
    """One `when:` entry: holds while another parameter's value is among these, or in this range."""

    path: str
    values: tuple[Any, ...] | None = None
    low: float | None = None
    high: float | None = None

    def holds(self, value: Any) -> bool:
        """Whether it holds for the other parameter's value."""
        if self.values is not None:
            return any(value == one and type(value) is type(one) for one in self.values)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        low, high = self.low, self.high
        return is_number and (low is None or value >= low) and (high is None or value <= high)


class Parameter(Frozen):
    """One thing that varies: a value of the config, or several that vary together (`paths`).

    Kinds: `float` and `int` have a range; `categorical` and `ordinal` have `values`, of which the
    second are in an order; `same` copies another parameter (`same_as`). Of zipped parameters each
    of `values` is a row with one value per path.
    """

    path: str  # the first of `paths`
    paths: tuple[str, ...] = ()  # more than one where zipped; never empty after validation
    type: Literal["float", "int", "categorical", "ordinal", "same"] = "float"
    low: float | None = None  # inclusive
    high: float | None = None  # inclusive
    log: bool = False
    step: float | None = None
    count: int | None = None  # points of a grid over a float range without a step
    values: tuple[Any, ...] = ()
    probabilities: tuple[float, ...] | None = None  # used by random and sobol
    distribution: Literal["uniform", "normal", "lognormal"] = "uniform"
    mean: float | None = None  # of the logarithm where lognormal
    std: float | None = None
    when: tuple[Condition, ...] = ()  # all must hold
    inactive: Literal["keep", "remove"] = "keep"
    same_as: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_earlier_versions(cls, data: Any) -> Any:
        """`{path, low, high, exponent_base}`, as searches were kept before there was more."""
        if not isinstance(data, Mapping):
            return data
        data = dict(data)
        base = data.pop("exponent_base", None)
        if base is not None:
            ends = sorted((base ** data["low"], base ** data["high"]))
            data |= {"low": ends[0], "high": ends[1], "log": True}
        data["paths"] = tuple(data.get("paths") or (data.get("path"),))
        return data

    @property
    def is_zipped(self) -> bool:
        return len(self.paths) > 1

    @property
    def is_choice(self) -> bool:
        """Whether it has candidates and not a range."""
        return self.type in ("categorical", "ordinal")


class Objective(Frozen):
    """What is to become small or large: a metric, and which of its values counts.

    `summary`: best, last, mean_last_N or at_epoch_N. Epochs count from 1, as those reported.
    """

    metric: str
    direction: Direction
    summary: str = "best"
    target: float | None = None

    def is_reached(self, value: float) -> bool:
        """Whether this value makes the whole search unnecessary."""
        sign = self.direction.sign
        return self.target is not None and value * sign <= self.target * sign


class StoppingRule(Frozen):
    """One rule of `early_stopping`; which fields count depends on `rule`."""

    rule: Literal["asha", "hyperband", "median", "patience", "threshold"]
    reduction_factor: int = 3
    brackets: int = 1
    min_trials: int | None = None  # default: reduction_factor; 5 for median
    percentile: float = 50.0
    epochs: int = 10
    min_delta: float = 0.0
    above: float | None = None
    below: float | None = None
    at_epoch: int | None = None


class EarlyStopping(Frozen):
    """Which rules may stop a trial, and what they look at. Epochs are distinct epochs reported."""

    rules: tuple[StoppingRule, ...] = ()
    metric: str
    direction: Direction
    min_epochs: int = 1
    max_epochs: int | None = None
    stop_on_nan: bool = True


class Repeats(Frozen):
    """Several tasks for one point, told apart by the value of a seed parameter."""

    n: int = 1
    param: str | None = None
    aggregate: Literal["mean", "median", "best", "worst"] = "mean"


class Budget(Frozen):
    """What the search may use up; the first limit reached ends it. The time is of clocks."""

    epochs: int | None = None
    time_seconds: float | None = None
    cost: float | None = None


class Failures(Frozen):
    """What becomes of trials that fail."""

    retry: int = 0  # further attempts at a task that failed
    max: int | None = None  # failed trials after which the search ends
    tell: Literal["infeasible", "worst", "ignore"] = "infeasible"


class Place(Frozen):
    """A platform of the search. `set` are values of the config there, by dotted path."""

    platform: str
    max_concurrent: int | None = None
    cost_per_hour: float | None = None
    max_cost: float | None = None
    set: dict[str, Any] = Field(default_factory=dict)


class WarmStart(Frozen):
    """Another search whose trials are told to the sampler before the first is asked for."""

    source: str  # its name or id
    max_trials: int = 200


class Spec(Frozen):
    """The whole of `hpsearch:` with its defaults."""

    desc: str = DEFAULT_DESC
    algorithm: Algorithm = Algorithm.AUTO
    algorithm_options: dict[str, Any] = Field(default_factory=dict)
    n_trials: int | None = None  # None: as many as the budget allows
    max_concurrent: int | None = None  # None: no limit of the search's own
    seed: int | None = None  # None: drawn when the search is created, and kept with it
    objectives: tuple[Objective, ...] = ()
    params: tuple[Parameter, ...] = ()
    constraints: tuple[str, ...] = ()
    try_first: tuple[dict[str, Any], ...] = ()  # values by path; what is missing is sampled
    warm_start: WarmStart | None = None
    early_stopping: EarlyStopping | None = None
    repeats: Repeats = Repeats()
    budget: Budget = Budget()
    failures: Failures = Failures()
    platforms: tuple[Place, ...] = ()  # none: the platform that the search was submitted to
    placement: Literal["fill", "spread", "cheapest"] = "fill"
    when_done: Literal["keep", "cancel_rest"] = "keep"
    # The values in the YAML of all parameters, and of all other paths that constraints name.
    base: dict[str, Any] = Field(default_factory=dict)

    @property
    def is_learning(self) -> bool:
        """Whether points are to be chosen as late as possible."""
        return self.algorithm.is_learning and bool(self.objectives)

    def search_name(self, stem: str) -> str:
        """The search's name; `stem` is its config's file name without the suffix."""
        return f"{stem}_{self.desc}"

    def task_name(self, stem: str, number: int, repeat: int = 0) -> str:
        """The name of a trial's task; the first repeat has the trial's own."""
        name = f"{self.search_name(stem)}_{number}"
        return f"{name}_r{repeat}" if repeat else name

    def parameter(self, path: str) -> Parameter | None:
        """The parameter that sets this path."""
        return next((one for one in self.params if path in one.paths), None)


def parameters_in_order(params: Sequence[Parameter]) -> list[Parameter]:
    """Every parameter after those that its conditions and `same_as` name; else as written.

    Raises:
        ValueError: some depend on each other in a circle.
    """
    owner = {path: one.path for one in params for path in one.paths}
    left = {one.path: one for one in params}
    ordered: list[Parameter] = []
    while left:
        ready = [one for one in left.values() if not _needs(one, owner) & left.keys()]
        if not ready:
            raise ValueError(" and ".join(f"`{path}`" for path in left) + " depend on each other")
        ordered.append(ready[0])
        del left[ready[0].path]
    return ordered


def _needs(parameter: Parameter, owner: Mapping[str, str]) -> set[str]:
    named = {condition.path for condition in parameter.when}
    if parameter.same_as is not None:
        named.add(parameter.same_as)
    return {owner[path] for path in named if path in owner and owner[path] != parameter.path}
