"""Nested values as one flat mapping that is safe for JSON, databases and tables."""

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any

from hypertrainer.tasks.yaml_scalars import MAX_INTEGER

MAX_PARAMS = 2_000
MAX_TEXT = 1_000
MAX_PATH = 1_000
MAX_LISTED = 1_000  # values in one list
Param = str | int | float | bool | None | list[Any]


def flatten(values: Mapping[str, Any]) -> dict[str, Param]:
    """By dotted path: scalars, and lists without sections; at most 2,000 entries.

    Long texts and lists are cut; nan and infinities are text, because JSON has no such numbers.
    """
    params: dict[str, Param] = {}
    for path, value in _leaves(values, ""):
        params[_text(path)[:MAX_PATH]] = value
        if len(params) >= MAX_PARAMS:
            break
    return params


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Param]]:
    if isinstance(value, Mapping):
        prefix = f"{path}." if path else ""
        for name, child in value.items():
            yield from _leaves(child, f"{prefix}{name}")
    elif isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
        for index, child in enumerate(value):
            yield from _leaves(child, f"{path}.{index}")
    else:
        yield path, _param(value)


def _param(value: Any) -> Param:
    if isinstance(value, list):
        return [_param(item) for item in value[:MAX_LISTED]]
    if isinstance(value, Mapping):
        items = list(value.items())[:MAX_LISTED]
        return _text(", ".join(f"{name}: {_param(item)}" for name, item in items))[:MAX_TEXT]
    if isinstance(value, float) and not isfinite(value):
        return str(value)
    if isinstance(value, int) and not -MAX_INTEGER <= value < MAX_INTEGER:
        return str(value)[:MAX_TEXT]
    if isinstance(value, int | float) or value is None:
        return value
    return _text(str(value))[:MAX_TEXT]


def _text(text: str) -> str:
    """PostgreSQL stores no zero byte."""
    return text.replace("\0", "\ufffd")
