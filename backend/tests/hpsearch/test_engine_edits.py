"""Edits of a search while it runs: what is known stays, what is to come follows the edit."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from hypertrainer.hpsearch.facts import Fact
from hypertrainer.hpsearch.samplers.base import Suggestion
from hypertrainer.monitor import collect_output
from hypertrainer.monitor.fill_searches import FillSearches
from tests.api import MNIST, Api
from tests.hpsearch.engine import LOSS, Engine, NearAdviser
from tests.hpsearch.test_engine import ASHA

RATE = "training.learning_rate"
TPE = "  algorithm: tpe\n  algorithm_options: {startup_trials: 4}\n"
SOBOL = "  algorithm: sobol\n"


@pytest.fixture
def engine(sqlite_api: Api, monkeypatch: pytest.MonkeyPatch) -> Engine:
    monkeypatch.setattr(collect_output, "LEAST_PAUSE_SECONDS", 0.0)
    return Engine(sqlite_api)


def section(text: str, low: str = "1.0e-5", high: str = "1.0e-1") -> str:
    params = f"  params:\n    {RATE}: {{low: {low}, high: {high}, log: true}}\n"
    return f"  seed: 3\n{text}{LOSS}{params}"


async def edit(engine: Engine, text: str, status: int = 200) -> Any:
    path = f"/hpsearch/{engine.search_id}"
    body = {"config_text": f"{MNIST}hpsearch:\n{text}"}
    answer = await engine.api.client.patch(path, json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


async def rates(engine: Engine) -> list[float]:
    return [trial["params"][RATE] for trial in await engine.trials()]


async def finish_all(engine: Engine, until: int) -> None:
    """Let the trials up to this number end one after another."""
    for number in range(until):
        if (await engine.trial(number))["state"] == "running":
            await engine.finish(number, 1.0 + number % 3)


@pytest.mark.parametrize("algorithm", [SOBOL, TPE])
async def test_a_range_is_widened_and_narrowed_while_trials_run(
    engine: Engine, algorithm: str
) -> None:
    limits = f"{algorithm}  n_trials: 18\n  max_concurrent: 2\n"
    await engine.submit(section(limits, "1.0e-4", "1.0e-2"))
    await finish_all(engine, 6)
    before = await rates(engine)
    await edit(engine, section(limits, "1.0e-7", "1.0"))
    await finish_all(engine, 12)
    await edit(engine, section(limits, "1.0e-3", "1.0e-2"))
    await finish_all(engine, 18)
    after = await rates(engine)
    assert after[: len(before)] == before  # those that run go on, too
    assert all(1e-4 <= rate <= 1e-2 for rate in after[:8])
    assert all(1e-7 <= rate <= 1.0 for rate in after[8:14])
    assert not all(1e-4 <= rate <= 1e-2 for rate in after[8:14])
    assert all(1e-3 <= rate <= 1e-2 for rate in after[14:])
    search = await engine.read()
    assert (search["status"], search["num_finished"]) == ("finished", 18)
    assert (await engine.replay())["is_equal"]


async def test_fewer_at_once_are_reached_by_waiting(engine: Engine) -> None:
    await engine.submit(section(f"{SOBOL}  n_trials: 9\n  max_concurrent: 4"))
    await engine.api.client.patch(f"/hpsearch/{engine.search_id}", json={"max_concurrent": 1})
    await engine.turn()
    assert await engine.states() == ["running"] * 4
    for number in range(3):
        await engine.finish(number, 1.0)
        assert len(await engine.trials()) == 4
    await engine.finish(3, 1.0)
    assert len(await engine.trials()) == 5
    await engine.api.client.patch(f"/hpsearch/{engine.search_id}", json={"max_concurrent": 3})
    await engine.turn()
    assert (await engine.states())[4:] == ["running"] * 3


async def test_rules_are_edited_while_trials_are_judged(engine: Engine) -> None:
    limits = f"{SOBOL}  n_trials: 6\n  max_concurrent: 6"
    await engine.submit(section(f"{limits}{ASHA}"))
    for number in range(3):
        await engine.write(number, 1.0 + number)
        await engine.turn()
    assert (await engine.states())[2] == "stopped"
    lenient = "\n  early_stopping: {rule: threshold, above: 9, at_epoch: 2}\n"
    await edit(engine, section(f"{limits}{lenient}"))
    await engine.write(3, 7.0, 8.0)
    await engine.write(4, 7.0, 10.0)
    await engine.turn()
    trials = await engine.trials()
    assert [trial["state"] for trial in trials[3:5]] == ["running", "stopped"]
    assert trials[4]["reason"] == "stopped at epoch 2: loss 10 is above 9, the limit"
    await edit(engine, section(f"{limits}{ASHA}"))
    await engine.write(5, 6.0)
    await engine.turn()
    assert (await engine.trial(5))["state"] == "stopped"
    assert (await engine.replay())["is_equal"]


class SlowAdviser(NearAdviser):
    """Answers when it is allowed to."""

    def __init__(self) -> None:
        super().__init__()
        self.is_asked, self.may_answer = asyncio.Event(), asyncio.Event()

    async def ask(self, uuid: str, seed: int, facts: Sequence[Fact]) -> Suggestion:
        found = await super().ask(uuid, seed, facts)
        self.is_asked.set()
        await self.may_answer.wait()
        return found


@pytest.mark.parametrize("action", ["edit", "pause", "stop"])
async def test_what_was_thought_out_before_an_edit_is_not_started(
    engine: Engine, action: str
) -> None:
    limits = f"{SOBOL}  n_trials: 4\n  max_concurrent: 1\n"
    await engine.submit(section(limits))
    await engine.write(0, 1.0)
    await engine.end(0)
    await engine.look()
    adviser = SlowAdviser()
    filling = asyncio.create_task(FillSearches(engine.api.services, adviser).run_once())
    await adviser.is_asked.wait()
    if action == "edit":
        await edit(engine, section(limits, "1.0e-9", "1.0e-8"))
    else:
        await engine.api.post(f"/hpsearch/{engine.search_id}/{action}")
    adviser.may_answer.set()
    await filling
    assert len(await engine.trials()) == 1
    assert len([path for path in engine.api.folders() if path.name[0] != "."]) == 1
    await engine.turn()
    if action == "edit":
        assert 1e-9 <= (await rates(engine))[1] <= 1e-8
        assert (await engine.replay())["is_equal"]
    else:
        assert len(await engine.trials()) == 1


async def test_a_finished_search_goes_on_with_more_trials_or_a_larger_budget(
    engine: Engine,
) -> None:
    limits = f"{SOBOL}  max_concurrent: 1\n  budget: {{epochs: %d}}\n"
    await engine.submit(section(limits % 2))
    await engine.finish(0, 2.0, 1.0)
    search = await engine.read()
    assert (search["status"], search["reason"]) == (
        "finished",
        "The budget is used up: 2 epochs (2 were used).",
    )
    await edit(engine, section(limits % 3))
    await engine.turn()
    assert await engine.states() == ["complete", "running"]
    assert (await engine.read())["status"] == "running"
    await engine.finish(1, 3.0)
    assert (await engine.read())["status"] == "finished"
    trials = f"{SOBOL}  max_concurrent: 1\n  n_trials: 3\n"
    await edit(engine, section(trials))
    await engine.turn()
    await engine.finish(2, 4.0)
    assert (await engine.read())["num_finished"] == 3
    assert (await engine.replay())["is_equal"]


async def test_words_are_edited_without_waking_a_finished_search(engine: Engine) -> None:
    await engine.submit(section(f"{SOBOL}  n_trials: 1"))
    await engine.finish(0, 1.0)
    await engine.api.client.patch(f"/hpsearch/{engine.search_id}", json={"notes": "well"})
    await edit(engine, section(f"{SOBOL}  n_trials: 1", "1.0e-6"))
    await engine.turn()
    assert (await engine.read())["status"] == "finished"
