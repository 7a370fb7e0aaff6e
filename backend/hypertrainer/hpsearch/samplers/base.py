"""What a sampler answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hypertrainer.hpsearch.facts import Origin


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The point of a trial, and all that is needed to choose it again.

    `values` are those of the active parameters, by path (of zipped ones, by each of their paths);
    `inactive` are the paths of the others. `seed` is the derived one the point was drawn with,
    after `redraws` others were rejected. `attrs` must be given back in the trial's history.
    """

    values: Mapping[str, Any]
    inactive: tuple[str, ...] = ()
    origin: Origin = Origin.SAMPLER
    algorithm: str = ""  # what chose it; `auto` is never left as it is
    seed: int = 0
    attrs: Mapping[str, Any] = field(default_factory=dict)
    redraws: int = 0
