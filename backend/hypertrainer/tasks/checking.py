"""Checks a submission as a whole: every problem at once, and nothing written."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import TypeVar

from hypertrainer.errors import FieldProblem, InvalidInput, NotFound
from hypertrainer.platforms.base import Platform
from hypertrainer.platforms.registry import Registry
from hypertrainer.settings import Settings
from hypertrainer.tasks.config import Config
from hypertrainer.tasks.launch import LaunchPlan, plan_launch
from hypertrainer.tasks.schemas import TaskSubmit
from hypertrainer.tasks.sources import find_script, read_config

ResultT = TypeVar("ResultT")
PASTED_STEM = "pasted"


@dataclass(slots=True)
class Checked:
    """A submission as far as it could be understood; launchable when `problems` is empty."""

    request: TaskSubmit
    config: Config | None = None
    script: str | None = None
    script_path: Path | None = None
    platform: Platform | None = None
    plan: LaunchPlan | None = None
    problems: list[FieldProblem] = field(default_factory=list)

    @property
    def stem(self) -> str:
        """What its tasks are named after: the config's file name, else the script's."""
        named = self.request.config or self.script
        return PurePath(named).stem if named else PASTED_STEM

    def attempt(self, path: str, step: Callable[[], ResultT]) -> ResultT | None:
        """Run one step; what it finds wrong is noted, under this field where it names none."""
        try:
            return step()
        except (InvalidInput, NotFound) as error:
            self.note(error.fields or [FieldProblem(path, error.message)])
            return None

    def note(self, problems: Iterable[FieldProblem]) -> None:
        """Add problems, each once; of a value that was overridden, under the override."""
        for problem in problems:
            if problem.path in self.request.overrides:
                problem = FieldProblem(f"overrides.{problem.path}", problem.message)
            if problem not in self.problems:
                self.problems.append(problem)

    def raise_problems(self) -> None:
        """Raise everything that is wrong as one error.

        Raises:
            InvalidInput: something is wrong.
        """
        if self.problems:
            raise InvalidInput(_summary(self.problems), self.problems)


def _summary(problems: Iterable[FieldProblem]) -> str:
    first, *others = problems
    more = f" (and {len(others)} more)" if others else ""
    where = f"line {first.line}: " if first.line is not None else ""
    return f"{where}{first.message}{more}"


def check(settings: Settings, registry: Registry, request: TaskSubmit) -> Checked:
    """Resolve the script, the config and the platform of a submission. Blocks: reads files."""
    checked = Checked(request)
    checked.platform = checked.attempt("platform", lambda: _platform(registry, request.platform))
    checked.config = config = _config(settings, checked)
    checked.script = request.script or (config.script if config else None)
    checked.script_path = checked.attempt("script", lambda: _script(settings, checked))
    checked.plan = checked.attempt("config", lambda: _plan(settings, checked))
    return checked


def _config(settings: Settings, checked: Checked) -> Config | None:
    """The config with its overrides; without them where they are wrong, to find what else is."""
    overrides = checked.request.overrides
    config = checked.attempt("config", lambda: _read(settings, checked.request))
    if config is None:
        return None
    overridden = checked.attempt("overrides", lambda: config.with_overrides(overrides))
    if overridden is None:
        checked.attempt("config", config.check)
    return overridden or config


def _platform(registry: Registry, name: str) -> Platform:
    platforms = {platform.name: platform for platform in registry.all()}
    if name not in platforms:
        known = ", ".join(sorted(platforms))
        raise InvalidInput(
            f"There is no platform `{name}` on this server. Configured: {known}. "
            "Platforms are set in platforms.yaml."
        )
    return platforms[name]


def _read(settings: Settings, request: TaskSubmit) -> Config:
    if (request.config is None) == (request.config_text is None):
        raise InvalidInput(
            "Give exactly one of `config` (a path on $HYPERTRAINER_PATH) and `config_text` (YAML)."
        )
    if request.config is not None:
        return Config.read(read_config(settings, request.config), field="config")
    return Config.read(request.config_text or "", field="config_text")


def _script(settings: Settings, checked: Checked) -> Path | None:
    if checked.script is not None:
        return find_script(settings, checked.script)
    if checked.config is not None and checked.config.command is None:
        raise InvalidInput(
            "No script is named. Choose one, or write `script: NAME.py` into the YAML."
        )
    return None


def _plan(settings: Settings, checked: Checked) -> LaunchPlan | None:
    config, platform = checked.config, checked.platform
    if config is None or platform is None:
        return None
    if checked.script_path is None and config.command is None:
        return None
    config.check()  # else its resources cannot be read; what this finds was noted before
    return plan_launch(settings, config, checked.script_path, platform)
