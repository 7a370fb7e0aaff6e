"""Finds scripts and configs on `$HYPERTRAINER_PATH`, and nothing outside of it."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

from hypertrainer.errors import InvalidInput
from hypertrainer.settings import Settings
from hypertrainer.tasks.script_environment import FILE_NAME
from hypertrainer.tasks.yaml_tree import MAX_BYTES

Kind = Literal["script", "config"]
CONFIG_SUFFIXES = frozenset([".yaml", ".yml"])
SCRIPT_SUFFIXES = frozenset([".py", ".sh"])
# Files that carry the execute bit by accident (copied from a USB stick) or are loaded, not run.
NO_PROGRAMS = CONFIG_SUFFIXES | {".so", ".txt", ".md", ".json", ".toml", ".csv", ".log", ".ipynb"}
SKIPPED_FOLDERS = frozenset(["__pycache__", "node_modules", "venv", "site-packages"])
MAX_DEPTH = 6
MAX_ENTRIES = 20_000
MAX_LISTED = 500
MAX_SHOWN = 200


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A script or config. `path` is relative to its `folder` of the path; `size` is in bytes."""

    path: str
    folder: str
    size: int
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class SourceText:
    """A config's text, and where it was found."""

    path: str
    folder: str
    text: str


def find_script(settings: Settings, name: str) -> Path:
    """The script of this name.

    Raises:
        InvalidInput: there is none, or it is outside of `$HYPERTRAINER_PATH`.
    """
    return _find(settings, "script", name)[1]


def find_config(settings: Settings, name: str) -> Path:
    """The config of this name.

    Raises:
        InvalidInput: there is none, or it is outside of `$HYPERTRAINER_PATH`.
    """
    return _find(settings, "config", name)[1]


def read_config(settings: Settings, name: str) -> str:
    """The text of the config of this name.

    Raises:
        InvalidInput: there is none, it is outside of `$HYPERTRAINER_PATH`, too large, or no text.
    """
    return read_source(settings, name).text


def read_source(settings: Settings, name: str) -> SourceText:
    """The text of the config of this name, and the folder it was found in. Raises as above."""
    folder, path = _find(settings, "config", name)
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InvalidInput(f"The config `{path}` cannot be read: {error.strerror}.") from error
    if len(data) > MAX_BYTES:
        raise InvalidInput(f"The config `{path}` is larger than {MAX_BYTES} bytes. Shorten it.")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InvalidInput(
            f"The config `{path}` is no UTF-8 text (line {line}). Save it as UTF-8."
        ) from error
    return SourceText(os.path.relpath(path, folder), str(folder), text)


def list_files(
    settings: Settings, kind: Kind, q: str = "", limit: int = 100
) -> tuple[list[SourceFile], int]:
    """The scripts or configs whose path holds `q`, best first, and how many there are.

    Letters of `q` may be left out in between: `trcls` finds `train/classify.py`. Without `q`, by
    folder and name. What an earlier folder of the path hides is left out.
    """
    query = q.strip().lower()
    found: dict[str, tuple[tuple[int, int, str], Path]] = {}
    for folder, path in _walk(settings, kind):
        rank = _rank(path, query)
        if rank is not None:
            found.setdefault(path, (rank, folder))
    ranked = sorted(found.items(), key=lambda item: item[1][0])
    files = (_describe(folder, path) for path, (_, folder) in ranked[: min(limit, MAX_LISTED)])
    return [file for file in files if file is not None], len(found)


def _find(settings: Settings, kind: Kind, name: str) -> tuple[Path, Path]:
    """The folder of the path, and the file in it."""
    shown = name[:MAX_SHOWN]
    try:
        candidates = [(folder, folder / Path(name).expanduser()) for folder in settings.path]
        present = [(folder, path) for folder, path in candidates if path.is_file()]
        inside = [pair for path in present if (pair := _confined(settings, path[1])) is not None]
        is_folder = any(path.is_dir() for _, path in candidates)
    except (OSError, ValueError, RuntimeError) as error:  # too long, a zero byte, a ring of links
        raise InvalidInput(f"`{shown}` cannot be the name of a {kind}: {error}.") from error
    if inside:
        return inside[0]
    if present:
        raise InvalidInput(
            f"The {kind} `{shown}` is outside of $HYPERTRAINER_PATH ({_folders(settings)}). "
            "Move it into one of these folders, or add its folder to $HYPERTRAINER_PATH."
        )
    if is_folder:
        raise InvalidInput(f"`{shown}` is a folder. Name a {kind} in it.")
    raise InvalidInput(_missing(settings, kind, shown))


def _confined(settings: Settings, path: Path) -> tuple[Path, Path] | None:
    """The folder of the path that holds the file, links followed, and the file; None: outside."""
    resolved = path.resolve()
    for folder in settings.path:
        if resolved.is_relative_to(folder.resolve()):
            # As the user named it where that is plain: automounted homes resolve to other names.
            is_plain = ".." not in path.parts and path.is_relative_to(folder)
            return (folder, path) if is_plain else (folder.resolve(), resolved)
    return None


def _missing(settings: Settings, kind: Kind, name: str) -> str:
    known = [path for _, path in _walk(settings, kind)]
    wanted = name.rpartition("/")[2]
    by_name = [path for path in known if path.rpartition("/")[2] == wanted]
    closest = by_name[:3] or get_close_matches(name, known, 3, 0.5)
    hint = f" Closest: {', '.join(f'`{path}`' for path in closest)}." if closest else ""
    return (
        f"There is no {kind} `{name}` on $HYPERTRAINER_PATH ({_folders(settings)}).{hint}"
        " Add its folder to $HYPERTRAINER_PATH, or name another."
    )


def _folders(settings: Settings) -> str:
    return ":".join(str(folder) for folder in settings.path)


def _walk(settings: Settings, kind: Kind) -> Iterator[tuple[Path, str]]:
    """Every file of a kind: its folder of the path, and its path in it. Bounded."""
    roots = [root.resolve() for root in settings.path]
    for folder in settings.path:
        for entry in _scan(str(folder), MAX_DEPTH, [MAX_ENTRIES]):
            if _is_of(kind, entry) and _is_inside(entry, roots):
                yield folder, os.path.relpath(entry.path, folder)


def _scan(folder: str, depth: int, left: list[int]) -> Iterator[os.DirEntry[str]]:
    """The entries of a folder and then those below it; `left` counts down over all calls."""
    try:
        with os.scandir(folder) as entries:
            names = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return
    below = []
    for entry in names:
        left[0] -= 1
        if left[0] < 0:
            return
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            if entry.name not in SKIPPED_FOLDERS and depth > 1:
                below.append(entry.path)
        else:
            yield entry
    for path in below:
        yield from _scan(path, depth - 1, left)


def _is_of(kind: Kind, entry: os.DirEntry[str]) -> bool:
    if not entry.name.isprintable():  # no text (not UTF-8), which could not be sent
        return False
    suffix = entry.name[entry.name.rfind(".") :].lower() if "." in entry.name else ""
    if kind == "config":
        return suffix in CONFIG_SUFFIXES and entry.name != FILE_NAME
    if suffix in SCRIPT_SUFFIXES:
        return True
    return suffix not in NO_PROGRAMS and os.access(entry.path, os.X_OK)


def _is_inside(entry: os.DirEntry[str], roots: Sequence[Path]) -> bool:
    """Whether it is a file and, links followed, within the path."""
    try:
        if not entry.is_file():
            return False
        resolved = Path(entry.path).resolve() if entry.is_symlink() else None
    except (OSError, RuntimeError):  # a ring of links
        return False
    return resolved is None or any(resolved.is_relative_to(root) for root in roots)


def _rank(path: str, query: str) -> tuple[int, int, str] | None:
    """How well a path fits, lower is better; None: not at all."""
    text = path.lower()
    name = text.rpartition("/")[2]
    depth = text.count("/")
    if not query or name == query:
        return 0, depth, text
    if name.startswith(query):
        return 1, len(text), text
    if query in name:
        return 2, len(text), text
    if query in text:
        return 3, len(text), text
    letters = iter(text)
    return (4, len(text), text) if all(letter in letters for letter in query) else None


def _describe(folder: Path, path: str) -> SourceFile | None:
    try:
        status = (folder / path).stat()
    except OSError:  # removed just now
        return None
    modified_at = datetime.fromtimestamp(status.st_mtime, UTC)
    return SourceFile(path, str(folder), status.st_size, modified_at)
