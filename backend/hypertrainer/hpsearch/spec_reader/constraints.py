"""`constraints:`: read, their names known, and not impossible to satisfy."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

from hypertrainer.hpsearch.expression_tokens import ExpressionError
from hypertrainer.hpsearch.expressions import Expression, parse
from hypertrainer.hpsearch.samplers.space import Space
from hypertrainer.hpsearch.spec import Parameter, Spec
from hypertrainer.hpsearch.spec_reader.notes import Block
from hypertrainer.tasks.launch_keys import shown
from hypertrainer.tasks.yaml_nodes import Scalar

EXAMPLE = '["model.width * model.n_layers <= 4096"]'
MAX_CONSTRAINTS = 100
DRAWS = 1_000


def read_constraints(search: Block, params: Sequence[Parameter]) -> list[Expression]:
    """All constraints that can be read."""
    items = list(search.items("constraints", EXAMPLE))
    if len(items) > MAX_CONSTRAINTS:
        search.wrong("constraints", f"At most {MAX_CONSTRAINTS} constraints can be given.")
        return []
    found = []
    for at, item in items:
        if not isinstance(item, str):
            message = f"This constraint is {shown(item)}. Write a condition in quotes"
            search.notes.wrong(at, f"{message}, such as {EXAMPLE[1:-1]}.")
            continue
        expression = _parsed(search, at, item)
        if expression is not None and _is_known(search, at, expression, params):
            found.append(expression)
    return found


def _parsed(search: Block, at: str, text: str) -> Expression | None:
    try:
        return parse(text)
    except ExpressionError as error:
        message = f"{str(error)[0].upper()}{str(error)[1:]}."
        problem = search.notes.config.problem(at, message)
        shift = _shift(search, at, error.column)
        if problem.column is not None and shift:
            problem = replace(problem, column=problem.column + shift)
        search.notes.problems.append(problem)
        return None


def _shift(search: Block, at: str, column: int) -> int:
    """How far a column of an expression is behind where it begins in the file."""
    slot = search.notes.config.slot(at)
    if slot is None or not isinstance(slot.node, Scalar):
        return 0
    quotes = slot.end - slot.start - len(slot.node.raw)
    return column - 1 + quotes // 2 if quotes in (0, 2) else 0  # else it is escaped or folded


def _is_known(search: Block, at: str, expression: Expression, params: Sequence[Parameter]) -> bool:
    config = search.notes.config
    before = len(search.notes.problems)
    for name in expression.metrics:
        if not name or "/" in name or not name.isprintable():  # no file can be `metric_NAME.log`
            message = f"{shown(name)} is no name of a metric. Write it without a folder."
            search.notes.wrong(at, message)
    for path in expression.paths:
        if any(path in one.paths for one in params):
            continue
        if config.slot(path) is None:
            hint = "" if "." in path else f" Text stands in quotes: '{path}'."
            search.notes.wrong(at, config.missing(path) + hint)
        elif isinstance(config.find(path), dict | list):
            message = f"`{path}` is {shown(config.find(path))}, not a value."
            search.notes.wrong(at, f"{message} Name what is in it.")
    return len(search.notes.problems) == before


def check_satisfiable(search: Block, spec: Spec, constraints: Sequence[Expression]) -> None:
    """Note constraints on parameters that no random point satisfies, each alone or all together."""
    left = [one for one in constraints if not one.metrics]
    number = {one.text: index for index, one in enumerate(constraints)}
    space, is_met = Space(spec), not left
    all_of_them = list(left)
    for draw in range(DRAWS):
        if is_met and not left:
            return
        values = {**spec.base, **_random_values(space, draw)}
        known = [one for one in all_of_them if all(path in values for path in one.paths)]
        broken = [one for one in known if one.violation(values) > 0]
        left = [one for one in left if one in broken]
        is_met = is_met or not broken
    for one in left:
        message = f"None of {DRAWS:,} random points satisfies `{one.text}`; check the constraint."
        search.notes.wrong(f"{search.at('constraints')}.{number[one.text]}", message)
    if not left and not is_met:
        message = f"None of {DRAWS:,} random points satisfies all constraints; check them."
        search.wrong("constraints", message)


def _random_values(space: Space, draw: int) -> Mapping[str, Any]:
    random = Random(draw)
    return space.point(lambda axis: axis.at(random.random())).values
