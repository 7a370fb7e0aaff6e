"""`env.yaml` beside a script: what it runs in, on each platform.

    local:  {conda: true, conda_bin: ~/miniconda3/bin/conda, name: torch}
    lab:    {path: ~/venvs/torch}
    beluga: {module: [python/3.11, cuda/12], setup: ["ulimit -n 4096"], path: ~/venvs/torch}
    aws:    {uv: true, path: ~/project}

`path` is the environment's folder; with `uv` the project's, whose environment is brought up to date
first. A conda environment may be given by its `name` instead, with `conda_bin`, the conda program
(or the folder it is in), unless it is ~/miniconda3's; without a slash, `module` or `setup` find it.
These lines come first, in this order. `python` names another interpreter. On a platform elsewhere,
paths are paths there, and nothing of them is looked at here.
"""

import shlex
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, NoReturn

from hypertrainer.errors import FieldProblem, InvalidInput
from hypertrainer.platforms.resource_values import parse_lines, unknown_key
from hypertrainer.tasks.edited_yaml import EditedYaml
from hypertrainer.tasks.launch_keys import shown
from hypertrainer.tasks.yaml_nodes import Section
from hypertrainer.tasks.yaml_tree import MAX_BYTES, UnreadableYaml, parse_document

FILE_NAME = "env.yaml"
KEYS = ("conda", "conda_bin", "path", "name", "uv", "module", "setup", "python")
SWITCHES = ("conda", "uv")
LISTS = ("module", "setup")
DEFAULT_CONDA = "~/miniconda3/bin/conda"
ACTIVATED = "python"  # the interpreter that an activated environment puts first


@dataclass(frozen=True, slots=True)
class ScriptEnvironment:
    """An interpreter, and the lines that activate what belongs to it."""

    python: str | None = None
    setup: tuple[str, ...] = ()


def find_environment(
    script_path: Path | None, platform: str, *, is_here: bool = True
) -> ScriptEnvironment | None:
    """The environment for a script on a platform; None where no `env.yaml` speaks of it.

    Args:
        script_path: the script on this machine.
        platform: the platform's name.
        is_here: whether paths are paths of this machine; elsewhere, `~/` is left to be written out.

    Raises:
        InvalidInput: the file is wrong; the message names it and the line.
    """
    path = script_path.parent / FILE_NAME if script_path else None
    if path is None or not path.is_file():
        return None
    values = _EnvironmentFile(path).read(platform)
    return None if values is None else _environment(values, _Paths(is_here=is_here))


class _EnvironmentFile:
    """One `env.yaml`, and how to tell what is wrong with it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            with path.open("rb") as file:
                text = file.read(MAX_BYTES + 1).decode()
            self._yaml = EditedYaml(parse_document(text), FILE_NAME)
        except UnreadableYaml as error:
            self._refuse(error.message, error.line)
        except (OSError, UnicodeDecodeError) as error:
            self._refuse(f"it cannot be read: {error}.")

    def _refuse(self, message: str, line: int | None = None) -> NoReturn:
        where = f"{self._path}, line {line}" if line else str(self._path)
        told = f"{where}: {message}"
        raise InvalidInput(told, [FieldProblem("script", told)])

    def read(self, platform: str) -> dict[str, Any] | None:
        """What stands under a platform's name; None where nothing does."""
        path = next((path for path in self._yaml.paths() if path == platform), None)
        if path is None or self._yaml.find(path) is None:
            return None
        line = self._yaml.line_of(path)
        if not isinstance(self._yaml.node(path), Section):
            self._refuse(f"`{path}` must be a section such as {{path: ~/venvs/torch}}.", line)
        values: dict[str, Any] = self._yaml.find(path)
        for key, value in values.items():
            self._check(f"{path}.{key}", key, value)
        if message := _why_incomplete(values):
            self._refuse(f"`{path}` {message}", line)
        return values

    def _check(self, path: str, key: str, value: Any) -> None:
        line = self._yaml.line_of(path)
        if key not in KEYS:
            self._refuse(unknown_key(key, KEYS), line)
        if key in SWITCHES:
            if not isinstance(value, bool):
                self._refuse(f"`{key}` is {shown(value)}; write true or false.", line)
        elif key in LISTS:
            if not parse_lines(value):
                self._refuse(f"`{key}` is {shown(value)}; write a list of lines of text.", line)
        elif not (isinstance(value, str) and value.isprintable() and value):
            self._refuse(f"`{key}` is {shown(value)}; write one line of text.", line)


def _why_incomplete(values: dict[str, Any]) -> str | None:
    if values.get("uv"):
        if values.get("conda") or not values.get("path"):
            return "needs `path`, the project's folder, beside `uv: true`, and no `conda`."
        return None
    if values.get("path"):
        return None
    if values.get("name"):
        is_no_conda = values.get("conda") is False
        return "needs `path`: only conda environments have a `name`." if is_no_conda else None
    is_enough = any(values.get(key) for key in (*LISTS, "python")) and not values.get("conda")
    return None if is_enough else "needs `path`, or `name` for a conda environment."


class _Paths:
    """Paths of `env.yaml` as a shell reads them, and as the parts of a command."""

    def __init__(self, *, is_here: bool) -> None:
        self._is_here = is_here

    def plain(self, path: str) -> str:
        """With the home here written out; of elsewhere as it is."""
        return str(Path(path).expanduser() if self._is_here else PurePosixPath(path))

    def quoted(self, path: str) -> str:
        """For a line of shell; `~/` still means the home, wherever the line is read."""
        plain = self.plain(path)
        if self._is_here or not plain.startswith("~/"):
            return shlex.quote(plain)
        return f'"$HOME"/{shlex.quote(plain.removeprefix("~/"))}'

    def program(self, path: str) -> str:
        """The interpreter at a path: there, an activated one goes by its name."""
        return self.plain(path) if self._is_here else ACTIVATED


def _environment(values: dict[str, Any], paths: _Paths) -> ScriptEnvironment:
    modules = [shlex.quote(name) for name in parse_lines(values.get("module")) or ()]
    before = [f"module load {' '.join(modules)}"] if modules else []
    before += parse_lines(values.get("setup")) or ()
    python, lines = _activation(values, paths)
    chosen = values.get("python")
    if chosen:
        python = paths.plain(chosen) if "/" in chosen else chosen
    return ScriptEnvironment(python, (*before, *lines))


def _activation(values: dict[str, Any], paths: _Paths) -> tuple[str | None, list[str]]:
    """The interpreter of the environment, if one is named, and the lines that activate it."""
    if values.get("uv"):
        project = values["path"]
        activate = paths.quoted(f"{project}/.venv/bin/activate")
        sync = f"uv sync --quiet --inexact --project {paths.quoted(project)}"
        return ACTIVATED, [sync, f"source {activate}"]
    if values.get("conda", bool(values.get("name")) and not values.get("path")):
        return _conda(values, paths)
    if not values.get("path"):
        return None, []
    folder = values["path"]
    activate = paths.quoted(f"{folder}/bin/activate")
    return paths.program(f"{folder}/bin/python"), [f"source {activate}"]


def _conda(values: dict[str, Any], paths: _Paths) -> tuple[str, list[str]]:
    program = values.get("conda_bin", DEFAULT_CONDA)
    if "/" not in program:
        wanted = paths.quoted(values["path"]) if values.get("path") else shlex.quote(values["name"])
        return ACTIVATED, [
            f'eval "$({shlex.quote(program)} shell.bash hook)"',
            f"conda activate {wanted}",
        ]
    bin_folder = Path(program) if Path(program).name == "bin" else Path(program).parent
    root = str(bin_folder.parent)
    named = root if values.get("name") == "base" else f"{root}/envs/{values.get('name', '')}"
    folder = values.get("path") or named
    activate = paths.quoted(f"{root}/bin/activate")
    return paths.program(f"{folder}/bin/python"), [f"source {activate} {paths.quoted(folder)}"]
