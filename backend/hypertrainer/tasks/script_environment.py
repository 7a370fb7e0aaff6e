"""`env.yaml` beside a script: which virtual or conda environment it runs in, on each platform.

    local: {conda: true, conda_bin: ~/miniconda3/bin/conda, name: torch}
    lab:   {conda: false, path: ~/venvs/torch}

`path` is the environment's folder; a conda environment may be given by its `name` instead, with
`conda_bin`, the conda program (or the folder it is in), unless it is ~/miniconda3's.
"""

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from hypertrainer.errors import FieldProblem, InvalidInput
from hypertrainer.platforms.resource_values import unknown_key
from hypertrainer.tasks.edited_yaml import EditedYaml
from hypertrainer.tasks.launch_keys import shown
from hypertrainer.tasks.yaml_nodes import Section
from hypertrainer.tasks.yaml_tree import MAX_BYTES, UnreadableYaml, parse_document

FILE_NAME = "env.yaml"
KEYS = ("conda", "conda_bin", "path", "name")
DEFAULT_CONDA = "~/miniconda3/bin/conda"


@dataclass(frozen=True, slots=True)
class ScriptEnvironment:
    """An interpreter, and the lines that activate what belongs to it."""

    python: str | None = None
    setup: tuple[str, ...] = ()


def find_environment(script_path: Path | None, platform: str) -> ScriptEnvironment | None:
    """The environment for a script on a platform; None where no `env.yaml` speaks of it.

    Raises:
        InvalidInput: the file is wrong; the message names it and the line.
    """
    path = script_path.parent / FILE_NAME if script_path else None
    if path is None or not path.is_file():
        return None
    file = _EnvironmentFile(path)
    return file.read(platform)


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

    def read(self, platform: str) -> ScriptEnvironment | None:
        path = next((path for path in self._yaml.paths() if path == platform), None)
        if path is None or self._yaml.find(path) is None:
            return None
        line = self._yaml.line_of(path)
        if not isinstance(self._yaml.node(path), Section):
            self._refuse(f"`{path}` must be a section such as {{path: ~/venvs/torch}}.", line)
        values = self._yaml.find(path)
        for key, value in values.items():
            self._check(f"{path}.{key}", key, value)
        if not values.get("path") and not values.get("name"):
            self._refuse(f"`{path}` needs `path`, or `name` for a conda environment.", line)
        if not values.get("path") and values.get("conda") is False:
            self._refuse(f"`{path}` needs `path`: only conda environments have a `name`.", line)
        return _conda(values) if _is_conda(values) else _virtual(values)

    def _check(self, path: str, key: str, value: Any) -> None:
        line = self._yaml.line_of(path)
        if key not in KEYS:
            self._refuse(unknown_key(key, KEYS), line)
        if key == "conda":
            if not isinstance(value, bool):
                self._refuse(f"`conda` is {shown(value)}; write true or false.", line)
        elif not (isinstance(value, str) and value.isprintable() and value):
            self._refuse(f"`{key}` is {shown(value)}; write one line of text.", line)


def _is_conda(values: dict[str, Any]) -> bool:
    return bool(values.get("conda", not values.get("path")))


def _virtual(values: dict[str, Any]) -> ScriptEnvironment:
    folder = Path(values["path"]).expanduser()
    activate = shlex.quote(str(folder / "bin" / "activate"))
    return ScriptEnvironment(str(folder / "bin" / "python"), (f"source {activate}",))


def _conda(values: dict[str, Any]) -> ScriptEnvironment:
    program = Path(values.get("conda_bin", DEFAULT_CONDA)).expanduser()
    bin_folder = program if program.name == "bin" else program.parent
    root = bin_folder.parent
    named = root if values.get("name") == "base" else root / "envs" / values.get("name", "")
    folder = Path(values["path"]).expanduser() if values.get("path") else named
    activate = f"source {shlex.quote(str(root / 'bin' / 'activate'))} {shlex.quote(str(folder))}"
    return ScriptEnvironment(str(folder / "bin" / "python"), (activate,))
