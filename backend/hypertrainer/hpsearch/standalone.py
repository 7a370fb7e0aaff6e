"""The config of a trial as one that never was of a search: to compare, and to run by itself."""

from collections.abc import Mapping, Sequence
from typing import Any

from hypertrainer.errors import InvalidInput
from hypertrainer.hpsearch.child_configs import child_config
from hypertrainer.hpsearch.spec import Spec
from hypertrainer.tasks.config import Config


def standalone_config(
    config: Config, spec: Spec, values: Mapping[str, Any], inactive: Sequence[str] = ()
) -> Config:
    """A search's config with a trial's values, or without any, and without `hpsearch:`."""
    if values:
        config = child_config(config, spec, "", 0, values, inactive=inactive)
    return _without_search(config)


def _without_search(config: Config) -> Config:
    """The same without the section; as it is where that cannot be cut out of the text."""
    config = Config.read(config.text())
    slot, line = config.slot("hpsearch"), config.line_of("hpsearch")
    if slot is None or line is None:
        return config
    text = config.text()
    lines = text.splitlines(keepends=True)
    start = sum(map(len, lines[: line - 1]))
    end = slot.start + len(text[slot.start : slot.end].rstrip())
    rest = text[end:].split("\n", 1)
    kept = text[:start] + (rest[1] if len(rest) == 2 else "")
    wanted = {name: value for name, value in config.value_of().items() if name != "hpsearch"}
    try:
        cut = Config.read(kept)
    except InvalidInput:  # an anchor went with the section, or the whole stands in braces
        return config
    return cut if cut.value_of() == wanted else config
