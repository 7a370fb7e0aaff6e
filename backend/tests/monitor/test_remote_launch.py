"""A task elsewhere, with real processes: its script's folder is brought there and runs there."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hypertrainer.database import Database
from hypertrainer.monitor.platform_pass import PlatformPass
from hypertrainer.platforms.registry import Registry
from hypertrainer.platforms.schedulers.direct import DirectScheduler
from hypertrainer.platforms.shell import ShellPlatform, ShellSettings
from tests.api import Api, serving_api
from tests.platforms.places import DEADLINE_SECONDS, ScriptTransport

HOME = "home there"
TRAIN = """\
import os, sys
import net
text = open(sys.argv[1]).read()
print(net.NAME, os.getcwd() == os.environ["HYPERTRAINER_OUTPUT_PATH"], "WORD" in os.environ)
"""


class Elsewhere(ScriptTransport):
    """This machine as another one: files are brought by copying them."""

    async def upload(self, source: Path, path: str, seconds: float = 1) -> None:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, path)


@pytest.fixture
async def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ShellPlatform]:
    """Another machine, as far as anybody can tell: its home is a folder of its own."""
    (tmp_path / HOME).mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / HOME))
    settings = ShellSettings(output="~/runs", code_path=("~/project",))
    platform = ShellPlatform("there", "ssh", Elsewhere(), DirectScheduler(), settings)
    yield platform
    await platform.aclose()


@pytest.fixture
async def remote(
    sqlite_database: Database, tmp_path: Path, there: ShellPlatform
) -> AsyncIterator[Api]:
    """A user of a server with that machine."""
    async with serving_api(sqlite_database, tmp_path) as api:
        settings = api.services.settings
        registry = Registry(settings.platforms_file, settings.output, fixed=[there])
        api.services = replace(api.services, registry=registry)
        api.app.state.services = api.services
        yield api


async def ended(api: Api, platform: ShellPlatform, task_id: int) -> Any:
    """The task, once it has ended."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while True:
        await PlatformPass(api.services, platform).run_once()
        task = await api.read(task_id)
        if task["ended_at"]:
            return task
        assert time.monotonic() < deadline, task
        await asyncio.sleep(0.02)


async def test_a_script_s_folder_goes_there_and_runs_there(
    remote: Api, there: ShellPlatform, tmp_path: Path
) -> None:
    (remote.scripts / "train.py").write_text(TRAIN)
    (remote.scripts / "net.py").write_text("NAME = 'net'\n")
    (remote.scripts / "env.yaml").write_text("there: {setup: ['export WORD=1']}\n")
    task = await remote.task(platform="there")
    assert task["remote_path"].startswith("~/runs/")
    task = await ended(remote, there, task["id"])
    folder = tmp_path / HOME / task["remote_path"].removeprefix("~/")
    assert (folder / "err.txt").read_text() == ""
    assert (folder / "out.txt").read_text() == "net True True\n"
    assert task["status"] == "finished", task["reason"]
    assert f"output_path: {folder}" in (folder / "config.yaml").read_text().replace('"', "")


async def test_a_script_that_is_there_runs_from_where_it_is(
    remote: Api, there: ShellPlatform, tmp_path: Path
) -> None:
    there.stages_code = False
    project = tmp_path / HOME / "project"
    project.mkdir()
    (project / "there.sh").write_text('echo "$0" "$1"\n')
    task = await ended(
        remote, there, (await remote.task(platform="there", script="there.sh"))["id"]
    )
    folder = tmp_path / HOME / task["remote_path"].removeprefix("~/")
    assert (folder / "out.txt").read_text() == f"{project}/there.sh {folder}/config.yaml\n"
    assert not (tmp_path / HOME / "runs" / ".code").exists()


async def test_a_script_that_is_not_there_is_why_a_task_cannot_start(
    remote: Api, there: ShellPlatform
) -> None:
    there.stages_code = False
    task = await ended(remote, there, (await remote.task(platform="there", script="no.py"))["id"])
    assert task["status"] == "failed_to_start"
    assert "`no.py` is not there" in task["reason"]
