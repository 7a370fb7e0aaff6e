"""Which platform the next task of a search goes to. Pure."""

from collections.abc import Mapping, Sequence

from hypertrainer.hpsearch.places import PlacePlan


def choose_place(
    placement: str,
    places: Sequence[PlacePlan],
    active: Mapping[str, int],
    costs: Mapping[str, float],
) -> PlacePlan | None:
    """The place for one more task; None where none has room.

    Args:
        placement: `fill` takes the first with room, in the order they were written; `spread` the
            one with the smallest share of its slots in use; `cheapest` the one with the lowest
            price.
        places: the search's platforms.
        active: how many tasks of the search are active, by platform.
        costs: what its tasks have cost, by platform.
    """
    free = [place for place in places if _has_room(place, active, costs)]
    match placement:
        case "spread":
            return min(free, key=lambda place: _share(place, active), default=None)
        case "cheapest":
            return min(free, key=lambda place: place.cost_per_hour or 0.0, default=None)
    return free[0] if free else None


def _has_room(place: PlacePlan, active: Mapping[str, int], costs: Mapping[str, float]) -> bool:
    count = active.get(place.platform, 0)
    if place.max_concurrent is not None and count >= place.max_concurrent:
        return False
    return not is_spent(place, costs)


def is_spent(place: PlacePlan, costs: Mapping[str, float]) -> bool:
    """Whether a platform has used up what it may cost."""
    return place.max_cost is not None and costs.get(place.platform, 0.0) >= place.max_cost


def are_all_spent(places: Sequence[PlacePlan], costs: Mapping[str, float]) -> bool:
    """Whether every platform has used up what it may cost."""
    return bool(places) and all(is_spent(place, costs) for place in places)


def _share(place: PlacePlan, active: Mapping[str, int]) -> float:
    count = active.get(place.platform, 0)
    return count / place.max_concurrent if place.max_concurrent else float(count)
