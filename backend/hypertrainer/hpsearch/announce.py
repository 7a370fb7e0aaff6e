"""Tells open pages which searches changed. Called after a commit, never before."""

from collections.abc import Iterable

from hypertrainer.events import Broker
from hypertrainer.hpsearch.schemas import SearchRead
from hypertrainer.hpsearch.tables import Search

LISTS = [["get", "/hpsearch"], ["get", "/hpsearch/{search_id}"]]


def announce_searches(broker: Broker, searches: Iterable[Search | SearchRead]) -> None:
    """Publish how far these searches' changes are, and that what lists say of them may differ."""
    changed = [{"id": search.id, "seq": _seq(search)} for search in searches]
    if changed:
        broker.publish("searches", changed)
        broker.publish("invalidate", LISTS)


def _seq(search: Search | SearchRead) -> int:
    return search.changes if isinstance(search, Search) else search.seq
