"""One parameter as it was written."""

from collections.abc import Mapping
from typing import Any

from hypertrainer.hpsearch.spec_reader.notes import Block


class ParameterBlock(Block):
    """Its keys. `named` are the paths it is about, each with where it is named."""

    named: Mapping[str, str]
    is_short: bool = False  # `path: [a, b]`

    def name_paths(self, named: Mapping[str, str]) -> None:
        """Say which paths it is about."""
        self.named = named

    @property
    def bases(self) -> list[Any]:
        """The values in the config of its paths."""
        return [self.notes.config.find(path) for path in self.named]

    @property
    def values_path(self) -> str:
        """The path of its list of candidates."""
        return self.path if self.is_short else self.at("values")

    @property
    def has_lists(self) -> bool:
        """Whether its candidates are lists, each of them one value."""
        values = self.values.get("values")
        is_list = isinstance(values, list) and all(isinstance(one, list) for one in values)
        return is_list and len(self.named) == 1
