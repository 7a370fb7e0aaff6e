"""`objective:` and `objectives:`: what is to become small or large."""

from typing import Any

from hypertrainer.hpsearch.spec import SUMMARY, Direction, Objective
from hypertrainer.hpsearch.spec_reader import keys
from hypertrainer.hpsearch.spec_reader.notes import Block
from hypertrainer.tasks.launch_keys import shown

EXAMPLE = "{metric: val_loss, direction: minimize}"
NO_DIRECTION = "Write `direction: minimize` or `direction: maximize`"
MAX_OBJECTIVES = 10


def read_objectives(search: Block) -> list[Objective]:
    """All objectives that can be read."""
    if search.has("objective") and search.has("objectives"):
        search.wrong("objectives", "There are both `objective` and `objectives`; keep one.")
    found: list[Objective] = []
    for at, item in _written(search):
        if not isinstance(item, dict):
            search.notes.wrong(at, f"This is {shown(item)}. Write a section, such as {EXAMPLE}.")
            continue
        objective = _objective(Block(search.notes, at, item))
        if objective is None:
            continue
        if any(
            one.metric == objective.metric and one.summary == objective.summary for one in found
        ):
            message = f"`{objective.metric}` is an objective already. Remove one."
            search.notes.wrong(at, message)
        found.append(objective)
    return found


def _written(search: Block) -> list[tuple[str, Any]]:
    items = list(search.items("objectives", f"[{EXAMPLE}]"))
    if len(items) > MAX_OBJECTIVES:
        search.wrong("objectives", f"At most {MAX_OBJECTIVES} objectives can be searched for.")
        items = []
    if search.has("objective"):
        items.insert(0, (search.at("objective"), search.values["objective"]))
    return items


def _objective(block: Block) -> Objective | None:
    block.check_keys(keys.OBJECTIVE)
    metric = read_metric(block)
    if not block.has("metric"):
        block.wrong(None, "`metric` is missing. Write `metric: val_loss` for metric_val_loss.log.")
    direction = read_direction(block)
    if not block.has("direction"):
        block.wrong(None, f"`direction` is missing. {NO_DIRECTION} (no default, on purpose).")
    summary = block.values.get("summary")
    if summary is not None and not (isinstance(summary, str) and SUMMARY.fullmatch(summary)):
        message = f"`summary` is {shown(summary)}."
        block.wrong("summary", f"{message} Write best, last, mean_last_5 or at_epoch_20.")
        summary = None
    target = block.number("target")
    if metric is None or direction is None:
        return None
    return Objective(metric=metric, direction=direction, summary=summary or "best", target=target)


def read_metric(block: Block) -> str | None:
    """The name of a metric, which is that of its file without `metric_` and `.log`."""
    metric = block.line("metric", "metric: val_loss")
    if metric is not None and metric.startswith("metric_") and metric.endswith(".log"):
        name = metric.removeprefix("metric_").removesuffix(".log")
        block.wrong("metric", f"`{metric}` is the file. Write `metric: {name}`.")
        return None
    if metric is not None and "/" in metric:
        block.wrong("metric", f"`{metric}` is no name of a metric. Write it without a folder.")
        return None
    return metric


def read_direction(block: Block) -> Direction | None:
    """Which values are better, in either spelling."""
    value = block.values.get("direction")
    if value is None:
        return None
    if value not in keys.DIRECTIONS:
        block.wrong("direction", f"`direction` is {shown(value)}. {NO_DIRECTION}.")
        return None
    return Direction.MINIMIZE if value in ("min", "minimize") else Direction.MAXIMIZE
