"""Every table there is, in one place: what migrations are written from and compared with."""

from sqlalchemy import MetaData

from hypertrainer.hpsearch.tables import Search, SearchFact, Trial, TrialTask
from hypertrainer.tasks.tables import (
    AbandonedFolder,
    Attempt,
    MetricSummary,
    OutputFile,
    Task,
    TaskParam,
    TaskTag,
)

TABLES = (
    AbandonedFolder,
    Task,
    Attempt,
    TaskTag,
    TaskParam,
    MetricSummary,
    OutputFile,
    Search,
    SearchFact,
    Trial,
    TrialTask,
)


def metadata() -> MetaData:
    """The definitions of all tables."""
    return Task.metadata
