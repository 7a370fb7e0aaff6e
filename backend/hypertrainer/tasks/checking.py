"""Checks a submission as a whole: every problem at once, and nothing written."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePath, PurePosixPath
from typing import TypeVar

from hypertrainer.errors import FieldProblem, InvalidInput, NotFound
from hypertrainer.platforms.base import Platform
from hypertrainer.platforms.registry import Registry
from hypertrainer.settings import Settings
from hypertrainer.tasks.code import CodeFolder, find_code_folder
from hypertrainer.tasks.config import Config
from hypertrainer.tasks.launch import LaunchPlan, Script, plan_launch
from hypertrainer.tasks.platform_keys import overrides_for
from hypertrainer.tasks.schemas import TaskSubmit
from hypertrainer.tasks.sources import MAX_SHOWN, find_script, read_config

ResultT = TypeVar("ResultT")
PASTED_STEM = "pasted"


@dataclass(frozen=True, slots=True)
class Placed:
    """Says that a config has its platform's own values already, as a task's has.

    `source_text` is the same without them, where that is known.
    """

    source_text: str | None = None


@dataclass(slots=True)
class Checked:
    """A submission as far as it could be understood; launchable when `problems` is empty.

    `config` has the platform's own values and the request's; `source` has none of them.
    """

    request: TaskSubmit
    source: Config | None = None
    config: Config | None = None
    script: str | None = None
    script_path: Path | None = None
    code: CodeFolder | None = None
    platform: Platform | None = None
    plan: LaunchPlan | None = None
    problems: list[FieldProblem] = field(default_factory=list)

    @property
    def stem(self) -> str:
        """What its tasks are named after: the config's file name, else the script's."""
        named = self.request.config or self.script
        return PurePath(named).stem if named else PASTED_STEM

    @property
    def source_for_clones(self) -> Config | None:
        """What a clone on another platform starts from; None: from the config, as it is."""
        if self.source is None or self.platform is None:
            return None
        if not overrides_for(self.source, self.platform.name):
            return None
        try:
            return self.source.with_overrides(self.request.overrides)
        except InvalidInput:  # without its platform's values it is none, so it stays as it is
            return None

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


def check(
    settings: Settings, registry: Registry, request: TaskSubmit, placed: Placed | None = None
) -> Checked:
    """Resolve the script, the config and the platform of a submission. Blocks: reads files.

    Args:
        settings: where scripts and configs are.
        registry: the platforms there are.
        request: what a user asks for.
        placed: given where the config must not get its platform's own values once more.
    """
    checked = Checked(request)
    checked.platform = checked.attempt("platform", lambda: _platform(registry, request.platform))
    checked.config = config = _config(checked, settings, placed)
    checked.script = request.script or (config.script if config else None)
    checked.script_path = checked.attempt("script", lambda: _script(settings, checked))
    checked.code = checked.attempt("script", lambda: _code(settings, checked))
    checked.plan = checked.attempt("config", lambda: _plan(settings, checked))
    checked.note(_problems_of_the_place(checked))
    return checked


def _config(checked: Checked, settings: Settings, placed: Placed | None) -> Config | None:
    """The config with all its overrides; without those that are wrong, to find what else is."""
    config = checked.attempt("config", lambda: _read(settings, checked.request))
    if config is None:
        return None
    if placed is None:
        checked.source = config
        config = _for_platform(checked, config)
    elif placed.source_text is not None:
        checked.source = Config.read(placed.source_text)
    overridden = checked.attempt(
        "overrides", lambda: config.with_overrides(checked.request.overrides)
    )
    if overridden is None:
        checked.attempt("config", config.check)
    return overridden or config


def _for_platform(checked: Checked, config: Config) -> Config:
    platform = checked.platform
    if platform is None:
        return config
    return checked.attempt("config", lambda: config.for_platform(platform.name)) or config


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
    if checked.script is None:
        if checked.config is not None and checked.config.command is None:
            raise InvalidInput(
                "No script is named. Choose one, or write `script: NAME.py` into the YAML."
            )
        return None
    if _is_found_there(checked.platform):
        _check_remote_name(checked.script)
        return None
    return find_script(settings, checked.script)


def _is_found_there(platform: Platform | None) -> bool:
    """Whether the script is one of the platform's own files, and need not be here."""
    return platform is not None and not platform.has_local_output and not platform.stages_code


def _check_remote_name(name: str) -> None:
    if not name.isprintable() or ".." in PurePosixPath(name).parts or name.endswith("/"):
        raise InvalidInput(
            f"`{name[:MAX_SHOWN]}` cannot be a script there. Give its path without `..`, from one "
            "of the folders of the platform's `path:`, or an absolute one."
        )


def _code(settings: Settings, checked: Checked) -> CodeFolder | None:
    platform = checked.platform
    if platform is None or platform.has_local_output or checked.script_path is None:
        return None
    return find_code_folder(settings, checked.script_path, platform.max_code_bytes)


def _plan(settings: Settings, checked: Checked) -> LaunchPlan | None:
    config, platform = checked.config, checked.platform
    if config is None or platform is None:
        return None
    script = _found(checked)
    if script is None and config.command is None:
        return None
    config.check()  # else its resources cannot be read; what this finds was noted before
    return plan_launch(settings, config, script, platform)


def _found(checked: Checked) -> Script | None:
    if checked.script_path is not None:
        return Script(checked.script_path.name, checked.script_path)
    if checked.script is not None and _is_found_there(checked.platform):
        return Script(checked.script, None)
    return None


def _problems_of_the_place(checked: Checked) -> Iterator[FieldProblem]:
    """What the platform can never give, and where the YAML asks for it."""
    config, platform, plan = checked.config, checked.platform, checked.plan
    if config is None or platform is None:
        return
    root = config.remote_root
    if not platform.has_local_output and root and not root.startswith(("/", "~/")):
        message = f"`output_root` is `{root}`. Write an absolute path there, or one from `~/`."
        yield config.problem("output_root", message)
    for problem in platform.problems_with(plan.resources) if plan else ():
        named = re.findall(r"`(\w+)`", problem.message)
        paths = (f"resources.{key}" for key in named)
        path = next((path for path in paths if config.slot(path) is not None), "resources")
        message = f"{problem.message} {problem.remedy}".strip()
        is_there = config.slot(path) is not None
        yield config.problem(path, message) if is_there else FieldProblem(path, message)
