"""Reads `hpsearch:` in whatever spelling it has."""

from collections.abc import Collection

from hypertrainer.errors import FieldProblem
from hypertrainer.hpsearch.space_reader import demand_search, parse_space
from hypertrainer.hpsearch.spec import Spec
from hypertrainer.tasks.config import Config


def read_spec(
    config: Config, platforms: Collection[str], default_platform: str
) -> tuple[Spec, list[FieldProblem]]:
    """The search that a config describes, and what is strange about it.

    Raises:
        InvalidInput: with every problem, each with its path, line and column.
    """
    del platforms, default_platform
    demand_search(config)
    return Spec.model_validate(parse_space(config).model_dump(mode="json")), []
