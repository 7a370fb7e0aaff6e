"""Edits the text of platforms.yaml: only the lines of one platform change, comments stay.

A text is cut where ruamel's nodes say that a platform begins and ends. Where platforms stand in
flow style (`platforms: {a: {type: local}}`) ruamel writes the whole text anew.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from hypertrainer.platforms.platforms_file import plain_value

SECTION = "platforms"
INDENT = 2
# What YAML 1.1 takes for numbers in base 60, or for booleans.
TREACHEROUS = re.compile(r"[-+]?\d[\d_]*(:[0-5]?\d)+(\.\d*)?|y|n|yes|no|on|off", re.IGNORECASE)
LIST_IN_KEY = re.compile(r"^( *)[^\s#-][^\n]*:[ \t]*(?:#[^\n]*)?\n( *)- ", re.MULTILINE)
ODD_LINE_ENDS = re.compile("\r(?!\n)|[\x85\u2028\u2029]")
Description = Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Span:
    """The lines of one platform, from `start` to before `end`; its name stands at `column`."""

    name: str
    start: int
    end: int
    column: int


def with_platform(text: str, name: str, description: Description) -> Iterator[str]:
    """The text with a platform described so (None: `null`), in one way and then another."""
    if (described := _spliced(text, name, description)) is not None:
        yield described
    yield _rewritten(text, name, description)


def without_platform(text: str, name: str) -> Iterator[str]:
    """The text without a platform, in one way and then another."""
    lines, spans = _spans(text)
    span = next((span for span in spans if span.name == name), None)
    if span is not None:
        yield "".join([*lines[: span.start], *lines[span.end :]])
    document = _yaml().load(text)
    del document[SECTION][name]
    yield _dumped(_yaml(), document)


def _spliced(text: str, name: str, description: Description) -> str | None:
    if _is_bare(text):
        section = f"{SECTION}:\n" + _indented(_fresh(name, description), INDENT)
        return "".join([*_ended([text]), section])
    lines, spans = _spans(text)
    if not spans:
        return None
    span = next((span for span in spans if span.name == name), None)
    if span is not None:
        before = _dedented(lines[span.start : span.end], span.column)
        new = _indented(_updated(before, name, description), span.column)
        return "".join([*lines[: span.start], new, *lines[span.end :]])
    last = spans[-1]
    new = _indented(_fresh(name, description), last.column)
    return "".join([*_ended(lines[: last.end]), new, *lines[last.end :]])


def _is_bare(text: str) -> bool:
    """Whether there is nothing but comments."""
    return all(not line.strip() or line.lstrip().startswith("#") for line in text.split("\n"))


def _ended(lines: Sequence[str]) -> Sequence[str]:
    is_cut = lines and lines[-1] and not lines[-1].endswith("\n")
    return [*lines, "\n"] if is_cut else lines


def _spans(text: str) -> tuple[Sequence[str], Sequence[Span]]:
    """The text's lines, and where its platforms are; none unless each has lines of its own."""
    lines = re.findall(r"[^\n]*\n|[^\n]+$", text)
    root = _yaml().compose(text)
    if ODD_LINE_ENDS.search(text) or not isinstance(root, MappingNode) or root.flow_style:
        return lines, ()
    section = next((value for key, value in root.value if key.value == SECTION), None)
    if not isinstance(section, MappingNode) or section.flow_style:
        return lines, ()
    spans = [_span(lines, key, value) for key, value in section.value]
    is_clear = all(not lines[span.start][: span.column].strip() for span in spans)
    return lines, spans if is_clear else ()


def _span(lines: Sequence[str], key: Node, value: Node) -> Span:
    start, column = key.start_mark.line, key.start_mark.column
    end = kept = _last_line(value, key) + 1
    while end < len(lines) and _is_within(lines[end], column):
        end += 1
        kept = end if lines[end - 1].strip() else kept
    return Span(str(key.value), start, kept, column)


def _is_within(line: str, column: int) -> bool:
    """Whether a line after a platform's last value is empty, or a comment below its name."""
    rest = line.lstrip(" ")
    return not rest.strip() or (rest.startswith("#") and len(line) - len(rest) > column)


def _last_line(node: Node, key: Node | None = None) -> int:
    """The last line of a node (of this key), without the comments and empty lines that follow."""
    if isinstance(node, MappingNode | SequenceNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _last_line(last[1], last[0]) if isinstance(last, tuple) else _last_line(last)
    is_empty = node.start_mark.index == node.end_mark.index
    mark = key.end_mark if key is not None and is_empty else node.end_mark
    line: int = mark.line
    is_block_text = isinstance(node, ScalarNode) and node.style in ("|", ">")
    return line - 1 if is_block_text and mark.column == 0 else line


def _fresh(name: str, description: Description) -> str:
    if description is None:
        return f"{name}: null\n"
    return _dumped(_yaml(), {name: _written(description)})


def _updated(before: str, name: str, description: Description) -> str:
    """A platform's own lines with the new values; the comments of what stays are kept."""
    try:
        document = _yaml().load(before)
    except YAMLError:  # it refers to what stands elsewhere in the file
        return _fresh(name, description)
    if not isinstance(document.get(name), CommentedMap) or description is None:
        return _fresh(name, description)
    _update(document[name], description)
    return _dumped(_yaml_like(before), document)


def _update(old: CommentedMap, new: Mapping[str, Any]) -> None:
    for key in [key for key in old if key not in new]:
        del old[key]
    for key, value in new.items():
        if isinstance(old.get(key), CommentedMap) and isinstance(value, Mapping):
            _update(old[key], value)
        elif key not in old or plain_value(old[key]) != value:
            old[key] = _written(value)


def _rewritten(text: str, name: str, description: Description) -> str:
    document = _yaml().load(text)
    if document is None:
        document = CommentedMap()
    if document.get(SECTION) is None:
        document[SECTION] = CommentedMap()
    document[SECTION][name] = _written(description)
    return _dumped(_yaml(), document)


def _written(value: Any) -> Any:
    """A value as it is to be dumped: what other readers of YAML would misread in quotes."""
    if isinstance(value, Mapping):
        return {key: _written(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_written(item) for item in value]
    if isinstance(value, str) and TREACHEROUS.fullmatch(value):
        return DoubleQuotedScalarString(value)
    return value


def _yaml() -> YAML:
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.indent(mapping=INDENT, sequence=2 * INDENT, offset=INDENT)
    return yaml


def _yaml_like(text: str) -> YAML:
    """A dumper that indents as this platform's lines do."""
    yaml = _yaml()
    inner = re.search(r"\n( +)[^\s#]", text)
    in_list = LIST_IN_KEY.search(text)
    offset = max(len(in_list[2]) - len(in_list[1]), 0) if in_list else INDENT
    yaml.indent(mapping=len(inner[1]) if inner else INDENT, sequence=offset + 2, offset=offset)
    return yaml


def _dumped(yaml: YAML, document: Any) -> str:
    out = StringIO()
    yaml.dump(document, out)
    return out.getvalue()


def _dedented(lines: Sequence[str], column: int) -> str:
    return "".join(line[min(column, len(line) - len(line.lstrip(" "))) :] for line in lines)


def _indented(text: str, column: int) -> str:
    return re.sub(r"^(?=.)", " " * column, text, flags=re.MULTILINE)
