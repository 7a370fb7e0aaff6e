"""What a search knows, as facts in the order in which they became known. Nothing else decides.

A sampler and a stopping rule see a prefix of that order, so that whatever they said can be computed
again. Rows of `search_fact` are these; the trials' own rows only repeat them for tables.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class FactKind(StrEnum):
    """What happened. In brackets what `data` holds; `number` is the trial's.

    Of a choice `seen` is the newest fact that the sampler knew of.
    """

    # A point was chosen [values inactive origin algorithm seed seen platform bracket attrs redraws]
    ASKED = "asked"
    REPORTED = "reported"  # a trial's metric at an epoch [best: the best value up to it]
    STOPPED = "stopped"  # a rule stopped a trial [rule words rank of kept]
    TOLD = "told"  # a trial is over [state values constraints reason epochs cause]
    REOPENED = "reopened"  # a trial that was over runs again
    REVISED = "revised"  # the search was edited [spec]; also the first fact of all
    WARMED = "warmed"  # a trial of another search [values objectives constraints source]


class TrialState(StrEnum):
    """How far a trial has come. PAUSED is for promotion, which there is not yet."""

    RUNNING = "running"  # its task waits or runs
    STOPPING = "stopping"  # a rule stopped it; its platform has not confirmed
    COMPLETE = "complete"  # it ended by itself, with a value
    STOPPED = "stopped"  # early, by a rule
    FAILED = "failed"  # crashed, diverged, or without the objective's metric
    CANCELLED = "cancelled"  # by a user
    PAUSED = "paused"

    @property
    def is_over(self) -> bool:
        return self not in (TrialState.RUNNING, TrialState.STOPPING, TrialState.PAUSED)


class Origin(StrEnum):
    """Where a trial's point comes from."""

    SAMPLER = "sampler"
    STARTUP = "startup"  # before a model has seen enough
    TRY_FIRST = "try_first"
    GRID = "grid"


@dataclass(frozen=True, slots=True)
class Fact:
    """One of them. `value` may be nan or infinite, as scripts write them."""

    seq: int  # from 1, without gaps, per search
    kind: FactKind
    number: int | None = None
    epoch: int | None = None
    value: float | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
