"""What is wrong or strange about a config, noted while reading goes on."""

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from typing import Any, Self

from hypertrainer.errors import FieldProblem, InvalidInput
from hypertrainer.platforms.resource_values import unknown_key
from hypertrainer.tasks.config import Config
from hypertrainer.tasks.launch_keys import shown
from hypertrainer.tasks.yaml_scalars import number_of

MAX_LINE = 1_000


class Notes:
    """All that was noted of one config."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.problems: list[FieldProblem] = []
        self.warnings: list[FieldProblem] = []

    def wrong(self, path: str, message: str, *, at_key: bool = False) -> None:
        """Note what must be changed before anything is created."""
        self.problems.append(self.config.problem(path, message, at_key=at_key))

    def warn(self, path: str, message: str) -> None:
        """Note what is strange, and goes."""
        self.warnings.append(self.config.problem(path, message))

    def raise_problems(self) -> None:
        """Raise what is wrong, in the order of the text.

        Raises:
            InvalidInput: something is.
        """
        if self.problems:
            ordered = sorted(self.problems, key=lambda one: (one.line or 0, one.column or 0))
            raise InvalidInput(ordered[0].message, ordered)


class Block:
    """One section of a config. What is wrong in it is noted, and counts as not given."""

    def __init__(self, notes: Notes, path: str, values: Mapping[str, Any]) -> None:
        self.notes = notes
        self.path = path
        self.values = values

    def at(self, key: str) -> str:
        """The path of a key of it."""
        return f"{self.path}.{key}"

    def has(self, key: str) -> bool:
        """Whether it is given; null is not."""
        return self.values.get(key) is not None

    def wrong(self, key: str | None, message: str) -> None:
        """Note what is wrong with a key, or (None) with the whole section."""
        self.notes.wrong(self.path if key is None else self.at(key), message)

    def check_keys(self, known: Sequence[str]) -> None:
        """Note every key that is none of these."""
        for key in self.values:
            if key not in known:
                self.notes.wrong(self.at(key), unknown_key(key, known), at_key=True)

    def whole(self, key: str, least: int, most: int) -> int | None:
        """A whole number from `least` to `most`."""
        value = self.values.get(key)
        if value is None:
            return None
        number = finite(value)
        if number is not None and least <= number <= most and number == int(number):
            return int(number)
        message = f"`{key}` is {shown(value)}. Write a whole number from {least} to {most:,}."
        if number is not None and number < least and number == int(number):
            message = f"`{key}` is {shown(value)}. It must be {least} or more."
        self.wrong(key, message)
        return None

    def number(
        self, key: str, *, least: float | None = None, above: float | None = None
    ) -> float | None:
        """A number that is neither nan nor infinite."""
        value = self.values.get(key)
        if value is None:
            return None
        number = finite(value)
        if number is None:
            self.wrong(key, f"`{key}` is {shown(value)}, not a number. Write one such as 1.0e-3.")
        elif above is not None and number <= above:
            self.wrong(key, f"`{key}` is {shown(value)}. It must be above {above:g}.")
        elif least is not None and number < least:
            self.wrong(key, f"`{key}` is {shown(value)}. It must be {least:g} or more.")
        else:
            return number
        return None

    def flag(self, key: str) -> bool | None:
        """`true` or `false`."""
        value = self.values.get(key)
        if value is None or isinstance(value, bool):
            return value
        self.wrong(key, f"`{key}` is {shown(value)}. Write `{key}: true` or `{key}: false`.")
        return None

    def word(self, key: str, known: Sequence[str]) -> str | None:
        """One of these words."""
        value = self.values.get(key)
        if value is None or (isinstance(value, str) and value in known):
            return value
        choices = ", ".join(known)
        self.wrong(key, f"`{key}` is {shown(value)}. Write one of: {choices}.")
        return None

    def line(self, key: str, example: str) -> str | None:
        """Text of one line; numbers are text too."""
        value = self.values.get(key)
        if value is None:
            return None
        text = str(value) if isinstance(value, str | int | float) else ""
        if isinstance(value, bool) or not text.strip() or not text.isprintable():
            self.wrong(key, f"`{key}` is {shown(value)}. Write one line, such as `{example}`.")
            return None
        if len(text) > MAX_LINE:
            self.wrong(key, f"`{key}` is longer than {MAX_LINE} characters.")
            return None
        return text

    def section(self, key: str, example: str) -> Self | None:
        """A section in it."""
        value = self.values.get(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            message = f"`{key}` is {shown(value)}. Write a section, such as `{key}: {example}`."
            self.wrong(key, message)
            return None
        return type(self)(self.notes, self.at(key), value)

    def items(self, key: str, example: str) -> Iterator[tuple[str, Any]]:
        """The items of a list, each with its path."""
        value = self.values.get(key)
        if value is None:
            return
        if not isinstance(value, list):
            self.wrong(key, f"`{key}` is {shown(value)}. Write a list, such as `{key}: {example}`.")
            return
        for index, item in enumerate(value):
            yield f"{self.at(key)}.{index}", item


def finite(value: Any) -> float | None:
    """The number that a value is or looks like, if it is neither nan nor infinite."""
    number = number_of(value)
    try:
        as_float = None if number is None else float(number)
    except OverflowError:
        return None
    return as_float if as_float is not None and isfinite(as_float) else None


def is_number(value: Any) -> bool:
    """Whether it is a number and not `true`."""
    return isinstance(value, int | float) and not isinstance(value, bool)
