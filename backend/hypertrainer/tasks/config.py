"""A task's config: the user's YAML, and what HyperTrainer reads in it and writes into it."""

from collections.abc import Mapping
from typing import Any

from hypertrainer.errors import FieldProblem, InvalidInput
from hypertrainer.platforms.base import Resources
from hypertrainer.tasks.edited_yaml import EditedYaml
from hypertrainer.tasks.flat_params import Param, flatten
from hypertrainer.tasks.launch_keys import expanded, find_problems, read_command
from hypertrainer.tasks.platform_keys import apply_overrides, find_platform_problems
from hypertrainer.tasks.resources import (
    find_resource_problems,
    read_resources,
    read_resume_limit,
    read_resume_on,
)
from hypertrainer.tasks.yaml_nodes import Section
from hypertrainer.tasks.yaml_tree import UnreadableYaml, parse_document

# What HyperTrainer reads or writes itself; no parameters of the script. So is training.output_path.
OWN_KEYS = (
    "hpsearch",
    "output_path",
    "output_root",
    "resources",
    "script",
    "command",
    "platforms",
)


class Config(EditedYaml):
    """The user's YAML. Comments, order and quotes stay; only edited values change."""

    @classmethod
    def parse(cls, text: str, field: str = "config_text") -> "Config":
        """Read and check a YAML text; `field` is the input field that its problems are told under.

        Raises:
            InvalidInput: it is no YAML, no mapping, too large, or HyperTrainer's own keys in it are
                wrong; with line and column.
        """
        config = cls.read(text, field)
        config.check()
        return config

    @classmethod
    def read(cls, text: str, field: str = "config_text") -> "Config":
        """The same as `parse`, whatever stands in HyperTrainer's own keys; `check` looks at them.

        Raises:
            InvalidInput: it is no YAML, no mapping, or too large; with line and column.
        """
        try:
            return cls(parse_document(text), field)
        except UnreadableYaml as error:
            problem = FieldProblem(field, error.message, error.line, error.column)
            raise InvalidInput(error.message, [problem]) from error

    def check(self) -> None:
        """Look at HyperTrainer's own keys.

        Raises:
            InvalidInput: with every problem of theirs, each with line and column.
        """
        problems = [
            *find_problems(self),
            *find_resource_problems(self),
            *find_platform_problems(self),
        ]
        if problems:
            raise InvalidInput(problems[0].message, problems)

    def for_platform(self, name: str) -> "Config":
        """A copy with the values that `platforms:` gives for a platform of this name.

        Raises:
            InvalidInput: with everything that is wrong there, with line and column.
        """
        problems = list(find_platform_problems(self))
        if problems:
            raise InvalidInput(problems[0].message, problems)
        config = self.copy()
        apply_overrides(config, name)
        return config

    def with_overrides(self, overrides: Mapping[str, Any]) -> "Config":
        """A copy with other values, by dotted path.

        Raises:
            InvalidInput: with every override that cannot be made, as `overrides.PATH`.
        """
        config, problems = self.copy(), []
        for path, value in overrides.items():
            try:
                config.set(path, value)
            except InvalidInput as error:
                problems.append(FieldProblem(f"overrides.{path}", error.message))
        if problems:
            raise InvalidInput(problems[0].message, problems)
        config.check()
        return config

    def for_task(self, output_path: str) -> "Config":
        """The task's own config: with `output_path`, and in `training` too where there is one."""
        config = self.copy()
        config.put("output_path", output_path)
        if isinstance(config.node("training"), Section):
            config.put("training.output_path", output_path)
        return config

    def flat_params(self) -> dict[str, Param]:
        """The script's parameters by dotted path, JSON-able and bounded."""
        values = {name: value for name, value in self.value_of().items() if name not in OWN_KEYS}
        if isinstance(training := values.get("training"), dict):
            training.pop("output_path", None)
        return flatten(values)

    @property
    def script(self) -> str | None:
        """The script that the YAML names."""
        name = self.find("script")
        return name if isinstance(name, str) and name else None

    @property
    def command(self) -> list[str] | None:
        """The words of the command that replaces the default one, placeholders and all."""
        return read_command(self)

    @property
    def resources(self) -> Resources:
        """What the task asks its platform for."""
        return read_resources(self)

    @property
    def resume_on(self) -> tuple[str, ...] | None:
        """The ends after which the task is resumed by itself; None where it does not say."""
        return read_resume_on(self)

    @property
    def resume_limit(self) -> int | None:
        """How often it is resumed by itself at most; None where it does not say."""
        return read_resume_limit(self)

    @property
    def remote_root(self) -> str | None:
        """The same as `output_root` for a platform elsewhere: `~/` stands for the home there."""
        root = self.find("output_root")
        return root if isinstance(root, str) and root else None

    @property
    def output_root(self) -> str | None:
        """Where this task's folder goes instead of the server's output folder; absolute."""
        root = self.find("output_root")
        return str(expanded(root)) if isinstance(root, str) and root else None

    @property
    def hpsearch_block(self) -> dict[str, Any]:
        """The `hpsearch:` section as plain data; empty where there is none."""
        block = self.find("hpsearch")
        return block if isinstance(block, dict) else {}

    @property
    def is_search(self) -> bool:
        """Whether it is to become a search: it has `hpsearch:` and is not a trial's config."""
        return self.find("hpsearch") is not None and not self.is_child

    @property
    def is_child(self) -> bool:
        """Whether it is the config of one trial of a search."""
        return self.hpsearch_block.get("is_child") is True
