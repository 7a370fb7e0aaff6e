"""Where several things come together: repeats, retries, stops, limits and edits."""

from dataclasses import replace
from math import inf
from pathlib import Path

import pytest
from sqlmodel import col, select

from hypertrainer.database import Database
from hypertrainer.hpsearch.filling import note_trouble
from hypertrainer.hpsearch.tables import SearchFact
from hypertrainer.monitor.reindex import reindex
from hypertrainer.monitor.write_folders import WriteFolders
from hypertrainer.monitor.write_searches import WriteSearches
from tests.api import MNIST, Api
from tests.hpsearch.engine import PARAMS, Engine
from tests.hpsearch.test_engine import ASHA, section
from tests.hpsearch.test_engine_faults import hastened
from tests.hpsearch.test_engine_limits import began_ago
from tests.postgres import create_tables


@pytest.fixture
def engine(sqlite_api: Api, monkeypatch: pytest.MonkeyPatch) -> Engine:
    return hastened(sqlite_api, monkeypatch)


@pytest.fixture
def any_engine(api: Api, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """On SQLite and on PostgreSQL."""
    return hastened(api, monkeypatch)


async def test_repeats_go_elsewhere_when_their_trials_platform_is_spent(engine: Engine) -> None:
    places = (
        "  platforms:\n"
        "  - {platform: fake, max_concurrent: 1, cost_per_hour: 3600, max_cost: 5}\n"
        "  - {platform: local, max_concurrent: 1}\n"
    )
    await engine.submit(section(f"  n_trials: 1\n{places}  repeats: {{n: 2}}{ASHA}"))
    await began_ago(engine, 60)
    await engine.finish(0, 1.0)
    (trial,) = await engine.trials()
    assert len(trial["tasks"]) == 2
    assert (await engine.read())["reason"] == ""


async def test_repeats_come_after_the_last_point_of_a_space(engine: Engine) -> None:
    params = "  params:\n    training.num_epochs: [1, 2]\n"
    limits = f"  n_trials: 9\n  max_concurrent: 4\n  repeats: {{n: 2}}{ASHA}"
    await engine.submit(section(limits, params=params))
    for number in range(2):
        await engine.finish(number, 1.0)
    assert [len(trial["tasks"]) for trial in await engine.trials()] == [2, 2]
    for number in range(2):
        await engine.finish(number, 3.0, repeat=1)
    search = await engine.read()
    assert (search["status"], search["best_value"]) == ("finished", 2.0)
    assert search["reason"] == "All 2 points of the search space have been tried."


@pytest.mark.parametrize("values", [(inf, -inf), (1.7e308, 1.7e308)])
async def test_repeats_without_a_mean_have_diverged(
    engine: Engine, values: tuple[float, float]
) -> None:
    objective = "\n  objective: {metric: loss, direction: minimize, summary: last}\n"
    await engine.submit(section("  n_trials: 1\n  repeats: {n: 2}", objective=objective))
    for repeat, value in enumerate(values):
        await engine.write(0, value, repeat=repeat)
        await engine.end(0, repeat=repeat)
    await engine.turn()
    assert await engine.states() == ["failed"]


async def test_what_is_to_be_tried_again_when_the_target_is_reached_is_not(
    engine: Engine,
) -> None:
    objective = "\n  objective: {metric: loss, direction: minimize, target: 0.5}\n"
    limits = "  n_trials: 9\n  max_concurrent: 2\n  failures: {retry: 2}"
    await engine.submit(section(limits, objective=objective))
    await engine.write(0, 0.4)
    await engine.end(0)
    await engine.end(1, code=1)
    await engine.turn()
    search = await engine.read()
    assert (search["status"], search["num_trials"]) == ("finished", 2)
    assert (await engine.states())[0] == "complete"


async def test_a_constraint_on_what_a_trial_does_not_have_is_told_of(engine: Engine) -> None:
    params = (
        "  params:\n"
        "    training.kind: {values: [a, b], create: true}\n"
        "    training.extra: {low: 1.0, high: 2.0, create: true, when: {training.kind: b}}\n"
    )
    text = '  n_trials: 6\n  max_concurrent: 6\n  constraints: ["metric(loss) <= training.extra"]'
    await engine.submit(section(text, params=params))
    for number in range(6):
        await engine.finish(number, 0.5)
    search = await engine.read()
    assert (search["status"], search["num_finished"]) == ("finished", 6)


async def test_a_late_stop_of_a_trial_with_repeats_is_a_stop(engine: Engine) -> None:
    limits = f"  n_trials: 4\n  max_concurrent: 8\n  repeats: {{n: 2}}{ASHA}"
    await engine.submit(section(limits))
    for number in range(3):
        await engine.write(number, 1.0)
    await engine.turn()
    await engine.write(3, *[9.0] * 9)
    await engine.end(3)
    await engine.api.round()
    await engine._fill.run_once()  # before anybody read what it wrote
    await engine.turn()
    trial = await engine.trial(3)
    assert (trial["state"], len(trial["tasks"])) == ("stopped", 2)


async def test_the_next_point_is_asked_for_when_the_last_result_is_known(engine: Engine) -> None:
    await engine.submit(section("  n_trials: 3\n  max_concurrent: 1"))
    await engine.write(0, 1.0)
    await engine.end(0)
    await engine.api.round()
    await engine._advance.run_once()
    await engine._fill.run_once()
    assert len(await engine.trials()) == 1
    await engine.turn()
    assert len(await engine.trials()) == 2
    async with engine.api.database.reading() as session:
        query = select(SearchFact.kind).order_by(col(SearchFact.seq))
        kinds = (await session.exec(query)).all()
    assert kinds == ["revised", "asked", "told", "asked"]


@pytest.mark.parametrize("epoch", [1e12, 1e30])
async def test_any_epoch_in_a_progress_file_is_borne(any_engine: Engine, epoch: float) -> None:
    await any_engine.submit(section("  n_trials: 1"))
    task = (await any_engine.trial(0))["task_id"]
    folder = Path((await any_engine.api.read(task))["output_path"])
    (folder / "progress.log").write_text(f"{epoch}\ttrain\t0\t10\t1.0\n")
    await any_engine.turn()
    search = await any_engine.read()
    assert search["reason"] == ""
    await any_engine.finish(0, 1.0)
    assert (await any_engine.read())["status"] == "finished"


async def test_what_was_in_the_way_before_a_restart_is_not_told_of_for_ever(
    engine: Engine,
) -> None:
    await engine.submit(section("  n_trials: 1"))
    await note_trouble(engine.api.services, engine.search_id, "Its trials could not be looked at.")
    engine.restart()
    await engine.turn()
    assert (await engine.read())["reason"] == ""


async def test_epochs_that_a_second_attempt_writes_anew_were_used_all_the_same(
    engine: Engine,
) -> None:
    await engine.submit(section("  n_trials: 1\n  failures: {retry: 1}"))
    await engine.finish(0, *[1.0] * 5, code=1)
    task = (await engine.trial(0))["task_id"]
    folder = Path((await engine.api.read(task))["output_path"])
    (folder / "metric_loss.log").write_text("0\t3.0\n")
    await engine.turn()
    assert (await engine.read())["epochs"] == 5
    await engine.finish(0, 0.5)
    assert (await engine.read())["best_value"] == 0.5


async def test_a_budget_of_epochs_that_nobody_reports_ends_the_search(engine: Engine) -> None:
    text = "  algorithm: random\n  seed: 3\n  max_concurrent: 5\n  budget: {epochs: 9}\n"
    await engine.submit(f"{text}{PARAMS}")
    for number in range(15):
        if number < len(await engine.trials()):
            await engine.end(number)
            await engine.turn()
    search = await engine.read()
    assert (search["status"], search["num_trials"]) == ("finished", 14)
    assert search["reason"].startswith("None of 10 finished trials reported an epoch")


async def test_tasks_on_a_platform_that_is_not_configured_any_more_are_told_of(
    engine: Engine,
) -> None:
    places = "  platforms: [{platform: fake, max_concurrent: 2}, {platform: local}]\n"
    await engine.submit(section(f"  n_trials: 9\n  max_concurrent: 2\n{places}"))
    registry = engine.api.services.registry
    fixed, registry._fixed = registry._fixed, {}
    await engine.turn()
    assert (await engine.read())["reason"].endswith(
        "2 of its tasks are on `fake`, which is not configured any more. Add it again."
    )
    registry._fixed = fixed
    await engine.turn()
    assert (await engine.read())["reason"] == ""


async def test_a_trial_of_which_only_its_tasks_folder_tells_is_known_after_a_rebuild(
    engine: Engine, tmp_path: Path
) -> None:
    await engine.submit(section("  n_trials: 4\n  max_concurrent: 2"))
    await engine.finish(0, 2.0)
    api = engine.api
    await WriteFolders(api.database, WriteSearches(api.database, api.output)).run_once()
    (facts,) = (api.output / ".searches").glob("*/facts.jsonl")
    lines = facts.read_bytes().splitlines(keepends=True)
    assert b'"asked"' in lines[-1]
    facts.write_bytes(b"".join(lines[:-1]))
    url = f"sqlite:///{tmp_path / 'new.db'}"
    await create_tables(url)
    database = Database(url)
    await reindex(database, [api.output])
    api.services = api.app.state.services = replace(api.services, database=database)
    engine.restart()
    await engine.turn()
    assert await engine.states() == ["complete", "running", "running"]
    for number in range(1, 4):
        await engine.finish(number, 1.0)
    search = await engine.read()
    await database.close()
    assert (search["status"], search["num_finished"], search["reason"]) == ("finished", 4, "")


@pytest.mark.parametrize("name", ["a/b", r"lo\0ss", ""])
async def test_a_constraint_on_what_no_file_can_hold_is_refused(engine: Engine, name: str) -> None:
    text = f"  n_trials: 1\n  constraints: [\"metric('{name}') <= 3\"]"
    config = f"{MNIST}hpsearch:\n{section(text)}"
    answer = await engine.api.post("/hpsearch", platform="fake", config_text=config)
    assert answer.status_code == 422, answer.text
    (problem,) = answer.json()["fields"]
    assert problem["path"] == "hpsearch.constraints.0"
    assert problem["message"].endswith("is no name of a metric. Write it without a folder.")
