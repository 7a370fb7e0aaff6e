"""Reads platforms.yaml: names, types and settings, every mistake with its line."""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from hypertrainer.errors import FieldProblem, InvalidInput
from hypertrainer.platforms.resource_values import KEYS as RESOURCE_KEYS

PLATFORM_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,49}")
EXAMPLE = "write for example `local: {type: local, slots: 2}`"
NAME_REMEDY = "a name takes letters, digits, `.`, `_` and `-`, and at most 50 of them"
Keys = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One platform as the file describes it; `written` are the settings in its own words."""

    name: str
    type: str
    settings: BaseModel
    written: Mapping[str, Any] = field(default_factory=dict)


def parse_platforms(text: str, types: Mapping[str, type[BaseModel]]) -> Sequence[Entry | str]:
    """The file's platforms in its order; a bare name is one that the file switches off by `null`.

    Args:
        text: the file.
        types: the settings each platform type takes.

    Raises:
        InvalidInput: every mistake at once, each with its line and a remedy.
    """
    document = _load(text)
    problems = list(_shape_problems(document))
    entries: list[Entry | str] = []
    if not problems and document is not None:
        for name, value in (document.get("platforms") or {}).items():
            try:
                entries.append(name if value is None else _entry(document, name, value, types))
            except InvalidInput as error:
                problems.extend(error.fields)
    if problems:
        raise _invalid(sorted(problems, key=lambda problem: (problem.line or 0, problem.path)))
    return entries


def _load(text: str) -> Any:
    try:
        return YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
        raise _invalid([FieldProblem("", str(error.problem), line, column)]) from error
    except YAMLError as error:
        raise _invalid([FieldProblem("", str(error))]) from error


def _invalid(problems: Sequence[FieldProblem]) -> InvalidInput:
    told = "; ".join(_told(problem) for problem in problems)
    return InvalidInput(f"platforms.yaml: {told}.", problems)


def _told(problem: FieldProblem) -> str:
    where = f"line {problem.line}: " if problem.line else ""
    path = f"`{problem.path}`: " if problem.path else ""
    return f"{where}{path}{problem.message.rstrip('.')}"


def _shape_problems(document: Any) -> Iterator[FieldProblem]:
    if document is None:
        return
    if not isinstance(document, CommentedMap):
        yield FieldProblem("", f"a mapping is expected, with `platforms:` at the top; {EXAMPLE}", 1)
        return
    for key in document:
        if key != "platforms":
            line, column = _position(document, (key,))
            yield FieldProblem(str(key), "unknown; only `platforms` may stand here", line, column)
    platforms = document.get("platforms")
    if platforms is not None and not isinstance(platforms, CommentedMap):
        line, column = _position(document, ("platforms",))
        yield FieldProblem("platforms", f"a mapping of names is expected; {EXAMPLE}", line, column)


def _entry(
    document: CommentedMap, name: Any, value: Any, types: Mapping[str, type[BaseModel]]
) -> Entry:
    if not isinstance(name, str) or not PLATFORM_NAME.fullmatch(name):
        raise _at(document, ("platforms", name), NAME_REMEDY)
    if not isinstance(value, CommentedMap):
        raise _at(document, ("platforms", name), f"a mapping is expected; {EXAMPLE}")
    type_name = value.get("type")
    if not isinstance(type_name, str) or type_name not in types:
        known = ", ".join(types)
        said = "has no `type`" if type_name is None else f"`{type_name}` is no platform type"
        place: Keys = ("platforms", name) if type_name is None else ("platforms", name, "type")
        raise _at(document, place, f"{said}; known: {known}")
    settings = types[type_name]
    try:
        plain = {key: item for key, item in value.items() if key != "type"}
        return Entry(name, type_name, settings.model_validate(plain), plain_value(plain))
    except ValidationError as error:
        raise _invalid(list(_field_problems(document, name, error, settings))) from error


def check_settings(
    name: str, type_name: str, values: Mapping[str, Any], types: Mapping[str, type[BaseModel]]
) -> Entry:
    """An entry that no file has yet.

    Raises:
        InvalidInput: every mistake at once, under `name`, `type` or `settings.KEY`.
    """
    if not PLATFORM_NAME.fullmatch(name):
        raise _refused("name", NAME_REMEDY)
    settings = types.get(type_name)
    if settings is None:
        raise _refused("type", f"`{type_name}` is no platform type; known: {', '.join(types)}")
    try:
        return Entry(name, type_name, settings.model_validate(dict(values)), values)
    except ValidationError as error:
        problems = dict(
            _settings_problem(detail, values, settings)
            for detail in reversed(error.errors(include_url=False))
        )
        fields = [FieldProblem(path, message) for path, message in reversed(problems.items())]
        raise InvalidInput(f"{fields[0].message}.", fields) from error


def _refused(path: str, message: str) -> InvalidInput:
    return InvalidInput(f"{message}.", [FieldProblem(path, message)])


def _settings_problem(
    detail: Any, values: Mapping[str, Any], settings: type[BaseModel]
) -> tuple[str, str]:
    """Where and what; of a union's members the first that is told counts."""
    keys = [str(key) for key in _existing(values, detail["loc"]) or detail["loc"][:1]]
    message = detail["msg"].removeprefix("Value error, ")
    if detail["type"] == "extra_forbidden":
        message = _unknown_key(detail["loc"], [*settings.model_fields])
    return ".".join(["settings", *keys]), message


def plain_value(value: Any) -> Any:
    """A value of the file as JSON has it, without what ruamel remembers of its looks."""
    if isinstance(value, Mapping):
        return {str(key): plain_value(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain_value(item) for item in value]
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    return float(value) if isinstance(value, float) and isfinite(value) else str(value)


def _field_problems(
    document: CommentedMap, name: str, error: ValidationError, settings: type[BaseModel]
) -> Iterator[FieldProblem]:
    seen: set[Keys] = set()  # one value may fail as each member of a union: the first says enough
    for detail in error.errors(include_url=False):
        keys = _existing(document, ("platforms", name, *detail["loc"]))
        if keys in seen:
            continue
        seen.add(keys)
        line, column = _position(document, keys)
        message = detail["msg"].removeprefix("Value error, ")
        if detail["type"] == "extra_forbidden":
            message = _unknown_key(detail["loc"], [*settings.model_fields, "type"])
        yield FieldProblem(".".join(str(key) for key in keys), message, line, column)


def _unknown_key(loc: Keys, known: Sequence[str]) -> str:
    key, known = str(loc[-1]), RESOURCE_KEYS if len(loc) > 1 else known
    near = difflib.get_close_matches(key, known, 1)
    return f"did you mean `{near[0]}`?" if near else f"unknown; known: {', '.join(known)}"


def _existing(document: Any, loc: Keys) -> Keys:
    """The part of pydantic's location that is in the file; the rest names members of a union."""
    keys: list[int | str] = []
    node = document
    for key in loc:
        is_in_map = isinstance(node, Mapping) and key in node
        is_in_list = isinstance(node, list) and isinstance(key, int) and key < len(node)
        if not (is_in_map or is_in_list):
            continue
        keys.append(key)
        node = node[key]
    return tuple(keys)


def _at(document: CommentedMap, keys: Keys, message: str) -> InvalidInput:
    line, column = _position(document, keys)
    return _invalid([FieldProblem(".".join(str(key) for key in keys), message, line, column)])


def _position(document: Any, keys: Keys) -> tuple[int | None, int | None]:
    """Line and column, from 1, of the key or item that `keys` lead to."""
    position: tuple[int, int] | None = None
    node = document
    for key in keys:
        if isinstance(node, CommentedMap):
            position = node.lc.key(key)
        elif isinstance(node, CommentedSeq):
            position = node.lc.item(key)
        node = node[key]
    return (None, None) if position is None else (position[0] + 1, position[1] + 1)
