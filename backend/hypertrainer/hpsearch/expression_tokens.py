"""The words of a constraint, and what is said of one that cannot be read."""

import re
from dataclasses import dataclass

MAX_LENGTH = 1_000
TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?(?![\w.]))"
    r"|(?P<quoted>'[^']*'|\"[^\"]*\")"
    r"|(?P<path>[^\W\d]\w*(?:\.\w+)*|`[^`]+`)"
    r"|(?P<sign>\*\*|//|<=|>=|==|!=|[-+*/%<>()\[\],])"
)


class ExpressionError(ValueError):
    """It cannot be read. `str` says why; `column` (from 1) where."""

    def __init__(self, text: str, reason: str, column: int) -> None:
        super().__init__(f"cannot read `{text[:MAX_LENGTH]}`: {reason} (column {column})")
        self.column = column


@dataclass(frozen=True, slots=True)
class Token:
    """One word or sign; `column` counts from 1."""

    kind: str  # number quoted path sign end
    text: str
    column: int


def tokens_of(text: str) -> list[Token]:
    """The words of a text, and one for its end.

    Raises:
        ExpressionError: some of it is no word.
    """
    tokens, position = [], 0
    while position < len(text):
        match = TOKEN.match(text, position)
        if match is None:
            raise ExpressionError(text, _strange(text, position), position + 1)
        if match.lastgroup != "space":
            tokens.append(Token(str(match.lastgroup), match[0], position + 1))
        position = match.end()
    return [*tokens, Token("end", "", len(text) + 1)]


def _strange(text: str, position: int) -> str:
    if text.startswith("=", position):
        return "write `==` to compare"
    if text.startswith(("&", "|"), position):
        return "write `and`, `or`"
    if text[position] in "'\"`":
        return f"the {text[position]} is not closed"
    return f"`{text[position : position + 20].split()[0]}` means nothing here"
