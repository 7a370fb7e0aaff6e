"""The nodes of a YAML tree, each of which knows where it stands in the text.

`size` counts the values below a node, every alias written out; `depth` its levels, likewise.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from hypertrainer.tasks.yaml_scalars import ScalarValue


@dataclass(slots=True, eq=False)
class Scalar:
    """One value. `raw` is its text; `style` is `|` or `>` for a block of text."""

    value: ScalarValue
    raw: str
    style: str | None
    size: int = 1
    depth: int = 0


@dataclass(slots=True, eq=False)
class Slot:
    """A place where a value stands: its span in the text, with the anchor, without comments.

    `key_end` is where the key before it ends; None for the items of a list.
    """

    node: "Node"
    start: int
    end: int
    line: int
    column: int
    anchor: str | None = None
    is_alias: bool = False
    key_end: int | None = None


@dataclass(slots=True, eq=False)
class Entry:
    """A key of a section, where it stands, and its value."""

    name: str
    line: int
    column: int
    slot: Slot


@dataclass(slots=True, eq=False)
class Section:
    """A mapping. `merged` are the sections that `<<` brings in.

    `start` and `column` (from 1) are its first key's, and `last` is its last value. `open_end` is
    behind the `{` of flow style, and `tail` is where the next thing begins in the text.
    """

    is_flow: bool
    open_end: int
    entries: dict[str, Entry] = field(default_factory=dict)
    merged: list["Section"] = field(default_factory=list)
    start: int = 0
    column: int = 1
    last: Slot | None = None
    tail: int = 0
    size: int = 1
    depth: int = 0

    def find(self, name: str) -> Slot | None:
        """The value under this key, its own before a merged one."""
        if name in self.entries:
            return self.entries[name].slot
        found = (section.find(name) for section in self.merged)
        return next((slot for slot in found if slot is not None), None)

    def items(self) -> Iterator[tuple[str, Slot]]:
        """All keys with their values, its own first."""
        names = set(self.entries)
        yield from ((name, entry.slot) for name, entry in self.entries.items())
        for section in self.merged:
            for name, slot in section.items():
                if name not in names:
                    names.add(name)
                    yield name, slot


@dataclass(slots=True, eq=False)
class Listing:
    """A list."""

    is_flow: bool
    items: list[Slot] = field(default_factory=list)
    size: int = 1
    depth: int = 0


Node = Scalar | Section | Listing


@dataclass(frozen=True, slots=True)
class Document:
    """A text and its root section."""

    text: str
    root: Section
