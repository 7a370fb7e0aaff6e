"""What a task launches: script, interpreter and command, found once at submission and stored."""

import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pydantic import BaseModel, ConfigDict

from hypertrainer.errors import InvalidInput
from hypertrainer.platforms.base import Code, Platform, Resources
from hypertrainer.platforms.resource_values import merged
from hypertrainer.settings import Settings
from hypertrainer.tasks.config import Config
from hypertrainer.tasks.folder import CONFIG_NAME
from hypertrainer.tasks.launch_keys import PLACEHOLDERS
from hypertrainer.tasks.script_environment import ScriptEnvironment, find_environment

SCRIPT_WORD = "{script}"
PLACEHOLDER = re.compile(rf"\{{({'|'.join(PLACEHOLDERS)})\}}")


@dataclass(frozen=True, slots=True)
class Script:
    """A script: `name` as its platform finds it, and where it is here, if it is."""

    name: str
    path: Path | None


class LaunchPlan(BaseModel):
    """How a task is launched, whichever its folder; kept with the task as JSON.

    The words of `command_template` may hold `{python}`, `{script}`, `{config}` and `{output}`.
    `python` is the interpreter, which is recorded even where the command does not name it.
    `script_path` is the script on this machine. Where its platform is elsewhere, `script_name` is
    its path in the `code` that is brought along, or without code what it is looked up by there.
    """

    model_config = ConfigDict(frozen=True)

    script_path: str | None = None
    script_name: str | None = None
    code: Code | None = None
    python: str | None = None
    command_template: tuple[str, ...]
    environment: dict[str, str] = {}
    setup: tuple[str, ...] = ()
    resources: Resources = Resources()
    resume_on: tuple[str, ...] = ()
    resume_limit: int = 3

    def command_for(self, folder: str) -> tuple[str, ...]:
        """The command for a task folder as its platform names it; "." for one to be shown.

        `{script}` stays where only the platform knows where the script will be.
        """
        words = {
            "python": self.python or "python3",
            "script": SCRIPT_WORD if self.script_name else self.script_path or "",
            "config": str(PurePosixPath(folder) / CONFIG_NAME),
            "output": folder,
        }
        return tuple(
            PLACEHOLDER.sub(lambda match: words[match[1]], word) for word in self.command_template
        )


def plan_launch(
    settings: Settings, config: Config, script: Script | None, platform: Platform
) -> LaunchPlan:
    """Decide how to launch a script with a config on a platform.

    The interpreter is the first there is of: `env.yaml` beside the script, the platform's `python`,
    the server's `HYPERTRAINER_PYTHON`, the virtual or conda environment that was active when the
    server started, the server's own; on a platform elsewhere `python3` in place of the last three.

    Raises:
        InvalidInput: there is nothing to run, or it cannot be run; the message says the remedy.
    """
    is_here = platform.has_local_output
    path = script.path if script else None
    found = find_environment(path, platform.name, is_here=is_here) or ScriptEnvironment()
    python = found.python or _default_python(settings, platform)
    command = tuple(config.command or ()) or _default_command(script)
    if script is None and any(SCRIPT_WORD in word for word in command):
        raise InvalidInput(
            "`command` speaks of `{script}`, but no script is named. Choose one, or write "
            "`script: NAME.py` into the YAML."
        )
    is_found_by_setup = bool(found.setup) and "/" not in python
    if is_here and not is_found_by_setup and any("{python}" in word for word in command):
        _demand_program(python)
    limit = config.resume_limit
    return LaunchPlan(
        script_path=str(path) if path else None,
        script_name=script.name if script and not is_here else None,
        python=python,
        command_template=command,
        setup=found.setup,
        resources=merged(config.resources, platform.resources),
        resume_on=platform.resume_on if config.resume_on is None else config.resume_on,
        resume_limit=platform.resume_limit if limit is None else limit,
    )


def _default_command(script: Script | None) -> tuple[str, ...]:
    if script is None:
        raise InvalidInput(
            "No script is named. Choose one, or write `script: NAME.py` into the YAML."
        )
    suffix = PurePosixPath(script.name).suffix.lower()
    if suffix == ".py":
        return ("{python}", SCRIPT_WORD, "{config}")
    if script.path is not None and os.access(script.path, os.X_OK):
        return (SCRIPT_WORD, "{config}")
    if suffix == ".sh":
        return ("bash", SCRIPT_WORD, "{config}")
    if script.path is None:
        return (SCRIPT_WORD, "{config}")
    raise InvalidInput(
        f"`{script.path}` is not executable. Allow it (chmod +x {script.path}), or write "
        '`command: [PROGRAM, "{script}", "{config}"]` into the YAML.'
    )


def _default_python(settings: Settings, platform: Platform) -> str:
    if not platform.has_local_output:
        return platform.python or "python3"
    chosen = platform.python or settings.python
    if chosen:
        return str(Path(chosen).expanduser()) if "/" in chosen else chosen
    return active_python() or sys.executable


def active_python() -> str | None:
    """The interpreter of the environment that was active when the server started."""
    for variable in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        python = Path(os.environ.get(variable) or "/nowhere", "bin", "python")
        if os.access(python, os.X_OK):
            return str(python)
    return None


def _demand_program(python: str) -> None:
    if shutil.which(python) is None:
        raise InvalidInput(
            f"The Python `{python}` does not exist or may not be executed. Correct `env.yaml` "
            "beside the script, the platform's `python:`, or HYPERTRAINER_PYTHON."
        )


def job_environment(task_id: int, output_path: str, attempt: int) -> dict[str, str]:
    """The variables by which a script can know its task; `output_path` is its folder there."""
    return {
        "HYPERTRAINER_TASK_ID": str(task_id),
        "HYPERTRAINER_OUTPUT_PATH": output_path,
        "HYPERTRAINER_CONFIG": str(PurePosixPath(output_path) / CONFIG_NAME),
        "HYPERTRAINER_ATTEMPT": str(attempt),
        "HYPERTRAINER_RESUMED": "1" if attempt > 1 else "0",
        "PYTHONUNBUFFERED": "1",
    }
