"""Edits of a YAML text that leave everything else as it is, to the byte."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hypertrainer.tasks.yaml_nodes import Document, Listing, Scalar, Section, Slot
from hypertrainer.tasks.yaml_scalars import write_text, write_value
from hypertrainer.tasks.yaml_tree import COLON

LINE_END = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
IN_BRACES = re.compile(r"\s*[,}\]]")


@dataclass(frozen=True, slots=True)
class Splice:
    """Write `text` in place of the characters from `start` up to `end`."""

    start: int
    end: int
    text: str


class UneditableYaml(Exception):
    """A value stands so oddly in the text that it has to be changed by hand; `str` says why."""


def apply_splices(text: str, splices: Iterable[Splice]) -> str:
    """The text with all edits made; they must not overlap."""
    parts, position = [], 0
    for splice in sorted(splices, key=lambda splice: (splice.start, splice.end)):
        parts += [text[position : splice.start], splice.text]
        position = splice.end
    return "".join([*parts, text[position:]])


def replace_value(document: Document, slot: Slot, value: Any) -> list[Splice]:
    """The edits that put another value into a slot; its anchor stays, for its aliases follow.

    Raises:
        UneditableYaml: the place has to be edited by hand.
    """
    text = document.text
    written = f"&{slot.anchor} {write_value(value)}" if slot.anchor else write_value(value)
    if slot.start == slot.end:
        return [_fill(text, slot, written)]
    if isinstance(slot.node, Listing) and not slot.node.is_flow and not slot.is_alias:
        return _replace_block(text, slot, written)
    return [Splice(slot.start, slot.end, written + _trailing(text, slot))]


def _fill(text: str, slot: Slot, written: str) -> Splice:
    """Write where a key or a dash stands alone."""
    if slot.key_end is None or slot.start > slot.key_end:
        return Splice(slot.start, slot.start, " " + written)
    if IN_BRACES.match(text, slot.key_end):  # `{key}`
        return Splice(slot.start, slot.start, ": " + written)
    raise UneditableYaml(f"there is no `:` on line {slot.line} to write a value after")


def _trailing(text: str, slot: Slot) -> str:
    """The line ends behind a block of text, which the parser counts to it."""
    if not (isinstance(slot.node, Scalar) and slot.node.style) or slot.is_alias:
        return ""
    old = text[slot.start : slot.end]
    return old[len(old.rstrip()) :]


def _replace_block(text: str, slot: Slot, written: str) -> list[Splice]:
    """A list of lines `- item` becomes one in brackets, behind its key."""
    colon = COLON.match(text, slot.key_end) if slot.key_end is not None else None
    if colon is None or not LINE_END.search(text, colon.end(), slot.start):
        end = slot.start + len(text[slot.start : slot.end].rstrip())
        return [Splice(slot.start, end, written)]
    lines_start = max(match.end() for match in LINE_END.finditer(text, colon.end(), slot.start))
    return [
        Splice(colon.end(), colon.end(), " " + written),
        Splice(lines_start, next_line(text, slot.end), ""),
    ]


def add_values(document: Document, section: Section, values: Mapping[str, Any]) -> Splice:
    """The edit that adds keys to a section: below its lines, or behind its `{`."""
    written = [f"{write_text(name)}: {write_value(value)}" for name, value in values.items()]
    text, last = document.text, section.last
    if section.is_flow or last is None:
        added = ", ".join(written) + (", " if last else "")
        return Splice(section.open_end, section.open_end, added)
    line_end = "\r\n" if "\r\n" in text else "\n"
    indent = " " * (section.column - 1)
    if _is_cut_off(text, last):
        added = "".join(f"{line}{line_end}{indent}" for line in written)
        return Splice(section.start, section.start, added)
    is_root = section is document.root
    at = section.tail if is_root else _end_of_lines(text, last, section.column - 1)
    if LINE_END.fullmatch(text, at - 1, at):
        return Splice(at, at, "".join(f"{indent}{line}{line_end}" for line in written))
    return Splice(at, at, "".join(f"{line_end}{indent}{line}" for line in written))


def _is_cut_off(text: str, last: Slot) -> bool:
    """Whether a block of text stands last and lacks its line end: one more would belong to it."""
    return last.end >= len(text) and not LINE_END.fullmatch(text[-1:]) and _ends_in_block(last)


def _ends_in_block(slot: Slot) -> bool:
    if slot.is_alias:
        return False
    match slot.node:
        case Scalar(style=style):
            return style is not None
        case Listing(is_flow=False, items=items):
            return bool(items) and _ends_in_block(items[-1])
        case Section(is_flow=False, last=last):
            return last is not None and _ends_in_block(last)
    return False


def _end_of_lines(text: str, last: Slot, indent: int) -> int:
    """Behind the last line of a section and the comments below that are as far indented."""
    at = next_line(text, last.end)
    comment = re.compile(rf" {{{indent},}}#[^\r\n]*(?:\r\n|[\n\r]|$)")
    while indent and (match := comment.match(text, at)):
        at = match.end()
    return at


def next_line(text: str, end: int) -> int:
    """Where the line after this position begins; the position itself at the start of a line."""
    if end and LINE_END.fullmatch(text, end - 1, end):
        return end
    found = LINE_END.search(text, end)
    return found.end() if found else len(text)
