"""Which files of a script's folder are brought to another machine.

In a git work tree: what git tracks and what it neither tracks nor ignores. Elsewhere, and for a
script that git itself ignores: everything. Of that, `.hypertrainerignore` leaves out what it names,
and nobody needs caches, environments, task folders and the server's own. A link to something in the
folder stays a link, one to a file outside is the file; one to a folder outside is refused.
"""

import os
import stat
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hypertrainer.errors import InvalidInput
from hypertrainer.tasks.folder import STATE_FOLDER
from hypertrainer.tasks.ignore_rules import IgnoreRules

IGNORE_NAME = ".hypertrainerignore"
MAX_FILES = 50_000
MAX_NESTED_REPOSITORIES = 100
GIT_SECONDS = 60
ENVIRONMENTS = frozenset([".venv", "venv", "node_modules", ".tox"])
CACHES = frozenset(
    ["__pycache__", ".ipynb_checkpoints", ".mypy_cache", ".pytest_cache", ".ruff_cache"]
)
LEFT_OUT = frozenset([".git", STATE_FOLDER, ".DS_Store"]) | ENVIRONMENTS | CACHES
COMPILED = (".pyc", ".pyo")
OF_AN_ENVIRONMENT = "pyvenv.cfg"  # in the folder of every virtual environment


@dataclass(frozen=True, slots=True)
class CodeFile:
    """One file to bring: `path` in the folder, with `/`, and where its content is here.

    `link` is what it points at where it is a link. `size` is in bytes. `stamp` changes whenever the
    file does.
    """

    path: str
    source: str
    link: str | None
    is_executable: bool
    size: int
    stamp: tuple[int, ...]


def find_code(folder: Path, script: str, left_out: Sequence[Path] = ()) -> list[CodeFile]:
    """The files that are brought for a script of this name in this folder, by path. Blocks.

    Args:
        folder: where the script is.
        script: its name.
        left_out: folders, perhaps inside of it, that are not brought.

    Raises:
        InvalidInput: a folder cannot be read or has far too many files, a link leads to a folder
            outside, or the script itself is left out; the message says the remedy.
    """
    selection = _Selection(folder, left_out)
    listed = _listed_by_git(folder)
    is_known = listed is not None and script in listed
    paths = []
    for path in listed if listed and is_known else _walked(selection, ""):
        if selection.takes(path):
            paths.append(path)
        if len(paths) > MAX_FILES:
            raise _too_many(folder)
    if script not in paths:
        raise InvalidInput(
            f"The script `{script}` is left out by {folder / IGNORE_NAME}. Add the line "
            f"`!{script}` at its end."
        )
    files = (_describe(selection, path) for path in sorted(set(paths)))
    return [file for file in files if file is not None]


def _too_many(folder: Path) -> InvalidInput:
    return InvalidInput(
        f"{folder} has more than {MAX_FILES:,} files, too many to be brought along with the "
        f"script. List what is not needed in {folder / IGNORE_NAME}, move the script into a folder "
        "of its own, or let the platform find it by itself (`stage: false`)."
    )


class _Selection:
    """What is taken of one folder, whoever lists it."""

    def __init__(self, folder: Path, left_out: Sequence[Path]) -> None:
        self.folder = folder
        self.root = os.path.realpath(folder)
        self._left_out = {os.path.realpath(path) for path in left_out}
        self._rules = _rules_of(folder)
        self._folders: dict[str, bool] = {"": True}

    def takes(self, path: str) -> bool:
        """Whether a file is taken, by its path."""
        above, _, name = path.rpartition("/")
        if name in LEFT_OUT or name.endswith(COMPILED) or not self.takes_folder(above):
            return False
        return not self._rules.leaves_out(path, is_folder=False)

    def takes_folder(self, path: str) -> bool:
        """Whether a folder is looked into."""
        if path not in self._folders:
            above = path.rpartition("/")[0]
            self._folders[path] = self.takes_folder(above) and self._takes_by_itself(path)
        return self._folders[path]

    def _takes_by_itself(self, path: str) -> bool:
        here = f"{self.root}/{path}"
        if path.rpartition("/")[2] in LEFT_OUT or here in self._left_out:
            return False
        if any(os.path.lexists(f"{here}/{mark}") for mark in (OF_AN_ENVIRONMENT, STATE_FOLDER)):
            return False
        return not self._rules.leaves_out(path, is_folder=True)


def _rules_of(folder: Path) -> IgnoreRules:
    path = folder / IGNORE_NAME
    try:
        text = path.read_text("utf-8", "surrogateescape")
    except FileNotFoundError:
        return IgnoreRules()
    except OSError as error:
        raise _unreadable(path, error) from error
    return IgnoreRules(text.split("\n"))


def _unreadable(path: Path | str, error: OSError) -> InvalidInput:
    return InvalidInput(
        f"`{path}` cannot be read: {error.strerror or error}. Allow it (chmod u+r), or list it in "
        f"{IGNORE_NAME} beside the script."
    )


def _walked(selection: _Selection, folder: str) -> Iterator[str]:
    prefix = f"{folder}/" if folder else ""
    try:
        with os.scandir(f"{selection.root}/{folder}") as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except FileNotFoundError:
        return
    except OSError as error:
        raise _unreadable(selection.folder / folder, error) from error
    for entry in entries:
        path = prefix + entry.name
        if not entry.is_dir(follow_symlinks=False):
            yield path
        elif selection.takes_folder(path):
            yield from _walked(selection, path)


def _listed_by_git(folder: Path, left: int = MAX_NESTED_REPOSITORIES) -> set[str] | None:
    """What git tracks, or does not know and does not ignore; None: git has no say there."""
    output = _git(folder, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    if output is None:
        return None
    paths = set()
    for path in output.split("\0"):
        plain = path.rstrip("/")
        if not plain:
            continue
        inner = folder / plain
        if inner.is_symlink() or not inner.is_dir():
            paths.add(plain)
        elif left and os.path.lexists(inner / ".git"):  # a submodule, or a repository inside
            below = _listed_by_git(inner, left - 1) or set()
            paths.update(f"{plain}/{name}" for name in below)
    return paths


def _git(folder: Path, *words: str) -> str | None:
    environment = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")}
    command = ["git", "-C", str(folder), "-c", "core.fsmonitor=false", *words]
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and the words are ours
            command, capture_output=True, timeout=GIT_SECONDS, check=False, env=environment
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return os.fsdecode(done.stdout) if done.returncode == 0 else None


def _describe(selection: _Selection, path: str) -> CodeFile | None:
    """One file; None where there is none any more, or it is neither a file nor a link."""
    source = f"{selection.root}/{path}"
    try:
        status = Path(source).lstat()
        link = _link_of(selection, path) if stat.S_ISLNK(status.st_mode) else None
        if link is None:
            status = Path(source).stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unreadable(selection.folder / path, error) from error
    if link is None and not stat.S_ISREG(status.st_mode):
        return None
    is_executable = link is None and bool(status.st_mode & stat.S_IXUSR)
    size = 0 if link is not None else status.st_size
    stamp = (status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_mode)
    return CodeFile(path, source, link, is_executable, size, stamp)


def _link_of(selection: _Selection, path: str) -> str | None:
    """What a link points at there; None: at a file outside of the folder, which it stands for."""
    source = Path(selection.root, path)
    target = Path(os.path.realpath(source))
    if target.is_relative_to(selection.root):
        return os.path.relpath(target, os.path.realpath(source.parent))
    if not target.exists():
        return str(source.readlink())
    if target.is_dir():
        raise InvalidInput(
            f"`{path}` in {selection.folder} is a link to the folder {target} outside, which is "
            f"not brought along. List `/{path}` in {selection.folder / IGNORE_NAME}; where the "
            "script needs it, give its path there under `platforms:` in the YAML."
        )
    return None
