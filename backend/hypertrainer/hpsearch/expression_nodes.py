"""What a constraint is made of, and what each part comes to for a trial.

Every condition gives a verdict and an amount: above 0 says how far it is from holding, below 0 how
much room is left. Arithmetic is in floats, so that no power can grow without bounds.
"""

import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isnan
from types import MappingProxyType
from typing import Any, NamedTuple

BOUND = 1e12  # no amount is larger, either way; that of what cannot be computed
ARITHMETIC: Mapping[str, Callable[[Any, Any], Any]] = MappingProxyType(
    {
        "+": operator.add,
        "-": operator.sub,
        "*": operator.mul,
        "/": operator.truediv,
        "//": operator.floordiv,
        "%": operator.mod,
        "**": operator.pow,
    }
)
COMPARISONS = ("<=", "<", ">=", ">", "==", "!=", "in", "not in")


class UndefinedExpression(Exception):
    """A trial for which it means nothing: a division by zero, or text where a number belongs."""


class Judgement(NamedTuple):
    """Whether a condition holds, and how far it is from that."""

    holds: bool
    amount: float


@dataclass(frozen=True, slots=True)
class Scope:
    """What names stand for: values by dotted path, and metrics."""

    values: Mapping[str, Any]
    metrics: Mapping[str, float]


class Node(ABC):
    """A part of an expression."""

    is_condition = False  # true or false, and no number

    @abstractmethod
    def value(self, scope: Scope) -> Any:
        """What it comes to.

        Raises:
            UndefinedExpression: there is no such value.
            KeyError: a name that the scope does not know.
        """

    def judge(self, scope: Scope) -> Judgement:
        """The same as a condition. Raises the same."""
        holds = bool(self.value(scope))
        return Judgement(holds, -1.0 if holds else 1.0)


@dataclass(frozen=True, slots=True)
class Constant(Node):
    """A number, text, true, false or null."""

    content: Any

    def value(self, _scope: Scope) -> Any:
        return self.content


@dataclass(frozen=True, slots=True)
class Path(Node):
    """A value of the config."""

    name: str

    def value(self, scope: Scope) -> Any:
        return scope.values[self.name]


@dataclass(frozen=True, slots=True)
class Metric(Node):
    """`metric(name)`."""

    name: str

    def value(self, scope: Scope) -> Any:
        return scope.metrics[self.name]


@dataclass(frozen=True, slots=True)
class Listed(Node):
    """What stands behind `in`."""

    items: tuple[Node, ...]

    def value(self, scope: Scope) -> Any:
        return [item.value(scope) for item in self.items]


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """Two numbers and what is done with them."""

    sign: str
    left: Node
    right: Node

    def value(self, scope: Scope) -> Any:
        left, right = _number(self.left.value(scope)), _number(self.right.value(scope))
        try:
            result = ARITHMETIC[self.sign](left, right)
        except (ArithmeticError, ValueError) as error:
            raise UndefinedExpression from error
        return _number(result)  # a root of a negative number is complex


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """`a < b <= c`: all of its steps hold."""

    first: Node
    steps: tuple[tuple[str, Node], ...]

    is_condition = True

    def value(self, scope: Scope) -> Any:
        return self.judge(scope).holds

    def judge(self, scope: Scope) -> Judgement:
        left = self.first.value(scope)
        judgements = []
        for sign, node in self.steps:
            right = node.value(scope)
            judgements.append(_compared(sign, left, right))
            left = right
        return _all(judgements)


@dataclass(frozen=True, slots=True)
class Not(Node):
    """The contrary."""

    inner: Node

    is_condition = True

    def value(self, scope: Scope) -> Any:
        return self.judge(scope).holds

    def judge(self, scope: Scope) -> Judgement:
        holds, amount = self.inner.judge(scope)
        return Judgement(not holds, -amount)


@dataclass(frozen=True, slots=True)
class Junction(Node):
    """Parts joined by `and`, or by `or`. A part that means nothing does not hold."""

    is_and: bool
    parts: tuple[Node, ...]

    is_condition = True

    def value(self, scope: Scope) -> Any:
        return self.judge(scope).holds

    def judge(self, scope: Scope) -> Judgement:
        judgements = [judged(part, scope) for part in self.parts]
        return _all(judgements) if self.is_and else _any(judgements)


def judged(node: Node, scope: Scope) -> Judgement:
    """A condition's judgement; one that means nothing does not hold. Raises `KeyError` only."""
    try:
        return node.judge(scope)
    except UndefinedExpression:
        return Judgement(holds=False, amount=BOUND)


def _all(judgements: list[Judgement]) -> Judgement:
    holds = all(one.holds for one in judgements)
    return Judgement(holds, max(one.amount for one in judgements))


def _any(judgements: list[Judgement]) -> Judgement:
    holds = any(one.holds for one in judgements)
    return Judgement(holds, min(one.amount for one in judgements))


def _compared(sign: str, left: Any, right: Any) -> Judgement:
    match sign:
        case "<":
            return _ordered(left, right, operator.lt)
        case "<=":
            return _ordered(left, right, operator.le)
        case ">":
            return _ordered(right, left, operator.lt)
        case ">=":
            return _ordered(right, left, operator.le)
        case "==":
            return _equal(left, right)
        case "!=":
            return _contrary(_equal(left, right))
        case "in":
            return _member(left, right)
        case _:
            return _contrary(_member(left, right))


def _contrary(judgement: Judgement) -> Judgement:
    return Judgement(not judgement.holds, 1.0 if judgement.holds else -abs(judgement.amount))


def _member(left: Any, right: Any) -> Judgement:
    items = right if isinstance(right, list) else [right]
    none = Judgement(holds=False, amount=1.0)
    return _any([_equal(left, item) for item in items]) if items else none


def _ordered(smaller: Any, larger: Any, is_right: Callable[[float, float], bool]) -> Judgement:
    low, high = _number(smaller), _number(larger)
    return Judgement(is_right(low, high), _bounded(low - high))


def _equal(left: Any, right: Any) -> Judgement:
    if _is_number(left) and _is_number(right):
        return Judgement(float(left) == float(right), _bounded(abs(float(left) - float(right))))
    is_same = type(left) is type(right) and left == right
    return Judgement(is_same, 0.0 if is_same else 1.0)


def _bounded(amount: float) -> float:
    return BOUND if isnan(amount) else max(-BOUND, min(BOUND, amount))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(value: Any) -> float:
    if not _is_number(value):
        raise UndefinedExpression
    try:
        return float(value)
    except OverflowError as error:
        raise UndefinedExpression from error
