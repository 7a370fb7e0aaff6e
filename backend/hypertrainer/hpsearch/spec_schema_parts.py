"""Small JSON Schemas that `spec_schema` is made of."""

from collections.abc import Mapping, Sequence
from typing import Any

Schema = dict[str, Any]
NUMERIC_TEXT = r"^[+-]?[0-9.]+([eE][+-]?[0-9]+)?$"  # what YAML 1.1 takes for text


def number(description: str, **more: Any) -> Schema:
    """A number, or text that looks like one; `more` are further keywords, such as `default`."""
    return {
        "description": description,
        "type": ["number", "string"],
        "pattern": NUMERIC_TEXT,
        **more,
    }


def whole(description: str, least: int, **more: Any) -> Schema:
    """A whole number from `least`, or text that looks like one."""
    return {
        "description": description,
        "type": ["integer", "string"],
        "pattern": NUMERIC_TEXT,
        "minimum": least,
        **more,
    }


def word(description: str, choices: Sequence[str], **more: Any) -> Schema:
    """One of these words."""
    return {"description": description, "type": "string", "enum": list(choices), **more}


def line(description: str, **more: Any) -> Schema:
    """Text of one line; numbers are text too."""
    return {"description": description, "type": ["string", "number"], **more}


def flag(description: str, **more: Any) -> Schema:
    """`true` or `false`."""
    return {"description": description, "type": "boolean", **more}


def anything(description: str, **more: Any) -> Schema:
    """Any value."""
    return {"description": description, **more}


def section(
    description: str, properties: Mapping[str, Schema], required: Sequence[str] = (), **more: Any
) -> Schema:
    """A section with these keys and no others."""
    schema: Schema = {
        "description": description,
        "type": "object",
        "properties": dict(properties),
        "additionalProperties": False,
        **more,
    }
    return schema | ({"required": list(required)} if required else {})


def listing(description: str, items: Schema, **more: Any) -> Schema:
    """A list."""
    return {"description": description, "type": "array", "items": items, **more}


def part(name: str, **more: Any) -> Schema:
    """A schema of `$defs`."""
    return {"$ref": f"#/$defs/{name}", **more}
