"""Output that changed: who is told of it, and how soon it is read."""

import asyncio
from collections.abc import Callable

from hypertrainer.events import Event, Subscription
from hypertrainer.monitor.collect_output import CollectOutput
from hypertrainer.monitor.output_watch import OutputWatch
from tests.monitor.collecting import Collecting


def events_in(subscription: Subscription) -> dict[str, list[Event]]:
    events: dict[str, list[Event]] = {}
    while not subscription.queue.empty():
        event = subscription.queue.get_nowait()
        events.setdefault(event.kind, []).append(event)
    return events


async def test_open_pages_are_told_of_rows_metrics_and_logs_that_changed(task: Collecting) -> None:
    with task.place.services.broker.subscribe() as subscription:
        task.append("metric_loss.log", "0\t1.0\n")
        task.append("progress.log", "0\ttrain\t0\t10\t100.0\n")
        task.append("out.txt", "hello\n")
        task.append("data.csv", "1,2\n")
        await task.look()
        events = events_in(subscription)
        assert events["tasks"][0].data[0]["metrics"]["loss"]["last"] == 1.0
        assert events["metrics"][0].data == [{"task_id": task.task_id, "name": "loss"}]
        sizes = {item["name"]: item["size"] for item in events["logs"][0].data}
        assert sizes == {"metric_loss.log": 6, "progress.log": 19, "out.txt": 6}
        task.append("out.txt", "again\n")
        await task.look()
        events = events_in(subscription)
        assert set(events) == {"logs"}
        log = {"task_id": task.task_id, "name": "out.txt", "size": 12}
        assert events["logs"][0].data == [log]
        await task.look()
        assert events_in(subscription) == {}


async def test_a_folder_that_the_system_says_changed_is_looked_at_before_the_next_full_scan(
    task: Collecting,
) -> None:
    await task.look()
    task.append("metric_loss.log", "0\t1.0\n")
    await task.work.run_once()
    assert (await task.read()).metrics == {}
    task.work.watch._note([task.folder])
    await task.work.run_once()
    assert (await task.summary("loss"))["count"] == 1


async def test_a_line_reaches_the_database_through_the_watch_within_seconds(
    sqlite_task: Collecting,
) -> None:
    task, waker = sqlite_task, sqlite_task.place.services.wakers.collect
    await task.look()
    watching = asyncio.create_task(watch_for_ever(task.work.watch))
    try:
        await reach(waker, task.work, lambda: "0\t1.0\n", task)
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def watch_for_ever(watch: OutputWatch) -> None:
    while True:
        await watch.run_once()


async def reach(
    waker: asyncio.Event, work: CollectOutput, line: Callable[[], str], task: Collecting
) -> None:
    work._scanned_at = float("inf")  # no full scan: only what the watch tells
    async with asyncio.timeout(20):
        while "loss" not in (await task.read()).metrics:
            task.append("metric_loss.log", line())
            await waker.wait()
            waker.clear()
            await work.run_once()
