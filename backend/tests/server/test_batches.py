"""Events are merged and paced; nothing is lost without being told."""

import asyncio
import json

from hypothesis import given
from hypothesis import strategies as st

from hypertrainer.events import MAX_QUEUED, Broker, Event
from hypertrainer.server.batches import (
    EVERYTHING,
    GATHER_SECONDS,
    MAX_PAUSE_SECONDS,
    MIN_PAUSE_SECONDS,
    Batch,
    batches,
    pause_seconds,
)

row = st.dictionaries(st.sampled_from(["status", "epoch", "name"]), st.integers(), max_size=3)
patches = st.lists(st.tuples(st.integers(1, 4), row), max_size=20)


@given(patches)
def test_merged_rows_are_what_applying_each_in_turn_would_give(
    changes: list[tuple[int, dict[str, int]]],
) -> None:
    batch, expected = Batch(), dict[int, dict[str, int]]()
    for task_id, change in changes:
        batch.add(Event("tasks", [{"id": task_id, **change}]))
        expected[task_id] = {**expected.get(task_id, {}), "id": task_id, **change}
    rows = [item for event in batch.events() for item in event.data]
    assert {row["id"]: row for row in rows} == expected
    assert len(rows) == len(expected)


@given(st.lists(st.sampled_from(["/tasks", "/projects", "/tags"]), min_size=1))
def test_equal_hints_are_told_once_in_their_first_order(paths: list[str]) -> None:
    batch = Batch()
    for path in paths:
        batch.add(Event("invalidate", [["get", path]]))
    (event,) = batch.events()
    assert event.data == [["get", path] for path in dict.fromkeys(paths)]
    assert json.dumps(event.data)


@given(st.integers(0, 100_000))
def test_the_pace_stays_between_its_bounds(num_items: int) -> None:
    assert MIN_PAUSE_SECONDS <= pause_seconds(num_items) <= MAX_PAUSE_SECONDS


async def test_the_first_change_after_a_quiet_time_goes_out_at_once() -> None:
    broker = Broker()
    now = asyncio.get_running_loop().time
    with broker.subscribe() as subscription:
        stream = batches(subscription)
        broker.publish("tasks", [{"id": 1, "status": "running"}])
        started = now()
        assert await anext(stream) == [Event("tasks", [{"id": 1, "status": "running"}])]
        assert GATHER_SECONDS * 0.9 <= now() - started < MIN_PAUSE_SECONDS


async def test_what_comes_soon_after_is_gathered_into_one_batch() -> None:
    broker = Broker()
    now = asyncio.get_running_loop().time
    with broker.subscribe() as subscription:
        stream = batches(subscription)
        broker.publish("tasks", [{"id": 1, "epoch": 0}])
        await anext(stream)
        started = now()
        for epoch in (1, 2, 3):
            broker.publish("tasks", [{"id": 1, "epoch": epoch}, {"id": 2, "epoch": epoch}])
        broker.publish("platforms", [{"name": "local"}])
        tasks, platforms = await anext(stream)
        assert tasks.data == [{"id": 1, "epoch": 3}, {"id": 2, "epoch": 3}]
        assert platforms.data == [{"name": "local"}]
        assert now() - started >= MIN_PAUSE_SECONDS * 0.9


async def test_a_listener_that_missed_events_is_told_to_read_everything_again() -> None:
    broker = Broker()
    with broker.subscribe() as subscription:
        for number in range(MAX_QUEUED + 1):
            broker.publish("tasks", [{"id": number}])
        events: list[Event] = await anext(batches(subscription))
        assert events[-1] == EVERYTHING
        assert not subscription.has_missed


def test_a_log_that_grew_twice_is_told_once_with_its_last_size() -> None:
    batch = Batch()
    for size in (10, 20):
        batch.add(Event("logs", [{"task_id": 3, "name": "out.txt", "size": size}]))
    batch.add(Event("logs", [{"task_id": 3, "name": "err.txt", "size": 5}]))
    (event,) = batch.events()
    assert [(item["name"], item["size"]) for item in event.data] == [
        ("out.txt", 20),
        ("err.txt", 5),
    ]
    assert batch.num_items == 2
