"""Tells open pages which tasks changed. Called after a commit, never before."""

from collections.abc import Iterable

from hypertrainer.database import Database
from hypertrainer.events import Broker
from hypertrainer.tasks.queries import read_tasks

LISTS = [["get", "/tasks"], ["get", "/tasks/counts"], ["get", "/projects"], ["get", "/tags"]]
EVERYTHING = [["get"]]
MAX_ROWS = 500  # more would keep a page busy for longer than it takes to read its list again


async def announce_changes(database: Database, broker: Broker, ids: Iterable[int]) -> None:
    """Publish these tasks' rows as they are now; where they are many, that anything may differ."""
    wanted = list(dict.fromkeys(ids))
    if not wanted or not broker.has_listeners:
        return
    if len(wanted) > MAX_ROWS:
        broker.publish("invalidate", EVERYTHING)
        return
    async with database.reading() as session:
        tasks = await read_tasks(session, wanted)
    broker.publish("tasks", [task.model_dump(mode="json") for task in tasks])


def announce_lists(broker: Broker) -> None:
    """Publish that lists of tasks have other members now."""
    broker.publish("invalidate", LISTS)
