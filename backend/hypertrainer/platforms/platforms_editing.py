"""Writes platforms.yaml: one platform at a time, the rest of the text as its owner left it."""

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from hypertrainer.errors import Conflict, FieldProblem, InvalidInput, NotFound, StorageError
from hypertrainer.platforms.platforms_file import Entry, check_settings, parse_platforms
from hypertrainer.platforms.platforms_text import with_platform, without_platform

MAX_FILE_BYTES = 1_000_000
DEFAULT = "local"  # is there without being in the file, until the file says `local: null`
RESERVED = frozenset({"types", "check", "host-key"})  # what /platforms/… has of its own
Types = Mapping[str, type[BaseModel]]
Entries = Sequence[Entry | str]
Said = tuple[str, BaseModel] | None


@dataclass(frozen=True, slots=True)
class PlatformsFile:
    """platforms.yaml and the settings each type takes. One change at a time: see to that.

    Every method raises `Conflict` where the file is broken as it is, and `StorageError` where it
    cannot be read or written; then nothing has changed.
    """

    path: Path
    types: Types

    def add(self, name: str, type_name: str, settings: Mapping[str, Any]) -> None:
        """Describe a platform that is not there yet.

        Raises:
            InvalidInput: what is wrong, under `name`, `type` or `settings.KEY`.
            Conflict: there is one of this name.
        """
        wanted = self._checked(name, type_name, settings)
        text, entries = self._read()
        if name in _names(entries):
            message = f"There is a platform `{name}` already."
            raise Conflict(message, [FieldProblem("name", message)])
        self._put(text, entries, wanted)

    def change(self, name: str, type_name: str, settings: Mapping[str, Any]) -> None:
        """Describe a platform anew.

        Raises:
            InvalidInput: what is wrong, under `type` or `settings.KEY`.
            NotFound: the file has none of this name.
        """
        wanted = self._checked(name, type_name, settings)
        text, entries = self._read()
        _require(name, entries)
        self._put(text, entries, wanted)

    def remove(self, name: str) -> None:
        """Take a platform out; `local` is switched off by `local: null`.

        Raises:
            NotFound: the file has none of this name.
        """
        text, entries = self._read()
        _require(name, entries)
        expected = _by_name(entries)
        if name == DEFAULT:
            self._write(name, with_platform(text, name, None), {**expected, name: None})
            return
        del expected[name]
        self._write(name, without_platform(text, name), expected)

    def _checked(self, name: str, type_name: str, settings: Mapping[str, Any]) -> Entry:
        if name in RESERVED:
            message = f"`{name}` cannot be a platform's name: /platforms/{name} means another thing"
            raise InvalidInput(f"{message}.", [FieldProblem("name", message)])
        if "type" in settings:
            message = "the type stands beside the settings, not in them"
            raise InvalidInput(f"{message}.", [FieldProblem("settings.type", message)])
        return check_settings(name, type_name, settings, self.types)

    def _read(self) -> tuple[str, Entries]:
        try:
            data = self.path.read_bytes() if self.path.exists() else b""
            text = data.decode()
            return text, parse_platforms(text, self.types)
        except OSError as error:
            raise StorageError(f"{self.path} cannot be read: {error.strerror}.") from error
        except UnicodeDecodeError as error:
            raise Conflict(f"{self.path} cannot be read as text; mend it by hand first.") from error
        except InvalidInput as error:
            raise Conflict(f"Mend it by hand first: {error.message}") from error

    def _put(self, text: str, entries: Entries, wanted: Entry) -> None:
        description = {"type": wanted.type, **wanted.written}
        expected = {**_by_name(entries), wanted.name: (wanted.type, wanted.settings)}
        self._write(wanted.name, with_platform(text, wanted.name, description), expected)

    def _write(self, name: str, candidates: Iterator[str], expected: Mapping[str, Said]) -> None:
        """Write the first text that says what is wanted, and of all others what was said before."""
        for text in candidates:
            if self._says(text, expected):
                replace_file(self.path, text)
                return
        raise Conflict(
            f"{self.path} is written in a way in which `{name}` cannot be edited from here: "
            "edit it by hand."
        )

    def _says(self, text: str, expected: Mapping[str, Said]) -> bool:
        if len(text.encode()) > MAX_FILE_BYTES:
            raise InvalidInput(f"{self.path} would be larger than {MAX_FILE_BYTES} bytes.")
        try:
            return _by_name(parse_platforms(text, self.types)) == expected
        except InvalidInput:
            return False


def replace_file(path: Path, text: str) -> None:
    """Write a text that only its owner may read, all of it or nothing.

    Raises:
        StorageError: it cannot be written.
    """
    target = path.resolve()  # a link stays one
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "wb", dir=target.parent, prefix=f".{target.name}.", delete=False
        ) as file:  # made with mode 0600
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(target)
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror}.") from error


def _by_name(entries: Entries) -> dict[str, Said]:
    """What is said of each platform; None: that there is none."""
    return {
        **{entry: None for entry in entries if isinstance(entry, str)},
        **{e.name: (e.type, e.settings) for e in entries if isinstance(e, Entry)},
    }


def _names(entries: Entries) -> set[str]:
    """The platforms there are when a file says this."""
    said = {DEFAULT: (), **_by_name(entries)}
    return {name for name, of_it in said.items() if of_it is not None}


def _require(name: str, entries: Entries) -> None:
    if name not in _names(entries):
        raise NotFound(f"platforms.yaml has no platform `{name}`.")
