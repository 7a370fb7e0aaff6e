"""Submitting to a platform elsewhere: two folders, code on its way, and values of that place."""

import tarfile
from pathlib import Path

import pytest

from hypertrainer.platforms.base import Problem, Resources
from hypertrainer.tasks.config import Config
from hypertrainer.tasks.folder import read_record
from hypertrainer.tasks.launch import LaunchPlan
from hypertrainer.tasks.tables import Task
from tests.api import MNIST, SEARCH, Api
from tests.hpsearch.elsewhere import THERE, launched, preview, rows

pytestmark = pytest.mark.usefixtures("elsewhere")

DATA = f"""\
{MNIST}data: {{path: /here}}
platforms:
  fake: {{overrides: {{data.path: /there}}}}
"""


# --- two folders -------------------------------------------------------------------------------


async def test_a_task_has_a_folder_here_and_one_of_the_same_name_there(api: Api) -> None:
    task = await api.task()
    here = Path(task["output_path"])
    assert here.parent == api.output
    assert task["remote_path"] == f"{THERE}/{here.name}"
    assert not task["is_mirrored"]
    config = Config.parse((here / "config.yaml").read_text())
    assert config.find("output_path") == task["remote_path"]
    record = read_record(here)
    assert record is not None
    assert record.remote_path == task["remote_path"]


@pytest.mark.parametrize("root", ["~/scratch/", "/scratch"])
async def test_output_root_in_the_yaml_is_a_folder_there(api: Api, root: str) -> None:
    task = await api.task(config_text=f"{MNIST}output_root: {root}\n")
    name = Path(task["output_path"]).name
    assert task["remote_path"] == f"{root.rstrip('/')}/{name}"
    assert [folder.name for folder in api.folders()] == [name]


async def test_a_root_that_means_nothing_there_is_refused(api: Api) -> None:
    text = f"{MNIST}output_root: ~root/x\n"
    answer = await api.post("/tasks", platform="fake", config_text=text)
    (problem,) = answer.json()["fields"]
    assert (problem["path"], problem["line"]) == ("output_root", 8)
    assert await rows(api) == []


async def test_a_task_that_is_resumed_has_output_to_fetch_again(api: Api) -> None:
    task = await api.task()
    await api.run(task["id"])
    async with api.database.transaction() as session:
        row = await session.get_one(Task, task["id"])
        row.is_mirrored = True
        session.add(row)
    await api.act("resume", task["id"])
    assert not (await api.read(task["id"]))["is_mirrored"]


# --- what the platform is handed ---------------------------------------------------------------


async def test_the_platform_gets_the_folder_there_the_config_the_code_and_the_script(
    api: Api,
) -> None:
    task = await api.task(script="vision/classify.py", config="mnist.yaml")
    job = await launched(api)
    there = task["remote_path"]
    assert job.folder == there
    assert job.command == ("python3", "{script}", f"{there}/config.yaml")
    assert job.environment["HYPERTRAINER_OUTPUT_PATH"] == there
    assert job.files == {"config.yaml": (Path(task["output_path"]) / "config.yaml").read_bytes()}
    assert job.script == "classify.py"
    assert job.code is not None
    with tarfile.open(job.code.archive) as archive:
        assert archive.getnames() == ["classify.py"]
    assert Path(job.code.archive).name == f"{job.code.digest}.tar.gz"


async def test_a_search_packs_once_for_all_its_trials(api: Api) -> None:
    await api.search()
    codes = {LaunchPlan.model_validate(row.launch).code for row in await rows(api)}
    assert len(codes) == 1
    archives = api.services.settings.home / "code"
    assert len(list(archives.iterdir())) == 1


async def test_a_config_that_is_gone_is_why_a_task_cannot_start(api: Api) -> None:
    task = await api.task()
    (Path(task["output_path"]) / "config.yaml").unlink()
    await api.round()
    read = await api.read(task["id"])
    assert read["status"] == "failed_to_start"
    assert "config.yaml cannot be read" in read["reason"]
    assert api.fake.submissions == []


async def test_the_command_s_python_and_the_server_s_own_are_not_mixed_up(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.fake.python = "~/venv/bin/python"
    (api.scripts / "run.sh").touch(0o755)
    await api.task()
    assert (await launched(api)).command[0] == "~/venv/bin/python"
    await api.task(script="run.sh")
    assert (await launched(api)).command[:1] == ("{script}",)


async def test_code_that_is_too_large_is_refused_and_nothing_is_made(api: Api) -> None:
    api.fake.max_code_bytes = 10
    answer = await api.post("/tasks", platform="fake", config="mnist.yaml")
    assert answer.status_code == 422
    (problem,) = answer.json()["fields"]
    assert problem["path"] == "script"
    assert "at most 10 B may be brought" in problem["message"]
    assert (await rows(api), api.folders()) == ([], [])
    assert not (api.services.settings.home / "code").exists()


# --- a script that is there --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("nets/train.py", ("python3", "{script}")),
        ("/opt/run", ("{script}",)),
        ("run.sh", ("bash", "{script}")),
    ],
)
async def test_a_script_that_is_not_brought_is_not_looked_for_here(
    api: Api, name: str, command: tuple[str, ...]
) -> None:
    api.fake.stages_code = False
    assert (await preview(api, script=name, config="mnist.yaml"))["problems"] == []
    task = await api.task(script=name)
    job = await launched(api)
    assert (job.script, job.code) == (name, None)
    assert job.command == (*command, f"{task['remote_path']}/config.yaml")


@pytest.mark.parametrize("name", ["../train.py", "a/../../b.py", "nets/", "a\nb.py"])
async def test_a_name_that_leads_out_is_refused(api: Api, name: str) -> None:
    api.fake.stages_code = False
    told = await preview(api, script=name, config="mnist.yaml")
    assert [problem["path"] for problem in told["problems"]] == ["script"]


# --- values of the platform --------------------------------------------------------------------


async def test_a_platform_s_values_are_in_the_task_s_config_and_a_request_s_win(api: Api) -> None:
    task = await api.task(config_text=DATA)
    assert task["params"]["data.path"] == "/there"
    chosen = await api.task(config_text=DATA, overrides={"data.path": "/chosen"})
    assert chosen["params"]["data.path"] == "/chosen"


async def test_a_clone_elsewhere_has_the_values_of_that_place(api: Api) -> None:
    task = await api.task(config_text=DATA)
    (moved,) = (await api.created(f"/tasks/{task['id']}/clone", platform="local"))["tasks"]
    assert moved["params"]["data.path"] == "/here"
    assert moved["remote_path"] is None
    (back,) = (await api.created(f"/tasks/{moved['id']}/clone", platform="fake"))["tasks"]
    assert back["params"]["data.path"] == "/there"


async def test_a_clone_in_the_same_place_is_the_same_and_can_still_move(api: Api) -> None:
    task = await api.task(config_text=DATA, overrides={"data.path": "/chosen"})
    (same,) = (await api.created(f"/tasks/{task['id']}/clone"))["tasks"]
    assert same["params"]["data.path"] == "/chosen"
    plain = await api.task(config_text=DATA)
    (again,) = (await api.created(f"/tasks/{plain['id']}/clone"))["tasks"]
    (moved,) = (await api.created(f"/tasks/{again['id']}/clone", platform="local"))["tasks"]
    assert moved["params"]["data.path"] == "/here"


async def test_the_trials_of_a_search_have_them_too(api: Api) -> None:
    text = f"{SEARCH}data: {{path: /here}}\nplatforms: {{fake: {{overrides: {{data.path: /x}}}}}}\n"
    body = await api.created("/hpsearch", config_text=text)
    assert {task["params"]["data.path"] for task in body["tasks"]} == {"/x"}
    first = body["tasks"][0]
    (moved,) = (await api.created(f"/tasks/{first['id']}/clone", platform="local"))["tasks"]
    rate = "training.learning_rate"
    assert moved["params"]["data.path"] == "/here"
    assert moved["params"][rate] == first["params"][rate]


# --- resources ---------------------------------------------------------------------------------


async def test_a_platform_s_own_resources_stand_where_the_task_says_nothing(api: Api) -> None:
    api.fake.resources = Resources(account="def-alice", time_seconds=3600)
    api.fake.resume_on, api.fake.resume_limit = ("preempted",), 7
    await api.task(config_text=f"{MNIST}resources: {{time: 2h, resume_limit: 2}}\n")
    job = await launched(api)
    assert job.resources == Resources(account="def-alice", time_seconds=7200)
    (row,) = await rows(api)
    plan = LaunchPlan.model_validate(row.launch)
    assert (plan.resume_on, plan.resume_limit) == (("preempted",), 2)


async def test_what_can_never_be_had_there_is_refused_where_it_is_asked_for(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = Problem("`nodes` is 2, but this is one machine.", "Remove it.")
    monkeypatch.setattr(api.fake, "problems_with", lambda resources: [wrong])
    text = f"{MNIST}resources:\n  cpus: 1\n  nodes: 2\n"
    answer = await api.post("/tasks", platform="fake", config_text=text)
    (problem,) = answer.json()["fields"]
    assert (problem["path"], problem["line"]) == ("resources.nodes", 10)
    assert problem["message"] == "`nodes` is 2, but this is one machine. Remove it."
    assert await rows(api) == []
