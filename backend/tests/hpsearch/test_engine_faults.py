"""What is in a search's way: it says so, goes on when it is mended, and delays no other search."""

import asyncio
from math import inf, nan
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from hypertrainer.hpsearch.tables import SearchFact
from hypertrainer.monitor import (
    advance_searches,
    collect_output,
    search_looks,
    search_troubles,
)
from tests.api import MNIST, Api
from tests.hpsearch.engine import Engine
from tests.hpsearch.test_engine import ASHA, section


@pytest.fixture
def engine(sqlite_api: Api, monkeypatch: pytest.MonkeyPatch) -> Engine:
    return hastened(sqlite_api, monkeypatch)


@pytest.fixture
def any_engine(api: Api, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """On SQLite and on PostgreSQL."""
    return hastened(api, monkeypatch)


def hastened(api: Api, monkeypatch: pytest.MonkeyPatch) -> Engine:
    monkeypatch.setattr(collect_output, "LEAST_PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(search_troubles, "MAX_BACK_OFF_SECONDS", 0.0)
    return Engine(api)


async def names(engine: Engine) -> list[str]:
    tasks = (await engine.api.get("/tasks", limit=500, sort="id"))["items"]
    return [task["name"] for task in tasks]


async def test_a_folder_that_cannot_be_written_is_told_of_and_no_other_search_waits(
    engine: Engine, tmp_path: Path
) -> None:
    blocked = tmp_path / "blocked"
    search = section("  n_trials: 3\n  max_concurrent: 1")
    text = f"output_root: {blocked}\n{MNIST}hpsearch:\n{search}"
    made = await engine.api.search(config=None, config_text=text, name="first")
    first = made["search"]["id"]
    blocked.write_text("not a folder")
    await engine.submit(section("  n_trials: 2\n  max_concurrent: 2"), name="second")
    assert await engine.states() == ["running"] * 2
    engine.search_id = first
    now = await engine.read()
    assert (now["status"], now["num_trials"]) == ("running", 0)
    words = f"The next trial could not be started: The output folder {blocked}/"
    assert now["reason"].startswith(words)
    blocked.unlink()
    await engine.turn()
    assert await engine.states() == ["running"]
    assert (await engine.read())["reason"] == ""
    assert len(set(await names(engine))) == len(await names(engine)) == 3
    assert len(list(blocked.iterdir())) == 1


async def test_a_search_that_cannot_be_read_delays_no_other(engine: Engine) -> None:
    await engine.submit(section("  n_trials: 1"), name="broken")
    broken = engine.search_id
    first = update(SearchFact).where(col(SearchFact.search_id) == broken, col(SearchFact.seq) == 2)
    async with engine.api.database.transaction() as session:
        await session.exec(first.values(kind="stopped"))
    engine.restart()
    await engine.submit(section("  n_trials: 1"), name="sound")
    await engine.finish(0, 1.0)
    assert (await engine.read())["status"] == "finished"
    engine.search_id = broken
    search = await engine.read()
    assert search["status"] == "running"
    assert search["reason"].startswith("Its trials could not be looked at: ")
    async with engine.api.database.transaction() as session:
        await session.exec(first.values(kind="asked"))
    await engine.finish(0, 1.0)
    search = await engine.read()
    assert (search["status"], search["reason"]) == ("finished", "")


async def test_what_goes_on_in_a_stopped_search_leaves_it_stopped(engine: Engine) -> None:
    await engine.submit(section("  n_trials: 9\n  max_concurrent: 2\n  failures: {retry: 3}"))
    await engine.api.post(f"/hpsearch/{engine.search_id}/stop", cancel=False)
    await engine.turn()
    assert await engine.states() == ["running"] * 2
    assert (await engine.read())["status"] == "stopped"
    await engine.finish(0, 1.0, code=1)  # and is not tried again
    await engine.finish(1, 2.0)
    search = await engine.read()
    assert await engine.states() == ["failed", "complete"]
    assert (search["status"], search["reason"]) == ("stopped", "Stopped by a user.")
    assert search["best_value"] == 2.0


@pytest.mark.parametrize("value", [nan, inf, -inf])
async def test_a_constraint_on_what_is_no_number_is_violated(
    any_engine: Engine, value: float
) -> None:
    text = '  n_trials: 2\n  max_concurrent: 1\n  constraints: ["metric(memory) <= 4"]'
    await any_engine.submit(section(text))
    await any_engine.write(0, value, metric="memory")
    await any_engine.finish(0, 1.0)
    trial = await any_engine.trial(0)
    assert (trial["state"], trial["is_feasible"]) == ("complete", value < 0), trial
    await any_engine.write(1, 3.0, metric="memory")
    await any_engine.finish(1, 2.0)
    search = await any_engine.read()
    assert search["best_number"] == (0 if value < 0 else 1)
    assert (await any_engine.replay())["is_equal"]


@pytest.mark.parametrize("value", [nan, inf, -inf])
async def test_values_that_are_no_numbers_are_facts_that_can_be_read_again(
    any_engine: Engine, value: float
) -> None:
    stopping = "\n  early_stopping: {rule: asha, max_epochs: 9, stop_on_nan: false}\n"
    await any_engine.submit(section(f"  n_trials: 3\n  max_concurrent: 3{stopping}"))
    for number, first in enumerate((1.0, value, 2.0)):
        await any_engine.write(number, first)
        await any_engine.turn()
        any_engine.restart()
    await any_engine.turn()
    assert (await any_engine.states())[0] == "running"
    assert (await any_engine.replay())["is_equal"]


async def test_more_reports_than_one_transaction_holds_are_taken_in_one_by_one(
    engine: Engine,
) -> None:
    stopping = "\n  early_stopping: {rule: patience, epochs: 1500}\n"
    await engine.submit(section(f"  n_trials: 2\n  max_concurrent: 2{stopping}"))
    falling = [5.0 - epoch / 1000 for epoch in range(2000)]
    await engine.write(0, *falling)
    await engine.write(1, *falling[:1000], *[9.0] * 1000)
    for number in (0, 1):  # both have ended before anybody looks
        await engine.end(number)
    await engine.turn()
    trials = await engine.trials()
    assert [trial["state"] for trial in trials] == ["complete"] * 2
    async with engine.api.database.reading() as session:
        query = select(SearchFact.kind, SearchFact.epoch).order_by(col(SearchFact.seq))
        kinds = (await session.exec(query)).all()
    assert [epoch for kind, epoch in kinds if kind == "reported"] == [
        epoch for epoch in range(1, 2001) for _ in range(2)
    ]
    assert (await engine.replay())["is_equal"]


async def test_a_platform_that_is_not_configured_any_more_is_told_of(engine: Engine) -> None:
    await engine.submit(section("  n_trials: 3\n  max_concurrent: 1"))
    registry = engine.api.services.registry
    fixed = registry._fixed
    await engine.end(0)
    await engine.write(0, 1.0)
    await engine.api.round()
    registry._fixed = {}
    await engine.turn()
    search = await engine.read()
    assert (search["num_trials"], search["status"]) == (1, "running")
    assert "none of its platforms is configured any more (`fake`)" in search["reason"]
    registry._fixed = fixed
    await engine.turn()
    assert await engine.states() == ["complete", "running"]
    assert (await engine.read())["reason"] == ""


async def test_tasks_that_were_deleted_leave_what_they_used_up(engine: Engine) -> None:
    await engine.submit(section("  n_trials: 3\n  max_concurrent: 2"))
    await engine.finish(0, 3.0, 2.0)
    await engine.write(1, 1.0)
    await engine.turn()
    ids = [trial["task_id"] for trial in await engine.trials()]
    await engine.api.act("cancel", ids[1])
    await engine.api.round()
    await engine.api.act("archive", *ids[:2])
    await engine.api.act("delete", *ids[:2])
    await engine.turn()
    assert await engine.states() == ["complete", "cancelled", "running"]
    search = await engine.read()
    assert (search["epochs"], search["best_value"], search["status"]) == (3, 2.0, "running")
    await engine.finish(2, 5.0)
    assert (await engine.read())["status"] == "finished"


async def test_two_passes_at_once_start_nothing_twice(engine: Engine) -> None:
    await engine.submit(section("  n_trials: 30\n  max_concurrent: 10"))
    for number in range(10):
        await engine.write(number, 1.0 + number)
        await engine.end(number)
    await engine.api.round()
    other = Engine(engine.api, engine.search_id)
    await asyncio.gather(
        *(one._advance.run_once() for one in (engine, other)),
        *(one._fill.run_once() for one in (engine, other)),
        return_exceptions=False,
    )
    await engine.turn()
    trials = await engine.trials()
    assert [trial["number"] for trial in trials] == list(range(len(trials)))
    assert [trial["state"] for trial in trials[:10]] == ["complete"] * 10
    assert len(set(await names(engine))) == len(trials) == 20
    assert (await engine.replay())["is_equal"]


async def test_many_that_end_at_once_are_told_of_little_by_little(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(advance_searches, "TOLD_AT_ONCE", 2)
    monkeypatch.setattr(search_looks, "BATCH", 3)
    await engine.submit(section("  n_trials: 9\n  max_concurrent: 8"))
    for number in range(7):
        await engine.write(number, 1.0 + number)
        await engine.end(number)
    await engine.turn()
    assert await engine.states() == ["complete"] * 7 + ["running"] * 2
    assert (await engine.replay())["is_equal"]


async def test_trials_that_wait_for_their_repeats_keep_nobody_busy(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(advance_searches, "TOLD_AT_ONCE", 1)
    await engine.submit(section(f"  n_trials: 9\n  max_concurrent: 4\n  repeats: {{n: 2}}{ASHA}"))
    await engine.api.post(f"/hpsearch/{engine.search_id}/pause")
    for number in range(3):
        await engine.write(number, 1.0)
        await engine.end(number)
    await engine.turn()  # comes to rest
    assert await engine.states() == ["running"] * 4
    await engine.finish(3, 1.0, code=1)
    assert await engine.states() == ["running"] * 3 + ["failed"]
    await engine.api.post(f"/hpsearch/{engine.search_id}/stop")
    await engine.turn()
    assert await engine.states() == ["complete"] * 3 + ["failed"]
