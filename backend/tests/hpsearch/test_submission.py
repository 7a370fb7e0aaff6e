"""Submitting: what becomes of a request."""

from pathlib import Path
from typing import Any

from hypertrainer.tasks.folder import read_record
from tests.api import MNIST, SEARCH, Api
from tests.hpsearch.submissions import config_of

# --- what is accepted --------------------------------------------------------------------------


async def test_a_config_of_the_path_becomes_a_waiting_task_with_its_folder(api: Api) -> None:
    body = await api.created(config="mnist.yaml")
    assert body["search"] is None
    (task,) = body["tasks"]
    assert (task["status"], task["name"], task["script"]) == ("waiting", "mnist", "train.py")
    assert (task["config"], task["platform"]) == ("mnist.yaml", "fake")
    assert task["params"]["training.learning_rate"] == 0.001
    assert task["num_attempts"] == 1
    assert Path(task["output_path"]).parent == api.output
    assert await api.read(task["id"]) == task


async def test_pasted_yaml_becomes_a_task_named_after_its_script(api: Api) -> None:
    task = await api.task(config_text="script: vision/classify.py\nlr: 0.5\n")
    assert (task["name"], task["config"]) == ("classify", None)
    assert task["params"] == {"lr": 0.5}


async def test_a_script_in_the_request_comes_before_the_yamls(api: Api) -> None:
    task = await api.task(script="vision/classify.py")
    assert task["script"] == "vision/classify.py"
    await api.round()
    (job,) = api.fake.submissions
    assert job.command[1] == str(api.scripts / "vision" / "classify.py")


async def test_name_project_tags_and_notes_are_kept_in_the_row_and_in_the_folder(
    api: Api,
) -> None:
    words = {"name": "My run", "project": "digits", "notes": "first\ntry", "tags": ["b", "a", "b"]}
    task = await api.task(**words)
    assert {key: task[key] for key in words} == words | {"tags": ["a", "b"]}
    record = read_record(Path(task["output_path"]))
    assert record is not None
    assert (record.name, record.project, record.notes) == ("My run", "digits", "first\ntry")
    assert record.tags == ["a", "b"]


async def test_overrides_change_the_tasks_own_config_and_its_parameters(api: Api) -> None:
    overrides = {"training.learning_rate": 0.5, "training.layers.0": 32, "name": "other"}
    task = await api.task(overrides=overrides)
    config = config_of(task)
    assert {path: config.find(path) for path in overrides} == overrides
    assert task["params"]["training.learning_rate"] == 0.5
    assert (api.scripts / "mnist.yaml").read_text() == MNIST


async def test_the_tasks_config_keeps_comments_and_order_and_tells_where_the_output_goes(
    api: Api,
) -> None:
    task = await api.task()
    folder = task["output_path"]
    text = (Path(folder) / "config.yaml").read_text()
    assert text.startswith("# What to train\nscript: train.py\ntraining:\n")
    assert "num_epochs: 3   # few" in text
    assert "name: 'digits'" in text
    config = config_of(task)
    assert config.find("output_path") == config.find("training.output_path") == folder


async def test_output_root_in_the_yaml_decides_where_the_folder_goes(
    api: Api, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere" / "deep"
    task = await api.task(config_text=f"{MNIST}output_root: {elsewhere}\n")
    assert Path(task["output_path"]).parent == elsewhere
    assert (Path(task["output_path"]) / "config.yaml").is_file()
    assert api.folders() == []


async def test_open_pages_are_told_of_new_tasks(api: Api) -> None:
    with api.services.broker.subscribe() as subscription:
        await api.search()
        events = [subscription.queue.get_nowait() for _ in range(2)]
    assert ["get", "/tasks"] in events[0].data
    assert ["get", "/hpsearch"] in events[1].data


# --- searches ----------------------------------------------------------------------------------


async def test_a_search_becomes_a_task_for_every_trial_alike_but_for_the_parameter(
    api: Api,
) -> None:
    body = await api.search()
    assert body["search"]["n_trials"] == 3
    names = [task["name"] for task in body["tasks"]]
    assert names == ["hp_test_hpsearch_0", "hp_test_hpsearch_1", "hp_test_hpsearch_2"]
    configs = [config_of(task).value_of() for task in body["tasks"]]
    rates = [config["training"].pop("learning_rate") for config in configs]
    assert len(set(rates)) == 3
    assert all(1e-4 <= rate <= 1e-2 for rate in rates)
    for number, config in enumerate(configs):
        mark = config.pop("hpsearch")
        assert (mark["is_child"], mark["parent"]) == (True, body["search"]["name"])
        assert (mark["trial"], mark["repeat"]) == (number, 0)
        assert mark["values"] == {"training.learning_rate": rates[number]}
        config.pop("output_path")
        config["training"].pop("output_path")
    assert configs[0] == configs[1] == configs[2]


async def test_every_task_of_a_search_knows_its_trial(api: Api) -> None:
    body = await api.search(notes="why", project="digits")
    search_id = body["search"]["id"]
    trials = (await api.get(f"/hpsearch/{search_id}/trials"))["items"]
    assert [trial["task_id"] for trial in trials] == [task["id"] for task in body["tasks"]]
    for number, (trial, task) in enumerate(zip(trials, body["tasks"], strict=True)):
        assert (trial["number"], task["search_id"]) == (number, search_id)
        path = "training.learning_rate"
        assert trial["params"][path] == task["params"][path]
        record = read_record(Path(task["output_path"]))
        assert record is not None
        assert record.search is not None
        assert record.search.trial_params == trial["params"]
        assert record.search.notes == "why"


async def test_a_seed_makes_a_search_repeatable_and_none_makes_it_new(api: Api) -> None:
    def rates(body: dict[str, Any]) -> list[float]:
        return [task["params"]["training.learning_rate"] for task in body["tasks"]]

    assert rates(await api.search()) == rates(await api.search())
    unseeded = SEARCH.replace("  seed: 7\n", "")
    first, second = [await api.search(config=None, config_text=unseeded) for _ in range(2)]
    assert rates(first) != rates(second)
    seed = (await api.get(f"/hpsearch/{first['search']['id']}"))["seed"]
    again = await api.search(config=None, config_text=SEARCH.replace("seed: 7", f"seed: {seed}"))
    assert rates(again) == rates(first)


async def test_desc_takes_the_place_of_hpsearch_in_the_names(api: Api) -> None:
    described = SEARCH.replace("  seed: 7\n", "  seed: 7\n  desc: rates\n")
    body = await api.search(config=None, config_text=described, name="digits")
    assert body["search"]["name"] == "digits_rates"
    assert [task["name"] for task in body["tasks"]][:2] == ["digits_rates_0", "digits_rates_1"]


async def test_a_search_of_a_thousand_trials_is_submitted_within_seconds(sqlite_api: Api) -> None:
    text = SEARCH.replace("n_trials: 3", "n_trials: 1000")
    body = await sqlite_api.search(config=None, config_text=text)
    assert len({task["output_path"] for task in body["tasks"]}) == 1_000
    assert (await sqlite_api.get("/tasks"))["total"] == 1_000
