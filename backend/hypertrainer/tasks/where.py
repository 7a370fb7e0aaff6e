"""The small language of filters: `NAME OPERATOR VALUE`, one comparison each. Pure.

`params.training.lr<0.01`, `metrics.loss.last<=0.5`, `params.optimizer.name=adam`,
`status!=crashed`, `name~resnet` (contains), `name!~test` (does not contain).
A name with odd characters stands in backticks, a value to be taken as text in quotes.
"""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from hypertrainer.errors import FieldProblem, InvalidInput

EXAMPLES = "params.training.lr<0.01, metrics.loss.last<=0.5, status!=crashed or name~resnet"
METRIC_FIELDS = ("last", "min", "max", "first", "count", "min_epoch", "max_epoch")
ORDERING = frozenset({"<", "<=", ">", ">="})

_CONDITION = re.compile(
    r"\s*(?P<name>`[^`]+`|[^`<>=!~]+?)\s*(?P<operator><=|>=|!=|==|!~|=|<|>|~)\s*(?P<value>.*?)\s*",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Reference:
    """What a name stands for: a column of tasks, a parameter, or one number of a metric."""

    kind: str  # column | param | metric
    name: str  # the column, the parameter's dotted path, the metric
    field: str = ""  # of a metric: one of METRIC_FIELDS


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison. `is_quoted`: the value is text, whatever it looks like."""

    reference: Reference
    operator: str  # = != < <= > >= ~ !~
    value: str
    is_quoted: bool
    source: str


def parse_condition(source: str, columns: Iterable[str]) -> Condition:
    """Read one comparison over these columns, any parameter and any metric.

    Raises:
        InvalidInput: it is no comparison, or names no column.
    """
    match = _CONDITION.fullmatch(source)
    if match is None:
        raise wrong_condition(source, "is no comparison", f"write for example {EXAMPLES}")
    operator = {"==": "="}.get(match["operator"], match["operator"])
    reference = parse_reference(match["name"], columns, "where")
    value, is_quoted = _unquoted(match["value"], source)
    if not value and not is_quoted and operator in ORDERING:
        raise wrong_condition(source, f"has nothing after `{operator}`", f"write e.g. {EXAMPLES}")
    return Condition(reference, operator, value, is_quoted, source)


def parse_reference(text: str, columns: Iterable[str], field: str) -> Reference:
    """What a name stands for; `field` is the input that an error is about.

    Raises:
        InvalidInput: it is neither a column nor `params.…` nor `metrics.…`; near names are told.
    """
    name = text[1:-1] if text.startswith("`") else text.strip()
    kind, dot, rest = name.partition(".")
    if dot and rest and kind == "params":
        return Reference("param", rest)
    if dot and rest and kind == "metrics":
        return _metric(rest)
    known = list(columns)
    if name in known:
        return Reference("column", name)
    near = difflib.get_close_matches(name, [*known, "params.", "metrics."], n=3, cutoff=0.5)
    hint = f"did you mean {_or(near)}?" if near else "there are " + ", ".join(known) + "."
    message = f"There is no column `{name[:80]}`: {hint} Others are `params.PATH`, `metrics.NAME`."
    raise InvalidInput(message, [FieldProblem(field, message)])


def wrong_condition(source: str, what: str, remedy: str) -> InvalidInput:
    """The error for a comparison that cannot be used."""
    message = f"`{source[:200]}` {what}; {remedy}."
    return InvalidInput(message, [FieldProblem("where", message)])


def finite_number(text: str) -> float | None:
    """The text as a finite number; None where it is none."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None


def _metric(rest: str) -> Reference:
    name, dot, field = rest.rpartition(".")
    if dot and name and field in METRIC_FIELDS:
        return Reference("metric", name, field)
    return Reference("metric", rest, "last")


def _unquoted(value: str, source: str) -> tuple[str, bool]:
    quote = value[:1]
    if quote not in {'"', "'"} or not quote:
        return value, False
    if len(value) < 2 or value[-1] != quote:
        raise wrong_condition(source, "opens a quote and does not close it", f"add a {quote}")
    return value[1:-1], True


def _or(names: list[str]) -> str:
    return " or ".join(f"`{name}`" for name in names)
