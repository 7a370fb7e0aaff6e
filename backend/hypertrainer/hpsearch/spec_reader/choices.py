"""Parameters with candidates: categorical, ordinal, bool, and zipped ones."""

from collections.abc import Iterator
from math import fsum, isfinite
from typing import Any

from hypertrainer.hpsearch.samplers.axes import is_same
from hypertrainer.hpsearch.spec_reader.notes import finite
from hypertrainer.hpsearch.spec_reader.parameter_block import ParameterBlock
from hypertrainer.tasks.launch_keys import shown
from hypertrainer.tasks.yaml_scalars import number_of, write_value

MAX_VALUES = 10_000
OF_RANGES = ("log", "step", "count", "distribution", "mean", "std", "exponent_base")


def read_choice(block: ParameterBlock) -> dict[str, Any] | None:
    """The fields of a parameter with candidates; None where they cannot be read."""
    for key in OF_RANGES:
        if block.has(key):
            block.wrong(key, f"`{key}` belongs to a range, and this has `values`; remove it.")
    kind = _kind(block)
    values = _values(block, kind)
    if kind is None or values is None:
        return None
    probabilities = _probabilities(block, len(values))
    fields = {"type": "ordinal" if kind == "ordinal" else "categorical", "values": tuple(values)}
    return fields | ({"probabilities": probabilities} if probabilities else {})


def _kind(block: ParameterBlock) -> str | None:
    kind = block.values.get("type")
    if kind in (None, "categorical", "ordinal", "bool"):
        return kind or "categorical"
    if kind in ("int", "float"):
        message = f"`type: {kind}` has a range, not `values`. Remove `type`, or write"
        block.wrong("type", f"{message} `type: ordinal` where the order of the values matters.")
    else:
        block.wrong("type", f"`type` is {shown(kind)}. Write categorical, ordinal or bool.")
    return None


def _values(block: ParameterBlock, kind: str | None) -> list[Any] | None:
    values = block.values.get("values")
    if values is None and kind == "bool":
        return [False, True]
    at = block.values_path
    if not isinstance(values, list):
        block.notes.wrong(at, f"`values` is {shown(values)}. Write a list, such as [16, 32, 64].")
        return None
    if not values:
        block.notes.wrong(at, "The list is empty. Write at least one value.")
        return None
    if len(values) > MAX_VALUES:
        block.notes.wrong(at, f"The list has more than {MAX_VALUES:,} values. Shorten it.")
        return None
    before = len(block.notes.problems)
    for index, value in enumerate(values):
        for message in _problems(block, kind, values[:index], value):
            block.notes.wrong(f"{at}.{index}", message)
            break
    return None if len(block.notes.problems) > before else values


def _problems(
    block: ParameterBlock, kind: str | None, earlier: list[Any], value: Any
) -> Iterator[str]:
    count = len(block.named)
    if count > 1 and not (isinstance(value, list) and len(value) == count):
        yield f"Each of `values` must be a list of {count} values, one per path of `params`."
        return
    if kind == "bool" and not isinstance(value, bool):
        yield f"{shown(value)} is neither true nor false. Remove `type: bool`."
    rows = zip(value, block.bases, strict=True) if count > 1 else [(value, *block.bases[:1])]
    for one, *base in rows:
        yield from _value_problems(one, base[0] if base else None)
    # Few are compared with each other in pairs: long lists are of scalars.
    if any(is_same(value, one) for one in earlier):
        yield f"`{_written(value)}` is listed twice. Remove one."


def _value_problems(value: Any, base: Any) -> Iterator[str]:
    """What is wrong with one value, where `base` is the one in the config."""
    if isinstance(value, dict):
        yield "A candidate is a value or a list, not a section. Search its keys one by one."
    elif isinstance(value, list):
        for one in value:
            yield from _value_problems(one, base[0] if isinstance(base, list) and base else None)
    elif isinstance(value, float) and not isfinite(value):
        yield f"{shown(value)} is no number that a search can keep. Remove it."
    elif isinstance(value, str) and not isinstance(base, str) and finite(value) is not None:
        number = number_of(value)
        yield f"`{value}` is text in YAML; write {write_value(number)}."


def _written(value: Any) -> str:
    return value[:100] if isinstance(value, str) else write_value(value)[:100]


def _probabilities(block: ParameterBlock, count: int) -> tuple[float, ...] | None:
    given = block.values.get("probabilities")
    if given is None:
        return None
    numbers = [finite(one) for one in given] if isinstance(given, list) else []
    known = [one for one in numbers if one is not None and one >= 0]
    if len(known) != count or len(numbers) != count:
        message = f"`probabilities` must be a list of {count} numbers, one per value."
        block.wrong("probabilities", message)
        return None
    if abs(fsum(known) - 1) > 1e-6:
        message = f"`probabilities` add up to {fsum(known):g}. Write numbers that add up to 1."
        block.wrong("probabilities", message)
        return None
    return tuple(known)
