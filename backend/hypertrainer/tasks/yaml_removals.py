"""Takes a key out of a YAML text and leaves everything else as it is."""

from hypertrainer.tasks.yaml_edits import LINE_END, Splice, next_line
from hypertrainer.tasks.yaml_nodes import Document, Entry, Section, Slot


def remove_key(document: Document, section: Section, name: str) -> Splice:
    """The edit that removes a key of a section with its value; the last one leaves `{}`."""
    text, entry = document.text, section.entries[name]
    start, end = _start(text, entry), _end(text, entry.slot)
    if len(section.entries) == 1 and not section.merged:
        return Splice(start, end, "" if section.is_flow else "{}")
    if section.is_flow:
        return _from_braces(text, section, entry, (start, end))
    line_start = _line_start(text, entry.line)
    if text[line_start:start].strip():  # `- key: value`: the next key comes in its place
        following = _following(section, entry)
        return Splice(start, _start(text, following) if following else end, "")
    return Splice(line_start, next_line(text, end), "")


def _from_braces(text: str, section: Section, entry: Entry, span: tuple[int, int]) -> Splice:
    following = _following(section, entry)
    if following is not None:
        return Splice(span[0], _start(text, following), "")
    before = [one for one in section.entries.values() if one is not entry]
    return Splice(before[-1].slot.end if before else span[0], span[1], "")


def _following(section: Section, entry: Entry) -> Entry | None:
    entries = list(section.entries.values())
    index = entries.index(entry) + 1
    return entries[index] if index < len(entries) else None


def _start(text: str, entry: Entry) -> int:
    return _line_start(text, entry.line) + entry.column - 1


def _line_start(text: str, line: int) -> int:
    ends = [match.end() for match in LINE_END.finditer(text)]
    return ends[line - 2] if line > 1 else 0


def _end(text: str, slot: Slot) -> int:
    """Behind the value; a block of text ends with its last line that is not empty."""
    end = max(slot.end, slot.key_end or 0)
    return slot.start + len(text[slot.start : end].rstrip()) if end > slot.start else end
