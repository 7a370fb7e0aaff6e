"""A YAML text with some values changed, all the rest of it as it was, to the byte.

Parsing costs a millisecond or more; a copy with other values and its text cost microseconds,
because the tree is shared and only the edits are kept. A search makes thousands of them.
"""

import difflib
from collections.abc import Iterator, Mapping
from typing import Any, Self

from hypertrainer.errors import FieldProblem, InvalidInput
from hypertrainer.tasks.yaml_edits import (
    Splice,
    UneditableYaml,
    add_values,
    apply_splices,
    replace_value,
)
from hypertrainer.tasks.yaml_nodes import Document, Entry, Listing, Node, Scalar, Section, Slot
from hypertrainer.tasks.yaml_removals import remove_key
from hypertrainer.tasks.yaml_scalars import why_unwritable, write_value
from hypertrainer.tasks.yaml_tree import UnreadableYaml, parse_document

MAX_PATH = 1_000
MAX_KNOWN_PATHS = 2_000
MAX_NAMED_KEYS = 20


class EditedYaml:
    """A document and its edits. Dotted paths name values: `training.lr`, `layers.0` in a list."""

    def __init__(self, document: Document, field: str) -> None:
        """Wrap a document; `field` is the input field that its problems are told under."""
        self._document = document
        self._field = field
        self._replaced: dict[int, tuple[Any, list[Splice]]] = {}  # by the id of the node
        self._added: dict[int, tuple[Section, dict[str, Any]]] = {}  # by the id of the section

    def copy(self) -> Self:
        """The same, to be changed apart; cheap."""
        copy = type(self)(self._document, self._field)
        copy._replaced = dict(self._replaced)
        copy._added = {key: (node, dict(values)) for key, (node, values) in self._added.items()}
        return copy

    def text(self) -> str:
        """The YAML with its edits."""
        splices = [splice for _, splices in self._replaced.values() for splice in splices]
        # Where an inner and an outer section end together, what is added to the inner comes first.
        added = sorted(self._added.values(), key=lambda item: -item[0].column)
        splices += [add_values(self._document, *item) for item in added]
        return apply_splices(self._document.text, splices)

    def find(self, path: str) -> Any:
        """The value at a path as plain data; None where there is none, as for `null`."""
        section, name = self._parent(path)
        if section is not None and name in self._added_to(section):
            return self._added_to(section)[name]
        slot = self.slot(path)
        return None if slot is None else self.value_of(slot.node)

    def get(self, path: str) -> Any:
        """The value at a path as plain data.

        Raises:
            InvalidInput: there is no such path; the message names the closest one.
        """
        if not self._has(path):
            raise self._invalid(path, self.missing(path))
        return self.find(path)

    def set(self, path: str, value: Any) -> None:
        """Give a value that is there another one: text, a number, true, false, null or a list.

        Raises:
            InvalidInput: the path is not there (the message names the closest), or is a section.
        """
        if not self._has(path):
            raise self._invalid(path, self.missing(path))
        if message := self._why_fixed(path, value):
            raise self._invalid(path, message)
        self._write(path, value)

    def put(self, path: str, value: Any) -> None:
        """Write a value, whether or not its key is there; its section must be.

        Raises:
            InvalidInput: the section is not there, or the path is a section itself.
        """
        if isinstance(node := self.node(path), Section):
            raise self._invalid(path, section_message(path, node))
        self._write(path, value)

    def remove(self, path: str) -> None:
        """Take a key out, with its value.

        Raises:
            InvalidInput: there is no such key, or it cannot be taken out by itself.
        """
        if not self._has(path):
            raise self._invalid(path, self.missing(path))
        if self._replaced or self._added:
            self._read_anew(self.text())
        section, name = self._parent(path)
        if section is None or name not in section.entries or self._why_fixed(path, None):
            message = f"`{path}` cannot be taken out: it is no single value under a key of its own."
            raise self._invalid(path, message)
        self._read_anew(
            apply_splices(self._document.text, [remove_key(self._document, section, name)])
        )

    def slot(self, path: str) -> Slot | None:
        """The place in the text at a path."""
        trail = self._trail(path)
        return trail[-1] if trail else None

    def node(self, path: str) -> Node | None:
        """The node in the text at a path, without the edits."""
        slot = self.slot(path)
        return slot.node if slot else None

    def line_of(self, path: str) -> int | None:
        """The line (from 1) of what stands at a path, from its key on; None where there is none."""
        slot = self.slot(path)
        entry = self._entry(path)
        return entry.line if entry else slot.line if slot else None

    def paths(self) -> list[str]:
        """The dotted paths of all sections, lists and values, as far as there are 2,000."""
        paths = _paths(self._document.root, "")
        return [path for path, _ in zip(paths, range(MAX_KNOWN_PATHS), strict=False)]

    def missing(self, path: str) -> str:
        """What to say of a path that is not there."""
        closest = difflib.get_close_matches(path[:MAX_PATH], self.paths(), 1, 0.5)
        hint = f" Closest: `{closest[0]}`." if closest else ""
        return f"There is no `{path[:MAX_PATH]}` in this file.{hint}"

    def problem(self, path: str, message: str, *, at_key: bool = False) -> FieldProblem:
        """A problem with what stands at a path, else with the closest section around it."""
        known = path
        while known and self.slot(known) is None:
            known = known.rpartition(".")[0]
        slot, entry = self.slot(known), self._entry(known)
        if entry and (at_key or not isinstance(entry.slot.node, Scalar)):
            return FieldProblem(path, message, entry.line, entry.column)
        return FieldProblem(path, message, *((slot.line, slot.column) if slot else (1, 1)))

    def value_of(self, node: Node | None = None) -> Any:
        """A node as plain data, with the edits; without an argument, the whole document."""
        node = node or self._document.root
        if isinstance(node, Scalar):
            return self._replaced[id(node)][0] if id(node) in self._replaced else node.value
        if isinstance(node, Listing):
            return [self.value_of(slot.node) for slot in node.items]
        values = {name: self.value_of(slot.node) for name, slot in node.items()}
        return values | self._added_to(node)

    def raw_of(self, node: Scalar) -> str:
        """A value's own text, as it is written: `1e-3` stays `1e-3`."""
        if id(node) not in self._replaced:
            return node.raw
        value = self._replaced[id(node)][0]
        return value if isinstance(value, str) else write_value(value)

    def _write(self, path: str, value: Any) -> None:
        if reason := why_unwritable(value):
            raise self._invalid(path, f"`{path}` cannot be set: {reason}.")
        section, name = self._parent(path)
        slot = self.slot(path)
        if section is not None and name not in section.entries:  # new, or only merged in by `<<`
            self._added.setdefault(id(section), (section, {}))[1][name] = value
        elif slot is None:
            raise self._invalid(path, self.missing(path))
        elif isinstance(slot.node, Scalar) and not slot.is_alias and not isinstance(value, list):
            self._replaced[id(slot.node)] = (value, self._splices(slot, value))
        else:
            self._rewrite(path, value)

    def _splices(self, slot: Slot, value: Any) -> list[Splice]:
        try:
            return replace_value(self._document, slot, value)
        except UneditableYaml as error:
            raise self._invalid("", f"Change this by hand: {error}.") from error

    def _rewrite(self, path: str, value: Any) -> None:
        """Replace what is more than a lone value, and read the result anew: it need not be fast."""
        if self._replaced or self._added:
            self._read_anew(self.text())
        slot = self.slot(path)
        if slot is None:
            raise self._invalid(path, self.missing(path))
        self._read_anew(apply_splices(self._document.text, self._splices(slot, value)))

    def _read_anew(self, text: str) -> None:
        try:
            self._document = parse_document(text)
        except UnreadableYaml as error:
            message = f"After this change the YAML could not be read: {error.message}"
            raise self._invalid("", message) from error
        self._replaced, self._added = {}, {}

    def _why_fixed(self, path: str, value: Any) -> str | None:
        """Why what is at a path cannot be given this value; None: it can."""
        trail = self._trail(path)
        if trail and isinstance(trail[-1].node, Section):
            return section_message(path, trail[-1].node)
        if isinstance(value, Mapping):
            return f"`{path}` takes a value or a list. Give each key of a section by its own path."
        alias = next((step for step in trail[:-1] if step.is_alias), None)
        if alias is not None:
            return (
                f"`{path}` is in a section that line {alias.line} takes over as a whole by `*`. "
                "Write `<<: *name` there, or change the value where it is written."
            )
        return None

    def _invalid(self, path: str, message: str) -> InvalidInput:
        return InvalidInput(message, [FieldProblem(path or self._field, message)])

    def _trail(self, path: str) -> list[Slot]:
        return _trail(self._document.root, path.split(".")) if len(path) <= MAX_PATH else []

    def _parent(self, path: str) -> tuple[Section | None, str]:
        if path in self._document.root.entries:  # a key that holds dots
            return self._document.root, path
        head, _, name = path.rpartition(".")
        node = self.node(head) if head else self._document.root
        return (node, name) if isinstance(node, Section) else (None, name)

    def _entry(self, path: str) -> Entry | None:
        return _entry(self._document.root, path.split(".")) if len(path) <= MAX_PATH else None

    def _has(self, path: str) -> bool:
        section, name = self._parent(path)
        is_added = section is not None and name in self._added_to(section)
        return is_added or self.slot(path) is not None

    def _added_to(self, section: Section) -> dict[str, Any]:
        return self._added[id(section)][1] if id(section) in self._added else {}


def section_message(path: str, section: Section) -> str:
    """What to say where a value is needed and a section stands."""
    names = [name for name, _ in section.items()][:MAX_NAMED_KEYS]
    hint = f"Name one of its keys: {', '.join(names)}." if names else "It is empty."
    return f"`{path}` is a section, not a value. {hint}"


def _trail(node: Node, parts: list[str]) -> list[Slot]:
    """The slots on the way to a path; empty where there is no such path. Keys may hold dots."""
    if isinstance(node, Listing):
        index = parts[0]
        is_index = index.isascii() and index.isdigit() and len(index) < 10
        is_there = is_index and int(index) < len(node.items)
        return _onward(node.items[int(index)], parts[1:]) if is_there else []
    if isinstance(node, Section):
        for count in range(1, len(parts) + 1):
            slot = node.find(".".join(parts[:count]))
            if slot is not None and (trail := _onward(slot, parts[count:])):
                return trail
    return []


def _entry(node: Node, parts: list[str]) -> Entry | None:
    """The key that a path ends with, in its own section. Keys may hold dots."""
    if isinstance(node, Listing):
        trail = _trail(node, parts[:1]) if len(parts) > 1 else []
        return _entry(trail[0].node, parts[1:]) if trail else None
    if not isinstance(node, Section):
        return None
    for count in range(1, len(parts)):
        slot = node.find(".".join(parts[:count]))
        if slot is not None and (entry := _entry(slot.node, parts[count:])):
            return entry
    return node.entries.get(".".join(parts))


def _onward(slot: Slot, rest: list[str]) -> list[Slot]:
    if not rest:
        return [slot]
    onward = _trail(slot.node, rest)
    return [slot, *onward] if onward else []


def _paths(node: Node, prefix: str) -> Iterator[str]:
    children: list[tuple[str, Slot]] = []
    if isinstance(node, Section):
        children = list(node.items())
    elif isinstance(node, Listing):
        children = [(str(index), slot) for index, slot in enumerate(node.items)]
    for name, slot in children:
        yield prefix + name
        yield from _paths(slot.node, f"{prefix}{name}.")
