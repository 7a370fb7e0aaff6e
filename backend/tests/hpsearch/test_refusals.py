"""What is refused of a submission, or cannot be written: told where, with nothing left behind."""

import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.api import MNIST, SEARCH, Api
from tests.hpsearch.submissions import assert_nothing_was_made

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
