"""`early_stopping:`: which rules may stop a trial, and what they look at."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from hypertrainer.hpsearch.early_stopping.rungs import RUNG_RULES, rungs_of
from hypertrainer.hpsearch.spec import (
    Direction,
    EarlyStopping,
    Objective,
    Parameter,
    StoppingRule,
)
from hypertrainer.hpsearch.spec_reader import keys
from hypertrainer.hpsearch.spec_reader.epochs import read_max_epochs
from hypertrainer.hpsearch.spec_reader.notes import Block
from hypertrainer.hpsearch.spec_reader.objectives import (
    NO_DIRECTION,
    read_direction,
    read_metric,
)
from hypertrainer.tasks.launch_keys import shown

EXAMPLE = "{rule: asha, max_epochs: 27}"
MAX_EPOCHS = 1_000_000_000
DEFAULT_RULE = "asha"


def read_stopping(
    search: Block, objectives: Sequence[Objective], params: Sequence[Parameter]
) -> EarlyStopping | None:
    """Early stopping; None where nothing is to be stopped, or it cannot be read."""
    block = _section(search)
    if block is None:
        return None
    block.check_keys(keys.EARLY_STOPPING)
    written = _rules(block)
    before = len(search.notes.problems)
    rules = [_rule(part, name, is_own=own) for part, name, own in written]
    _check_unused(block, [name for _, name, _ in written])
    metric, direction = _measure(block, search, objectives)
    first = block.whole("min_epochs", 1, MAX_EPOCHS) or 1
    last = read_max_epochs(block, params, MAX_EPOCHS)
    on_nan = block.flag("stop_on_nan")
    known = [rule for rule in rules if rule is not None]
    _check_epochs(block, known, first, last)
    if any(name == "none" for _, name, _ in written) and on_nan is not True:
        return None
    if metric is None or direction is None or len(search.notes.problems) > before:
        return None
    fields = {"metric": metric, "direction": direction, "min_epochs": first, "max_epochs": last}
    stopping = EarlyStopping.model_validate(
        {**fields, "rules": tuple(known), "stop_on_nan": on_nan is not False}
    )
    return _with_brackets(stopping, written)


def _section(search: Block) -> Block | None:
    """The section; one word is the rule alone."""
    value = search.values.get("early_stopping")
    if value is None or value is False or value == "none":
        return None
    if isinstance(value, str) and value in keys.RULES:
        return Block(search.notes, search.at("early_stopping"), {"rule": value})
    return search.section("early_stopping", EXAMPLE)


Written = tuple[Block, str, bool]  # where a rule's keys stand, its name, whether in its own section


def _rules(block: Block) -> list[Written]:
    rules = block.values.get("rule", DEFAULT_RULE)
    if not isinstance(rules, list):
        name = _name(block, block.at("rule"), "none" if rules is None else rules)
        return [(block, name, False)] if name else []
    if not rules:
        block.wrong("rule", f"The list is empty. Write {', '.join(keys.EVERY_RULE)}.")
    found: list[Written] = []
    for index, item in enumerate(rules):
        at = f"{block.at('rule')}.{index}"
        is_own = isinstance(item, dict)
        name = _name(block, f"{at}.rule" if is_own else at, item.get("rule") if is_own else item)
        if name and any(name == earlier for _, earlier, _ in found):
            block.notes.wrong(at, f"`{name}` is listed twice. Keep one.")
        elif name == "none":
            block.notes.wrong(at, "`none` stands alone: `rule: none`.")
        elif name:
            found.append((Block(block.notes, at, item) if is_own else block, name, is_own))
    return found


def _name(block: Block, at: str, value: Any) -> str | None:
    if value is False:  # `no` in YAML 1.1
        return "none"
    if isinstance(value, str) and value in keys.EVERY_RULE:
        return value
    closest = get_close_matches(str(value)[:100], keys.EVERY_RULE, 1)
    hint = f" Did you mean `{closest[0]}`?" if closest else ""
    message = f"There is no rule {shown(value)}.{hint} Rules: {', '.join(keys.EVERY_RULE)}."
    block.notes.wrong(at, message)
    return None


def _rule(block: Block, name: str, *, is_own: bool) -> StoppingRule | None:
    if name == "none":
        return None
    known = keys.RULES[name]
    if is_own:
        block.check_keys(("rule", *known))
    shared = block if is_own else _only(block, known)
    fields: dict[str, Any] = {
        "reduction_factor": shared.whole("reduction_factor", 2, 1_000),
        "brackets": shared.whole("brackets", 1, 100),
        "min_trials": shared.whole("min_trials", 1, 100_000),
        "percentile": _percentile(shared),
        "epochs": shared.whole("epochs", 1, MAX_EPOCHS),
        "min_delta": shared.number("min_delta", least=0),
        "above": shared.number("above"),
        "below": shared.number("below"),
        "at_epoch": shared.whole("at_epoch", 1, MAX_EPOCHS),
    }
    if name == "threshold" and not (shared.has("above") or shared.has("below")):
        block.wrong(None, "`threshold` needs `above: …` or `below: …`: what no good trial is.")
    given = {key: value for key, value in fields.items() if value is not None}
    return StoppingRule.model_validate({"rule": name, **given})


def _only(block: Block, known: Sequence[str]) -> Block:
    values = {key: value for key, value in block.values.items() if key in known}
    return Block(block.notes, block.path, values)


def _percentile(block: Block) -> float | None:
    percentile = block.number("percentile", above=0)
    if percentile is not None and percentile >= 100:
        block.wrong("percentile", f"`percentile` is {percentile:g}. It must be below 100.")
        return None
    return percentile


def _check_unused(block: Block, names: Sequence[str]) -> None:
    """Note keys that belong to no rule that is named."""
    if not names:
        return
    used = {key for name in names for key in keys.RULES.get(name, ())}
    for key in block.values:
        if key in keys.RULE[1:] and key not in used:
            owners = " or ".join(rule for rule, known in keys.RULES.items() if key in known)
            message = f"`{key}` belongs to rule {owners}; here it is {', '.join(names)}."
            block.notes.wrong(block.at(key), f"{message} Remove it.", at_key=True)


def _measure(
    block: Block, search: Block, objectives: Sequence[Objective]
) -> tuple[str | None, Direction | None]:
    metric, direction = read_metric(block), read_direction(block)
    is_unclear = search.has("objective") or search.has("objectives")
    if not block.has("metric"):
        if len(objectives) == 1:
            metric = objectives[0].metric
        elif len(objectives) > 1:
            message = "With several objectives name the metric that may stop a trial: `metric: …`."
            block.wrong(None, message)
        elif not is_unclear:
            message = "`early_stopping` needs to know which metric: add `metric` and `direction`"
            block.wrong(None, f"{message}, or an `objective`.")
    if metric is not None and not block.has("direction"):
        known: Mapping[str, Direction] = {one.metric: one.direction for one in objectives}
        direction = known.get(metric)
        if direction is None and not (is_unclear and not objectives):
            block.wrong(None, f"Which values of `{metric}` are better? {NO_DIRECTION}.")
    return metric, direction


def _check_epochs(
    block: Block, rules: Sequence[StoppingRule], first: int, last: int | None
) -> None:
    names = [rule.rule for rule in rules if rule.rule in RUNG_RULES]
    if not names:
        return
    if last is None:
        if not (block.has("max_epochs") or block.has("epochs_param")):
            message = f"`{names[0]}` needs `max_epochs`, or `epochs_param` naming the key"
            block.wrong(None, f"{message} that holds it.")
    elif first >= last:
        key = "min_epochs" if block.has("min_epochs") else None
        message = f"The first rung ({first}) is not below the last epoch ({last})"
        block.wrong(key, f"{message}: nothing could be stopped. Lower `min_epochs`.")


def _with_brackets(stopping: EarlyStopping, written: Sequence[Written]) -> EarlyStopping:
    """Hyperband has as many brackets as there can be, unless it says how many."""
    given = {name for part, name, _ in written if part.has("brackets")}
    rules = tuple(
        rule.model_copy(update={"brackets": len(rungs_of(stopping, rule)) + 1})
        if rule.rule == "hyperband" and rule.rule not in given
        else rule
        for rule in stopping.rules
    )
    return stopping.model_copy(update={"rules": rules})
