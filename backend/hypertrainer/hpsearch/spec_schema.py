"""`hpsearch:` as it may be written, as a JSON Schema (draft 2020-12) for editors.

The reader has the last word: it also knows the rest of the file.
"""

from hypertrainer.hpsearch.spec import DEFAULT_DESC, SUMMARY, Algorithm
from hypertrainer.hpsearch.spec_reader import keys
from hypertrainer.hpsearch.spec_reader.algorithms import MAX_TRIALS
from hypertrainer.hpsearch.spec_reader.reader import MAX_SEED
from hypertrainer.hpsearch.spec_schema_params import OLD, parameter_schema
from hypertrainer.hpsearch.spec_schema_parts import (
    Schema,
    flag,
    line,
    listing,
    number,
    part,
    section,
    whole,
    word,
)


def json_schema() -> Schema:
    """The schema of the section; its parts are under `$defs`."""
    properties = {**_main(), **_goal(), **_space(), **_running(), **_places()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "hpsearch",
        **section(
            "A hyperparameter search over values of this file.", properties, required=["params"]
        ),
        "$defs": {
            "parameter": parameter_schema(is_listed=False),
            "listed_parameter": parameter_schema(is_listed=True),
            "objective": _objective(),
            "rule": _rule(),
            "place": _place(),
        },
    }


def _main() -> dict[str, Schema]:
    return {
        "desc": line("Part of the names of the search and its trials.", default=DEFAULT_DESC),
        "algorithm": word(
            "What chooses the points. auto: a grid where that fits into `n_trials`, sobol without "
            "an objective, else tpe.",
            [str(one) for one in Algorithm],
            default=str(Algorithm.AUTO),
        ),
        "algorithm_options": _options(),
        "type": word("The original's word for `algorithm: random`.", [keys.ORIGINAL_TYPE], **OLD),
        "n_trials": whole(
            "How many points are tried. Default for a grid: all of it.", 1, maximum=MAX_TRIALS
        ),
        "max_concurrent": _concurrency(),
        "seed": whole(
            "Repeats the same points. Default: drawn once and kept.", 0, maximum=MAX_SEED
        ),
        "is_child": flag("Written by HyperTrainer into the configs of trials.", **OLD),
    }


def _options() -> Schema:
    return section(
        "Details of the algorithm.",
        {
            "shuffle": flag("grid: in a random order.", default=False),
            "startup_trials": whole("tpe, gp: how many values a model needs to be used.", 1),
            "population": whole("cmaes, nsga2: how many trials a generation has.", 2),
        },
    )


def _concurrency() -> Schema:
    return {
        "description": "How many tasks there are at once, waiting ones included; or "
        f"`{keys.UNLIMITED}`. Default: unlimited where nothing is learnt or stopped, else what "
        "the platforms say, else 4.",
        "anyOf": [{"type": "integer", "minimum": 1}, {"const": keys.UNLIMITED}],
    }


def _goal() -> dict[str, Schema]:
    return {
        "objective": part("objective"),
        "objectives": listing("Several objectives.", part("objective"), minItems=1),
        "early_stopping": {
            "description": "Stops trials that look worse than the others, to save their epochs.",
            "anyOf": [
                {"enum": [*keys.EVERY_RULE, False]},
                section("Which rules may stop a trial.", {**_rules(), **_measure()}),
            ],
        },
    }


def _objective() -> Schema:
    return section(
        "What is to become small or large.",
        {
            "metric": line("The metric's name: val_loss for metric_val_loss.log."),
            "direction": word("Which values are better. No default.", keys.DIRECTIONS),
            "summary": {
                "description": "Which value counts: best, last, mean_last_N, at_epoch_N.",
                "type": "string",
                "pattern": f"^({SUMMARY.pattern})$",
                "default": "best",
                "examples": ["best", "last", "mean_last_5", "at_epoch_20"],
            },
            "target": number("Ends the whole search when it is reached."),
        },
        required=["metric", "direction"],
    )


def _rules() -> dict[str, Schema]:
    rule: Schema = {"enum": list(keys.RULES)}
    return {
        "rule": {
            "description": "none, asha, hyperband, median, patience, threshold; or a list, any of "
            "which may stop a trial.",
            "anyOf": [
                {"enum": [*keys.EVERY_RULE, False]},
                {"type": "array", "minItems": 1, "items": {"anyOf": [rule, part("rule")]}},
            ],
            "default": "asha",
        },
        **_rule_keys(),
    }


def _rule() -> Schema:
    rule = word("Its name.", list(keys.RULES))
    return section("A rule with its own numbers.", {"rule": rule, **_rule_keys()}, ["rule"])


def _rule_keys() -> dict[str, Schema]:
    return {
        "reduction_factor": whole(
            "asha, hyperband: of each rung the best 1/this go on; rungs are this many times apart.",
            2,
            default=3,
        ),
        "brackets": whole("hyperband: how many; more stop less. Default: one per rung.", 1),
        "min_trials": whole(
            "asha, hyperband: values at a rung before anything is stopped (reduction_factor). "
            "median: complete trials (5).",
            1,
        ),
        "percentile": number(
            "median: what is worse than this percentile of the others' averages is stopped.",
            exclusiveMinimum=0,
            exclusiveMaximum=100,
            default=50,
        ),
        "epochs": whole("patience: epochs without a better value.", 1, default=10),
        "min_delta": number("patience: how much better counts.", minimum=0, default=0),
        "above": number("threshold: a trial above this is stopped."),
        "below": number("threshold: a trial below this is stopped."),
        "at_epoch": whole("threshold: only at this epoch. Default: at every one.", 1),
    }


def _measure() -> dict[str, Schema]:
    return {
        "metric": line("What is compared. Default: the objective's."),
        "direction": word("Which values are better. Default: the objective's.", keys.DIRECTIONS),
        "min_epochs": whole("Nothing is stopped before; the first rung.", 1, default=1),
        "max_epochs": whole("How long a whole trial is.", 1),
        "epochs_param": line("The path in this file that holds max_epochs."),
        "stop_on_nan": flag("A value that is no number stops its trial at once.", default=True),
    }


def _space() -> dict[str, Schema]:
    return {
        "params": _params(),
        "constraints": listing(
            "Conditions that points must satisfy (model.width * model.n_layers <= 4096), or that "
            "results must (metric(gpu_mem_gb) <= 24).",
            {"type": "string"},
        ),
        "try_first": listing(
            "Points to try before any is chosen; what one lacks is sampled.",
            {
                "anyOf": [
                    {"const": keys.BASE, "description": "The values that stand in this file."},
                    {"type": "object", "minProperties": 1, "description": "Values by path."},
                ]
            },
        ),
        "allow_outside": flag("`try_first` may be outside of the ranges.", default=False),
        "warm_start": section(
            "Lets the sampler know the trials of another search.",
            {
                "from": line("The other search's name or id."),
                "max_trials": whole("At most so many, the newest.", 1, default=200),
            },
            required=["from"],
        ),
    }


def _params() -> Schema:
    short: Schema = {"type": "array", "minItems": 1}
    return {
        "description": "What varies, by its dotted path in this file. A list is short for "
        "`values`.",
        "anyOf": [
            {
                "type": "object",
                "minProperties": 1,
                "additionalProperties": {"anyOf": [part("parameter"), short]},
            },
            {"type": "array", "minItems": 1, "items": part("listed_parameter")},
        ],
    }


def _running() -> dict[str, Schema]:
    return {
        "repeats": section(
            "Several tasks per point, whose results are put together.",
            {
                "n": whole("How many.", 1),
                "param": line("The path of the seed, which counts up from its value here."),
                "aggregate": word("How.", ("mean", "median", "best", "worst"), default="mean"),
            },
            required=["n"],
        ),
        "budget": _budget(),
        "failures": section(
            "What becomes of trials that fail.",
            {
                "retry": whole("Further attempts at a task that failed.", 0, default=0),
                "max": whole(
                    "More failed trials than this end the search.",
                    1,
                ),
                "tell": word(
                    "What the sampler hears of them.",
                    ("infeasible", "worst", "ignore"),
                    default="infeasible",
                ),
            },
        ),
        "when_done": word(
            "What becomes of tasks still alive when a limit ends the search.",
            ("keep", "cancel_rest"),
            default="keep",
        ),
    }


def _budget() -> Schema:
    return section(
        "What the search may use up; the first limit reached ends it.",
        {
            "epochs": whole("Of all trials together.", 1),
            "time": {
                "description": "By the clock, since it began: 12h, 90m, 1:30:00, or seconds.",
                "type": ["string", "number"],
            },
            "cost": number("In the unit of `cost_per_hour`.", exclusiveMinimum=0),
        },
    )


def _places() -> dict[str, Schema]:
    return {
        "platforms": listing(
            "Where trials run, in the order of preference.",
            {"anyOf": [{"type": "string"}, part("place")]},
        ),
        "placement": word(
            "fill: the first with room; spread: the emptiest; cheapest: by cost_per_hour.",
            ("fill", "spread", "cheapest"),
            default="fill",
        ),
    }


def _place() -> Schema:
    return section(
        "A platform of the search.",
        {
            "platform": line("Its name."),
            "max_concurrent": whole("How many tasks there are at once.", 1),
            "cost_per_hour": number("Of one task.", minimum=0),
            "max_cost": number("No further trial starts here after.", exclusiveMinimum=0),
            "set": {
                "description": "Values of this file that are others there, by dotted path.",
                "type": "object",
            },
        },
        required=["platform"],
    )
