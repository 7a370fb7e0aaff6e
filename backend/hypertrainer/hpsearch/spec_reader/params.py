"""`params:` in both its forms, and every spelling that there ever was.

params:
  training.lr: {low: 1.0e-5, high: 1.0e-2, log: true}
  training.batch: [16, 32]
params:
- {param: training.lr, lo: -5, hi: -2, exponent_base: 10}
- {params: [a, b], values: [[1, 2], [3, 4]]}
"""

from collections.abc import Iterator, Mapping
from typing import Any

from hypertrainer.errors import InvalidInput
from hypertrainer.hpsearch.spec import Parameter
from hypertrainer.hpsearch.spec_reader import keys
from hypertrainer.hpsearch.spec_reader.choices import read_choice
from hypertrainer.hpsearch.spec_reader.conditions import add_conditions
from hypertrainer.hpsearch.spec_reader.notes import Block
from hypertrainer.hpsearch.spec_reader.parameter_block import ParameterBlock
from hypertrainer.hpsearch.spec_reader.paths import Paths
from hypertrainer.hpsearch.spec_reader.ranges import BOUNDS, read_range
from hypertrainer.tasks.launch_keys import shown

EXAMPLE = "`training.learning_rate: {low: 1.0e-5, high: 1.0e-2, log: true}`"
LISTED_EXAMPLE = "`- {param: training.learning_rate, low: 0.001, high: 0.1}`"
MAX_PARAMS = 1_000


def read_params(search: Block) -> list[Parameter]:
    """All parameters that can be read, with their conditions; the rest is noted."""
    paths = Paths(search.notes)
    found: list[tuple[ParameterBlock, Parameter]] = []
    for block in _blocks(search):
        parameter = _read(block, paths)
        if parameter is not None:
            found.append((block, parameter))
    return add_conditions(search, found)


def _blocks(search: Block) -> Iterator[ParameterBlock]:
    params = search.values.get("params")
    if params is None or params in ([], {}):
        search.wrong(None, f"`params` is missing. Say what to vary: {EXAMPLE}.")
    elif not isinstance(params, list | dict):
        search.wrong("params", f"`params` is {shown(params)}. Say what to vary: {EXAMPLE}.")
    elif len(params) > MAX_PARAMS:
        search.wrong("params", f"At most {MAX_PARAMS} parameters can be varied.")
    elif isinstance(params, dict):
        yield from _mapped(search, params)
    else:
        yield from _listed(search)


def _mapped(search: Block, params: Mapping[str, Any]) -> Iterator[ParameterBlock]:
    for path, item in params.items():
        at = f"{search.at('params')}.{path}"
        values = {"values": item} if isinstance(item, list) else item
        if not isinstance(values, dict):
            message = f"`{path}` is {shown(item)}. Say how it varies: {EXAMPLE}, or {{values: …}}."
            search.notes.wrong(at, message)
            continue
        block = ParameterBlock(search.notes, at, values)
        block.is_short = isinstance(item, list)
        block.name_paths({path: at})
        block.check_keys(keys.PARAMETER)
        yield block


def _listed(search: Block) -> Iterator[ParameterBlock]:
    for at, item in search.items("params", "[…]"):
        if not isinstance(item, dict):
            search.notes.wrong(at, f"This item is {shown(item)}. Write it like {LISTED_EXAMPLE}.")
            continue
        block = ParameterBlock(search.notes, at, item)
        block.check_keys(keys.LISTED_PARAMETER)
        named = _named(block)
        if named:
            block.name_paths(named)
            yield block
        else:
            block.name_paths({})
            _fields(block)


def _named(block: ParameterBlock) -> dict[str, str]:
    """The paths of an item, each with where it is named."""
    names = block.values.get("params")
    if names is None:
        path = block.line("param", "training.learning_rate")
        if not block.has("param"):
            message = "`param` is missing: the path of the value to vary, as in"
            block.wrong(None, f"{message} {LISTED_EXAMPLE}.")
        return {path: block.at("param")} if path else {}
    is_list = isinstance(names, list) and len(names) > 1
    if block.has("param") or not is_list or not all(isinstance(one, str) for one in names):
        message = "`params` takes a list of paths that vary together, `[a.b, c.d]`"
        block.wrong("params", f"{message}; for one path write `param: a.b`.")
        return {}
    if len(set(names)) < len(names):
        block.wrong("params", "A path is listed twice. Keep one.")
        return {}
    return {path: f"{block.at('params')}.{index}" for index, path in enumerate(names)}


def _read(block: ParameterBlock, paths: Paths) -> Parameter | None:
    may_create = block.flag("create") or False
    with_lists = block.has_lists
    claimed = [
        paths.claim(path, where, may_create=may_create, with_lists=with_lists)
        for path, where in block.named.items()
    ]
    inactive = block.word("inactive", ("keep", "remove")) or "keep"
    if inactive == "remove" and all(claimed):
        _check_removable(block)
    fields = _fields(block)
    if fields is None or not all(claimed):
        return None
    names = tuple(block.named)
    return Parameter.model_validate(
        {"path": names[0], "paths": names, "inactive": inactive, **fields}
    )


def _check_removable(block: ParameterBlock) -> None:
    config = block.notes.config
    try:
        for path in block.named:
            if config.slot(path) is not None:
                config.copy().remove(path)
    except InvalidInput as error:
        block.wrong("inactive", f"{error.message} Write `inactive: keep`.")


def _fields(block: ParameterBlock) -> dict[str, Any] | None:
    if block.has("same_as"):
        return _same(block)
    bounds = [key for pair in BOUNDS for key in pair if block.has(key)]
    is_choice = "values" in block.values or block.values.get("type") == "bool"
    if is_choice and bounds:
        block.wrong(None, f"It has both `values` and `{bounds[0]}`; keep one.")
        return None
    return read_choice(block) if is_choice else read_range(block)


def _same(block: ParameterBlock) -> dict[str, Any] | None:
    kept = ("param", "same_as", "when", "inactive", "create")
    others = [key for key in block.values if key in keys.PARAMETER and key not in kept]
    if others or len(block.named) > 1:
        what = f"`{others[0]}`" if others else "`params`"
        block.wrong(None, f"`same_as` copies another parameter; remove {what}.")
        return None
    source = block.line("same_as", "training.learning_rate")
    return None if source is None else {"type": "same", "same_as": source}


def place_of(search: Block, path: str) -> str:
    """Where the parameter that sets a path is written."""
    params = search.values.get("params")
    for index, item in enumerate(params if isinstance(params, list) else []):
        if isinstance(item, dict) and (
            item.get("param") == path or path in (item.get("params") or ())
        ):
            return f"{search.at('params')}.{index}"
    return f"{search.at('params')}.{path}"
