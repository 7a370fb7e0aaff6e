"""Checks a search on each of its platforms, and plans how its tasks are launched there."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from hypertrainer.dependencies import Services
from hypertrainer.errors import FieldProblem, InvalidInput
from hypertrainer.hpsearch.drafts import places_of
from hypertrainer.hpsearch.places import PlacePlan
from hypertrainer.hpsearch.spec import Place, Spec
from hypertrainer.tasks.checking import Checked, Placed, check
from hypertrainer.tasks.code import store_code
from hypertrainer.tasks.config import Config
from hypertrainer.tasks.platform_keys import apply_values
from hypertrainer.tasks.schemas import TaskSubmit


@dataclass(frozen=True, slots=True)
class CheckedPlace:
    """A platform of a search, and the submission as it would be there.

    `source` is the config without the platform's own values and those of `set:`, where it has any.
    """

    place: Place
    checked: Checked
    source: Config | None


def check_request(services: Services, request: TaskSubmit, placed: Placed | None) -> Checked:
    """Check a submission; a search that names platforms, on the first of them. Blocks."""
    checked = check(services.settings, services.registry, request, placed)
    name = _first_platform(checked.config)
    known = {platform.name for platform in services.registry.all()}
    if name is None or name == request.platform or name not in known:
        return checked
    there = request.model_copy(update={"platform": name})
    return check(services.settings, services.registry, there, placed)


def _first_platform(config: Config | None) -> str | None:
    if config is None or not config.is_search:
        return None
    platforms = config.hpsearch_block.get("platforms")
    first = platforms[0] if isinstance(platforms, list) and platforms else None
    name = first.get("platform") if isinstance(first, dict) else first
    return name if isinstance(name, str) else None


def check_places(services: Services, checked: Checked, spec: Spec) -> list[CheckedPlace]:
    """The submission on each platform of the search; what is wrong there is noted. Blocks."""
    if not spec.platforms:
        place = Place(platform=checked.request.platform)
        return [CheckedPlace(place, checked, checked.source_for_clones)]
    places = []
    for index, place in enumerate(spec.platforms):
        step = partial(_check_place, services, checked, place, index)
        found = checked.attempt(f"hpsearch.platforms.{index}", step)
        if found is not None:
            checked.note(_problems_there(checked, found, index))
            places.append(found)
    return places


def _check_place(services: Services, checked: Checked, place: Place, index: int) -> CheckedPlace:
    source, config = checked.source, checked.config
    if source is None or config is None:  # a clone, which has its platform's values already
        source = config
    if source is None:
        raise RuntimeError("a config that cannot be read was to be placed")
    there = source.for_platform(place.platform)
    written, where = checked.config or there, f"hpsearch.platforms.{index}.set"
    apply_values(there, place.set, written, where)
    overrides = checked.request.overrides
    for path, value in overrides.items():
        with suppress(InvalidInput):  # it was told of the first platform
            there.set(path, value)
    neutral = _neutral(source, there, overrides)
    request = checked.request.model_copy(
        update={
            "platform": place.platform,
            "config": None,
            "config_text": there.text(),
            "overrides": {},
            "script": checked.script,
        }
    )
    placed = Placed(neutral.text() if neutral else None)
    return CheckedPlace(
        place, check(services.settings, services.registry, request, placed), neutral
    )


def _neutral(source: Config, there: Config, overrides: dict[str, Any]) -> Config | None:
    """The config without what is special about the platform; None where nothing is."""
    try:
        neutral = source.with_overrides(overrides)
    except InvalidInput:  # without the platform's values it is none
        return None
    return None if neutral.text() == there.text() else neutral


def _problems_there(checked: Checked, found: CheckedPlace, index: int) -> Iterator[FieldProblem]:
    """What is wrong on this platform, and was not on the first."""
    known = {problem.message for problem in checked.problems}
    path = f"hpsearch.platforms.{index}"
    for problem in found.checked.problems:
        if problem.message not in known and checked.config is not None:
            message = f"On `{found.place.platform}`: {problem.message}"
            yield checked.config.problem(path, message)


def plan_places(services: Services, places: list[CheckedPlace]) -> list[PlacePlan]:
    """How tasks are launched on each platform; packs the code that is to be brought there. Blocks.

    Raises:
        StorageError: the code cannot be packed.
    """
    return [_plan(services, place) for place in places]


def _plan(services: Services, found: CheckedPlace) -> PlacePlan:
    checked, place = found.checked, found.place
    if checked.plan is None or checked.platform is None or checked.config is None:
        raise RuntimeError("a submission with problems was to be created")
    launch = checked.plan
    if checked.code is not None:
        launch = launch.model_copy(update={"code": store_code(services.settings, checked.code)})
    here, there = places_of(services.settings, checked.platform, checked.config)
    return PlacePlan(
        platform=place.platform,
        max_concurrent=place.max_concurrent,
        cost_per_hour=place.cost_per_hour,
        max_cost=place.max_cost,
        config=checked.request.config,
        config_text=checked.config.text(),
        source_text=found.source.text() if found.source else None,
        here=here,
        there=there,
        launch=launch.model_dump(mode="json"),
    )
