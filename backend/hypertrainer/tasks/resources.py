"""The `resources:` of a config: what a task asks its platform for."""

from collections.abc import Iterator, Mapping
from typing import Any

from hypertrainer.errors import FieldProblem
from hypertrainer.platforms.base import Resources
from hypertrainer.platforms.resource_values import (
    KEYS,
    parse_resume_on,
    resources_of,
    unknown_key,
    why_wrong,
)
from hypertrainer.tasks.edited_yaml import EditedYaml
from hypertrainer.tasks.launch_keys import shown


def read_resources(config: EditedYaml) -> Resources:
    """What the task asks for, once `find_resource_problems` has found nothing."""
    asked = config.find("resources") or {}
    if asked.get("gpus") is None:
        asked = {**asked, "gpus": config.find("num_gpus")}
    return resources_of(asked)


def read_resume_on(config: EditedYaml) -> tuple[str, ...] | None:
    """The ends after which the task is resumed by itself; None where it does not say."""
    return parse_resume_on(config.find("resources.resume_on"))


def read_resume_limit(config: EditedYaml) -> int | None:
    """How often it is resumed by itself at most; None where it does not say."""
    limit = config.find("resources.resume_limit")
    return limit if isinstance(limit, int) else None


def find_resource_problems(config: EditedYaml) -> Iterator[FieldProblem]:
    """Everything that is wrong with `resources` and `num_gpus`, with line and column."""
    asked = config.find("resources")
    if asked is not None and not isinstance(asked, dict):
        message = f"`resources` must be a section with keys such as gpus, not {shown(asked)}."
        yield config.problem("resources", message)
        return
    for key, value in (asked or {}).items():
        path = f"resources.{key}"
        if key not in KEYS:
            yield config.problem(path, unknown_key(key), at_key=True)
        elif remedy := why_wrong(key, value):
            yield config.problem(path, f"`{key}` is {shown(value)}. {remedy}")
    yield from _alias_problems(config, asked or {})


def _alias_problems(config: EditedYaml, asked: Mapping[str, Any]) -> Iterator[FieldProblem]:
    alias = config.find("num_gpus")
    if alias is None:
        return
    if remedy := why_wrong("gpus", alias):
        yield config.problem("num_gpus", f"`num_gpus` is {shown(alias)}. {remedy}")
    elif asked.get("gpus") not in (None, alias):
        message = f"`num_gpus` is {alias}, but `resources.gpus` is {shown(asked['gpus'])}."
        yield config.problem("num_gpus", f"{message} Keep one of them.")
