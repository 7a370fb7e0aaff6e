"""Searches that begin, are paused, resumed, stopped, extended, replayed and deleted."""

from pathlib import Path

import pytest
from sqlmodel import select

from hypertrainer.errors import StorageError
from hypertrainer.hpsearch.drafts import task_uuid, trial_draft
from hypertrainer.hpsearch.facts import FactKind
from hypertrainer.hpsearch.history import fold
from hypertrainer.hpsearch.places import read_places
from hypertrainer.hpsearch.spec import Spec
from hypertrainer.hpsearch.tables import SearchFact
from hypertrainer.tasks.creation import create_folders
from hypertrainer.tasks.folder import read_record
from hypertrainer.tasks.tables import Task
from tests.api import Api
from tests.hpsearch.steering import LEARNING, act, facts_of, learning, row_of

# --- created -----------------------------------------------------------------------------------


async def test_a_search_that_learns_begins_with_a_fact_and_no_task(api: Api) -> None:
    search_id = await learning(api)
    (fact,) = await facts_of(api, search_id)
    assert fact.kind is FactKind.REVISED
    row = await row_of(api, search_id)
    assert fact.data["spec"] == row.spec
    assert (row.n_trials, row.num_trials, row.stem, row.seed) == (20, 0, "train", 7)
    (place,) = read_places(row.places)
    assert (place.platform, place.here) == ("fake", str(api.output))
    assert api.folders() == []


async def test_a_search_of_trials_that_start_at_once_has_a_fact_for_each(api: Api) -> None:
    made = await api.search()
    facts = await facts_of(api, made["search"]["id"])
    assert [(fact.kind, fact.number) for fact in facts] == [
        (FactKind.REVISED, None),
        *((FactKind.ASKED, number) for number in range(3)),
    ]
    trials = (await api.get(f"/hpsearch/{made['search']['id']}/trials"))["items"]
    history = fold(0, facts)
    for trial, task in zip(trials, made["tasks"], strict=True):
        assert history.trials[trial["number"]].values == trial["params"]
        assert trial["task_id"] == task["id"]


async def test_the_draft_of_a_trial_is_always_the_same_and_takes_over_what_a_crash_left(
    api: Api,
) -> None:
    row = await row_of(api, await learning(api))
    spec, (place,) = Spec.model_validate(row.spec), read_places(row.places)
    values = {"training.learning_rate": 0.005}
    first = trial_draft(row, spec, place, 3, 0, values, [])
    assert first.uuid == task_uuid(row.uuid, 3, 0)
    assert first.name == "train_hpsearch_3"
    assert first.params["training.learning_rate"] == 0.005
    create_folders([first])
    again = trial_draft(row, spec, place, 3, 0, values, [])
    create_folders([again]).take_back()
    assert again.output_path == first.output_path
    record = read_record(Path(first.output_path))
    assert record is not None
    assert (record.uuid, record.search and record.search.trial_number) == (first.uuid, 3)
    (Path(first.output_path) / ".hypertrainer" / "task.json").unlink()
    (Path(first.output_path) / "config.yaml").unlink()  # killed before anything was there
    create_folders([again])
    (Path(first.output_path) / ".hypertrainer" / "task.json").unlink()
    (Path(first.output_path) / "weights.bin").touch()
    with pytest.raises(StorageError, match="cannot be written"):
        create_folders([again])


# --- steered -----------------------------------------------------------------------------------


async def test_a_search_is_paused_and_goes_on_without_counting_the_pause(api: Api) -> None:
    search_id = await learning(api)
    paused = await act(api, search_id, "pause")
    assert (paused["status"], paused["paused_at"] is not None) == ("paused", True)
    assert "paused" in (await act(api, search_id, "pause", 409))["message"]
    resumed = await act(api, search_id, "resume")
    assert (resumed["status"], resumed["paused_at"]) == ("running", None)
    assert (await row_of(api, search_id)).paused_seconds > 0
    assert resumed["seq"] > paused["seq"]
    await act(api, search_id, "resume", 409)


async def test_a_stopped_search_goes_on_with_the_rest(api: Api) -> None:
    search_id = await learning(api)
    await act(api, search_id, "pause")
    stopped = await act(api, search_id, "stop", cancel=False)
    assert (stopped["status"], stopped["paused_at"]) == ("stopped", None)
    assert stopped["reason"]
    resumed = await act(api, search_id, "resume")
    assert (resumed["status"], resumed["ended_at"], resumed["reason"]) == ("running", None, "")


async def test_where_all_trials_were_started_nothing_is_paused_or_resumed(api: Api) -> None:
    search_id = (await api.search())["search"]["id"]
    assert "nothing to pause" in (await act(api, search_id, "pause", 409))["message"]
    await act(api, search_id, "stop")
    assert "extend" in (await act(api, search_id, "resume", 409))["message"]


async def test_without_cancelling_what_runs_goes_on_and_what_waits_does_not(api: Api) -> None:
    made = await api.search()
    first, *others = [task["id"] for task in made["tasks"]]
    await api.round()
    async with api.database.transaction() as session:
        for task_id in others:
            (await session.get_one(Task, task_id)).status = "waiting"
    await act(api, made["search"]["id"], "stop", cancel=False)
    assert not (await api.read(first))["is_stopping"]
    assert [(await api.read(task_id))["is_stopping"] for task_id in others] == [True, True]


async def test_a_search_that_is_over_runs_again_with_more_trials(api: Api) -> None:
    search_id = (await api.search())["search"]["id"]
    await act(api, search_id, "stop")
    extended = await act(api, search_id, "extend", n_trials=2)
    assert (extended["status"], extended["n_trials"]) == ("running", 5)
    assert "n_trials: 5" in extended["config_text"]
    facts = await facts_of(api, search_id)
    assert facts[-1].kind is FactKind.REVISED
    assert facts[-1].data["spec"]["n_trials"] == 5


async def test_a_search_without_a_number_of_trials_cannot_be_extended(api: Api) -> None:
    text = LEARNING.replace("n_trials: 20", "budget: {epochs: 100}")
    search_id = await learning(api, text)
    assert (await api.get(f"/hpsearch/{search_id}"))["n_trials"] == 0
    assert "budget" in (await act(api, search_id, "extend", 409, n_trials=2))["message"]


# --- replayed and deleted ----------------------------------------------------------------------


async def test_a_replay_of_a_search_finds_no_difference_but_one_that_was_made(api: Api) -> None:
    search_id = (await api.search())["search"]["id"]
    replayed = await act(api, search_id, "replay")
    assert (replayed["is_equal"], replayed["num_suggestions"]) == (True, 3)
    async with api.database.transaction() as session:
        fact = await session.get_one(SearchFact, (search_id, 3))
        fact.data = fact.data | {"values": {"training.learning_rate": 0.5}}
    (difference,) = (await act(api, search_id, "replay"))["differences"]
    assert (difference["seq"], difference["number"]) == (3, 1)


async def test_a_search_is_deleted_once_it_is_over_and_its_tasks_are_archived(api: Api) -> None:
    made = await api.search()
    search_id, ids = made["search"]["id"], [task["id"] for task in made["tasks"]]

    async def delete() -> tuple[int, str]:
        answer = await api.client.delete(f"/hpsearch/{search_id}")
        return answer.status_code, answer.text

    assert "stop it" in (await delete())[1]
    await act(api, search_id, "stop")
    assert "3 tasks" in (await delete())[1]
    await api.act("archive", *ids)
    assert (await delete())[0] == 204
    assert (await api.client.get(f"/hpsearch/{search_id}")).status_code == 404
    assert (await api.read(ids[0]))["search_id"] is None
    async with api.database.reading() as session:
        assert (await session.exec(select(SearchFact))).all() == []
