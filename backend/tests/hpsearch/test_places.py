"""Searches on several platforms, and searches that begin with what another one found."""

from typing import Any

import pytest
from sqlmodel import select

from hypertrainer.hpsearch.fact_rows import load_facts
from hypertrainer.hpsearch.facts import FactKind
from hypertrainer.hpsearch.history import fold
from hypertrainer.hpsearch.places import read_places
from hypertrainer.hpsearch.spec import Parameter
from hypertrainer.hpsearch.tables import Search, Trial
from hypertrainer.hpsearch.warm_starts import known_values
from tests.api import MNIST, Api

HEAD = (
    MNIST
    + """\
platforms:
  fake: {overrides: {name: there}}
hpsearch:
  algorithm: tpe
  n_trials: 20
  seed: 7
  objective: {metric: loss, direction: minimize}
  params:
    training.learning_rate: {low: 1.0e-4, high: 1.0e-2, log: true}
"""
)
PLACES = """\
  platforms:
    - {platform: local, max_concurrent: 2, cost_per_hour: 0.5}
    - platform: fake
      max_concurrent: 4
      cost_per_hour: 1
      max_cost: 3
      set: {training.num_epochs: 9, resources.gpus: 1}
resources: {cpus: 1}
"""


async def refused(api: Api, text: str, platform: str = "local") -> list[dict[str, Any]]:
    answer = await api.post("/hpsearch", config_text=text, platform=platform)
    assert answer.status_code == 422, answer.text
    async with api.database.reading() as session:
        assert (await session.exec(select(Search))).all() == []
    fields: list[dict[str, Any]] = answer.json()["fields"]
    return fields


async def test_each_platform_has_its_own_plan_and_values(api: Api) -> None:
    made = await api.search(config=None, config_text=HEAD + PLACES)
    read = await api.get(f"/hpsearch/{made['search']['id']}")
    assert (read["platform"], read["platforms"]) == ("local", ["local", "fake"])
    assert (read["cost"], read["spec"]["max_concurrent"]) == (0.0, 6)
    assert read["config_text"] == HEAD + PLACES
    async with api.database.reading() as session:
        (row,) = (await session.exec(select(Search))).all()
    here, there = read_places(row.places)
    assert (here.max_concurrent, here.cost_per_hour, here.max_cost) == (2, 0.5, None)
    assert (there.max_concurrent, there.cost_per_hour, there.max_cost) == (4, 1, 3)
    assert (here.source_text, "name: 'digits'" in here.config_text) == (None, True)
    assert there.source_text is not None
    for words in ("\nname: there", "num_epochs: 9  ", "gpus: 1,"):
        assert words in there.config_text
        assert words not in there.source_text
    assert there.launch["resources"]["gpus"] == 1
    assert here.launch["resources"]["gpus"] is None


async def test_what_is_wrong_on_one_platform_is_told_at_its_entry(api: Api) -> None:
    text = HEAD + PLACES.replace("training.num_epochs", "training.epochs")
    (field,) = await refused(api, text)
    assert field["path"] == "hpsearch.platforms.1.set.training.epochs"
    assert "training.epochs" in text.splitlines()[field["line"] - 1]


async def test_a_platform_that_could_never_run_it_is_told_at_its_entry(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api.fake, "has_local_output", False)
    text = HEAD + PLACES.replace("resources.gpus: 1", "output_root: nowhere")
    for field in await refused(api, text):
        assert field["path"] == "hpsearch.platforms.1"
        assert "`fake`" in field["message"]
        assert "output_root" in field["message"]


async def test_a_platform_there_is_not_is_told(api: Api) -> None:
    (field,) = await refused(api, HEAD + PLACES.replace("platform: fake", "platform: mars"))
    assert field["path"].startswith("hpsearch.platforms.1")
    assert "mars" in field["message"]


async def test_overrides_of_the_request_hold_on_all_platforms(api: Api) -> None:
    await api.search(config=None, config_text=HEAD + PLACES, overrides={"training.num_epochs": 5})
    async with api.database.reading() as session:
        (row,) = (await session.exec(select(Search))).all()
    assert all("num_epochs: 5" in place.config_text for place in read_places(row.places))
    assert "num_epochs: 5" in row.config_text


async def test_a_preview_shows_the_points_that_are_known_beforehand(api: Api) -> None:
    text = HEAD.replace("  seed: 7\n", "  seed: 7\n  repeats: {n: 2, param: training.num_epochs}\n")
    preview = (await api.post("/tasks/preview", config_text=text + PLACES)).json()
    assert preview["problems"] == []
    assert (preview["num_tasks"], preview["platforms"]) == (40, ["local", "fake"])
    points = [trial["params"]["training.learning_rate"] for trial in preview["trials"]]
    assert len(set(points)) == len(points) == 8  # whose results the ninth may know
    again = (await api.post("/tasks/preview", config_text=text + PLACES)).json()
    assert again["trials"] == preview["trials"]


async def test_a_preview_says_what_a_search_will_be(api: Api) -> None:
    more = "  early_stopping: {rule: asha, max_epochs: 12}\n  budget: {epochs: 200, time: 90m}\n"
    text = HEAD.replace("tpe", "auto") + PLACES.replace("resources:", more + "resources:")
    preview = (await api.post("/tasks/preview", config_text=text)).json()
    assert preview["search"] == {
        "algorithm": "auto",
        "chosen": "tpe",
        "follows_results": True,
        "n_trials": 20,
        "repeats": 1,
        "max_concurrent": 6,
        "objectives": [
            {"metric": "loss", "direction": "minimize", "summary": "best", "target": None}
        ],
        "early_stopping": "asha by loss, at epochs 1, 3, 9 of 12",
        "budget": ["200 epochs", "1 h 30 min"],
        "places": [
            {"platform": "local", "max_concurrent": 2},
            {"platform": "fake", "max_concurrent": 4},
        ],
    }


async def test_a_preview_tells_the_lower_of_the_limits(api: Api) -> None:
    text = HEAD.replace("  n_trials: 20\n", "  n_trials: 20\n  max_concurrent: 12\n") + PLACES
    assert (await api.post("/tasks/preview", config_text=text)).json()["search"][
        "max_concurrent"
    ] == 6
    text = text.replace("max_concurrent: 12", "max_concurrent: 3")
    assert (await api.post("/tasks/preview", config_text=text)).json()["search"][
        "max_concurrent"
    ] == 3


async def test_a_preview_knows_all_points_of_what_does_not_learn(api: Api) -> None:
    text = HEAD.replace("tpe", "sobol").replace(", log: true", ", log: true, count: 4")
    preview = (await api.post("/tasks/preview", config_text=text)).json()
    assert (preview["search"]["chosen"], len(preview["trials"])) == ("sobol", 20)
    preview = (await api.post("/tasks/preview", config_text=text.replace("sobol", "auto"))).json()
    assert (preview["search"]["chosen"], len(preview["trials"])) == ("grid", 4)
    assert not preview["search"]["follows_results"]


async def test_a_preview_of_a_task_has_no_search(api: Api) -> None:
    assert (await api.post("/tasks/preview", config="mnist.yaml")).json()["search"] is None


async def test_a_preview_warns_of_what_is_strange_but_goes(api: Api) -> None:
    text = HEAD.replace("n_trials: 20", "n_trials: 20\n  max_concurrent: 50")
    preview = (await api.post("/tasks/preview", config_text=text, platform="fake")).json()
    assert preview["problems"] == []
    (warning,) = preview["warnings"]
    assert (warning["path"], warning["line"]) == ("hpsearch.max_concurrent", 13)


# --- warm starts -------------------------------------------------------------------------------


async def a_source(api: Api, **changes: Any) -> int:
    made = await api.search(config=None, config_text=HEAD, name="old")
    search_id: int = made["search"]["id"]
    rows = [
        (0, 1e-3, "complete", {}, [0.3]),
        (1, 2e-3, "complete", {"metric(gpu) <= 1": 2.0}, [0.1]),
        (2, 5e-3, "failed", {}, None),
        (3, 9e-3, "complete", {}, [0.2]),
    ]
    async with api.database.transaction() as session:
        for number, rate, state, constraints, objectives in rows:
            values = {"training.learning_rate": rate} | changes
            session.add(
                Trial(
                    search_id=search_id,
                    number=number,
                    params=values,
                    state=state,
                    constraints=constraints,
                    objectives=objectives,
                )
            )
    return search_id


def warm(source: str, text: str = HEAD) -> str:
    return text + f"  warm_start: {{from: {source}, max_trials: 5}}\n"


@pytest.mark.parametrize("named", ["old_hpsearch", "id"])
async def test_feasible_trials_of_another_search_are_the_first_facts(api: Api, named: str) -> None:
    source = await a_source(api)
    text = warm(f"'{source}'" if named == "id" else named)
    made = await api.search(config=None, config_text=text)
    async with api.database.reading() as session:
        facts = await load_facts(session, made["search"]["id"])
    assert [fact.kind for fact in facts] == [FactKind.REVISED, FactKind.WARMED, FactKind.WARMED]
    warmed = [(trial.values, trial.objectives) for trial in fold(7, facts).warm]
    assert warmed == [
        ({"training.learning_rate": 1e-3}, (0.3,)),
        ({"training.learning_rate": 9e-3}, (0.2,)),
    ]


async def test_values_that_the_new_space_lacks_are_left_out(api: Api) -> None:
    await a_source(api)
    text = warm("old_hpsearch", HEAD.replace("high: 1.0e-2", "high: 5.0e-3"))
    made = await api.search(config=None, config_text=text)
    async with api.database.reading() as session:
        facts = await load_facts(session, made["search"]["id"])
    assert len([fact for fact in facts if fact.kind is FactKind.WARMED]) == 1


async def test_a_preview_of_a_warm_start_knows_no_point_but_those_to_try_first(api: Api) -> None:
    await a_source(api)
    text = warm("old_hpsearch") + "  try_first: [base]\n"
    preview = (await api.post("/tasks/preview", config_text=text)).json()
    assert (preview["problems"], len(preview["trials"])) == ([], 1)


WRONG = {
    "no such search": (warm("nothing"), "There is no search `nothing`"),
    "other objectives": (
        warm("old_hpsearch", HEAD.replace("metric: loss", "metric: other")),
        "other objectives",
    ),
    "no value that fits": (
        warm("old_hpsearch", HEAD.replace("low: 1.0e-4, high: 1.0e-2", "low: 0.1, high: 0.5")),
        "no complete trial",
    ),
}


@pytest.mark.parametrize(("text", "words"), WRONG.values(), ids=WRONG)
async def test_a_warm_start_from_nothing_is_told_at_its_line(
    api: Api, text: str, words: str
) -> None:
    await a_source(api)
    answer = await api.post("/hpsearch", config_text=text, platform="fake")
    (field,) = answer.json()["fields"]
    assert field["path"] == "hpsearch.warm_start.from"
    assert words in field["message"]
    assert "warm_start" in text.splitlines()[field["line"] - 1]


def test_a_value_is_known_where_the_parameter_can_have_it() -> None:
    rate = Parameter(path="lr", paths=("lr",), low=0, high=1)
    layers = Parameter(path="n", paths=("n",), type="int", low=1, high=3)
    name = Parameter(path="name", paths=("name",), type="categorical", values=("sgd", 1))
    rows = Parameter(path="a", paths=("a", "b"), type="categorical", values=(("x", 1), ("y", 2)))
    params = [rate, layers, name, rows]
    known = {"lr": 0.5, "n": 2, "name": "sgd", "a": "x", "b": 1}
    assert known_values(params, known) == known
    odd = {"lr": 1.5, "n": 2.5, "name": True, "a": "x", "b": 2}
    assert known_values(params, odd) == {}
    assert known_values(params, {"lr": True, "a": "x"}) == {}
