"""The operating system tells which output folders changed."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hypertrainer.monitor.output_watch import OutputWatch

DEADLINE_SECONDS = 10


@pytest.fixture
def waker() -> asyncio.Event:
    return asyncio.Event()


@pytest.fixture
async def watch(waker: asyncio.Event) -> AsyncIterator[OutputWatch]:
    """A watch that is repeated as the supervisor would."""
    made = OutputWatch(waker)

    async def repeat() -> None:
        while True:
            await made.run_once()

    running = asyncio.create_task(repeat())
    yield made
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def told(watch: OutputWatch, waker: asyncio.Event, folder: Path) -> None:
    """Wait until the folder is among those that changed."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while folder not in watch.take_changed():
            waker.clear()
            await waker.wait()


async def test_a_line_written_wakes_the_collector_with_its_folder(
    watch: OutputWatch, waker: asyncio.Event, tmp_path: Path
) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    watch.set_folders([one, two])
    await told(watch, waker, one)  # at first all of them: nobody looked before
    watch.take_changed()
    await write_until_told(watch, waker, two)
    assert one not in watch.take_changed()


async def write_until_told(watch: OutputWatch, waker: asyncio.Event, folder: Path) -> None:
    """Append lines until one is noticed: the watch may still be starting."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while folder not in watch.take_changed():
            with (folder / "metric_loss.log").open("a") as log:
                log.write("1\t0.5\n")
            waker.clear()
            try:
                await asyncio.wait_for(waker.wait(), 0.2)
            except TimeoutError:
                continue


async def test_a_folder_that_joins_is_looked_at_once_and_then_watched(
    watch: OutputWatch, waker: asyncio.Event, tmp_path: Path
) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    watch.set_folders([one])
    await told(watch, waker, one)
    watch.set_folders([one, two])
    await told(watch, waker, two)
    await write_until_told(watch, waker, two)


async def test_folders_that_are_not_there_are_no_failure(
    watch: OutputWatch, waker: asyncio.Event, tmp_path: Path
) -> None:
    watch.set_folders([tmp_path / "never"])
    real = tmp_path / "real"
    real.mkdir()
    watch.set_folders([tmp_path / "never", real])
    await told(watch, waker, real)


async def test_changes_are_taken_once(waker: asyncio.Event, tmp_path: Path) -> None:
    made = OutputWatch(waker)
    made.set_folders([tmp_path])
    running = asyncio.create_task(made.run_once())
    await told(made, waker, tmp_path)
    assert made.take_changed() == set()
    made.set_folders([])
    async with asyncio.timeout(DEADLINE_SECONDS):
        await running
