"""One line of text as a terminal would draw it: progress bars overwrite themselves."""

import re

from hypertrainer.logs.tail import decoded

LONGEST_LINE = 8 * 1024

_COLOUR = re.compile(r"\x1b\[([0-9;:]*)m")
# Anything that moves the cursor or erases; colours alone leave a line as it is.
_NEEDS_DRAWING = re.compile(r"[\r\b]|\x1b(?!\[[0-9;:]*m)")
_TOKEN = re.compile(
    r"(?P<text>[^\x00-\x1f]+)"
    r"|\x1b\[(?P<arguments>[0-?]*)[ -/]*(?P<command>[@-~])"
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\|$)"
    r"|\x1b[@-Z\\^_]?"
    r"|(?P<control>[\x00-\x1f])"
)
_HALF_SEQUENCE = re.compile(r"\x1b\[?[0-9;:]*$")
_TAB_WIDTH = 8
_MOST_COLOURS = 8
_LONGEST_DRAWN = 16 * 1024
_WIDEST = 64 * 1024


def drawn(line: str) -> str:
    r"""What is left on the screen after a line without its newline was printed.

    `\r`, `\b`, tabs, `ESC[K` and sideways cursor movements act; colours stay; other sequences
    vanish. Every character counts as one column.
    """
    line = line.rstrip("\r")
    if not _NEEDS_DRAWING.search(line):
        return line
    if "\b" in line or "\t" in line or "\x1b" in line:
        return _Screen().draw(_latest(line))
    return _overlaid(line.split("\r"))


def shortened(line: str) -> str:
    """Cut a line at 8 KiB with a mark saying how many bytes of UTF-8 were left out."""
    if len(line) * 4 <= LONGEST_LINE or len(line.encode("utf-8")) <= LONGEST_LINE:
        return line
    encoded = line.encode("utf-8")
    kept, num_kept = decoded(encoded[:LONGEST_LINE])
    return marked(kept, len(encoded) - num_kept)


def marked(kept: str, num_left_out: int) -> str:
    """The start of a line, and how many bytes follow it that are not shown."""
    reset = "\x1b[0m" if "\x1b" in kept else ""
    return f"{_HALF_SEQUENCE.sub('', kept)}{reset} … [{num_left_out:,} bytes left out]"


def _latest(line: str) -> str:
    """The end of a long progress bar: what it drew before was drawn over many times since."""
    recent = line.find("\r", max(0, len(line) - _LONGEST_DRAWN))
    return line[recent:] if len(line) > _LONGEST_DRAWN and recent >= 0 else line


def _overlaid(segments: list[str]) -> str:
    """Plain segments printed one over the other: a shorter one leaves the end of a longer one."""
    visible = ""
    for segment in reversed(segments):
        if len(segment) > len(visible):
            visible += segment[len(visible) :]
    return visible


class _Screen:
    """One row of cells, each a character and the colour codes in force when it was written."""

    def __init__(self) -> None:
        self._cells: list[tuple[str, tuple[str, ...]]] = []
        self._cursor = 0
        self._colours: tuple[str, ...] = ()

    def draw(self, line: str) -> str:
        for token in _TOKEN.finditer(_HALF_SEQUENCE.sub("", line)):
            if token["text"]:
                self._write(token["text"])
            elif token["command"]:
                self._obey(token["command"], token["arguments"])
            elif token["control"]:
                self._control(token["control"])
        return self._row()

    def _write(self, text: str) -> None:
        self._pad(self._cursor)
        end = self._cursor + len(text)
        self._cells[self._cursor : end] = [(character, self._colours) for character in text]
        self._cursor = end

    def _control(self, character: str) -> None:
        if character == "\r":
            self._cursor = 0
        elif character == "\b":
            self._cursor = max(0, self._cursor - 1)
        elif character == "\t":
            self._move_to(self._cursor + _TAB_WIDTH - self._cursor % _TAB_WIDTH)

    def _obey(self, command: str, arguments: str) -> None:
        if command == "m":
            self._colour(arguments)
        elif command == "K":
            self._erase(arguments)
        elif command in "CDG":
            distance = int(arguments) if arguments.isdecimal() and len(arguments) < 6 else 1
            targets = {
                "C": self._cursor + distance,
                "D": self._cursor - distance,
                "G": distance - 1,
            }
            self._move_to(targets[command])

    def _move_to(self, column: int) -> None:
        self._cursor = max(0, min(column, _WIDEST))

    def _erase(self, arguments: str) -> None:
        if arguments in {"", "0"}:
            del self._cells[self._cursor :]
        elif arguments == "1":
            blanks = min(self._cursor + 1, len(self._cells))
            self._cells[:blanks] = [(" ", ())] * blanks
        elif arguments == "2":
            self._cells.clear()

    def _colour(self, arguments: str) -> None:
        is_reset = arguments == "" or re.fullmatch(r"0+(;.*)?", arguments) is not None
        kept = () if is_reset else self._colours
        added = () if arguments.strip("0") == "" else (f"\x1b[{arguments}m",)
        self._colours = (*(code for code in kept if code not in added), *added)[-_MOST_COLOURS:]

    def _pad(self, column: int) -> None:
        self._cells += [(" ", ())] * (column - len(self._cells))

    def _row(self) -> str:
        parts: list[str] = []
        current: tuple[str, ...] = ()
        for character, colours in self._cells:
            if colours is not current and colours != current:
                parts.append(_change(current, colours))
            current = colours
            parts.append(character)
        if current != self._colours:
            parts.append(_change(current, self._colours))
        return "".join(parts)


def _change(before: tuple[str, ...], after: tuple[str, ...]) -> str:
    if after[: len(before)] == before:
        return "".join(after[len(before) :])
    return "\x1b[0m" + "".join(after)
