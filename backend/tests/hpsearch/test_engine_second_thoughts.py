"""Searches that are edited, extended and paused while, or after, something ended them."""

from typing import Any

import pytest
from sqlmodel import select

from hypertrainer.hpsearch.tables import Search
from tests.api import MNIST, Api
from tests.hpsearch.engine import Engine
from tests.hpsearch.test_engine import ASHA, section
from tests.hpsearch.test_engine_faults import hastened
from tests.hpsearch.test_engine_limits import began_ago


@pytest.fixture
def engine(sqlite_api: Api, monkeypatch: pytest.MonkeyPatch) -> Engine:
    return hastened(sqlite_api, monkeypatch)


async def patch(engine: Engine, text: str, status: int = 200) -> Any:
    path = f"/hpsearch/{engine.search_id}"
    answer = await engine.api.client.patch(path, json={"config_text": f"{MNIST}hpsearch:\n{text}"})
    assert answer.status_code == status, answer.text
    return answer.json()


async def test_what_ran_on_a_platform_that_was_edited_away_has_cost_what_it_has(
    engine: Engine,
) -> None:
    priced = "  platforms: [{platform: fake, max_concurrent: 1, cost_per_hour: 3600}]\n"
    await engine.submit(section(f"  n_trials: 9\n{priced}"))
    await began_ago(engine, 65)
    await engine.write(0, 1.0)
    await engine.turn()
    before = (await engine.read())["cost"]
    assert before >= 60
    await patch(engine, section("  n_trials: 9\n  platforms: [{platform: local}]\n"))
    await engine.turn()
    other = "  platforms: [{platform: local, cost_per_hour: 1, max_concurrent: 1}]\n"
    await patch(engine, section(f"  n_trials: 9\n{other}"))
    assert (await engine.read())["cost"] >= before


async def test_a_search_that_failed_and_is_extended_is_judged_by_its_new_trials(
    engine: Engine,
) -> None:
    await engine.submit(section("  n_trials: 20\n  max_concurrent: 1"))
    for number in range(3):
        await engine.write(number, 1.0, metric="acc")
        await engine.end(number)
        await engine.turn()
    assert (await engine.read())["status"] == "failed"
    await engine.api.post(f"/hpsearch/{engine.search_id}/extend", n_trials=1)
    await engine.turn()
    assert await engine.states() == ["failed"] * 3 + ["running"]
    for number in range(3, 6):
        await engine.write(number, 1.0, metric="acc")
        await engine.end(number)
        await engine.turn()
    search = await engine.read()
    assert (search["status"], search["num_trials"]) == ("failed", 6)
    await engine.api.post(f"/hpsearch/{engine.search_id}/extend", n_trials=1)
    await engine.turn()
    await engine.finish(6, 1.0)
    assert (await engine.states())[6:] == ["complete", "running"]


async def test_a_larger_space_lets_a_search_go_on_that_had_tried_all_points(
    engine: Engine,
) -> None:
    params = "  params:\n    training.num_epochs: [%s]\n"
    limits = "  n_trials: 9\n  max_concurrent: 4\n"
    await engine.submit(section(limits, params=params % "1, 2"))
    for number in range(2):
        await engine.finish(number, 1.0)
    assert (await engine.read())["status"] == "finished"
    await patch(engine, section(limits, params=params % "1, 2, 3"))
    await engine.turn()
    assert await engine.states() == ["complete", "complete", "running"]


async def test_a_search_goes_on_when_its_platforms_may_cost_more(engine: Engine) -> None:
    place = "  platforms: [{platform: fake, max_concurrent: 1, cost_per_hour: 36, max_cost: %s}]\n"
    await engine.submit(section(f"  n_trials: 9\n{place % 0.5}"))
    await began_ago(engine, 70)
    await engine.finish(0, 1.0)
    assert (await engine.read())["status"] == "finished"
    await patch(engine, section(f"  n_trials: 9\n{place % 50}"))
    await engine.turn()
    assert await engine.states() == ["complete", "running"]


async def test_what_an_edit_could_not_bring_about_is_refused(engine: Engine) -> None:
    await engine.submit(section("  n_trials: 9\n  max_concurrent: 1"))
    answer = await patch(engine, section("  n_trials: 9\n  warm_start: {from: other}"), 422)
    assert [one["path"] for one in answer["fields"]] == ["hpsearch.warm_start"]
    points = "  n_trials: 9\n  try_first: [{training.learning_rate: 1.0e-3}%s]\n"
    answer = await patch(engine, section(points % ""), 422)
    assert [one["path"] for one in answer["fields"]] == ["hpsearch.try_first"]


async def test_a_pause_ends_with_its_search(engine: Engine) -> None:
    objective = "\n  objective: {metric: loss, direction: minimize, target: 0.5}\n"
    await engine.submit(section("  n_trials: 9\n  max_concurrent: 1", objective=objective))
    await engine.api.post(f"/hpsearch/{engine.search_id}/pause")
    await engine.finish(0, 0.1)
    assert (await engine.read())["status"] == "finished"
    async with engine.api.database.reading() as session:
        search = (await session.exec(select(Search))).one()
    assert search.paused_at is None
    assert search.paused_seconds > 0


async def test_a_paused_search_whose_budget_is_raised_stays_paused(engine: Engine) -> None:
    limits = "  max_concurrent: 2\n  budget: {epochs: %d}\n"
    await engine.submit(section(limits % 2))
    await engine.api.post(f"/hpsearch/{engine.search_id}/pause")
    await engine.finish(0, 2.0, 1.0)
    assert "used up" in (await engine.read())["reason"]
    await patch(engine, section(limits % 9))
    await engine.finish(1, 3.0)
    search = await engine.read()
    assert (search["status"], search["reason"]) == ("paused", "")
    await engine.api.post(f"/hpsearch/{engine.search_id}/resume")
    await engine.turn()
    assert (await engine.states())[2:] == ["running"] * 2


async def test_a_stop_is_told_at_once_to_a_platform_that_was_edited_away(engine: Engine) -> None:
    limits = "  n_trials: 9\n  max_concurrent: 3\n"
    await engine.submit(section(f"{limits}{ASHA}"))
    await patch(engine, section(f"{limits}  platforms: [{{platform: local}}]{ASHA}"))
    for number in range(3):
        await engine.write(number, 1.0 + number)
    waker = engine.api.services.wakers.of_platform("fake")
    waker.clear()
    await engine._advance.run_once()
    assert (await engine.states())[2] == "stopping"
    assert waker.is_set()
