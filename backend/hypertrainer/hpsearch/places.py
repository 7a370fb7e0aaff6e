"""The platforms of a search, each with how a task is launched there; kept with the search."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class PlacePlan(BaseModel):
    """One platform of a search. Checked when the search was submitted, and used for every trial.

    `config_text` is the whole YAML with the platform's own values, the search's `set:` and the
    request's overrides; `source_text` the same without the first two, where that differs. Folders
    are made under `here`, and under `there` on a platform elsewhere.
    """

    model_config = ConfigDict(frozen=True)

    platform: str
    max_concurrent: int | None = None
    cost_per_hour: float | None = None
    max_cost: float | None = None
    config: str | None = None  # the path on $HYPERTRAINER_PATH it came from
    config_text: str = ""
    source_text: str | None = None
    here: str = ""
    there: str | None = None
    launch: dict[str, Any] = Field(default_factory=dict)  # tasks.launch.LaunchPlan


def read_places(rows: Sequence[Mapping[str, Any]]) -> list[PlacePlan]:
    """The places of a search's row."""
    return [PlacePlan.model_validate(row) for row in rows]
