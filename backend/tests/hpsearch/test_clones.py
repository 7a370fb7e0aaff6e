"""Tasks that are submitted again, as they were or edited."""

from pathlib import Path

from tests.api import MNIST, Api
from tests.hpsearch.submissions import config_of


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
