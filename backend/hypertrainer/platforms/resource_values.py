"""The keys of `resources:`, in a task's YAML and in platforms.yaml alike: from words to values.

Every `parse_…` returns None for what it cannot be; `why_wrong` says what to write instead.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any

from hypertrainer.platforms.base import EndCause, Resources

MEMORY = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,9})?)\s*([KMGT])(?:i?B)?", re.IGNORECASE)
MEMORY_POWERS = {"K": 1, "M": 2, "G": 3, "T": 4}  # of 1024, as schedulers count
CLOCK = re.compile(r"(?:([0-9]+)-)?([0-9]+):([0-9]{1,2})(?::([0-9]{1,2}))?")
SPELT_OUT = re.compile(r"(?:([0-9]+)d)?(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?")
SECONDS = re.compile(r"\+?[0-9]{1,12}(?:\.[0-9]*)?")
CHECKPOINT = re.compile(r"(?:SIG)?(USR1|USR2|INT|HUP|TERM)(?:@([0-9]{1,9}))?", re.IGNORECASE)
MAX_COUNT = 100_000
MAX_MEMORY = 2**60
MAX_SECONDS = 10 * 366 * 86_400
MAX_RAW_LINES = 100
MAX_RESUMES = 1_000
MAX_CHECKPOINT_SECONDS = 65_535  # what Slurm's --signal takes
DEFAULT_CHECKPOINT_SECONDS = Resources().checkpoint_seconds
DEFAULT_RESUMES = 3
RESUME_CAUSES = (EndCause.TIMED_OUT, EndCause.PREEMPTED, EndCause.NODE_FAILED)
OTHER_WORDS = {"timeout": EndCause.TIMED_OUT, "node_fail": EndCause.NODE_FAILED}


def parse_memory(value: Any) -> int | None:
    """Bytes, of a number with its unit (`16G`, `1.5 TiB`); units are powers of 1024."""
    match = MEMORY.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        return None
    size = int(float(match[1]) * 1024 ** MEMORY_POWERS[match[2].upper()])
    return size if 0 < size <= MAX_MEMORY else None


def parse_seconds(value: Any) -> int | None:
    """A time limit in seconds. A mere number is seconds: YAML 1.1 reads 3:00:00 as 10800."""
    seconds = _seconds(value)
    return seconds if seconds is not None and 0 < seconds <= MAX_SECONDS else None


def _seconds(value: Any) -> int | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return int(value) if abs(value) <= MAX_SECONDS else None
    text = value.strip() if isinstance(value, str) and len(value) <= 30 else ""
    if SECONDS.fullmatch(text):
        return int(float(text))
    if match := CLOCK.fullmatch(text):
        days, first, second, third = (int(part or 0) for part in match.groups())
        is_short = match[1] is None and match[4] is None  # Slurm's minutes:seconds
        return first * 60 + second if is_short else _total(days, first, second, third)
    match = SPELT_OUT.fullmatch(text)
    return _total(*(int(part or 0) for part in match.groups())) if match and text else None


def _total(days: int, hours: int, minutes: int, seconds: int) -> int:
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def parse_count(value: Any, least: int = 0, most: int = MAX_COUNT) -> int | None:
    """A whole number from `least` to `most`."""
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return value if is_whole and least <= value <= most else None


def parse_word(value: Any) -> str | None:
    """One word without spaces; a number, as it is written."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    is_word = 0 < len(text) <= 200 and text.isprintable() and not text.count(" ")
    return text if is_word else None


def parse_lines(value: Any) -> tuple[str, ...] | None:
    """A list of lines, or one alone."""
    lines = [value] if isinstance(value, str) else value
    is_list = isinstance(lines, Sequence) and len(lines) <= MAX_RAW_LINES
    is_right = is_list and all(isinstance(line, str) and line.isprintable() for line in lines)
    return tuple(lines) if is_right else None


def parse_checkpoint(value: Any) -> tuple[str, int] | None:
    """A signal and how many seconds before the end it is sent: `USR1@60`, `USR1`."""
    match = CHECKPOINT.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        return None
    seconds = int(match[2]) if match[2] else DEFAULT_CHECKPOINT_SECONDS
    return (match[1].upper(), seconds) if 0 < seconds <= MAX_CHECKPOINT_SECONDS else None


def parse_resume_on(value: Any) -> tuple[str, ...] | None:
    """The ends after which a task is resumed by itself: a list of them, or one word."""
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, Sequence) or not all(isinstance(word, str) for word in words):
        return None
    plain = [word.strip().lower() for word in words]
    causes = [str(OTHER_WORDS.get(word, word)) for word in plain]
    return tuple(dict.fromkeys(causes)) if set(causes) <= set(RESUME_CAUSES) else None


def _parse_resumes(value: Any) -> int | None:
    return parse_count(value, 1, MAX_RESUMES)


def _parse_some(value: Any) -> int | None:
    return parse_count(value, 1)


Parser = Callable[[Any], Any]
# By key: what reads it, and what to write where that cannot be read.
PARSERS: Mapping[str, tuple[Parser, str]] = MappingProxyType(
    {
        "gpus": (parse_count, "Write a whole number, 0 or more."),
        "gpu_type": (parse_word, "Write one word, such as a100."),
        "cpus": (_parse_some, "Write a whole number, 1 or more."),
        "memory": (parse_memory, "Write a number and its unit, such as 16G or 512M."),
        "time": (parse_seconds, 'Write hours:minutes:seconds, such as "3:00:00", or 90m, 3h, 2d.'),
        "nodes": (_parse_some, "Write a whole number, 1 or more."),
        "partition": (parse_word, "Write one word."),
        "account": (parse_word, "Write one word."),
        "qos": (parse_word, "Write one word."),
        "constraint": (parse_word, 'Write one word, such as "v100|a100".'),
        "raw": (parse_lines, "Write a list of lines of text."),
        "checkpoint": (
            parse_checkpoint,
            "Write a signal (USR1, USR2, INT, HUP, TERM) and how many seconds before the end it "
            f"is sent, 1 to {MAX_CHECKPOINT_SECONDS}: USR1@60.",
        ),
        "resume_on": (
            parse_resume_on,
            "Write a list of timed_out, preempted, node_failed, or [] for never.",
        ),
        "resume_limit": (_parse_resumes, f"Write a whole number from 1 to {MAX_RESUMES}."),
    }
)
KEYS = tuple(PARSERS)
NAMES = tuple(item.name for item in fields(Resources))


def why_wrong(key: str, value: Any) -> str | None:
    """What to write instead of this value of this key; None: it is right, or left out (null)."""
    parse, remedy = PARSERS[key]
    return remedy if value is not None and parse(value) is None else None


def unknown_key(key: str, known: Iterable[str] = KEYS) -> str:
    """What to say of a key that is none of those known."""
    known = tuple(known)
    closest = get_close_matches(key[:100], known, 1)
    hint = f" Did you mean `{closest[0]}`?" if closest else ""
    return f"Unknown key `{key[:100]}`.{hint} Known keys: {', '.join(known)}."


def resources_of(values: Mapping[str, Any]) -> Resources:
    """What a section with these keys asks for, once `why_wrong` has found nothing in it."""
    signal, seconds = parse_checkpoint(values.get("checkpoint")) or (None, None)
    return Resources(
        gpus=values.get("gpus"),
        gpu_type=parse_word(values.get("gpu_type")),
        cpus=values.get("cpus"),
        memory_bytes=parse_memory(values.get("memory")),
        time_seconds=parse_seconds(values.get("time")),
        nodes=values.get("nodes"),
        partition=parse_word(values.get("partition")),
        account=parse_word(values.get("account")),
        qos=parse_word(values.get("qos")),
        constraint=parse_word(values.get("constraint")),
        raw=parse_lines(values.get("raw")) or (),
        checkpoint_signal=signal,
        checkpoint_seconds=seconds or DEFAULT_CHECKPOINT_SECONDS,
    )


def merged(own: Resources, default: Resources) -> Resources:
    """What a task asks for, with its platform's defaults for what it does not say, key by key."""
    given = {name: value for name in NAMES if (value := getattr(own, name)) not in (None, ())}
    if own.checkpoint_signal is None:
        given["checkpoint_seconds"] = default.checkpoint_seconds
    return replace(default, **given)
