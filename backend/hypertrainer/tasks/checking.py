"""Checks a submission as a whole: every problem at once, and nothing written."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
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
        """Run one step; what it finds wrong is noted under this field."""
        try:
            return step()
        except (InvalidInput, NotFound) as error:
            self.problems.extend(error.fields or [FieldProblem(path, error.message)])
            return None

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
    checked.config = config = checked.attempt("config", lambda: _parse(settings, request))
    if config is not None and request.overrides:
        changed = partial(config.with_overrides, request.overrides)
        checked.config = config = checked.attempt("overrides", changed)
    checked.script = request.script or (config.script if config else None)
    checked.script_path = checked.attempt("script", lambda: _script(settings, checked))
    if config is not None and checked.platform is not None:
        checked.plan = checked.attempt("config", lambda: _plan(settings, checked))
    return checked


def _platform(registry: Registry, name: str) -> Platform:
    platforms = {platform.name: platform for platform in registry.all()}
    if name not in platforms:
        known = ", ".join(sorted(platforms))
        raise InvalidInput(
            f"There is no platform `{name}` on this server. Configured: {known}. "
            "Platforms are set in platforms.yaml."
        )
    return platforms[name]


def _parse(settings: Settings, request: TaskSubmit) -> Config:
    if (request.config is None) == (request.config_text is None):
        raise InvalidInput(
            "Give exactly one of `config` (a path on $HYPERTRAINER_PATH) and `config_text` (YAML)."
        )
    if request.config is not None:
        return Config.parse(read_config(settings, request.config), field="config")
    return Config.parse(request.config_text or "", field="config_text")


def _script(settings: Settings, checked: Checked) -> Path | None:
    if checked.script is not None:
        return find_script(settings, checked.script)
    if checked.config is not None and checked.config.command is None:
        raise InvalidInput(
            "No script is named. Choose one, or write `script: NAME.py` into the YAML."
        )
    return None


def _plan(settings: Settings, checked: Checked) -> LaunchPlan | None:
    if checked.config is None or checked.platform is None:
        return None
    if checked.script_path is None and checked.config.command is None:
        return None
    return plan_launch(settings, checked.config, checked.script_path, checked.platform)
