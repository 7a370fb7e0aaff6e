"""What a check tells of a machine."""

from pathlib import Path

import pytest

from hypertrainer.platforms.base import ConditionKind
from hypertrainer.platforms.health import Wishes, health_of, probe_script
from hypertrainer.platforms.machine import Gpu, Machine
from hypertrainer.platforms.registry import Registry
from hypertrainer.platforms.schedulers.direct import DirectScheduler
from hypertrainer.platforms.shell import ShellPlatform, ShellSettings
from hypertrainer.platforms.transports.base import ExecResult
from hypertrainer.platforms.transports.local import LocalTransport

WISHES = Wishes("/out", "python3")
TOLD = """
motd: welcome
ht user ada
ht host lab1
ht cores 8
ht bash 5.2.15(1)-release
ht setsid /usr/bin/setsid
ht python /usr/bin/python3
ht python_version Python 3.12.1
ht writable yes
ht free_bytes 10737418240
ht free_inodes 1000
"""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def test_facts_are_told_in_words() -> None:
    machine = Machine(8, 2**35, (Gpu("0", "A100", 40 * 2**30),))
    health = health_of(ExecResult(0, TOLD, ""), WISHES, machine, None)
    assert health.condition is ConditionKind.OK
    assert health.problems == ()
    assert dict(health.facts) == {
        "user": "ada",
        "host": "lab1",
        "cores": "8",
        "bash": "5.2.15(1)-release",
        "python": "/usr/bin/python3 Python 3.12.1",
        "output": "/out",
        "free space": "10.0 GiB",
        "memory": "32.0 GiB",
        "gpus": "0: A100 (40.0 GiB)",
    }


@pytest.mark.parametrize(
    ("line", "instead", "words"),
    [
        ("ht bash 5.2.15(1)-release", "ht bash 4.2.46(2)-release", "bash is 4.2.46(2)-release"),
        ("ht bash 5.2.15(1)-release", "", "bash is missing"),
        ("ht setsid /usr/bin/setsid", "ht setsid ", "setsid is missing"),
        ("ht python /usr/bin/python3", "ht python ", "No Python was found as `python3`"),
        ("ht writable yes", "", "/out cannot be written"),
        ("ht free_bytes 10737418240", "ht free_bytes 1000", "Only 0.0 GiB are free"),
        ("ht free_inodes 1000", "ht free_inodes 0", "no room for more files"),
    ],
)
def test_each_problem_comes_with_a_remedy(line: str, instead: str, words: str) -> None:
    answer = ExecResult(0, TOLD.replace(line, instead), "")
    health = health_of(answer, WISHES, None, None)
    assert health.condition is ConditionKind.DEGRADED
    (problem,) = health.problems
    assert words in problem.message
    assert problem.remedy


async def test_the_output_folder_need_not_exist_yet(tmp_path: Path) -> None:
    local = Registry(tmp_path / "none", tmp_path / "not" / "yet").get("local")
    health = await local.check()
    assert health.condition is ConditionKind.OK, health.problems
    assert health.facts["output"] == str(tmp_path / "not" / "yet")
    assert not (tmp_path / "not").exists()


async def test_a_python_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    settings = ShellSettings(python=str(tmp_path / "no python"), output=str(tmp_path))
    health = await ShellPlatform(
        "p", "local", LocalTransport(), DirectScheduler(), settings
    ).check()
    (problem,) = health.problems
    assert "no python" in problem.message


async def test_a_machine_without_bash_is_unreachable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    local = Registry(tmp_path / "none", tmp_path).get("local")
    monkeypatch.setenv("PATH", "/nowhere")
    health = await local.check()
    assert health.condition is ConditionKind.UNREACHABLE
    assert "bash could not be started" in health.problems[0].message


async def test_the_probe_bears_any_folder_name(tmp_path: Path) -> None:
    folder = tmp_path / "it's $HOME"
    result = await LocalTransport().run(probe_script(), (str(folder), "python3"))
    assert "ht writable yes" in result.output
