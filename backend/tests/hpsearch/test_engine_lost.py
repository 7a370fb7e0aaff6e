"""Trials whose tasks were lost, and are found again."""

import pytest

from hypertrainer.monitor.platform_pass import PlatformPass
from tests.api import Api
from tests.hpsearch.engine import Engine
from tests.hpsearch.test_engine import section
from tests.hpsearch.test_engine_faults import hastened


@pytest.fixture
def engine(api: Api, monkeypatch: pytest.MonkeyPatch) -> Engine:
    return hastened(api, monkeypatch)


async def lose(engine: Engine, number: int) -> None:
    """Let nothing be left of a trial's job, as on a file system that lags far behind."""
    engine.api.fake.absence_reports, engine.api.fake.absence_seconds = 1, 0
    task_id = (await engine.trial(number))["task_id"]
    (attempt,) = (await engine.api.get(f"/tasks/{task_id}/attempts"))["items"]
    engine.api.fake.vanish(attempt["key"])
    await engine.turn()
    assert (await engine.trial(number))["task_status"] == "lost"


async def look_for_lost(engine: Engine) -> None:
    await PlatformPass(engine.api.services, engine.api.fake).run_once()
    await engine.turn()


async def test_a_trial_that_was_lost_and_had_come_to_its_end_counts(engine: Engine) -> None:
    await engine.submit(section("  n_trials: 2\n  max_concurrent: 1"))
    await engine.write(0, 3.0, 1.0)
    await lose(engine, 0)
    assert await engine.states() == ["failed", "running"]
    await engine.finish(1, 2.0)
    assert (await engine.read())["best_number"] == 1
    await engine.end(0)
    await look_for_lost(engine)
    search = await engine.read()
    assert await engine.states() == ["complete", "complete"]
    assert (search["status"], search["best_number"], search["best_value"]) == ("finished", 0, 1.0)
    assert (search["num_finished"], search["num_failed"]) == (2, 0)
    assert (await engine.replay())["is_equal"]


async def test_a_trial_that_was_lost_and_had_crashed_stays_failed(engine: Engine) -> None:
    await engine.submit(section("  n_trials: 1\n  max_concurrent: 1"))
    await engine.write(0, 3.0)
    await lose(engine, 0)
    await engine.end(0, code=9)
    await look_for_lost(engine)
    trial = await engine.trial(0)
    assert (trial["state"], trial["task_status"]) == ("failed", "crashed")
    assert "9" in trial["reason"]
    assert (await engine.replay())["is_equal"]
