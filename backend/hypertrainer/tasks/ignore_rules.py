"""`.hypertrainerignore`: what stays here when a script's folder is brought elsewhere.

The syntax is that of `.gitignore` (https://git-scm.com/docs/gitignore), one file for the folder:
the last line that fits a path decides, `!` takes it back in, and what is in a folder that is left
out is left out.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

TRAILING_SPACES = re.compile(r"(?<!\\)((?:\\\\)*) +$")
STARS = re.compile(r"\*+")
SET = re.compile(r"\[(?:[!^])?\]?(?:\\.|\[:[a-z]+:\]|[^\]\\])*\]")
NAMED_SETS = {"alpha": "a-zA-Z", "digit": "0-9", "alnum": "a-zA-Z0-9", "space": r"\s"}
NEVER = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the file."""

    expression: re.Pattern[str]
    is_for_folders: bool
    takes_back: bool


class IgnoreRules:
    """All lines of one file."""

    def __init__(self, lines: Iterable[str] = ()) -> None:
        self._rules = [rule for line in lines if (rule := _rule(line)) is not None]

    def leaves_out(self, path: str, *, is_folder: bool) -> bool:
        """Whether this path (from the file's folder, with `/`) is left out by itself.

        What is decided for the folders above it is for the caller to ask.
        """
        for rule in reversed(self._rules):
            if (is_folder or not rule.is_for_folders) and rule.expression.fullmatch(path):
                return not rule.takes_back
        return False


def _rule(line: str) -> Rule | None:
    text = TRAILING_SPACES.sub(r"\1", line.rstrip("\r\n"))
    if not text or text.startswith("#"):
        return None
    takes_back = text.startswith("!")
    text = text[takes_back:]
    is_for_folders = text.endswith("/")
    text = text[:-1] if is_for_folders else text
    is_anchored = "/" in text
    body = text.removeprefix("/")
    if not body:
        return None
    try:
        written = "".join(_translated(body))
        expression = re.compile(written if is_anchored else f"(?:.*/)?{written}", re.DOTALL)
    except re.error:  # a set that is none: git lets such a line fit nothing
        expression = NEVER
    return Rule(expression, is_for_folders, takes_back)


def _translated(pattern: str) -> Iterator[str]:
    at = 0
    while at < len(pattern):
        piece, at = _piece(pattern, at)
        yield piece


def _piece(pattern: str, at: int) -> tuple[str, int]:
    """The regular expression for what begins here, and where the next thing does."""
    is_whole = at == 0 or pattern[at - 1] == "/"
    letter = pattern[at]
    if stars := STARS.match(pattern, at):
        is_deep = is_whole and len(stars[0]) > 1
        if is_deep and pattern.startswith("/", stars.end()):
            return "(?:.*/)?", stars.end() + 1
        return ".+" if is_deep and stars.end() == len(pattern) else "[^/]*", stars.end()
    if letter == "?":
        return "[^/]", at + 1
    if letter == "[":
        found = SET.match(pattern, at)
        return (_set(found[0]), found.end()) if found else ("(?!)", at + 1)
    if letter == "\\":
        return (re.escape(pattern[at + 1]), at + 2) if at + 1 < len(pattern) else ("(?!)", at + 1)
    return re.escape(letter), at + 1


def _set(written: str) -> str:
    inside = written[1:-1]
    is_negated = inside[:1] in ("!", "^")
    inside = inside[is_negated:]
    inside = re.sub(r"\[:([a-z]+):\]", lambda match: NAMED_SETS.get(match[1], ""), inside)
    letters = re.sub(r"([\[&~|\]])", r"\\\1", inside.replace("\\]", "]"))
    return f"(?!/)[{'^' if is_negated else ''}{letters}]"
