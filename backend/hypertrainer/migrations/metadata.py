"""Every table there is, in one place: what migrations are written from and compared with."""

from sqlalchemy import MetaData

from hypertrainer.hpsearch.tables import Search, Trial
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
    Trial,
)


def metadata() -> MetaData:
    """The definitions of all tables."""
    return Task.metadata
