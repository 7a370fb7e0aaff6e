"""One task as one flat row, and rows as the bytes of CSV, JSON and YAML. Pure."""

import csv
import io
import json
import math
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from hypertrainer.tasks.schemas import TaskRead

Row = dict[str, Any]
GATHERED = ("progress", "params", "metrics", "is_stopping")  # not columns as they are
FIXED_COLUMNS = (
    *(name for name in TaskRead.model_fields if name not in GATHERED),
    "duration_seconds",
    "epoch",
    "num_epochs",
    "fraction",
)
EXPORTED_METRIC_FIELDS = ("last", "min", "max")

_PLAIN_KEY = re.compile(r"(params|metrics)\.[A-Za-z0-9_./-]+")
# What YAML does not print, or takes for the end of a line.
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")


def flat_rows(tasks: Iterable[TaskRead], columns: Sequence[str] | None) -> list[Row]:
    """The tasks' values by column; of `columns`, or all that each has."""
    rows = map(_flat, tasks)
    if columns is None:
        return list(rows)
    return [{name: row[name] for name in columns if name in row} for row in rows]


def _flat(task: TaskRead) -> Row:
    row: Row = task.model_dump(include=set(FIXED_COLUMNS), mode="python")
    row["status"] = task.status.value
    progress = task.progress
    row["duration_seconds"] = _duration(task)
    row["epoch"] = progress.epoch if progress else None
    row["num_epochs"] = progress.num_epochs if progress else None
    row["fraction"] = progress.fraction if progress else None
    row |= {f"params.{path}": value for path, value in task.params.items()}
    for name, values in task.metrics.items():
        for field in EXPORTED_METRIC_FIELDS:
            row[f"metrics.{name}.{field}"] = getattr(values, field)
    return row


def _duration(task: TaskRead) -> float | None:
    if task.started_at is None or task.ended_at is None:
        return None
    return (task.ended_at - task.started_at).total_seconds()


def csv_header(columns: Sequence[str]) -> bytes:
    """The line of names."""
    return _csv_text([columns])


def csv_rows(rows: Iterable[Row], columns: Sequence[str]) -> bytes:
    """A line per row: quoted where needed, lists as JSON, nothing where there is no value."""
    return _csv_text([_cell(row.get(name)) for name in columns] for row in rows)


def _csv_text(lines: Iterable[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue().encode("utf-8", "replace")


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, list | dict):
        return compound(value)
    return value


def json_rows(rows: Iterable[Row]) -> bytes:
    """An object per row, with commas between; what JSON has no number for is null."""
    return ",\n".join(_json(row) for row in rows).encode("utf-8", "replace")


def _json(value: Any) -> str:
    return json.dumps(_finite(value), ensure_ascii=False, default=_moment_or_text, allow_nan=False)


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): _finite(one) for key, one in value.items()}
    return [_finite(one) for one in value] if isinstance(value, list) else value


def _moment_or_text(value: Any) -> str:
    return _moment(value) if isinstance(value, datetime) else str(value)


def _moment(value: datetime) -> str:
    return value.isoformat().replace("+00:00", "Z")


def compound(value: Any) -> str:
    """A list or mapping as text, in one cell."""
    return json.dumps(value, ensure_ascii=False, default=_moment_or_text)


def yaml_rows(rows: Iterable[Row]) -> bytes:
    """A list item per row. JSON's strings, lists and mappings are YAML's, but for a few letters."""
    return "".join(_yaml_item(row) for row in rows).encode("utf-8")


def _yaml_item(row: Row) -> str:
    lines = [f"{_yaml_key(key)}: {_yaml(value)}" for key, value in row.items()]
    return "- " + "\n  ".join(lines) + "\n"


def _yaml_key(key: str) -> str:
    return key if key in FIXED_COLUMNS or _PLAIN_KEY.fullmatch(key) else _yaml(key)


def _yaml(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _yaml_float(value)
    if isinstance(value, list):
        return "[" + ", ".join(_yaml(one) for one in value) + "]"
    if isinstance(value, dict):
        pairs = (f"{_yaml(str(key))}: {_yaml(one)}" for key, one in value.items())
        return "{" + ", ".join(pairs) + "}"
    text = json.dumps(_moment_or_text(value), ensure_ascii=False)
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _yaml_float(value: float) -> str:
    """As YAML 1.1 and 1.2 both read it: `1e-05` is a text to the former."""
    if math.isnan(value):
        return ".nan"
    if math.isinf(value):
        return ".inf" if value > 0 else "-.inf"
    mantissa, e, exponent = repr(value).partition("e")
    if "." not in mantissa:
        mantissa += ".0"
    return mantissa + e + exponent
