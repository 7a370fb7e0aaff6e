"""The JSON Schema of one parameter of `hpsearch.params`."""

from hypertrainer.hpsearch.spec_reader import keys
from hypertrainer.hpsearch.spec_schema_parts import (
    Schema,
    flag,
    line,
    listing,
    number,
    section,
    whole,
    word,
)

OLD = {"deprecated": True}  # spellings that stay valid, and are not offered


def parameter_schema(*, is_listed: bool) -> Schema:
    """A parameter: under its path, or (listed) naming its path itself."""
    named = _names() if is_listed else {}
    description = "How a value of this file varies: `low` and `high`, or `values`."
    schema = section(description, {**named, **_ranges(), **_choices(), **_relations()})
    if is_listed:
        schema["oneOf"] = [{"required": ["param"]}, {"required": ["params"]}]
    return schema


def _names() -> dict[str, Schema]:
    return {
        "param": line("The dotted path of the value that varies, such as training.learning_rate."),
        "params": listing(
            "Several paths that vary together; each of `values` is then a list of one value each.",
            {"type": "string"},
            minItems=2,
            uniqueItems=True,
        ),
    }


def _ranges() -> dict[str, Schema]:
    return {
        "type": word(
            "float, int (a range of whole numbers), categorical (values in no order), ordinal "
            "(values in an order), bool. Default: float for a range, categorical for `values`.",
            keys.TYPES,
        ),
        **_bounds(),
        "log": flag("Log-uniform: every order of magnitude is as likely.", default=False),
        "step": number("Only low, low + step, low + 2 step, …", exclusiveMinimum=0),
        "count": whole("How many points a grid has over this range.", 1),
        "distribution": word(
            "What values are likely; `normal` and `lognormal` need `mean` and `std`, and `low` and "
            "`high` cut them off.",
            keys.DISTRIBUTIONS,
            default="uniform",
        ),
        "mean": number("The mean; of the logarithm for lognormal."),
        "std": number(
            "The standard deviation; of the logarithm for lognormal.", exclusiveMinimum=0
        ),
    }


def _bounds() -> dict[str, Schema]:
    return {
        "low": number("The lowest value, included."),
        "high": number("The highest value, included."),
        "lo": number("The original's word for `low`.", **OLD),
        "hi": number("The original's word for `high`.", **OLD),
        "min": number("Another word for `low`.", **OLD),
        "max": number("Another word for `high`.", **OLD),
        "exponent_base": number(
            "`low` and `high` are exponents of this base: 10 with -5 and -2 is 1.0e-5 to 1.0e-2, "
            "log-uniform.",
            exclusiveMinimum=0,
            **OLD,
        ),
    }


def _choices() -> dict[str, Schema]:
    return {
        "values": listing("The candidates.", {}, minItems=1),
        "probabilities": listing(
            "How likely each of `values` is; used by random and sobol.",
            number("One value's.", minimum=0),
        ),
    }


def _relations() -> dict[str, Schema]:
    wanted: Schema = {
        "anyOf": [
            {"type": ["string", "number", "boolean", "null"]},
            {"type": "array", "minItems": 1},
            section(
                "A range of the other parameter.",
                {"low": number("From, included."), "high": number("To, included.")},
                minProperties=1,
            ),
        ]
    }
    return {
        "when": {
            "description": "Varies only while other parameters have these values: {optimizer.name: "
            "sgd}, a list of values, or {low: …, high: …}. All must hold.",
            "type": "object",
            "additionalProperties": wanted,
        },
        "inactive": word(
            "While `when` does not hold: keep the file's value, or remove the key.",
            ("keep", "remove"),
            default="keep",
        ),
        "same_as": line("The path of another parameter, whose value this one copies."),
        "create": flag("The path need not stand in this file.", default=False),
    }
