"""`platforms:` in a config: values that are others on some platforms, such as where the data is.

platforms:
  beluga: {overrides: {data.path: /scratch/alice/mnist}}
"""

from collections.abc import Iterator, Mapping
from typing import Any

from hypertrainer.errors import FieldProblem, InvalidInput
from hypertrainer.platforms.resource_values import unknown_key
from hypertrainer.tasks.edited_yaml import EditedYaml
from hypertrainer.tasks.launch_keys import shown

EXAMPLE = "beluga: {overrides: {data.path: /scratch/data}}"
KEYS = ("overrides",)
FIXED = ("platforms", "output_path")
ADDED = ("output_root", "script", "command", "num_gpus")  # need not stand in the YAML otherwise


def find_platform_problems(config: EditedYaml) -> Iterator[FieldProblem]:
    """Everything that is wrong with the shape of `platforms`, with line and column."""
    platforms = config.find("platforms")
    if platforms is not None and not isinstance(platforms, dict):
        message = f"`platforms` must be a section such as `{EXAMPLE}`, not {shown(platforms)}."
        yield config.problem("platforms", message)
        return
    for name, values in (platforms or {}).items():
        path = f"platforms.{name}"
        if values is not None and not isinstance(values, dict):
            message = f"`{name}` must be a section such as `{EXAMPLE}`, not {shown(values)}."
            yield config.problem(path, message)
            continue
        for key, value in (values or {}).items():
            yield from _problems_of_key(config, path, key, value)


def _problems_of_key(config: EditedYaml, path: str, key: str, value: Any) -> Iterator[FieldProblem]:
    if key not in KEYS:
        yield config.problem(f"{path}.{key}", unknown_key(key, KEYS), at_key=True)
    elif value is not None and not isinstance(value, dict):
        message = f"`overrides` must be a section such as {{data.path: /data}}, not {shown(value)}."
        yield config.problem(f"{path}.{key}", message)
    for name in value if isinstance(value, dict) else ():
        if name.partition(".")[0] in FIXED:
            message = f"`{name}` cannot be overridden for a platform. Remove it here."
            yield config.problem(f"{path}.{key}.{name}", message, at_key=True)


def overrides_for(config: EditedYaml, platform: str) -> dict[str, Any]:
    """The values of this platform by dotted path, once `find_platform_problems` found nothing."""
    section = (config.find("platforms") or {}).get(platform) or {}
    return dict(flat_values(section.get("overrides") or {}))


def flat_values(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """The values of nested sections, each with its dotted path."""
    for name, value in values.items():
        if isinstance(value, dict) and value:
            yield from flat_values(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def apply_overrides(config: EditedYaml, platform: str) -> None:
    """Give the config the values of this platform.

    Raises:
        InvalidInput: with each value whose place is not there, and its line.
    """
    apply_values(config, overrides_for(config, platform), config, f"platforms.{platform}.overrides")


def apply_values(
    config: EditedYaml, values: Mapping[str, Any], written: EditedYaml, where: str
) -> None:
    """Give a config values by their dotted paths, which stand at `where` in what was written.

    Raises:
        InvalidInput: with each value whose place is not there, and its line.
    """
    problems = []
    for path, value in values.items():
        try:
            if path in ADDED or path.startswith("resources."):
                config.put(path, value)
            else:
                config.set(path, value)
        except InvalidInput as error:
            problems.append(written.problem(f"{where}.{path}", error.message, at_key=True))
    if problems:
        raise InvalidInput(problems[0].message, problems)
