"""Searches that are paused, resumed, stopped, extended, edited, replayed and deleted."""

from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from hypertrainer.errors import StorageError
from hypertrainer.hpsearch.drafts import task_uuid, trial_draft
from hypertrainer.hpsearch.fact_rows import add_facts, load_facts
from hypertrainer.hpsearch.facts import Fact, FactKind
from hypertrainer.hpsearch.history import fold
from hypertrainer.hpsearch.places import read_places
from hypertrainer.hpsearch.spec import Spec
from hypertrainer.hpsearch.tables import Search, SearchFact, Trial
from hypertrainer.tasks.creation import create_folders
from hypertrainer.tasks.folder import read_record
from hypertrainer.tasks.tables import Task
from tests.api import MNIST, Api

LEARNING = (
    MNIST
    + """\
hpsearch:
  algorithm: tpe
  n_trials: 20
  max_concurrent: 2
  seed: 7
  objective: {metric: loss, direction: minimize}
  params:
    training.learning_rate: {low: 1.0e-4, high: 1.0e-2, log: true}
"""
)


async def learning(api: Api, text: str = LEARNING) -> int:
    """A search of which no trial was started."""
    made = await api.search(config=None, config_text=text)
    assert made["tasks"] == []
    search_id: int = made["search"]["id"]
    return search_id


async def act(api: Api, search_id: int, verb: str, code: int = 200, **body: Any) -> Any:
    answer = await api.post(f"/hpsearch/{search_id}/{verb}", **body)
    assert answer.status_code == code, answer.text
    return answer.json()


async def edit(api: Api, search_id: int, code: int = 200, *, dry: bool = False, **body: Any) -> Any:
    answer = await api.client.patch(f"/hpsearch/{search_id}", json=body, params={"dry_run": dry})
    assert answer.status_code == code, answer.text
    return answer.json()


async def facts_of(api: Api, search_id: int) -> list[Fact]:
    async with api.database.reading() as session:
        return await load_facts(session, search_id)


async def row_of(api: Api, search_id: int) -> Search:
    async with api.database.reading() as session:
        return await session.get_one(Search, search_id)


async def pretend(api: Api, search_id: int, num_trials: int) -> None:
    """As if the engine had started so many trials."""
    async with api.database.transaction() as session:
        search = await session.get_one(Search, search_id)
        for number in range(num_trials):
            values = {"training.learning_rate": 1e-3}
            data = {"values": values, "inactive": [], "origin": "sampler"}
            add_facts(session, search, [Fact(0, FactKind.ASKED, number, data=data)])
            session.add(Trial(search_id=search_id, number=number, params=values))
        search.num_trials = num_trials


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


# --- edited ------------------------------------------------------------------------------------


async def test_an_edit_is_a_fact_and_the_yaml_follows(api: Api) -> None:
    search_id = await learning(api)
    edited = await edit(
        api, search_id, n_trials=30, max_concurrent=5, name="mine", project="p", notes="n"
    )
    assert (edited["n_trials"], edited["name"]) == (30, "mine")
    assert (edited["project"], edited["notes"]) == ("p", "n")
    assert edited["spec"]["max_concurrent"] == 5
    assert edited["config_text"] == LEARNING.replace("20", "30").replace("t: 2", "t: 5")
    assert len(await facts_of(api, search_id)) == 2


async def test_words_alone_are_no_fact(api: Api) -> None:
    search_id = await learning(api)
    assert (await edit(api, search_id, notes="why"))["notes"] == "why"
    assert len(await facts_of(api, search_id)) == 1


async def test_a_wider_range_and_another_seed_are_known_from_then_on(api: Api) -> None:
    search_id = await learning(api)
    await pretend(api, search_id, 3)
    text = LEARNING.replace("high: 1.0e-2", "high: 1.0e-1").replace("seed: 7", "seed: 8")
    await edit(api, search_id, config_text=text)
    facts = await facts_of(api, search_id)
    assert (fold(0, facts[:-1]).seed, fold(0, facts).seed) == (7, 8)
    assert fold(0, facts).spec.params[0].high == 0.1
    assert (await row_of(api, search_id)).seed == 8


async def test_a_dry_run_checks_and_changes_nothing(api: Api) -> None:
    search_id = await learning(api)
    before = await api.get(f"/hpsearch/{search_id}")
    assert (await edit(api, search_id, dry=True, n_trials=30, notes="x"))["n_trials"] == 30
    wrong = await edit(api, search_id, 422, dry=True, config_text=LEARNING.replace("tpe", "tpo"))
    assert wrong["fields"][0]["path"] == "hpsearch.algorithm"
    assert await api.get(f"/hpsearch/{search_id}") == before


async def test_fewer_trials_than_were_started_are_refused_at_their_line(api: Api) -> None:
    search_id = await learning(api)
    await pretend(api, search_id, 5)
    refused = await edit(api, search_id, 422, n_trials=4)
    (field,) = refused["fields"]
    assert (field["path"], field["line"]) == ("hpsearch.n_trials", 10)
    assert "5 trials" in field["message"]


async def test_only_hpsearch_may_differ_and_all_problems_are_told_at_once(api: Api) -> None:
    search_id = await learning(api)
    text = LEARNING.replace("'digits'", "'letters'").replace("tpe", "tpo")
    refused = await edit(api, search_id, 422, config_text=text)
    assert [field["path"] for field in refused["fields"]] == ["name", "hpsearch.algorithm"]


async def test_objectives_are_as_they_were_once_trials_were_started(api: Api) -> None:
    search_id = await learning(api)
    other = LEARNING.replace("metric: loss", "metric: accuracy")
    await edit(api, search_id, config_text=other)
    await pretend(api, search_id, 1)
    refused = await edit(api, search_id, 422, config_text=LEARNING)
    assert [field["path"] for field in refused["fields"]] == ["hpsearch.objective"]


async def test_a_platform_added_while_it_runs_is_planned_and_the_others_stay(api: Api) -> None:
    search_id = await learning(api)
    (before,) = (await row_of(api, search_id)).places
    text = LEARNING + (
        "  platforms:\n"
        "    - {platform: fake, max_concurrent: 1}\n"
        "    - {platform: local, max_concurrent: 3, set: {training.num_epochs: 9}}\n"
    )
    edited = await edit(api, search_id, config_text=text)
    assert edited["platforms"] == ["fake", "local"]
    first, second = read_places((await row_of(api, search_id)).places)
    assert first.launch == before["launch"]
    assert (first.max_concurrent, second.max_concurrent) == (1, 3)
    assert "num_epochs: 9" in second.config_text
    assert second.source_text is not None
    assert "num_epochs: 3" in second.source_text


async def test_a_finished_search_that_may_have_more_trials_runs_again(api: Api) -> None:
    search_id = await learning(api)
    async with api.database.transaction() as session:
        search = await session.get_one(Search, search_id)
        search.status, search.num_trials = "finished", 20
    assert (await edit(api, search_id, notes="x"))["status"] == "finished"
    assert (await edit(api, search_id, n_trials=21))["status"] == "running"


# --- replayed and deleted ----------------------------------------------------------------------


async def test_a_search_that_its_budget_ended_goes_on_with_a_larger_one(api: Api) -> None:
    text = LEARNING.replace("  n_trials: 20\n", "  budget: {epochs: 50}\n")
    search_id = await learning(api, text)
    async with api.database.transaction() as session:
        search = await session.get_one(Search, search_id)
        search.status, search.num_trials, search.is_closed = "finished", 5, True
    wider = text.replace("low: 1.0e-4", "low: 1.0e-5")
    assert (await edit(api, search_id, config_text=wider))["status"] == "finished"
    larger = wider.replace("epochs: 50", "epochs: 500")
    assert (await edit(api, search_id, config_text=larger))["status"] == "running"
    assert not (await row_of(api, search_id)).is_closed


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
