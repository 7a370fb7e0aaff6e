"""Slots, prices and budgets: what a search may use, and what counts as used."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import select

from hypertrainer.clock import utc_now
from hypertrainer.hpsearch.tables import Search
from hypertrainer.tasks.tables import Attempt
from tests.api import Api
from tests.hpsearch.engine import Engine
from tests.hpsearch.test_engine import section
from tests.hpsearch.test_engine_faults import hastened


@pytest.fixture
def engine(sqlite_api: Api, monkeypatch: pytest.MonkeyPatch) -> Engine:
    return hastened(sqlite_api, monkeypatch)


async def began_ago(engine: Engine, seconds: float) -> None:
    """Let all jobs that run have begun so long ago."""
    past = utc_now() - timedelta(seconds=seconds)
    for job in engine.api.fake.jobs.values():
        job.start = job.start and replace(job.start, at=past)
    async with engine.api.database.transaction() as session:
        await session.exec(update(Attempt).values(started_at=past))


async def test_repeats_keep_to_the_slots_of_their_platform(engine: Engine) -> None:
    places = "  platforms: [{platform: fake, max_concurrent: 2}]\n"
    await engine.submit(section(f"  n_trials: 2\n{places}  repeats: {{n: 3}}"))

    async def num_active() -> int:
        return len((await engine.api.get("/tasks", status="running"))["items"])

    for number, repeat in ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)):
        assert await num_active() <= 2
        await engine.write(number, 1.0, repeat=repeat)
        await engine.end(number, repeat=repeat)
        await engine.turn()
    assert await engine.states() == ["complete"] * 2


async def test_every_attempt_at_a_task_costs_but_not_the_time_between(engine: Engine) -> None:
    text = "  n_trials: 1\n  platforms: [{platform: fake, cost_per_hour: 3.6}]\n"
    await engine.submit(section(f"{text}  failures: {{retry: 1}}"))
    await engine.finish(0, 1.0, code=1)
    start = utc_now() - timedelta(hours=10)
    runs = {1: (start, start + timedelta(seconds=100)), 2: (start + timedelta(hours=9), None)}
    await engine.end(0)
    await engine.api.round()
    async with engine.api.database.transaction() as session:
        for attempt in await session.exec(select(Attempt)):
            attempt.started_at, ended_at = runs[attempt.number]
            attempt.ended_at = ended_at or start + timedelta(hours=9, seconds=50)
            session.add(attempt)
    await engine.turn()
    assert (await engine.read())["cost"] == pytest.approx(0.15)


async def test_a_platform_that_is_spent_starts_nothing_and_the_other_goes_on(
    engine: Engine,
) -> None:
    places = (
        "  platforms:\n"
        "  - {platform: fake, max_concurrent: 1, cost_per_hour: 3600, max_cost: 5}\n"
        "  - {platform: local, max_concurrent: 1}\n"
    )
    await engine.submit(section(f"  n_trials: 9\n{places}"))
    await began_ago(engine, 60)
    await engine.finish(0, 1.0)
    trials = await engine.trials()
    assert [trial["platform"] for trial in trials] == ["fake", "local"]
    search = await engine.read()
    assert (search["status"], search["reason"]) == ("running", "")


async def test_a_search_whose_every_platform_is_spent_ends(engine: Engine) -> None:
    places = (
        "  platforms: [{platform: fake, max_concurrent: 1, cost_per_hour: 36, max_cost: 0.5}]\n"
    )
    await engine.submit(section(f"  n_trials: 9\n{places}"))
    await began_ago(engine, 70)
    await engine.finish(0, 1.0)
    search = await engine.read()
    assert (search["status"], search["num_trials"]) == ("finished", 1)
    assert search["reason"] == "Every platform has used up its `max_cost`."
    assert search["cost"] == pytest.approx(0.7, rel=0.1)


async def test_a_budget_of_time_does_not_count_pauses(engine: Engine) -> None:
    await engine.submit(section("  max_concurrent: 1\n  budget: {time: 100}"))

    async def shift(**moments: Any) -> None:
        async with engine.api.database.transaction() as session:
            await session.exec(update(Search).values(**moments))

    await engine.api.post(f"/hpsearch/{engine.search_id}/pause")
    now = utc_now()
    await shift(created_at=now - timedelta(seconds=300), paused_at=now - timedelta(seconds=250))
    await engine.turn()
    assert (await engine.read())["status"] == "paused"
    await engine.api.post(f"/hpsearch/{engine.search_id}/resume")
    await engine.turn()
    assert (await engine.read())["reason"] == ""
    await shift(created_at=now - timedelta(seconds=360))
    await engine.turn()
    assert (await engine.read())["reason"] == "The budget is used up: 2 min."
    await engine.finish(0, 1.0)
    assert (await engine.read())["status"] == "finished"


async def test_a_task_that_is_to_be_tried_again_keeps_its_slot(engine: Engine) -> None:
    await engine.submit(section("  n_trials: 2\n  max_concurrent: 1\n  failures: {retry: 1}"))
    await engine.write(0, 1.0)
    await engine.end(0, code=1)
    await engine.api.round()
    await engine._fill.run_once()  # before anybody looked at the trial
    assert len(await engine.trials()) == 1
    await engine.turn()
    assert await engine.states() == ["running"]
    await engine.finish(0, 1.0, code=1)
    assert await engine.states() == ["failed", "running"]
