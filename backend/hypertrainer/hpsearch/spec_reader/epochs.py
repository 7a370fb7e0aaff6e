"""How long a whole trial is: a number, or a value of the config."""

from collections.abc import Sequence
from typing import Any

from hypertrainer.hpsearch.spec import Parameter
from hypertrainer.hpsearch.spec_reader.notes import Block, finite
from hypertrainer.tasks.launch_keys import shown


def read_max_epochs(block: Block, params: Sequence[Parameter], most: int) -> int | None:
    """`max_epochs`, else the value of `epochs_param`; the largest one where that is searched."""
    last = block.whole("max_epochs", 1, most)
    path = block.line("epochs_param", "epochs_param: training.n_epochs")
    if path is None:
        return last
    parameter = next((one for one in params if path in one.paths), None)
    if parameter is not None and parameter.same_as is not None:
        source = parameter.same_as
        parameter = next((one for one in params if source in one.paths), None)
        path = source
    value = _in_config(block, path) if parameter is None else _largest(parameter, path)
    if block.has("max_epochs") or value is None:
        return last
    number = finite(value)
    if number is None or number != int(number) or not 1 <= number <= most:
        message = f"`{path}` is {shown(value)}, which is no number of epochs."
        block.wrong("epochs_param", f"{message} Name the key that holds it, or write `max_epochs`.")
        return None
    if parameter is not None:
        message = f"`{path}` is searched: rungs are made for its largest value, {int(number)}."
        block.notes.warn(block.at("epochs_param"), message)
    return int(number)


def _in_config(block: Block, path: str) -> Any:
    config = block.notes.config
    if config.slot(path) is None:
        block.wrong("epochs_param", config.missing(path))
        return None
    value = config.find(path)
    return "null" if value is None else value


def _largest(parameter: Parameter, path: str) -> Any:
    if not parameter.is_choice:
        return "unbounded" if parameter.high is None else parameter.high
    column = parameter.paths.index(path)
    values = [row[column] if parameter.is_zipped else row for row in parameter.values]
    numbers = [finite(value) for value in values]
    known = [number for number in numbers if number is not None]
    return max(known) if len(known) == len(values) else values
