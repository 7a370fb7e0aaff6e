"""Searches that are rebuilt from their facts, or from the folders of their tasks."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from hypertrainer.database import Database
from hypertrainer.hpsearch.tables import Search, SearchFact, Trial
from hypertrainer.monitor.reindex import ReindexReport, reindex
from hypertrainer.monitor.write_folders import WriteFolders
from hypertrainer.monitor.write_searches import WriteSearches
from tests.api import Api
from tests.monitor.rebuilding import contents, reindexed, settle


async def an_ended_search(api: Api) -> dict[str, Any]:
    made: dict[str, Any] = await api.search()
    for task in made["tasks"]:
        await api.run(task["id"])
    await settle(api.services, api.database)
    return made


def facts_file(api: Api) -> Path:
    (folder,) = (api.output / ".searches").iterdir()
    return folder / "facts.jsonl"


async def test_facts_are_appended_and_a_torn_last_line_is_written_over(api: Api) -> None:
    await an_ended_search(api)
    path = facts_file(api)
    before = path.read_bytes()
    assert len(before.splitlines()) == 7  # revised, three times asked, three times told
    path.write_bytes(before[:-9])
    await WriteFolders(api.database, WriteSearches(api.database, api.output)).run_once()
    assert path.read_bytes() == before


async def test_a_search_is_known_up_to_the_torn_line_of_its_facts(
    api: Api, rebuilt: Database
) -> None:
    await an_ended_search(api)
    path = facts_file(api)
    path.write_bytes(path.read_bytes()[:-9])
    await reindex(rebuilt, [api.output])
    async with rebuilt.reading() as session:
        states = [trial.state for trial in await session.exec(select(Trial).order_by("number"))]
    assert states == ["complete", "complete", "running"]
    await settle(api.services, rebuilt)  # the last one is told again
    assert (await contents(rebuilt))["Trial"][2]["state"] == "complete"


async def test_a_search_without_its_own_folder_is_made_of_its_tasks_folders(
    api: Api, rebuilt: Database
) -> None:
    made = await an_ended_search(api)
    await api.act("archive", made["tasks"][0]["id"])
    await api.act("delete", made["tasks"][0]["id"])
    shutil.rmtree(api.output / ".searches")
    assert (await reindex(rebuilt, [api.output])).added == 2
    await settle(api.services, rebuilt)
    async with rebuilt.reading() as session:
        facts = (await session.exec(select(SearchFact).order_by("seq"))).all()
        (search,) = (await session.exec(select(Search))).all()
    assert [(fact.kind, fact.number) for fact in facts] == [
        ("revised", None),
        ("asked", 0),
        ("asked", 1),
        ("asked", 2),
        ("told", 0),
        ("told", 1),
        ("told", 2),
    ]
    assert (search.name, search.status, search.num_trials) == ("hp_test_hpsearch", "finished", 3)


async def test_a_search_that_was_deleted_does_not_come_back(api: Api, rebuilt: Database) -> None:
    made = await an_ended_search(api)
    ids = [task["id"] for task in made["tasks"]]
    await api.act("archive", *ids)
    answer = await api.client.delete(f"/hpsearch/{made['search']['id']}")
    assert answer.status_code == 204
    await WriteFolders(api.database).run_once()
    assert (await reindex(rebuilt, [api.output])).added == 3
    async with rebuilt.reading() as session:
        assert (await session.exec(select(Search))).all() == []


@pytest.mark.parametrize("text", ["{", '{"uuid": "x"}', None])
async def test_a_searchs_folder_that_makes_no_sense_is_reported(
    sqlite_api: Api, tmp_path: Path, text: str | None
) -> None:
    await an_ended_search(sqlite_api)
    path = facts_file(sqlite_api)
    if text is None:
        path.write_text(path.read_text().replace('"asked"', '"dreamt"'))
    else:
        (path.parent / "search.json").write_text(text)
    report = await reindexed(tmp_path, sqlite_api.output)
    assert report == ReindexReport(added=3, unreadable=[str(path.parent)])
