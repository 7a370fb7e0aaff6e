"""Searches over HTTP: read, counted, stopped, closed and re-opened."""

from typing import Any

from hypertrainer.monitor.advance_searches import AdvanceSearches
from hypertrainer.monitor.collect_output import CollectOutput
from hypertrainer.monitor.output_watch import OutputWatch
from tests.api import SEARCH, Api


async def advance(api: Api) -> None:
    """What the loops do once tasks have ended."""
    await CollectOutput(api.services, OutputWatch(api.services.wakers.collect)).run_once()
    await AdvanceSearches(api.services).run_once()


async def status(api: Api, search_id: int) -> str:
    read: str = (await api.get(f"/hpsearch/{search_id}"))["status"]
    return read


async def started(api: Api, **body: Any) -> tuple[int, list[int]]:
    made = await api.search(**body)
    return made["search"]["id"], [task["id"] for task in made["tasks"]]


async def test_a_search_counts_its_tasks_by_how_they_are(api: Api) -> None:
    search_id, (first, second, _) = await started(api)
    await api.run(first, code=0)
    await api.run(second, code=1)
    await advance(api)
    search = await api.get(f"/hpsearch/{search_id}")
    counts = (search["num_active"], search["num_finished"], search["num_failed"])
    assert counts == (1, 1, 1)
    assert (search["status"], search["ended_at"]) == ("running", None)


async def test_searches_are_listed_newest_first_in_pages(api: Api) -> None:
    ids = [(await started(api))[0] for _ in range(3)]
    listed = await api.get("/hpsearch", limit=2)
    assert listed["total"] == 3
    assert [search["id"] for search in listed["items"]] == ids[:0:-1]
    rest = await api.get("/hpsearch", offset=2)
    assert [search["id"] for search in rest["items"]] == ids[:1]


async def test_a_search_shows_the_yaml_and_the_space_it_was_made_from(api: Api) -> None:
    search_id, _ = await started(api)
    search = await api.get(f"/hpsearch/{search_id}")
    assert search["config_text"] == SEARCH
    assert search["seed"] == 7
    assert search["spec"]["params"][0]["path"] == "training.learning_rate"


async def test_a_stopped_search_cancels_what_runs_and_never_starts_what_waits(api: Api) -> None:
    search_id, (first, *others) = await started(api)
    await api.run(first)
    await api.round()
    stopped = (await api.post(f"/hpsearch/{search_id}/stop")).json()
    assert stopped["status"] == "stopped"
    assert stopped["ended_at"] is not None
    await advance(api)
    assert await status(api, search_id) == "stopped"  # whatever is still stopping
    for _ in range(3):
        await api.round()
    assert (await api.read(first))["status"] == "finished"
    for task_id in others:
        assert (await api.read(task_id))["status"] == "cancelled"
    await advance(api)
    assert await status(api, search_id) == "stopped"
    again = await api.post(f"/hpsearch/{search_id}/stop")
    assert (again.status_code, again.json()["code"]) == (409, "conflict")


async def test_waiting_tasks_of_a_stopped_search_end_at_once(api: Api) -> None:
    search_id, ids = await started(api)
    await api.post(f"/hpsearch/{search_id}/stop")
    assert [(await api.read(task_id))["status"] for task_id in ids] == ["cancelled"] * 3
    await api.round()
    assert api.fake.submissions == []


async def test_a_search_is_finished_when_its_last_task_ended_and_was_so_from_then_on(
    api: Api,
) -> None:
    search_id, ids = await started(api)
    ends = [(await api.run(task_id))["ended_at"] for task_id in ids[:2]]
    await advance(api)
    assert await status(api, search_id) == "running"
    ends.append((await api.run(ids[2], code=1))["ended_at"])
    await advance(api)
    search = await api.get(f"/hpsearch/{search_id}")
    assert (search["status"], search["ended_at"]) == ("finished", max(ends))


async def test_a_resumed_task_reopens_its_search_whether_finished_or_stopped(api: Api) -> None:
    search_id, ids = await started(api)
    for task_id in ids:
        await api.run(task_id)
    await advance(api)
    await api.act("resume", ids[0])
    await advance(api)
    reopened = await api.get(f"/hpsearch/{search_id}")
    assert (reopened["status"], reopened["ended_at"]) == ("running", None)
    await api.post(f"/hpsearch/{search_id}/stop")
    await api.act("resume", ids[1])
    await advance(api)
    assert await status(api, search_id) == "running"


async def test_a_search_goes_with_the_last_of_its_tasks(api: Api) -> None:
    search_id, ids = await started(api)
    await api.act("cancel", *ids)
    await api.act("archive", *ids)
    await api.act("delete", *ids[:2])
    await advance(api)
    trials = (await api.get(f"/hpsearch/{search_id}/trials"))["items"]
    assert [trial["task_id"] for trial in trials] == [None, None, ids[2]]
    await api.act("delete", ids[2])
    await advance(api)
    assert (await api.client.get(f"/hpsearch/{search_id}")).status_code == 404


async def test_an_unknown_search_is_not_found(api: Api) -> None:
    for method, path in (
        ("GET", "/hpsearch/9"),
        ("GET", "/hpsearch/9/trials"),
        ("POST", "/hpsearch/9/stop"),
    ):
        answer = await api.client.request(method, path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        assert "9" in answer.json()["message"]
