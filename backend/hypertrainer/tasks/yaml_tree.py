"""The user's YAML as a tree that knows where everything stands in the text.

Nothing of it is executed or constructed: scalars become plain values, unknown tags are passed over.
"""

import re
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
)

from hypertrainer.tasks.yaml_nodes import Document, Entry, Listing, Node, Scalar, Section, Slot
from hypertrainer.tasks.yaml_scalars import read_scalar, resolve_tag

MAX_BYTES = 1_048_576
MAX_DEPTH = 50
MAX_VALUES = 100_000  # with every alias written out: more is no config but an attack
COLON = re.compile(r"\s*:")
TOO_DEEP = f"Nested deeper than {MAX_DEPTH} levels. Flatten it."
HINTS = {
    "mapping values are not allowed here": "check the indentation, or put the value in quotes",
    "'\\t'": "indent with spaces, not with tabs",
    "cannot start any token": "put the value in quotes",
    "unexpected end of stream": "a quote or a bracket is not closed",
    "but found '<stream end>'": "a bracket is not closed",
}


class UnreadableYaml(Exception):
    """The text is no YAML that we take. `line` and `column` count from 1."""

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column


def parse_document(text: str) -> Document:
    """Read a text that holds one YAML document whose root is a mapping.

    Raises:
        UnreadableYaml: it is not that, or goes beyond a limit.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise UnreadableYaml(f"The config is larger than {MAX_BYTES} bytes. Shorten it.")
    try:
        return Document(text, _Builder(text).build())
    except MarkedYAMLError as error:
        raise _unreadable(error) from error
    except YAMLError as error:
        position = getattr(error, "position", 0)
        line = text.count("\n", 0, position) + 1
        column = position - text.rfind("\n", 0, position)
        reason = str(error).partition("\n")[0]
        raise UnreadableYaml(f"The text is no YAML: {reason}.", line, column) from error
    except (ValueError, OverflowError) as error:  # an escape that is no character
        raise UnreadableYaml(f"The text is no YAML: {error}.") from error


def _unreadable(error: MarkedYAMLError) -> UnreadableYaml:
    mark = error.problem_mark or error.context_mark
    said = ", ".join(str(part) for part in (error.context, error.problem) if part)
    hint = next((text for part, text in HINTS.items() if part in said), None)
    message = f"The YAML cannot be read: {said}." + (f" Hint: {hint}." if hint else "")
    return (
        UnreadableYaml(message, mark.line + 1, mark.column + 1) if mark else UnreadableYaml(message)
    )


class _Builder:
    """Builds the tree from the parser's events, within the limits."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._yaml = YAML(typ="safe", pure=True)
        self._events = self._yaml.parse(text)
        self._anchors: dict[str, Node | None] = {}  # None: not complete yet
        self._depth = 0

    def build(self) -> Section:
        root: Slot | None = None
        for event in self._events:
            if not isinstance(event, DocumentStartEvent):
                continue
            if root is not None:
                raise _at(event, "There is a second document (`---`). Leave one.")
            root = self._slot(next(self._events))
        if root is None or (isinstance(root.node, Scalar) and root.node.value is None):
            raise UnreadableYaml("The config is empty. Write at least one `key: value`.", 1, 1)
        if not isinstance(root.node, Section):
            kind = "a list" if isinstance(root.node, Listing) else "a single value"
            message = f"The config is {kind}; it must be a mapping, that is, lines `key: value`."
            raise UnreadableYaml(message, root.line, root.column)
        return root.node

    def _slot(self, event: Any) -> Slot:
        anchor = event.anchor
        if isinstance(event, AliasEvent):
            return self._alias(event)
        start = self._start(event)
        if anchor:
            self._anchors[anchor] = None
        node, end = self._node(event)
        if anchor:
            self._anchors[anchor] = node
        mark = event.start_mark
        column = max(mark.column - (mark.index - start) + 1, 1)
        return Slot(node, start, end, mark.line + 1, column, anchor)

    def _alias(self, event: Any) -> Slot:
        if event.anchor not in self._anchors:
            raise _at(event, f"There is no anchor `&{event.anchor}` before `*{event.anchor}`.")
        node = self._anchors[event.anchor]
        if node is None:
            raise _at(event, f"`*{event.anchor}` stands inside of what it refers to.")
        start, end = event.start_mark, event.end_mark
        span = (start.index, end.index, start.line + 1, start.column + 1)
        return Slot(node, *span, is_alias=True)

    def _start(self, event: Any) -> int:
        """Where the value begins with its tag, which the parser leaves out before an anchor."""
        start: int = event.start_mark.index
        if getattr(event, "tag", None) is None or self._text.startswith("!", start):
            return start
        line = self._text[self._text.rfind("\n", 0, start) + 1 : start].rstrip()
        word = line[max(line.rfind(" "), line.rfind("\t"), line.rfind(",")) + 1 :]
        return self._text.rfind(word, 0, start) if word.startswith("!") else start

    def _node(self, event: Any) -> tuple[Node, int]:
        if isinstance(event, ScalarEvent):
            return self._scalar(event), event.end_mark.index
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _at(event, TOO_DEEP)
        built = (
            self._section(event) if isinstance(event, MappingStartEvent) else self._listing(event)
        )
        self._depth -= 1
        return built

    def _scalar(self, event: ScalarEvent) -> Scalar:
        is_plain = event.style is None
        tag = str(event.tag) if event.tag and event.tag != "!" else None
        if tag is None:
            tag = resolve_tag(self._yaml, event.value, is_plain=is_plain and not event.tag)
        value = read_scalar(self._yaml, tag, event.value)
        if any("\ud800" <= character <= "\udfff" for character in event.value):
            raise _at(event, "There is half a surrogate pair, which is no character. Remove it.")
        return Scalar(value, event.value, event.style if event.style in ("|", ">") else None)

    def _listing(self, event: Any) -> tuple[Listing, int]:
        listing = Listing(bool(event.flow_style))
        end = event.end_mark.index
        while not isinstance(inner := next(self._events), SequenceEndEvent):
            slot = self._slot(inner)
            listing.items.append(slot)
            _count(listing, slot, inner)
            end = slot.end
        return listing, inner.end_mark.index if listing.is_flow else end

    def _section(self, event: MappingStartEvent) -> tuple[Section, int]:
        section = Section(bool(event.flow_style), event.end_mark.index)
        end = event.end_mark.index
        while not isinstance(inner := next(self._events), MappingEndEvent):
            end = self._entry(section, inner)
        section.tail = inner.start_mark.index
        return section, inner.end_mark.index if section.is_flow else end

    def _entry(self, section: Section, event: Any) -> int:
        key = self._slot(event)
        if not isinstance(key.node, Scalar):
            raise _at(event, "A key must be a word or a number, not a list or a section.")
        slot = self._slot(next(self._events))
        slot.key_end = key.end
        if slot.start == slot.end:  # no value: the parser is at the next thing already
            colon = COLON.match(self._text, key.end)
            slot.start = slot.end = colon.end() if colon else key.end
            slot.line, slot.column = key.line, key.column
        if section.last is None:
            section.start, section.column = key.start, key.column
        section.last = slot
        _count(section, slot, event)
        if key.node.raw == "<<" and self._text.startswith("<<", key.start):
            section.merged.extend(_merged(slot))
            return slot.end
        name = key.node.raw
        if name in section.entries:
            first = section.entries[name].line
            raise _at(
                event, f"`{name}` stands here a second time (first on line {first}). Keep one."
            )
        section.entries[name] = Entry(name, key.line, key.column, slot)
        return slot.end


def _count(node: Section | Listing, slot: Slot, event: Any) -> None:
    """Count a new child, what an alias brings in included."""
    node.size += 1 + slot.node.size
    node.depth = max(node.depth, 1 + slot.node.depth)
    if node.size > MAX_VALUES:
        raise _at(event, f"More than {MAX_VALUES} values, aliases written out. Shorten it.")
    if node.depth > MAX_DEPTH:
        raise _at(event, TOO_DEEP)


def _merged(slot: Slot) -> list[Section]:
    nodes = (
        [item.node for item in slot.node.items] if isinstance(slot.node, Listing) else [slot.node]
    )
    sections = [node for node in nodes if isinstance(node, Section)]
    if len(sections) != len(nodes):
        message = "`<<` takes a section, such as `*defaults`, or a list of them."
        raise UnreadableYaml(message, slot.line, slot.column)
    return sections


def _at(event: Any, message: str) -> UnreadableYaml:
    mark = event.start_mark
    return UnreadableYaml(message, mark.line + 1, mark.column + 1)
