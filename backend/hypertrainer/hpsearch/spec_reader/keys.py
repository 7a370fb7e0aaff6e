"""Every key of `hpsearch:`, section by section. `spec_schema` describes each."""

from collections.abc import Mapping
from types import MappingProxyType

from hypertrainer.hpsearch.spec import Algorithm

SEARCH = (
    "desc",
    "algorithm",
    "algorithm_options",
    "type",
    "n_trials",
    "max_concurrent",
    "seed",
    "objective",
    "objectives",
    "params",
    "constraints",
    "try_first",
    "allow_outside",
    "warm_start",
    "early_stopping",
    "repeats",
    "budget",
    "failures",
    "platforms",
    "placement",
    "when_done",
    "is_child",
)
OBJECTIVE = ("metric", "direction", "summary", "target")
PARAMETER = (
    "type",
    "low",
    "high",
    "lo",
    "hi",
    "min",
    "max",
    "exponent_base",
    "log",
    "step",
    "count",
    "values",
    "probabilities",
    "distribution",
    "mean",
    "std",
    "when",
    "inactive",
    "same_as",
    "create",
)
LISTED_PARAMETER = ("param", "params", *PARAMETER)
CONDITION = ("low", "high")
WARM_START = ("from", "max_trials")
REPEATS = ("n", "param", "aggregate")
BUDGET = ("epochs", "time", "cost")
FAILURES = ("retry", "max", "tell")
PLACE = ("platform", "max_concurrent", "cost_per_hour", "max_cost", "set")
# Which keys of `early_stopping` each rule goes by.
RULES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "asha": ("reduction_factor", "min_trials"),
        "hyperband": ("reduction_factor", "brackets", "min_trials"),
        "median": ("min_trials", "percentile"),
        "patience": ("epochs", "min_delta"),
        "threshold": ("above", "below", "at_epoch"),
    }
)
RULE = ("rule", *dict.fromkeys(key for keys in RULES.values() for key in keys))
STOPPING_OF_ALL = ("metric", "direction", "min_epochs", "max_epochs", "epochs_param", "stop_on_nan")
EARLY_STOPPING = (*RULE, *STOPPING_OF_ALL)
OPTIONS: Mapping[Algorithm, tuple[str, ...]] = MappingProxyType(
    {
        Algorithm.AUTO: ("shuffle", "startup_trials"),
        Algorithm.GRID: ("shuffle",),
        Algorithm.RANDOM: (),
        Algorithm.SOBOL: (),
        Algorithm.TPE: ("startup_trials",),
        Algorithm.GP: ("startup_trials",),
        Algorithm.CMAES: ("population",),
        Algorithm.NSGA2: ("population",),
    }
)
ALL_OPTIONS = tuple(dict.fromkeys(key for keys in OPTIONS.values() for key in keys))
EVERY_RULE = ("none", *RULES)
TYPES = ("float", "int", "categorical", "ordinal", "bool")
DISTRIBUTIONS = ("uniform", "normal", "lognormal")
DIRECTIONS = ("minimize", "maximize", "min", "max")
ORIGINAL_TYPE = "random_uniform"
UNLIMITED = "unlimited"
BASE = "base"  # an item of `try_first`
