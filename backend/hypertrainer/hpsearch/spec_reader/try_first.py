"""`try_first:`: points of the user's own, before any is chosen.

try_first:
- base                                        # the values of the config itself
- {training.lr: 3.0e-4, training.batch: 64}   # what is missing is sampled
"""

from collections.abc import Mapping, Sequence
from typing import Any

from hypertrainer.hpsearch.samplers.axes import is_same
from hypertrainer.hpsearch.spec import Parameter
from hypertrainer.hpsearch.spec_reader import keys
from hypertrainer.hpsearch.spec_reader.notes import Block, finite, is_number
from hypertrainer.hpsearch.spec_reader.paths import json_safe, value_at
from hypertrainer.tasks.launch_keys import shown
from hypertrainer.tasks.yaml_scalars import write_value

EXAMPLE = "[base, {training.learning_rate: 3.0e-4}]"
MAX_POINTS = 1_000


def read_try_first(search: Block, params: Sequence[Parameter]) -> list[dict[str, Any]]:
    """The points that can be read, as values by path."""
    is_free = search.flag("allow_outside") or False
    items = list(search.items("try_first", EXAMPLE))
    if len(items) > MAX_POINTS:
        search.wrong("try_first", f"At most {MAX_POINTS:,} points can be tried first.")
        return []
    points = []
    for at, item in items:
        if item == keys.BASE:
            points.append(_base_point(search, at, params, is_free=is_free))
        elif isinstance(item, dict) and item:
            block = Block(search.notes, at, item)
            points.append(_point(block, params, is_free=is_free))
        else:
            message = f"This item is {shown(item)}. Write `base`, or values by path"
            search.notes.wrong(at, f"{message}: {{training.learning_rate: 3.0e-4}}.")
    return points


def _base_point(
    search: Block, at: str, params: Sequence[Parameter], *, is_free: bool
) -> dict[str, Any]:
    config = search.notes.config
    given = {
        path: value_at(config, path)
        for one in params
        if one.type != "same"
        for path in one.paths
        if config.slot(path) is not None
    }
    return _fitted(Block(search.notes, at, given), params, is_free=is_free, at_item=True)


def _point(block: Block, params: Sequence[Parameter], *, is_free: bool) -> dict[str, Any]:
    known = {path: one for one in params for path in one.paths}
    for path in block.values:
        owner = known.get(path)
        if owner is None:
            message = f"`{path}` is not searched. Search it, or set it in the config."
            block.notes.wrong(block.at(path), message, at_key=True)
        elif owner.same_as is not None:
            message = f"`{path}` is a copy of `{owner.same_as}`. Leave it out."
            block.notes.wrong(block.at(path), message, at_key=True)
        elif missing := [one for one in owner.paths if one not in block.values]:
            message = f"`{path}` varies together with {', '.join(missing)}. Give all of them."
            block.notes.wrong(block.at(path), message, at_key=True)
    return _fitted(block, params, is_free=is_free)


def _fitted(
    block: Block, params: Sequence[Parameter], *, is_free: bool, at_item: bool = False
) -> dict[str, Any]:
    """The values as their parameters have them, without those whose conditions do not hold."""
    point: dict[str, Any] = {}
    for one in params:
        if one.type == "same" or not all(path in block.values for path in one.paths):
            continue
        if not _may_be_active(one, block.values):
            continue
        row = [block.values[path] for path in one.paths]
        fitted = _fit(one, row)
        if fitted is None and not (is_free and all(map(_is_writable, row))):
            where = block.path if at_item else block.at(one.path)
            block.notes.wrong(where, _outside(one, row))
        point |= dict(zip(one.paths, row if fitted is None else fitted, strict=True))
    return point


def _may_be_active(parameter: Parameter, values: Mapping[str, Any]) -> bool:
    given = [one for one in parameter.when if one.path in values]
    return all(one.holds(values[one.path]) for one in given)


def _fit(parameter: Parameter, row: list[Any]) -> list[Any] | None:
    """The value in the parameter's own type; None where it has no such value."""
    if parameter.is_choice:
        value = row if parameter.is_zipped else row[0]
        found = [one for one in parameter.values if is_same(one, value)]
        return (list(found[0]) if parameter.is_zipped else [found[0]]) if found else None
    number = finite(row[0]) if is_number(row[0]) or isinstance(row[0], str) else None
    if number is None:
        return None
    is_below = parameter.low is not None and number < parameter.low
    if is_below or (parameter.high is not None and number > parameter.high):
        return None
    if parameter.type == "int":
        return [int(number)] if number == int(number) else None
    return [number]


def _is_writable(value: Any) -> bool:
    """Whether it can be kept as JSON and stand where one value stands."""
    return not isinstance(value, dict) and json_safe(value) == value


def _outside(parameter: Parameter, row: list[Any]) -> str:
    written = write_value(row if parameter.is_zipped else row[0])[:100]
    name = ", ".join(parameter.paths)
    if parameter.is_choice:
        message = f"`{name}: {written}` is none of its `values`."
    elif parameter.type == "int" and (number := finite(row[0])) and number != int(number):
        message = f"`{name}: {written}` is no whole number."
    else:
        ends = f"{_end(parameter.low)}..{_end(parameter.high)}"
        message = f"`{name}: {written}` is outside low..high ({ends})."
    return f"{message} To run it as written add `allow_outside: true` to `hpsearch`."


def _end(bound: float | None) -> str:
    return "any" if bound is None else f"{bound:g}"
