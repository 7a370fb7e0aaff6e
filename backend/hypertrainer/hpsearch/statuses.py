"""The words for how far a search has come."""

from enum import StrEnum


class SearchStatus(StrEnum):
    """A search's status. `reason` beside it says in words why it ended."""

    RUNNING = "running"  # trials are started as slots free, or are active
    PAUSED = "paused"  # no trial is started; active ones go on
    FINISHED = "finished"  # every trial ended, a limit was reached, or the target was
    STOPPED = "stopped"  # a user stopped it
    FAILED = "failed"  # nothing came of it: all failed, no metric, no feasible point

    @property
    def is_over(self) -> bool:
        return self in (SearchStatus.FINISHED, SearchStatus.STOPPED, SearchStatus.FAILED)
