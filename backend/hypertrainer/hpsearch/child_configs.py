"""The config of one trial: the search's own with the trial's values, marked as a child.

hpsearch:
  is_child: true
  parent: mnist_lr          # the search
  trial: 12
  repeat: 0
  values: {training.lr: 1.0e-03}
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hypertrainer.errors import InvalidInput
from hypertrainer.hpsearch.spec import Spec
from hypertrainer.tasks.config import Config

MARKS = ("is_child", "parent", "trial", "repeat", "values")
EMPTY = ("true", "null", "0", "0", "null")  # of a template


def child_template(config: Config) -> Config:
    """A search's config with an empty mark in place of `hpsearch`, to make many children of.

    It is an ordinary config. Making it takes as long as parsing; every child of it then takes
    microseconds.
    """
    text = config.text()
    current = Config.read(text)
    slot = current.slot("hpsearch")
    if slot is None or slot.key_end is None:
        return config
    end = slot.key_end + len(text[slot.key_end : max(slot.end, slot.key_end)].rstrip())
    wanted = _without_search(current)
    for mark in _empty_marks(text):
        try:
            template = Config.read(text[: slot.key_end] + mark + text[end:])
        except InvalidInput:  # a block cannot stand in braces, or an anchor went with the section
            continue
        if template.is_child and _without_search(template) == wanted:
            return template
    return config


def _empty_marks(text: str) -> Iterator[str]:
    line_end = "\r\n" if "\r\n" in text else "\n"
    lines = [f"{key}: {value}" for key, value in zip(MARKS, EMPTY, strict=True)]
    yield ":" + "".join(f"{line_end}  {line}" for line in lines)
    yield f": {{{', '.join(lines)}}}"


def _without_search(config: Config) -> dict[str, Any]:
    return {name: value for name, value in config.value_of().items() if name != "hpsearch"}


def child_config(
    config: Config,
    spec: Spec,
    parent: str,
    number: int,
    values: Mapping[str, Any],
    *,
    repeat: int = 0,
    inactive: Sequence[str] = (),
) -> Config:
    """The config of a trial's task.

    Args:
        config: the search's own, or the `child_template` of it.
        spec: the search.
        parent: its name.
        number: the trial's.
        values: those of its active parameters, by path.
        repeat: which of its tasks it is; seeds of repeats count up from the config's.
        inactive: paths that are not active: they keep their values, or go (`inactive: remove`).

    Raises:
        InvalidInput: the config lacks a path that is searched.
    """
    child = config.copy() if _is_template(config) else child_template(config).copy()
    _set_values(child, [*values.items(), *_seed_of(child, spec, repeat)])
    marks = (True, parent, number, repeat, dict(values))
    for key, mark in zip(MARKS, marks, strict=True):
        child.put(f"hpsearch.{key}", mark)
    _take_out(child, spec, inactive)
    return child


def _take_out(child: Config, spec: Spec, inactive: Sequence[str]) -> None:
    for path in inactive:
        parameter = spec.parameter(path)
        if parameter is not None and parameter.inactive == "remove" and child.slot(path):
            child.remove(path)


def _set_values(child: Config, values: Sequence[tuple[str, Any]]) -> None:
    for path, value in values:
        if child.slot(path) is None:
            child.put(path, value)
        else:
            child.set(path, value)


def _is_template(config: Config) -> bool:
    return config.is_child and tuple(config.hpsearch_block) == MARKS


def _seed_of(config: Config, spec: Spec, repeat: int) -> Iterator[tuple[str, Any]]:
    path = spec.repeats.param
    if path is not None and repeat:
        base = config.find(path)
        yield path, (base if isinstance(base, int | float) else 0) + repeat
