"""The words for how far a search has come."""

from enum import StrEnum


class SearchStatus(StrEnum):
    """A search's status."""

    RUNNING = "running"  # some trial is still active
    FINISHED = "finished"  # every trial ended by itself
    STOPPED = "stopped"  # a user stopped it
