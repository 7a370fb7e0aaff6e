"""Searches that are edited while they run or once they are over."""

from hypertrainer.hpsearch.history import fold
from hypertrainer.hpsearch.places import read_places
from hypertrainer.hpsearch.tables import Search
from tests.api import Api
from tests.hpsearch.steering import LEARNING, edit, facts_of, learning, pretend, row_of


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
