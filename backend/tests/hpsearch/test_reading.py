"""What pages are told of searches: trials, curves, rungs, the best, and how long it will take."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from hypertrainer.clock import utc_now
from hypertrainer.hpsearch.fact_rows import add_facts
from hypertrainer.hpsearch.facts import Fact, FactKind
from hypertrainer.hpsearch.remaining import Progress, remaining_seconds
from hypertrainer.hpsearch.tables import Search, Trial
from tests.api import SEARCH, Api

OBJECTIVE = SEARCH + "  objective: {metric: loss, direction: minimize}\n"
STOPPING = OBJECTIVE + "  early_stopping: {rule: asha, max_epochs: 9, reduction_factor: 3}\n"


async def change(api: Api, search_id: int, changes: Mapping[int, Mapping[str, Any]]) -> None:
    """Change rows of trials as the engine does."""
    async with api.database.transaction() as session:
        search = await session.get_one(Search, search_id)
        for trial in await session.exec(select(Trial).where(Trial.search_id == search_id)):
            if trial.number in changes:
                search.changes += 1
                trial.changed_seq = search.changes
                for name, value in changes[trial.number].items():
                    setattr(trial, name, value)


async def test_trials_come_with_their_tasks_and_later_only_those_that_changed(api: Api) -> None:
    made = await api.search()
    path = f"/hpsearch/{made['search']['id']}/trials"
    all_of_them = await api.get(path)
    assert [trial["number"] for trial in all_of_them["items"]] == [0, 1, 2]
    first = all_of_them["items"][0]
    task = made["tasks"][0]
    assert (first["task_id"], first["task_name"]) == (task["id"], task["name"])
    assert first["tasks"] == [
        {
            "task_id": task["id"],
            "repeat": 0,
            "name": task["name"],
            "status": "waiting",
            "values": None,
        }
    ]
    assert (first["state"], first["origin"], first["is_feasible"]) == ("running", "sampler", True)
    assert (await api.get(path, since=all_of_them["seq"]))["items"] == []
    await change(api, made["search"]["id"], {1: {"constraints": {"metric(m) <= 1": 0.5}}})
    news = await api.get(path, since=all_of_them["seq"])
    assert [(one["number"], one["is_feasible"]) for one in news["items"]] == [(1, False)]
    assert news["seq"] == all_of_them["seq"] + 1


async def test_repeats_are_tasks_of_one_trial_told_apart_by_their_seeds(api: Api) -> None:
    text = SEARCH + "  repeats: {n: 2, param: training.num_epochs}\n"
    made = await api.search(config=None, config_text=text)
    assert [task["name"] for task in made["tasks"]][:2] == [
        "train_hpsearch_0",
        "train_hpsearch_0_r1",
    ]
    seeds = [task["params"]["training.num_epochs"] for task in made["tasks"]]
    assert seeds == [3, 4] * 3
    trials = (await api.get(f"/hpsearch/{made['search']['id']}/trials"))["items"]
    assert [len(trial["tasks"]) for trial in trials] == [2, 2, 2]


async def test_a_list_counts_trials_and_tells_the_best(api: Api) -> None:
    made = await api.search(config=None, config_text=OBJECTIVE)
    search_id, now = made["search"]["id"], utc_now()
    lasted = {"started_at": now, "ended_at": now + timedelta(seconds=60)}
    changes = {
        0: {"state": "complete", "objectives": [0.5], **lasted},
        1: {"state": "stopped", **lasted},
        2: {"state": "cancelled", **lasted},
    }
    await change(api, search_id, changes)
    async with api.database.transaction() as session:
        search = await session.get_one(Search, search_id)
        search.best_value, search.best_number = 0.5, 0
    (listed,) = (await api.get("/hpsearch"))["items"]
    counts = ("num_active", "num_finished", "num_stopped", "num_failed", "num_cancelled")
    assert [listed[name] for name in counts] == [0, 1, 1, 0, 1]
    assert (listed["best_value"], listed["best_task_id"]) == (0.5, made["tasks"][0]["id"])
    assert listed["objectives"] == [
        {"metric": "loss", "direction": "minimize", "summary": "best", "target": None}
    ]
    assert (listed["has_early_stopping"], listed["cost"]) == (False, None)
    assert (listed["paused_at"], listed["paused_seconds"]) == (None, 0)
    assert "config_text" not in listed
    await change(api, search_id, {0: {"state": "running"}, 1: {"state": "running"}})
    (listed,) = (await api.get("/hpsearch"))["items"]
    assert listed["remaining_seconds"] == pytest.approx(30, abs=2)  # one of a minute, half way


async def test_nothing_is_best_where_no_objective_says_what_is_good(api: Api) -> None:
    made = await api.search()
    answer = await api.client.get(f"/hpsearch/{made['search']['id']}/best")
    assert answer.status_code == 404
    assert "has no `objective`" in answer.json()["message"]


async def test_the_best_is_a_config_that_runs_by_itself(api: Api) -> None:
    made = await api.search(config=None, config_text=OBJECTIVE)
    search_id = made["search"]["id"]
    assert (await api.client.get(f"/hpsearch/{search_id}/best")).status_code == 404
    async with api.database.transaction() as session:
        search = await session.get_one(Search, search_id)
        search.best_value, search.best_number = 0.5, 1
    best = await api.get(f"/hpsearch/{search_id}/best")
    rate = made["tasks"][1]["params"]["training.learning_rate"]
    assert (best["number"], best["task_id"]) == (1, made["tasks"][1]["id"])
    assert best["base_text"] == OBJECTIVE[: OBJECTIVE.index("hpsearch:")]
    old, new = best["base_text"].splitlines(), best["config_text"].splitlines()
    (changed,) = [line for line in new if line not in old]
    assert f"learning_rate: {rate}" in changed
    task = await api.task(config_text=best["config_text"])
    assert task["params"]["training.learning_rate"] == rate


async def test_the_curves_are_of_the_metric_that_the_search_looks_at(api: Api) -> None:
    made = await api.search(config=None, config_text=OBJECTIVE)
    path = f"/hpsearch/{made['search']['id']}/curves"
    assert await api.get(path) == {"metric": "loss", "items": []}
    for task in made["tasks"][:2]:
        folder = Path(task["output_path"])
        (folder / "metric_loss.log").write_text("0\t2.0\n1\tnan\n2\t0.5\n")
        (folder / "metric_classwise_loss.log").write_text("0\tcat\t2.0\n")
    (Path(made["tasks"][2]["output_path"]) / "metric_acc.log").write_text("0\t1\n")
    curves = await api.get(path)
    assert [(curve["number"], curve["task_id"]) for curve in curves["items"]] == [
        (0, made["tasks"][0]["id"]),
        (1, made["tasks"][1]["id"]),
    ]
    assert curves["items"][0]["points"] == [[0, 2.0], [1, None], [2, 0.5]]
    assert [curve["number"] for curve in (await api.get(path, metric="acc"))["items"]] == [2]


async def test_a_search_without_objectives_shows_the_first_metric_there_is(api: Api) -> None:
    search_id = (await api.search())["search"]["id"]
    assert await api.get(f"/hpsearch/{search_id}/curves") == {"metric": "", "items": []}


async def test_rungs_rank_what_was_reported_there(api: Api) -> None:
    made = await api.search(config=None, config_text=STOPPING)
    search_id = made["search"]["id"]
    facts = []
    for number, value in enumerate((0.5, 0.2, float("nan"))):
        data = {"values": {"training.learning_rate": 0.001}, "origin": "sampler"}
        facts.append(Fact(0, FactKind.ASKED, number, data=data))
        facts.append(Fact(0, FactKind.REPORTED, number, 1, value))
    async with api.database.transaction() as session:
        search = await session.get_one(Search, search_id)
        add_facts(session, search, facts)
    rungs = await api.get(f"/hpsearch/{search_id}/rungs")
    assert rungs["metric"] == "loss"
    (rung,) = rungs["items"]
    assert (rung["epoch"], rung["bracket"]) == (1, 0)
    assert [(one["number"], one["value"], one["rank"]) for one in rung["entries"]] == [
        (1, 0.2, 1),
        (0, 0.5, 2),
        (2, None, None),
    ]
    later = Fact(0, FactKind.REPORTED, 0, 3, 0.1)
    async with api.database.transaction() as session:
        add_facts(session, await session.get_one(Search, search_id), [later])
    assert len((await api.get(f"/hpsearch/{search_id}/rungs"))["items"]) == 2


async def test_what_is_known_of_nothing_is_empty(api: Api) -> None:
    search_id = (await api.search())["search"]["id"]
    assert await api.get(f"/hpsearch/{search_id}/rungs") == {"metric": None, "items": []}
    assert await api.get(f"/hpsearch/{search_id}/pareto") == {"numbers": []}
    importance = await api.get(f"/hpsearch/{search_id}/importance")
    assert (importance["items"], importance["objective"]) == ([], None)
    assert importance["message"]


@pytest.mark.parametrize("what", ["trials", "curves", "rungs", "pareto", "best", "importance"])
async def test_of_an_unknown_search_nothing_is_read(sqlite_api: Api, what: str) -> None:
    answer = await sqlite_api.client.get(f"/hpsearch/9/{what}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def progress(**changes: Any) -> Progress:
    given: dict[str, Any] = {
        "n_trials": 10,
        "num_trials": 6,
        "num_active": 2,
        "num_running": 2,
        "max_concurrent": 2,
        "mean_seconds": 100.0,
        "whole_seconds": 500.0,
        "elapsed_seconds": 300.0,
        "epochs": 0,
        "epochs_budget": None,
        "seconds_budget": None,
    }
    return Progress(**given | changes)


def test_the_time_left_is_that_of_the_limit_reached_first() -> None:
    assert remaining_seconds(progress()) == 250  # four to start, two half way, two at a time
    assert remaining_seconds(progress(num_active=6)) == 450  # four wait
    assert remaining_seconds(progress(num_trials=10)) == 250  # none but whole trainings are left
    assert remaining_seconds(progress(num_trials=10, whole_seconds=None)) == 50
    assert remaining_seconds(progress(seconds_budget=400)) == 100
    assert remaining_seconds(progress(epochs=30, epochs_budget=40)) == 100
    assert remaining_seconds(progress(seconds_budget=200)) == 0
    assert remaining_seconds(progress(mean_seconds=None)) is None
    assert remaining_seconds(progress(mean_seconds=0)) is None
    assert remaining_seconds(progress(n_trials=0)) is None
