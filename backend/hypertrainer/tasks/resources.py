"""The `resources:` of a config: what a task asks its platform for."""

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from hypertrainer.errors import FieldProblem
from hypertrainer.platforms.base import Resources
from hypertrainer.tasks.edited_yaml import EditedYaml
from hypertrainer.tasks.launch_keys import shown
from hypertrainer.tasks.yaml_scalars import number_of

RESOURCE_KEYS = ("gpus", "cpus", "memory", "time", "partition", "account", "raw")
MEMORY = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,9})?)\s*([KMGT])(?:i?B)?", re.IGNORECASE)
MEMORY_POWERS = {"K": 1, "M": 2, "G": 3, "T": 4}  # of 1024, as schedulers count
CLOCK = re.compile(r"(?:([0-9]+)-)?([0-9]+):([0-9]{1,2})(?::([0-9]{1,2}))?")
SPELT_OUT = re.compile(r"(?:([0-9]+)d)?(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?")
MAX_COUNT = 100_000
MAX_MEMORY = 2**60
MAX_SECONDS = 10 * 366 * 86_400
MAX_RAW_LINES = 100
REMEDIES = {
    "gpus": "Write a whole number, 0 or more.",
    "cpus": "Write a whole number, 1 or more.",
    "memory": "Write a number and its unit, such as 16G or 512M.",
    "time": 'Write hours:minutes:seconds, such as "3:00:00", or 90m, 3h, 2d.',
    "partition": "Write one word.",
    "account": "Write one word.",
    "raw": "Write a list of lines of text.",
}


def read_resources(config: EditedYaml) -> Resources:
    """What the task asks for, once `find_resource_problems` has found nothing."""
    asked = config.find("resources") or {}
    gpus = asked.get("gpus")
    return Resources(
        gpus=config.find("num_gpus") if gpus is None else gpus,
        cpus=asked.get("cpus"),
        memory_bytes=_memory(asked.get("memory")),
        time_seconds=_seconds(asked.get("time")),
        partition=_word(asked.get("partition")),
        account=_word(asked.get("account")),
        raw=tuple(_lines(asked.get("raw")) or ()),
    )


def find_resource_problems(config: EditedYaml) -> Iterator[FieldProblem]:
    """Everything that is wrong with `resources` and `num_gpus`, with line and column."""
    asked = config.find("resources")
    if asked is not None and not isinstance(asked, dict):
        message = f"`resources` must be a section with keys such as gpus, not {shown(asked)}."
        yield config.problem("resources", message)
        return
    for key, value in (asked or {}).items():
        path = f"resources.{key}"
        if key not in RESOURCE_KEYS:
            yield config.problem(path, unknown_key(key, RESOURCE_KEYS), at_key=True)
        elif value is not None and not _is_right(key, value):
            yield config.problem(path, f"`{key}` is {shown(value)}. {REMEDIES[key]}")
    yield from _alias_problems(config, asked or {})


def _alias_problems(config: EditedYaml, asked: Mapping[str, Any]) -> Iterator[FieldProblem]:
    alias = config.find("num_gpus")
    if alias is None:
        return
    if not _is_right("gpus", alias):
        message = f"`num_gpus` is {shown(alias)}. {REMEDIES['gpus']}"
        yield config.problem("num_gpus", message)
    elif asked.get("gpus") not in (None, alias):
        message = f"`num_gpus` is {alias}, but `resources.gpus` is {shown(asked['gpus'])}."
        yield config.problem("num_gpus", f"{message} Keep one of them.")


def unknown_key(key: str, known: Sequence[str]) -> str:
    """What to say of a key that is none."""
    closest = get_close_matches(key[:100], known, 1)
    hint = f" Did you mean `{closest[0]}`?" if closest else ""
    return f"Unknown key `{key[:100]}`.{hint} Known keys: {', '.join(known)}."


def _is_right(key: str, value: Any) -> bool:
    match key:
        case "gpus" | "cpus":
            is_whole = isinstance(value, int) and not isinstance(value, bool)
            return is_whole and (key == "cpus") <= value <= MAX_COUNT
        case "memory":
            return 0 < (_memory(value) or 0) <= MAX_MEMORY
        case "time":
            return 0 < (_seconds(value) or 0) <= MAX_SECONDS
        case "raw":
            return _lines(value) is not None
        case _:
            return _word(value) is not None


def _memory(value: Any) -> int | None:
    match = MEMORY.fullmatch(value.strip()) if isinstance(value, str) else None
    return int(float(match[1]) * 1024 ** MEMORY_POWERS[match[2].upper()]) if match else None


def _seconds(value: Any) -> int | None:
    """A time limit. A mere number is seconds: YAML 1.1 reads 3:00:00 as 10800."""
    number = number_of(value)
    if number is not None:
        return int(number) if abs(number) <= MAX_SECONDS else None
    text = value.strip() if isinstance(value, str) and len(value) <= 30 else ""
    if match := CLOCK.fullmatch(text):
        days, first, second, third = (int(part or 0) for part in match.groups())
        is_short = match[1] is None and match[4] is None  # Slurm's minutes:seconds
        return first * 60 + second if is_short else _total(days, first, second, third)
    match = SPELT_OUT.fullmatch(text)
    return _total(*(int(part or 0) for part in match.groups())) if match and text else None


def _total(days: int, hours: int, minutes: int, seconds: int) -> int:
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def _word(value: Any) -> str | None:
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    is_word = 0 < len(text) <= 200 and text.isprintable() and not text.count(" ")
    return text if is_word else None


def _lines(value: Any) -> Sequence[str] | None:
    lines = [value] if isinstance(value, str) else value
    is_list = isinstance(lines, list) and len(lines) <= MAX_RAW_LINES
    is_right = is_list and all(isinstance(line, str) and line.isprintable() for line in lines)
    return lines if is_right else None
