"""What a preview tells: all that would be launched, and all that is wrong."""

from tests.api import MNIST, SEARCH, Api
from tests.hpsearch.submissions import assert_nothing_was_made


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
