"""One parsed comparison as SQL. A comparison holds only where there is a value."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from sqlalchemy import ColumnElement, Double, SQLColumnExpression, and_, literal, not_, or_
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from hypertrainer.database import UtcDateTime
from hypertrainer.tasks.columns import COLUMNS, as_number, contains
from hypertrainer.tasks.statuses import TaskStatus
from hypertrainer.tasks.tables import MetricSummary, Task, TaskParam, TaskTag
from hypertrainer.tasks.where import ORDERING, Condition, finite_number, wrong_condition

COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "=": eq,
    "!=": ne,
    "<": lt,
    "<=": le,
    ">": gt,
    ">=": ge,
}
UNITS = {"s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0}


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a table that meet a comparison; each task has one at most."""

    table: Any  # an alias: SQLAlchemy has no type for "alias of either class"
    conditions: tuple[ColumnElement[bool], ...]

    def task_ids(self) -> SelectOfScalar[int]:
        """The tasks that they are of."""
        return select(col(self.table.task_id)).where(*self.conditions)


def value_rows(condition: Condition) -> Rows:
    """A comparison of a parameter or a metric."""
    name = condition.reference.name
    if condition.reference.kind == "param":
        param = aliased(TaskParam)
        return Rows(param, (col(param.path) == name, _param_holds(param, condition)))
    metric = aliased(MetricSummary)
    value = col(getattr(metric, condition.reference.field))
    return Rows(metric, (col(metric.name) == name, _number_holds(value, condition)))


def column_condition(condition: Condition) -> ColumnElement[bool]:
    """A comparison of a task's column, or of its tags."""
    name = condition.reference.name
    if name == "tag":
        return _tag_holds(condition)
    column = COLUMNS[name]
    if column.kind == "number":
        return _number_holds(as_number(column, Task), condition)
    if column.kind == "time":
        return _time_holds(column.of(Task), condition)
    if name == "status":
        _check_status(condition)
    return _text_holds(column.of(Task), condition)


def _param_holds(param: type[TaskParam], condition: Condition) -> ColumnElement[bool]:
    number, text = col(param.number), col(param.text)
    wanted = None if condition.is_quoted else finite_number(condition.value)
    if condition.operator in ORDERING:
        return _number_holds(number, condition)
    if condition.operator in {"~", "!~"}:
        return _contains(text, condition)
    same_text = text.in_(_spellings(condition))
    if condition.operator == "=":
        return same_text if wanted is None else or_(number == wanted, same_text)
    if wanted is None:
        return not_(same_text)
    return and_(not_(same_text), or_(number.is_(None), number != wanted))


def _spellings(condition: Condition) -> list[str]:
    """YAML's `true`, `false` were stored as Python writes them."""
    if condition.is_quoted or condition.value.lower() not in {"true", "false"}:
        return [condition.value]
    return sorted({condition.value, condition.value.capitalize()})


def _number_holds(value: SQLColumnExpression[Any], condition: Condition) -> ColumnElement[bool]:
    if condition.operator not in COMPARE:
        raise wrong_condition(condition.source, "looks for text in a number", "use < <= = != >= >")
    wanted = _number(condition)
    if wanted is None:
        raise wrong_condition(
            condition.source,
            f"compares with `{condition.value}`, which is no number",
            "write a number, for example 0.01 or 1e-3",
        )
    holds: ColumnElement[bool] = COMPARE[condition.operator](value, literal(wanted, Double))
    return holds


def _number(condition: Condition) -> float | None:
    """The value as a number; lengths of time may have a unit (`2h`)."""
    value, name = condition.value, condition.reference.name
    if condition.reference.kind == "column" and name in {"duration", "eta"}:
        number = finite_number(value[:-1]) if value[-1:] in UNITS else None
        if number is not None:
            return number * UNITS[value[-1]]
    return finite_number(value)


def _time_holds(value: SQLColumnExpression[Any], condition: Condition) -> ColumnElement[bool]:
    if condition.operator not in ORDERING:
        raise wrong_condition(condition.source, "compares a time", "use < <= >= >")
    try:
        moment = datetime.fromisoformat(condition.value)
        moment = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise wrong_condition(
            condition.source,
            f"compares with `{condition.value}`, which is no time",
            "write it as 2026-01-31 or 2026-01-31T12:00:00Z",
        ) from error
    holds: ColumnElement[bool] = COMPARE[condition.operator](value, literal(moment, UtcDateTime))
    return holds


def _text_holds(value: SQLColumnExpression[Any], condition: Condition) -> ColumnElement[bool]:
    if condition.operator in ORDERING:
        raise wrong_condition(condition.source, "orders texts", "use = != ~ (contains) or !~")
    if condition.operator in {"~", "!~"}:
        return _contains(value, condition)
    holds: ColumnElement[bool] = COMPARE[condition.operator](value, condition.value)
    return holds


def _contains(value: SQLColumnExpression[Any], condition: Condition) -> ColumnElement[bool]:
    found = contains(value, condition.value)
    return found if condition.operator == "~" else not_(found)


def _tag_holds(condition: Condition) -> ColumnElement[bool]:
    """`!=` and `!~` ask whether no tag of the task is such."""
    negated = condition.operator.startswith("!")
    operator = condition.operator.removeprefix("!") if negated else condition.operator
    positive = replace(condition, operator=operator)
    tagged = select(TaskTag.task_id).where(_text_holds(col(TaskTag.tag), positive))
    return col(Task.id).not_in(tagged) if negated else col(Task.id).in_(tagged)


def _check_status(condition: Condition) -> None:
    statuses = [status.value for status in TaskStatus]
    if condition.operator in {"=", "!="} and condition.value not in statuses:
        raise wrong_condition(
            condition.source,
            f"names no status (`{condition.value}`)",
            "there are " + ", ".join(statuses),
        )
