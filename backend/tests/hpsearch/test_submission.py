"""Submitting: what becomes of a request, and that a wrong one leaves nothing behind."""

import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import func, select

from hypertrainer.hpsearch.tables import Search, Trial
from hypertrainer.tasks.config import Config
from hypertrainer.tasks.folder import read_record
from hypertrainer.tasks.tables import Attempt, Task
from tests.api import MNIST, SEARCH, Api


def config_of(task: dict[str, Any]) -> Config:
    return Config.parse((Path(task["output_path"]) / "config.yaml").read_text())


async def assert_nothing_was_made(api: Api) -> None:
    assert api.folders() == []
    async with api.database.reading() as session:
        for table in (Task, Attempt, Search, Trial):
            assert (await session.exec(select(func.count()).select_from(table))).one() == 0


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


# --- what is refused ---------------------------------------------------------------------------

WRONG: dict[str, tuple[dict[str, Any], list[str], list[str]]] = {
    "neither config nor text": ({"config": None}, ["config"], ["exactly one"]),
    "both config and text": ({"config_text": MNIST}, ["config"], ["exactly one"]),
    "an unknown platform": ({"platform": "mars"}, ["platform"], ["mars", "fake", "local"]),
    "a missing script": ({"script": "trian.py"}, ["script"], ["trian.py", "`train.py`"]),
    "a missing config": ({"config": "minst.yaml"}, ["config"], ["minst.yaml", "`mnist.yaml`"]),
    "an absolute path": ({"config": "/etc/hostname"}, ["config"], ["outside"]),
    "a path upwards": ({"config": "../secret.yaml"}, ["config"], ["outside"]),
    "a link outwards": ({"config": "link.yaml"}, ["config"], ["outside"]),
    "a script outside": ({"script": "../secret.yaml"}, ["script"], ["outside"]),
    "an unknown path": (
        {"overrides": {"training.lerning_rate": 1}},
        ["overrides.training.lerning_rate"],
        ["training.learning_rate"],
    ),
    "a section overridden": (
        {"overrides": {"name": "x", "training": 1}},
        ["overrides.training"],
        ["section"],
    ),
    "half a character": (
        {"overrides": {"name": "\ud800"}},
        ["overrides.name"],
        ["surrogate"],
    ),
    "a wrong resource by an override": (
        {"config": None, "config_text": f"{MNIST}num_gpus: 1\n", "overrides": {"num_gpus": -1}},
        ["overrides.num_gpus"],
        ["-1"],
    ),
}


@pytest.mark.parametrize(("body", "paths", "words"), WRONG.values(), ids=WRONG)
async def test_wrong_input_is_told_at_its_field_and_leaves_nothing_behind(
    api: Api, tmp_path: Path, body: dict[str, Any], paths: list[str], words: list[str]
) -> None:
    secret = tmp_path / "secret.yaml"
    secret.write_text("script: train.py\n")
    (api.scripts / "link.yaml").symlink_to(secret)
    request = {"config": "mnist.yaml", "platform": "fake"} | body
    answer = await api.post("/tasks", **request)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
    assert [field["path"] for field in answer.json()["fields"]] == paths
    for word in words:
        assert word in answer.json()["fields"][0]["message"]
    preview = (await api.post("/tasks/preview", **request)).json()
    assert preview["problems"] == answer.json()["fields"]
    await assert_nothing_was_made(api)


BROKEN = {
    "no YAML": ("script: train.py\na: [1, 2\nb: 3\n", None),
    "no mapping": ("- train.py\n", (1, 1)),
    "empty": ("", (1, 1)),
    "a wrong command": ("script: train.py\ncommand: go\n", (2, 10)),
}


@pytest.mark.parametrize("source", ["config", "config_text"])
@pytest.mark.parametrize(("text", "place"), BROKEN.values(), ids=BROKEN)
async def test_a_wrong_yaml_is_told_with_line_and_column(
    sqlite_api: Api, text: str, place: tuple[int, int] | None, source: str
) -> None:
    (sqlite_api.scripts / "broken.yaml").write_text(text)
    given = {"config": "broken.yaml"} if source == "config" else {"config_text": text}
    answer = await sqlite_api.post("/tasks", script="train.py", platform="fake", **given)
    assert answer.status_code == 422
    (field,) = answer.json()["fields"]
    assert field["path"] == ("command" if "command" in text else source)
    assert field["line"] is not None
    assert place is None or (field["line"], field["column"]) == place
    await assert_nothing_was_made(sqlite_api)


WRONG_SEARCHES = {
    "an empty range": ("lo: -4", "lo: -1", "hpsearch.params.0.lo"),
    "an unknown path": ("training.learning_rate,", "training.lr,", "hpsearch.params.0.param"),
    "an unknown type": ("random_uniform", "tpe9", "hpsearch.type"),
    "no trials": ("n_trials: 3", "n_trials: 0", "hpsearch.n_trials"),
}


@pytest.mark.parametrize(("old", "new", "path"), WRONG_SEARCHES.values(), ids=WRONG_SEARCHES)
async def test_a_wrong_search_is_told_at_its_line(
    sqlite_api: Api, old: str, new: str, path: str
) -> None:
    text = SEARCH.replace(old, new)
    answer = await sqlite_api.post("/hpsearch", config_text=text, platform="fake")
    assert answer.status_code == 422
    (field,) = answer.json()["fields"]
    assert field["path"] == path
    assert new.rstrip(",") in text.splitlines()[field["line"] - 1]
    await assert_nothing_was_made(sqlite_api)


async def test_only_a_search_can_be_submitted_as_one(api: Api) -> None:
    child = SEARCH + "  is_child: true\n"
    for text, path, word in ((child, "hpsearch.is_child", "trial"), (MNIST, "hpsearch", "Add one")):
        answer = await api.post("/hpsearch", config_text=text, platform="fake")
        assert answer.status_code == 422
        (field,) = answer.json()["fields"]
        assert field["path"] == path
        assert word in field["message"]
    await assert_nothing_was_made(api)


async def test_a_trials_config_submitted_as_a_task_is_one_task(api: Api) -> None:
    body = await api.created(config_text=SEARCH + "  is_child: true\n")
    assert body["search"] is None
    assert len(body["tasks"]) == 1


# --- folders that cannot be written ------------------------------------------------------------


@contextmanager
def full_disk(folder: Path) -> Iterator[None]:
    """A file system of 64 KiB with next to nothing left."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    folder.mkdir(parents=True)
    if subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        with small_files():
            yield
        return
    try:
        (folder / "rest").write_bytes(b"x" * 60_000)
        yield
        assert [path.name for path in folder.iterdir()] == ["rest"]
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@contextmanager
def small_files() -> Iterator[None]:
    """Where nothing may be mounted: no file may grow beyond 64 KiB."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


LONG = SEARCH + f"more: {'x' * 80_000}\n"


async def test_a_full_disk_is_told_as_such_and_leaves_nothing_behind(
    api: Api, tmp_path: Path
) -> None:
    with full_disk(tmp_path / "full"):
        text = f"{LONG}output_root: {tmp_path / 'full' / 'new'}\n"
        answer = await api.post("/tasks", config_text=text, platform="fake")
        assert not (tmp_path / "full" / "new").exists()
    assert (answer.status_code, answer.json()["code"]) == (507, "storage_failed")
    (field,) = answer.json()["fields"]
    assert (field["path"], field["line"]) == ("output_root", text.count("\n"))
    assert "output_root" in field["message"]
    await assert_nothing_was_made(api)


async def test_a_disk_that_fills_at_the_third_trial_leaves_no_trial_behind(
    sqlite_api: Api, tmp_path: Path
) -> None:
    api, full = sqlite_api, tmp_path / "full"
    with full_disk(full):
        (full / "rest").write_bytes(b"x" * 20_000)
        text = f"{SEARCH}more: {'x' * 5_000}\noutput_root: {full}\n".replace("s: 3", "s: 30")
        answer = await api.post("/tasks", config_text=text, platform="fake")
    if answer.status_code == 201:
        pytest.skip("nothing may be mounted here")
    assert answer.status_code == 507
    await assert_nothing_was_made(api)


async def test_an_output_folder_that_cannot_be_made_is_told_without_a_field_of_the_form(
    api: Api,
) -> None:
    api.output.write_text("a file stands where the folder should be")
    answer = await api.post("/tasks", config="mnist.yaml", platform="fake")
    assert (answer.status_code, answer.json()["fields"]) == (507, [])
    assert str(api.output) in answer.json()["message"]
    assert "HYPERTRAINER_OUTPUT" in answer.json()["message"]
    api.output.unlink()
    await assert_nothing_was_made(api)


async def test_a_database_that_refuses_the_rows_leaves_no_folder_behind(api: Api) -> None:
    async with api.database.transaction() as session:
        await (await session.connection()).exec_driver_sql("DROP TABLE trial_task")
    answer = await api.post("/hpsearch", config="hp_test.yaml", platform="fake")
    assert (answer.status_code, answer.json()["code"]) == (500, "unexpected")
    assert "Traceback" not in answer.text
    assert "trial" not in answer.text
    assert api.folders() == []
    assert (await api.get("/tasks"))["total"] == 0


# --- previews ----------------------------------------------------------------------------------


async def test_a_preview_says_what_would_be_launched_and_writes_nothing(api: Api) -> None:
    preview = (await api.post("/tasks/preview", config="mnist.yaml", platform="fake")).json()
    assert preview["script_path"] == str(api.scripts / "train.py")
    assert preview["command"][1:] == [str(api.scripts / "train.py"), "config.yaml"]
    assert (preview["is_search"], preview["num_tasks"]) == (False, 1)
    assert preview["trials"] == [{"name": "mnist", "params": {}}]
    assert preview["config_text"] == MNIST
    assert preview["problems"] == []
    await assert_nothing_was_made(api)


async def test_a_preview_lists_all_problems_at_once(api: Api) -> None:
    text = SEARCH.replace("lo: -4", "lo: -1") + "resources: {gpus: many, tme: 3}\n"
    request = {
        "config_text": text,
        "platform": "mars",
        "script": "nope.py",
        "overrides": {"training.lr": 1, "nam": 2},
    }
    preview = (await api.post("/tasks/preview", **request)).json()
    assert {problem["path"] for problem in preview["problems"]} == {
        "platform",
        "script",
        "overrides.training.lr",
        "overrides.nam",
        "resources.gpus",
        "resources.tme",
        "hpsearch.params.0.lo",
    }
    refused = (await api.post("/tasks", **request)).json()
    assert refused["fields"] == preview["problems"]
    await assert_nothing_was_made(api)


async def test_a_preview_shows_the_first_hundred_trials_of_a_search(api: Api) -> None:
    text = SEARCH.replace("n_trials: 3", "n_trials: 10000")
    preview = (await api.post("/tasks/preview", config_text=text, platform="fake")).json()
    assert (preview["is_search"], preview["num_tasks"]) == (True, 10_000)
    assert [trial["name"] for trial in preview["trials"]] == [
        f"train_hpsearch_{number}" for number in range(100)
    ]
    assert all(set(trial["params"]) == {"training.learning_rate"} for trial in preview["trials"])
    assert "is_child: true" in preview["config_text"]


# --- clones ------------------------------------------------------------------------------------


async def test_a_clone_is_the_task_again_under_a_new_id(api: Api) -> None:
    task = await api.task(project="p", tags=["t"], notes="n", name="the name")
    (api.scripts / "mnist.yaml").unlink()  # it is the task's own config that counts
    (copy,) = (await api.created(f"/tasks/{task['id']}/clone"))["tasks"]
    same = ("project", "tags", "notes", "name", "script", "platform", "params")
    assert {key: copy[key] for key in same} == {key: task[key] for key in same}
    assert copy["cloned_from"] == task["id"]
    assert copy["output_path"] != task["output_path"]
    assert config_of(copy).find("training.output_path") == copy["output_path"]


async def test_a_clone_can_be_edited_and_go_elsewhere(api: Api) -> None:
    task = await api.task()
    changes = {
        "config_text": MNIST.replace("num_epochs: 3", "num_epochs: 9"),
        "overrides": {"training.learning_rate": 0.25},
        "platform": "local",
        "project": "",
        "tags": [],
    }
    (copy,) = (await api.created(f"/tasks/{task['id']}/clone", **changes))["tasks"]
    assert copy["params"]["training.num_epochs"] == 9
    assert copy["params"]["training.learning_rate"] == 0.25
    assert copy["platform"] == "local"


async def test_a_clone_of_a_trial_is_a_single_task(api: Api) -> None:
    trial = (await api.search())["tasks"][1]
    body = await api.created(f"/tasks/{trial['id']}/clone")
    assert body["search"] is None
    (copy,) = body["tasks"]
    assert copy["params"] == trial["params"]
    assert copy["search_id"] is None


async def test_a_clones_mistakes_are_told_like_a_submissions(api: Api) -> None:
    task = await api.task()
    wrong = {"overrides": {"nam": 1}, "platform": "mars"}
    answer = await api.post(f"/tasks/{task['id']}/clone", **wrong)
    assert answer.status_code == 422
    assert [field["path"] for field in answer.json()["fields"]] == ["platform", "overrides.nam"]
    preview = (await api.post(f"/tasks/{task['id']}/clone/preview", **wrong)).json()
    assert preview["problems"] == answer.json()["fields"]
    empty = await api.post(f"/tasks/{task['id']}/clone", config_text="")
    assert empty.status_code == 422
    assert (await api.get("/tasks"))["total"] == 1


async def test_a_task_whose_config_is_gone_cannot_be_cloned_without_one(api: Api) -> None:
    task = await api.task()
    (Path(task["output_path"]) / "config.yaml").unlink()
    answer = await api.post(f"/tasks/{task['id']}/clone")
    assert answer.status_code == 404
    assert "config_text" in answer.json()["message"]
    await api.created(f"/tasks/{task['id']}/clone", config_text=MNIST)


async def test_a_task_with_a_very_long_name_can_be_cloned(api: Api) -> None:
    trial = (await api.search(name="n" * 200))["tasks"][0]
    assert len(trial["name"]) > 200
    (copy,) = (await api.created(f"/tasks/{trial['id']}/clone"))["tasks"]
    assert copy["name"] == "n" * 200


async def test_a_search_of_a_thousand_trials_is_submitted_within_seconds(sqlite_api: Api) -> None:
    text = SEARCH.replace("n_trials: 3", "n_trials: 1000")
    body = await sqlite_api.search(config=None, config_text=text)
    assert len({task["output_path"] for task in body["tasks"]}) == 1_000
    assert (await sqlite_api.get("/tasks"))["total"] == 1_000
