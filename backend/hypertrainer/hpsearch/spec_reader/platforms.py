"""`platforms:`: where the trials run."""

from collections.abc import Collection, Sequence
from difflib import get_close_matches
from typing import Any

from hypertrainer.errors import InvalidInput
from hypertrainer.hpsearch.spec import Budget, Parameter, Place
from hypertrainer.hpsearch.spec_reader import keys
from hypertrainer.hpsearch.spec_reader.notes import Block
from hypertrainer.hpsearch.spec_reader.paths import json_safe
from hypertrainer.tasks.launch_keys import shown
from hypertrainer.tasks.platform_keys import ADDED, FIXED, flat_values

EXAMPLE = "{platform: local, max_concurrent: 2}"
MAX_CONCURRENT = 100_000


def read_places(
    search: Block, platforms: Collection[str], params: Sequence[Parameter]
) -> list[Place]:
    """The platforms of the search that can be read, in their order."""
    places: list[Place] = []
    for at, item in search.items("platforms", f"[{EXAMPLE}]"):
        written = {"platform": item} if isinstance(item, str) else item
        if not isinstance(written, dict):
            message = f"This item is {shown(item)}. Write a section, such as {EXAMPLE}."
            search.notes.wrong(at, message)
            continue
        block = Block(search.notes, at, written)
        block.check_keys(keys.PLACE)
        name = _name(block, platforms, is_short=isinstance(item, str))
        place = _place(block, name, params)
        if name and any(name == one.platform for one in places):
            search.notes.wrong(at, f"Platform {name} is listed twice. Keep one.")
        if place is not None:
            places.append(place)
    return places


def _name(block: Block, platforms: Collection[str], *, is_short: bool) -> str | None:
    name = block.line("platform", "platform: local")
    at = block.path if is_short else block.at("platform")
    if not block.has("platform"):
        block.wrong(None, "`platform` is missing. Name one of those of this server.")
    elif name is not None and name not in platforms:
        closest = get_close_matches(name, platforms, 1)
        hint = f" Did you mean `{closest[0]}`?" if closest else ""
        known = ", ".join(platforms) or "none"
        message = f"Platform {name} is not configured on this server.{hint} Configured: {known}."
        block.notes.wrong(at, message)
        return None
    return name


def _place(block: Block, name: str | None, params: Sequence[Parameter]) -> Place | None:
    max_concurrent = block.whole("max_concurrent", 1, MAX_CONCURRENT)
    price, most = block.number("cost_per_hour", least=0), block.number("max_cost", above=0)
    if block.has("max_cost") and not block.has("cost_per_hour"):
        message = f"`max_cost` needs `cost_per_hour` on platform {name or '…'}."
        block.wrong("max_cost", message)
    section = block.section("set", "{training.num_workers: 8}")
    values = dict(flat_values(section.values)) if section else {}
    for path in values:
        _check_set(block, path, values[path], params)
    if name is None:
        return None
    return Place(
        platform=name,
        max_concurrent=max_concurrent,
        cost_per_hour=price,
        max_cost=most,
        set={path: json_safe(value) for path, value in values.items()},
    )


def _check_set(block: Block, path: str, value: Any, params: Sequence[Parameter]) -> None:
    message = None
    if path.partition(".")[0] in (*FIXED, "hpsearch"):
        message = f"`{path}` cannot be set for a platform. Remove it here."
    elif any(path in one.paths for one in params):
        message = f"`{path}` is both searched and set for a platform. Keep one."
    elif path not in ADDED and not path.startswith("resources."):
        try:
            block.notes.config.copy().set(path, value)
        except InvalidInput as error:
            message = error.message
    if message is not None:
        block.notes.wrong(block.at(f"set.{path}"), message, at_key=True)


def check_prices(
    search: Block, budget: Budget, places: Sequence[Place], default_platform: str
) -> None:
    """Note what needs to know a price, where no platform has one."""
    written = search.values.get("platforms")
    items = written if isinstance(written, list) else []
    if any(isinstance(one, dict) and one.get("cost_per_hour") is not None for one in items):
        return  # though it be that of a platform that is not there: that is told already
    names = ", ".join(one.platform for one in places) or default_platform
    if budget.cost is not None:
        message = f"A cost budget needs `cost_per_hour` on platform {names}. Write"
        example = f"`platforms: [{{platform: {places[0].platform if places else default_platform}"
        search.wrong("budget.cost", f"{message} {example}, cost_per_hour: 1.21}}]`.")
    if search.values.get("placement") == "cheapest" and not search.notes.problems:
        message = f"`placement: cheapest` needs `cost_per_hour` on platform {names}."
        search.wrong("placement", message)
