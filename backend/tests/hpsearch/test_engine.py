"""The engine: what it starts and when, what it stops and why, and how a search ends."""

import re

import pytest

from hypertrainer.monitor import collect_output
from tests.api import Api
from tests.hpsearch.engine import LOSS, PARAMS, Engine

ASHA = "\n  early_stopping: {rule: asha, max_epochs: 9, reduction_factor: 3}\n"


@pytest.fixture
def engine(api: Api, monkeypatch: pytest.MonkeyPatch) -> Engine:
    monkeypatch.setattr(collect_output, "LEAST_PAUSE_SECONDS", 0.0)
    return Engine(api)


def section(text: str, *, objective: str = LOSS, params: str = PARAMS) -> str:
    return f"  algorithm: sobol\n  seed: 3\n{text}{objective}{params}"


async def test_so_many_trials_are_started_as_may_run_at_once_and_the_next_when_one_ends(
    engine: Engine,
) -> None:
    await engine.submit(section("  n_trials: 4\n  max_concurrent: 2"))
    assert await engine.states() == ["running"] * 2
    await engine.finish(0, 3.0, 2.0)
    assert await engine.states() == ["complete", "running", "running"]
    for number in (2, 1, 3):
        await engine.finish(number, 1.0 + number)
    search = await engine.read()
    assert (search["status"], search["num_finished"], search["epochs"]) == ("finished", 4, 5)
    assert (search["best_value"], search["best_number"]) == (2.0, 0)
    assert (await engine.replay())["is_equal"]


async def test_a_rule_stops_trials_and_says_why(engine: Engine) -> None:
    await engine.submit(section(f"  n_trials: 4\n  max_concurrent: 4{ASHA}"))
    for number, value in enumerate((1.0, 2.0, 3.0, 4.0)):
        await engine.write(number, value)
    await engine.turn()
    states = await engine.states()
    assert states[0] == "running"
    stopped = await engine.trial(3)
    assert stopped["state"] in ("stopping", "stopped")
    assert stopped["reason"].startswith("stopped at epoch 1: loss 4 is 4th of 4 at this rung")
    await engine.turn()
    task = await engine.api.read(stopped["task_id"])
    assert task["status"] == "pruned"
    assert task["reason"].startswith("Stopped at epoch 1: loss 4 is 4th of 4 at this rung; ")


async def test_a_stopped_trial_holds_its_slot_until_its_platform_confirms(engine: Engine) -> None:
    engine.api.fake.faults.ignores_term = True
    await engine.submit(section(f"  n_trials: 9\n  max_concurrent: 4{ASHA}"))
    for number, value in enumerate((1.0, 2.0, 3.0, 4.0)):
        await engine.write(number, value)
    await engine.turn()
    assert (await engine.states())[2:] == ["stopping", "stopping"]
    assert len(await engine.trials()) == 4
    for number in (2, 3):
        await engine.end(number, 143)
    await engine.turn()
    states = await engine.states()
    assert states[2:4] == ["stopped", "stopped"]
    assert len(states) == 6


async def test_a_restart_changes_no_decision(engine: Engine) -> None:
    await engine.submit(section(f"  n_trials: 6\n  max_concurrent: 3{ASHA}"))
    for value in range(4):
        for number in range(3):
            await engine.write(number, 5.0 - value + number)
        engine.restart()
        await engine.turn()
    trials = await engine.trials()
    assert [trial["state"] for trial in trials[:3]] == ["running", "running", "stopped"]
    assert (await engine.replay())["is_equal"]


async def test_a_diverged_trial_is_stopped_and_failed(engine: Engine) -> None:
    await engine.submit(section(f"  n_trials: 2\n  max_concurrent: 2{ASHA}"))
    await engine.write(0, float("nan"))
    await engine.turn()
    await engine.turn()
    trial = await engine.trial(0)
    assert trial["state"] == "failed"
    assert "nan" in trial["reason"]


async def test_a_failed_trial_is_tried_again_in_the_same_folder(engine: Engine) -> None:
    await engine.submit(section("  n_trials: 1\n  failures: {retry: 1}"))
    await engine.finish(0, 3.0, code=1)
    (trial,) = await engine.trials()
    assert trial["state"] == "running"
    assert (await engine.api.read(trial["task_id"]))["num_attempts"] == 2
    await engine.finish(0, 2.0)
    assert await engine.states() == ["complete"]


async def test_trials_without_the_metric_end_the_search_with_the_files_that_were_seen(
    engine: Engine,
) -> None:
    await engine.submit(section("  n_trials: 20\n  max_concurrent: 1"))
    for number in range(3):
        await engine.write(number, 1.0, metric="acc")
        await engine.end(number)
        await engine.turn()
    search = await engine.read()
    assert (search["status"], search["num_trials"]) == ("failed", 3)
    assert search["reason"] == (
        "None of 3 finished trials has the metric. Metric loss has not appeared; "
        "metric files seen: metric_acc.log."
    )


async def test_a_search_of_which_nothing_but_failures_comes_ends(engine: Engine) -> None:
    await engine.submit(section("  n_trials: 50\n  max_concurrent: 5"))
    for number in range(14):
        if number < len(await engine.trials()):
            await engine.finish(number, 1.0, code=7)
    search = await engine.read()
    assert search["status"] == "failed"
    assert search["reason"].startswith("1")
    assert re.search(r"trials failed\. The last one was trial \d+: Exit code 7\.", search["reason"])


async def test_too_many_failures_end_the_search(engine: Engine) -> None:
    await engine.submit(section("  n_trials: 9\n  max_concurrent: 1\n  failures: {max: 1}"))
    await engine.finish(0, 1.0)
    await engine.finish(1, 1.0, code=1)
    await engine.finish(2, 1.0, code=1)
    search = await engine.read()
    assert (search["status"], search["num_trials"]) == ("finished", 3)
    assert search["reason"].startswith("2 of 3 trials failed.")


async def test_a_target_ends_the_search_and_cancels_the_rest(engine: Engine) -> None:
    objective = "\n  objective: {metric: loss, direction: minimize, target: 0.5}\n"
    await engine.submit(section("  n_trials: 9\n  max_concurrent: 2", objective=objective))
    await engine.finish(0, 0.4)
    search = await engine.read()
    assert (search["status"], search["num_trials"]) == ("finished", 2)
    assert search["reason"] == "Trial 0 reached the target: loss 0.4 (target 0.5)."
    assert (await engine.trial(1))["state"] == "cancelled"


async def test_a_budget_of_epochs_lets_the_active_trials_end_and_starts_none(
    engine: Engine,
) -> None:
    await engine.submit(section("  max_concurrent: 2\n  budget: {epochs: 3}"))
    await engine.finish(0, 3.0, 2.0, 1.0)
    assert await engine.states() == ["complete", "running"]
    await engine.finish(1, 3.0)
    search = await engine.read()
    assert search["status"] == "finished"
    assert search["reason"] == "The budget is used up: 3 epochs (3 were used)."


async def test_a_search_whose_trials_all_violate_a_constraint_says_so(engine: Engine) -> None:
    text = '  n_trials: 1\n  constraints: ["metric(loss) <= 1"]'
    await engine.submit(section(text))
    await engine.finish(0, 3.0)
    search = await engine.read()
    assert (search["status"], search["best_number"]) == ("failed", None)
    assert search["reason"] == "No trial is feasible: each violates a constraint."


async def test_repeats_follow_when_the_first_run_came_through(engine: Engine) -> None:
    repeats = f"  n_trials: 2\n  max_concurrent: 2\n  repeats: {{n: 2}}{ASHA}"
    await engine.submit(section(repeats))
    assert [len(trial["tasks"]) for trial in await engine.trials()] == [1, 1]
    await engine.finish(0, 3.0)
    assert [len(trial["tasks"]) for trial in await engine.trials()] == [2, 1]
    await engine.finish(0, 1.0, repeat=1)
    trial = await engine.trial(0)
    assert (trial["state"], trial["objectives"]) == ("complete", [2.0])
    assert [task["values"] for task in trial["tasks"]] == [[3.0], [1.0]]


async def test_a_paused_search_starts_nothing_and_goes_on_when_resumed(engine: Engine) -> None:
    await engine.submit(section("  n_trials: 3\n  max_concurrent: 1"))
    await engine.api.post(f"/hpsearch/{engine.search_id}/pause")
    await engine.finish(0, 1.0)
    assert await engine.states() == ["complete"]
    assert (await engine.read())["status"] == "paused"
    await engine.api.post(f"/hpsearch/{engine.search_id}/resume")
    await engine.turn()
    assert await engine.states() == ["complete", "running"]


async def test_a_finished_search_is_extended(engine: Engine) -> None:
    await engine.submit(section("  n_trials: 1"))
    await engine.finish(0, 1.0)
    assert (await engine.read())["status"] == "finished"
    await engine.api.post(f"/hpsearch/{engine.search_id}/extend", n_trials=2)
    await engine.turn()
    assert (await engine.read())["status"] == "running"
    assert len(await engine.trials()) == 3
    assert (await engine.replay())["is_equal"]


async def test_a_cancelled_trial_that_is_resumed_is_open_again(engine: Engine) -> None:
    await engine.submit(section("  n_trials: 1"))
    (trial,) = await engine.trials()
    await engine.api.act("cancel", trial["task_id"])
    await engine.turn()
    assert await engine.states() == ["cancelled"]
    assert (await engine.read())["status"] == "finished"
    await engine.api.act("resume", trial["task_id"])
    await engine.turn()
    assert await engine.states() == ["running"]
    assert (await engine.read())["status"] == "running"
    await engine.finish(0, 1.0)
    assert await engine.states() == ["complete"]
    assert (await engine.read())["status"] == "finished"


async def test_a_stopped_search_leaves_nothing_active(engine: Engine) -> None:
    await engine.submit(section("  n_trials: 9\n  max_concurrent: 3"))
    await engine.api.post(f"/hpsearch/{engine.search_id}/stop")
    await engine.turn()
    assert await engine.states() == ["cancelled"] * 3
    assert (await engine.read())["status"] == "stopped"


async def test_several_epochs_seen_at_once_give_the_decisions_of_each_seen_alone(
    engine: Engine,
) -> None:
    curves = [
        [4.0, 3.0, 2.0, 1.5],
        [5.0, 2.0, 1.0, 0.5],
        [6.0, 5.0, 4.0, 3.0],
        [4.5, 4.4, 4.3, 4.2],
    ]
    outcomes = []
    for step in (1, 2, 4):
        await engine.submit(section(f"  n_trials: 4\n  max_concurrent: 4{ASHA}"))
        for start in range(0, 4, step):
            for number, curve in enumerate(curves):
                await engine.write(number, *curve[start : start + step])
            await engine.turn()
        outcomes.append([trial["reason"] for trial in await engine.trials()])
    assert outcomes[0] == outcomes[1] == outcomes[2]
    assert sum(bool(reason) for reason in outcomes[0]) >= 2
