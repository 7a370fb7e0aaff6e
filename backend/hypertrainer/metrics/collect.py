"""One pass over one output file: read what was appended, update the small state kept of it."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from hypertrainer.metrics.appended import Position, read_appended
from hypertrainer.metrics.formats import Source, find_source
from hypertrainer.metrics.lines import MAX_LINE_BYTES
from hypertrainer.metrics.parse import ParserState, parse
from hypertrainer.metrics.progress import ProgressState
from hypertrainer.metrics.summary import Summary, empty_summary

STEP_BYTES = 4_194_304
LEAST_BYTES = 2 * MAX_LINE_BYTES  # less might never hold a whole line


class CollectedFile(BaseModel):
    """What is kept of one metric or progress file between passes. JSON: `model_dump(mode="json")`.

    `summary` is there for a metric, `progress` for `progress.log`. `is_behind`: more was waiting
    than one pass reads; come again at once.
    """

    model_config = ConfigDict(frozen=True)

    position: Position
    parser: ParserState
    summary: Summary | None
    progress: ProgressState | None
    is_behind: bool


def empty_collected(source: Source) -> CollectedFile:
    """The state of a file that was not read yet."""
    is_metric = source.metric is not None
    return CollectedFile(
        position=Position(),
        parser=ParserState(),
        summary=empty_summary(source.metric, source.format.name) if source.metric else None,
        progress=None if is_metric else ProgressState(),
        is_behind=False,
    )


def collect_file(
    path: Path,
    state: CollectedFile | None,
    *,
    is_final: bool = False,
    limit_bytes: int = STEP_BYTES,
) -> CollectedFile:
    """The state after at most `limit_bytes` more of the file; `state` itself when nothing is new.

    A file that was written anew is read from its beginning. With `is_final` (the task has ended) a
    last line without its newline is read too.

    Raises:
        OSError: the file cannot be read.
        ValueError: the name is neither `progress.log` nor a metric's.
    """
    source = find_source(path.name)
    if source is None:
        raise ValueError(f"{path.name} is neither progress.log nor a metric_*.log")
    before = state or empty_collected(source)
    appended = read_appended(path, before.position, max(limit_bytes, LEAST_BYTES))
    if appended.is_anew:
        before = empty_collected(source)
    elif not appended.data:
        return before.model_copy(update={"is_behind": False}) if before.is_behind else before
    is_last = is_final and appended.is_at_end
    parsed = parse(source.format, appended.data, before.parser, is_final=is_last)
    return CollectedFile(
        position=appended.start.advanced(appended.data, parsed.consumed),
        parser=parsed.state,
        summary=before.summary and before.summary.extended(parsed.frame, parsed.state.bad_lines),
        progress=before.progress and before.progress.extended(parsed.frame.iter_rows()),
        is_behind=not appended.is_at_end,
    )
