"""Which values of a config may vary."""

from typing import Any

from hypertrainer.errors import InvalidInput
from hypertrainer.hpsearch.spec_reader.notes import Notes
from hypertrainer.tasks.config import OWN_KEYS, Config
from hypertrainer.tasks.yaml_nodes import Listing, Section

CREATE = "(To add a new key write `create: true`.)"


class Paths:
    """The paths that are searched, and where each was named."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._lines: dict[str, int | None] = {}

    def claim(self, path: str, where: str, *, may_create: bool, with_lists: bool) -> bool:
        """Whether a path may vary; else what is wrong is noted at `where`.

        Args:
            path: the path.
            where: the path of what names it.
            may_create: it need not stand in the config.
            with_lists: its values are lists, as the one in the config may then be.
        """
        config = self._notes.config
        message = why_unsearchable(config, path, may_create=may_create, with_lists=with_lists)
        if message is None and path in self._lines:
            message = f"`{path}` is already searched on line {self._lines[path]}."
        if message is not None:
            self._notes.wrong(where, message, at_key=True)
            return False
        self._lines[path] = config.line_of(where)
        return True


def why_unsearchable(
    config: Config, path: str, *, may_create: bool = False, with_lists: bool = False
) -> str | None:
    """Why a path cannot vary, and what to write instead; None: it can."""
    if path.partition(".")[0] in OWN_KEYS or path == "training.output_path":
        return f"`{path}` cannot be searched: HyperTrainer itself reads or writes it."
    node = config.node(path)
    if node is None:
        return _why_not_new(config, path) if may_create else f"{config.missing(path)} {CREATE}"
    if isinstance(node, Listing) and not with_lists:
        return f"`{path}` is a list, not a value. Name one of its items, such as `{path}.0`."
    try:
        config.copy().set(path, 0.5)
    except InvalidInput as error:
        return error.message
    return None


def _why_not_new(config: Config, path: str) -> str | None:
    head, _, name = path.rpartition(".")
    if not name or not path.isprintable():
        return f"`{path}` is no path. Write one such as `training.momentum`."
    if head and not isinstance(config.node(head), Section):
        return f"There is no section `{head}` to create `{name}` in. Add it to this file."
    return None


def value_at(config: Config, path: str) -> Any:
    """The value of the config at a path, as JSON has it; nan and infinities are text there."""
    return json_safe(config.find(path))


def json_safe(value: Any) -> Any:
    """A value without numbers that JSON lacks."""
    if isinstance(value, list):
        return [json_safe(item) for item in value]
    if isinstance(value, float) and not abs(value) < float("inf"):
        return str(value)
    return value
