"""Scalars of YAML: what they mean, and how a value is written so that every parser agrees.

Scripts read with YAML 1.1 (PyYAML) or 1.2 (ruamel.yaml). What is written here means the same in
both: `1.0e-05` and not `1e-05`, which is text in 1.1; `"yes"` in quotes, which is true in 1.1.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from math import isinf, isnan
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import ScalarNode

ScalarValue = str | int | float | bool | None
PREFIX = "tag:yaml.org,2002:"
SPECIAL_FLOATS = {"inf": float("inf"), "nan": float("nan")}
MAX_INTEGER = 2**63
MAX_NESTED = 20
# Words without a meaning of their own in any version of YAML, in block and in flow style.
PLAIN = re.compile(r"[A-Za-z_/][A-Za-z0-9_./+-]*|\./[A-Za-z0-9_./+-]*")
RESERVED = frozenset(["null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf"])


def resolve_tag(yaml: YAML, raw: str, *, is_plain: bool) -> str:
    """The tag a scalar without one has, by the version of YAML that the document names."""
    return str(yaml.resolver.resolve(ScalarNode, raw, (is_plain, not is_plain)))


def read_scalar(yaml: YAML, tag: str, raw: str) -> ScalarValue:
    """The value of a scalar. One that is not what its tag says, or has a foreign tag, is text."""
    try:
        match tag.removeprefix(PREFIX):
            case "null":
                return None
            case "bool":
                return bool(yaml.constructor.construct_yaml_bool(ScalarNode(tag, raw)))
            case "int":
                return _integer(yaml, tag, raw)
            case "float":
                return _float(raw)
            case "timestamp":
                return _time(yaml.constructor.construct_yaml_timestamp(ScalarNode(tag, raw)))
    except (ValueError, KeyError, AttributeError, OverflowError):
        return raw
    return raw


def _integer(yaml: YAML, tag: str, raw: str) -> int | str:
    number = int(yaml.constructor.construct_yaml_int(ScalarNode(tag, raw)))
    return number if -MAX_INTEGER <= number < MAX_INTEGER else raw


def _float(raw: str) -> float:
    text = raw.replace("_", "").lower()
    if text.lstrip("+-").startswith("."):
        special = SPECIAL_FLOATS.get(text.lstrip("+-.") if text[-1:].isalpha() else "")
        if special is not None:
            return -special if text.startswith("-") else special
    return float(text)


def _time(value: date | datetime | str) -> str:
    return value if isinstance(value, str) else value.isoformat()


def number_of(value: Any) -> int | float | None:
    """The number that a value is or, as text (`1e-3` in YAML 1.1), looks like; else None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"[+-]?[0-9.]+([eE][+-]?[0-9]+)?", value):
        return None
    try:
        return int(value) if re.fullmatch(r"[+-]?[0-9]+", value) else float(value)
    except ValueError:
        return None


def why_unwritable(value: Any, depth: int = 0) -> str | None:
    """Why a value from JSON cannot stand in a config; None: it can."""
    if depth > MAX_NESTED:
        return f"it is nested deeper than {MAX_NESTED} levels"
    if isinstance(value, str) and any("\ud800" <= letter <= "\udfff" for letter in value):
        return "it holds half a surrogate pair, which is no character"
    if isinstance(value, Mapping):
        return why_unwritable([*value, *value.values()], depth)
    if isinstance(value, list | tuple):
        reasons = (why_unwritable(item, depth + 1) for item in value)
        return next((reason for reason in reasons if reason), None)
    return None


def write_value(value: Any) -> str:
    """A value as YAML on one line.

    Raises:
        TypeError: it is not JSON.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return write_float(value)
    if isinstance(value, str):
        return write_text(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(write_value(item) for item in value)}]"
    if isinstance(value, Mapping):
        items = (f"{write_text(str(name))}: {write_value(item)}" for name, item in value.items())
        return f"{{{', '.join(items)}}}"
    raise TypeError(f"{type(value).__name__} cannot be written as YAML")


def write_float(value: float) -> str:
    """The shortest text that gives the same float back, with the dot that YAML 1.1 asks for."""
    if isnan(value):
        return ".nan"
    if isinf(value):
        return ".inf" if value > 0 else "-.inf"
    digits, exponent, power = repr(value).partition("e")
    return digits + ("" if "." in digits else ".0") + exponent + power


def write_text(value: str) -> str:
    """Text as it is where no parser can take it for anything else, else in double quotes."""
    if PLAIN.fullmatch(value) and value.lower() not in RESERVED:
        return value
    return '"' + "".join(map(_escaped, value)) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character.isprintable():
        return character
    code = ord(character)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
