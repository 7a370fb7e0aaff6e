"""The keys of a config that say what to launch and where its output goes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypertrainer.errors import FieldProblem
from hypertrainer.tasks.edited_yaml import EditedYaml
from hypertrainer.tasks.yaml_nodes import Listing, Scalar, Section

PLACEHOLDERS = ("python", "script", "config", "output")
COMMAND_EXAMPLE = 'command: [torchrun, --nproc-per-node=2, "{script}", "{config}"]'


def find_problems(config: EditedYaml) -> Iterator[FieldProblem]:
    """Everything that is wrong with these keys, with line and column."""
    for key in ("script", "output_root"):
        value = config.find(key)
        if value is not None and not (isinstance(value, str) and value.isprintable()):
            yield config.problem(key, f"`{key}` must be one line of text, not {shown(value)}.")
    yield from _root_problems(config)
    for key in ("output_path", "training.output_path"):
        if isinstance(config.node(key), Section):
            message = f"`{key}` is a section, but HyperTrainer writes the task's folder there."
            yield config.problem(key, f"{message} Rename it.")
    yield from _command_problems(config)


def _root_problems(config: EditedYaml) -> Iterator[FieldProblem]:
    root = config.find("output_root")
    if isinstance(root, str) and root and not expanded(root).is_absolute():
        message = f"`output_root` is {shown(root)}. Write an absolute path, or one from `~/`."
        yield config.problem("output_root", message)


def expanded(path: str) -> Path:
    """The path with a leading `~` written out."""
    try:
        return Path(path).expanduser()
    except RuntimeError:  # `~name` of a user that does not exist
        return Path(path)


def read_command(config: EditedYaml) -> list[str] | None:
    """The command's words as they are written (`1e-3` stays `1e-3`); None without a command."""
    node = config.node("command")
    if not isinstance(node, Listing):
        return None
    return [config.raw_of(slot.node) for slot in node.items if isinstance(slot.node, Scalar)]


def _command_problems(config: EditedYaml) -> Iterator[FieldProblem]:
    node = config.node("command")
    if node is None or config.find("command") is None:
        return
    if not isinstance(node, Listing) or not node.items:
        yield config.problem("command", f"`command` must be a list: `{COMMAND_EXAMPLE}`.")
        return
    for index, slot in enumerate(node.items):
        path = f"command.{index}"
        if isinstance(slot.node, Section) and set(slot.node.entries) <= set(PLACEHOLDERS):
            name = next(iter(slot.node.entries), PLACEHOLDERS[0])
            yield config.problem(path, f'Put the braces in quotes: `"{{{name}}}"`.')
        elif not isinstance(slot.node, Scalar) or "\0" in config.raw_of(slot.node):
            yield config.problem(path, f"Word {index + 1} of `command` must be text.")
        elif index == 0 and not config.raw_of(slot.node):
            yield config.problem(path, "The first word of `command` must name a program.")


def shown(value: Any) -> str:
    """A value as an error message quotes it."""
    if isinstance(value, dict):
        return "a section"
    if isinstance(value, list):
        return "a list"
    return f"`{str(value)[:100]}`"
