"""What a search may use up, and what becomes of trials that fail."""

from collections.abc import Sequence

from hypertrainer.hpsearch.spec import (
    Budget,
    Failures,
    Parameter,
    Repeats,
    WarmStart,
)
from hypertrainer.hpsearch.spec_reader import keys
from hypertrainer.hpsearch.spec_reader.notes import Block, is_number
from hypertrainer.hpsearch.spec_reader.paths import why_unsearchable
from hypertrainer.platforms.resource_values import parse_seconds
from hypertrainer.tasks.launch_keys import shown

MANY = 1_000_000_000_000
MAX_REPEATS = 100
MAX_RETRIES = 100
MAX_WARM_TRIALS = 10_000
NO_TIME = 'Write hours:minutes:seconds, such as "12:30:00", or 90m, 12h, 2d.'


def read_budget(search: Block) -> Budget:
    """`budget:`; the first limit reached ends the search."""
    block = search.section("budget", "{epochs: 5000, time: 12h}")
    if block is None:
        return Budget()
    block.check_keys(keys.BUDGET)
    time = block.values.get("time")
    seconds = None if time is None else parse_seconds(time)
    if time is not None and seconds is None:
        block.wrong("time", f"`time` is {shown(time)}. {NO_TIME}")
    return Budget(
        epochs=block.whole("epochs", 1, MANY),
        time_seconds=None if seconds is None else float(seconds),
        cost=block.number("cost", above=0),
    )


def read_failures(search: Block) -> Failures:
    """`failures:`."""
    block = search.section("failures", "{retry: 1, max: 10}")
    if block is None:
        return Failures()
    block.check_keys(keys.FAILURES)
    return Failures.model_validate(
        {
            "retry": block.whole("retry", 0, MAX_RETRIES) or 0,
            "max": block.whole("max", 1, MANY),
            "tell": block.word("tell", ("infeasible", "worst", "ignore")) or "infeasible",
        }
    )


def read_repeats(search: Block, params: Sequence[Parameter]) -> Repeats:
    """`repeats:`: several tasks per point, which differ by a seed."""
    block = search.section("repeats", "{n: 3, param: training.seed}")
    if block is None:
        return Repeats()
    block.check_keys(keys.REPEATS)
    if not block.has("n"):
        block.wrong(None, "`n` is missing. Write how many tasks each point has.")
    count = block.whole("n", 1, MAX_REPEATS) or 1
    path = block.line("param", "param: training.seed")
    if path is not None:
        _check_seed_path(block, path, params)
    words = ("mean", "median", "best", "worst")
    aggregate = block.word("aggregate", words) or "mean"
    return Repeats.model_validate({"n": count, "param": path, "aggregate": aggregate})


def _check_seed_path(block: Block, path: str, params: Sequence[Parameter]) -> None:
    config = block.notes.config
    if any(path in one.paths for one in params):
        block.wrong("param", f"`{path}` is both searched and used for repeats. Keep one.")
    elif config.slot(path) is None:
        block.wrong("param", config.missing(path))
    elif (message := why_unsearchable(config, path)) is not None:
        block.wrong("param", message)
    elif not (is_number(value := config.find(path)) or value is None):
        message = f"`{path}` is {shown(value)} in this file. Name a number, such as a seed."
        block.wrong("param", message)


def read_warm_start(search: Block) -> WarmStart | None:
    """`warm_start:`. Whether there is such a search is for those who know them to say."""
    block = search.section("warm_start", "{from: old_search}")
    if block is None:
        return None
    block.check_keys(keys.WARM_START)
    if not block.has("from"):
        block.wrong(None, "`from` is missing. Write the name of another search, or its id.")
    source = block.line("from", "from: old_search")
    most = block.whole("max_trials", 1, MAX_WARM_TRIALS)
    if source is None:
        return None
    return WarmStart(source=source) if most is None else WarmStart(source=source, max_trials=most)
