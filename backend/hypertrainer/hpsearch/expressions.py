"""Constraints: conditions on parameters and metrics, read without executing anything.

    model.width * model.n_layers <= 4096 and optimizer.name in ['sgd', 'adam']
    metric(gpu_mem_gb) <= 24

Numbers, text in quotes, `true`, `false`, `null`, dotted paths, `metric(name)`, `+ - * / // % **`,
comparisons, `in`, `and`, `or`, `not`; they bind as in Python. Paths may hold words that Python
reserves (`training.lambda`), and stand in backticks where they hold other signs (`` `a.b-c` ``).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NoReturn

from hypertrainer.hpsearch.expression_nodes import (
    COMPARISONS,
    Arithmetic,
    Comparison,
    Constant,
    Junction,
    Listed,
    Metric,
    Node,
    Not,
    Path,
    Scope,
    judged,
)
from hypertrainer.hpsearch.expression_tokens import MAX_LENGTH, ExpressionError, Token, tokens_of

MAX_DEPTH = 50
SMALLEST = 1e-9  # the violation of a condition that fails by nothing, such as 1 < 1
CONSTANTS = MappingProxyType(
    {"true": True, "True": True, "false": False, "False": False, "null": None, "None": None}
)


@dataclass(frozen=True, slots=True)
class Expression:
    """A condition. `paths` and `metrics` are the names in it, in the order of their first use."""

    text: str
    root: Node
    paths: tuple[str, ...]
    metrics: tuple[str, ...]

    def violation(
        self,
        values: Mapping[str, Any],
        metrics: Mapping[str, float] = MappingProxyType({}),
    ) -> float:
        """How far it is from holding: 0 or less where it holds, and above 0 where it does not.

        For comparisons it is the difference of both sides, for `and` the largest, for `or` the
        smallest of the parts. What is merely false is 1; what cannot be computed, 1e12.

        Args:
            values: by dotted path; all of `paths`.
            metrics: by name; all of `metrics`.

        Raises:
            KeyError: a value is not given.
        """
        holds, amount = judged(self.root, Scope(values, metrics))
        return min(amount, 0.0) if holds else max(amount, SMALLEST)


def parse(text: str) -> Expression:
    """Read a condition.

    Raises:
        ExpressionError: it is none.
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError(
            f"{text[:40]}…", f"it is longer than {MAX_LENGTH} characters", MAX_LENGTH + 1
        )
    return _Parser(text).read()


class _Parser:
    """One level of binding per method, the loosest first."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = tokens_of(text)
        self._at = 0
        self._depth = 0
        self._paths: dict[str, None] = {}
        self._metrics: dict[str, None] = {}

    def read(self) -> Expression:
        root = self._either()
        if self._next.kind != "end":
            self._fail(f"an operator is missing before `{self._next.text}`")
        if not self._may_be_condition(root):
            self._fail("it is a value; compare it with something, as in `a <= 3`")
        return Expression(self._text, root, tuple(self._paths), tuple(self._metrics))

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _fail(self, reason: str, token: Token | None = None) -> NoReturn:
        raise ExpressionError(self._text, reason, (token or self._next).column)

    def _take(self, *texts: str) -> str | None:
        """The next sign or word, if it is one of these."""
        if self._next.kind in ("sign", "path") and self._next.text in texts:
            self._at += 1
            return self._tokens[self._at - 1].text
        return None

    def _either(self) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            self._fail("it is nested too deeply")
        node = self._junction("or", lambda: self._junction("and", self._contrary))
        self._depth -= 1
        return node

    def _junction(self, word: str, part: Callable[[], Node]) -> Node:
        start = self._next
        parts = [part()]
        while self._take(word):
            parts.append(part())
        if len(parts) == 1:
            return parts[0]
        if not all(self._may_be_condition(one) for one in parts):
            self._fail(f"both sides of `{word}` must be conditions, such as `a <= 3`", start)
        return Junction(word == "and", tuple(parts))

    def _contrary(self) -> Node:
        count, start = 0, self._next
        while self._take("not"):
            count += 1
        node = self._comparison()
        if count and not self._may_be_condition(node):
            self._fail("`not` stands before a condition, such as `a <= 3`", start)
        return Not(node) if count % 2 else node

    def _comparison(self) -> Node:
        first = self._sum()
        steps: list[tuple[str, Node]] = []
        while sign := self._comparing_sign():
            right = self._sum()
            if isinstance(right, Listed) is not sign.endswith("in"):
                self._fail("a list `[a, b]` stands behind `in`, and nowhere else")
            steps.append((sign, right))
        if isinstance(first, Listed):
            self._fail("a list `[a, b]` stands behind `in`, and nowhere else")
        if any(node.is_condition for node in (first, *(node for _, node in steps)) if steps):
            self._fail("a comparison cannot be compared; join them by `and`")
        return Comparison(first, tuple(steps)) if steps else first

    def _comparing_sign(self) -> str | None:
        if self._next.text == "not" and self._tokens[self._at + 1].text == "in":
            self._at += 2
            return "not in"
        return self._take(*COMPARISONS)

    def _sum(self) -> Node:
        return self._chain(("+", "-"), lambda: self._chain(("*", "/", "//", "%"), self._signed))

    def _chain(self, signs: tuple[str, ...], part: Callable[[], Node]) -> Node:
        node = part()
        while sign := self._take(*signs):
            node = self._arithmetic(sign, node, part())
        return node

    def _signed(self) -> Node:
        is_negative = False
        while sign := self._take("+", "-"):
            is_negative ^= sign == "-"
        node = self._power()
        return self._arithmetic("-", Constant(0.0), node) if is_negative else node

    def _power(self) -> Node:
        base = self._atom()
        if not self._take("**"):
            return base
        self._depth += 1
        if self._depth > MAX_DEPTH:
            self._fail("it is nested too deeply")
        power = self._arithmetic("**", base, self._signed())
        self._depth -= 1
        return power

    def _arithmetic(self, sign: str, left: Node, right: Node) -> Node:
        for node in (left, right):
            is_text = isinstance(node, Constant) and not isinstance(node.content, float)
            if node.is_condition or is_text or isinstance(node, Listed):
                self._fail(f"both sides of `{sign}` must be numbers")
        return Arithmetic(sign, left, right)

    def _atom(self) -> Node:
        token = self._next
        self._at += 1
        match token.kind:
            case "number":
                return Constant(float(token.text))
            case "quoted":
                return Constant(token.text[1:-1])
            case "path" if token.text not in ("and", "or", "not", "in"):
                return self._named(token)
        if token.text == "(":
            return self._closed(self._either(), ")")
        if token.text == "[":
            return self._closed(self._listed(), "]")
        self._at -= 1
        return self._fail(self._what_is_missing(token))

    def _what_is_missing(self, token: Token) -> str:
        before = self._tokens[self._at - 1].text if self._at else ""
        if token.kind == "end" or before:
            return f"something is missing after `{before}`" if before else "it is empty"
        return f"`{token.text}` means nothing here"

    def _closed(self, node: Node, bracket: str) -> Node:
        if not self._take(bracket):
            self._fail(f"`{bracket}` is missing")
        return node

    def _listed(self) -> Node:
        items: list[Node] = []
        while self._next.text != "]":
            items.append(self._sum())
            if not self._take(","):
                break
        return Listed(tuple(items))

    def _named(self, token: Token) -> Node:
        if token.text in CONSTANTS:
            return Constant(CONSTANTS[token.text])
        if self._next.text == "(":
            return self._called(token)
        name = token.text.strip("`")
        self._paths[name] = None
        return Path(name)

    def _called(self, token: Token) -> Node:
        self._at += 1
        if token.text != "metric":
            self._fail(f"there is no function `{token.text}`, only metric(name)", token)
        name = self._next
        if name.kind not in ("path", "quoted", "number"):
            self._fail("name a metric: metric(val_loss)")
        self._at += 1
        self._metrics[word := name.text.strip("`'\"")] = None
        return self._closed(Metric(word), ")")

    def _may_be_condition(self, node: Node) -> bool:
        """Whether it can be true or false: a path may hold that."""
        is_flag = isinstance(node, Constant) and isinstance(node.content, bool)
        return node.is_condition or is_flag or isinstance(node, Path)
