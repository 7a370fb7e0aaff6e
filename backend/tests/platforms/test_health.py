"""What a check tells of a machine."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hypertrainer.platforms.base import ConditionKind, Health
from hypertrainer.platforms.health import examine
from hypertrainer.platforms.probe import (
    Wishes,
    probe_script,
    read_answer,
)
from hypertrainer.platforms.registry import Registry
from hypertrainer.platforms.schedulers.direct import DirectScheduler
from hypertrainer.platforms.schedulers.slurm import SlurmScheduler
from hypertrainer.platforms.shell import ShellPlatform, ShellSettings
from hypertrainer.platforms.slots import SlotWishes
from hypertrainer.platforms.transports.local import LocalTransport


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def local(root: Path, **settings: Any) -> ShellPlatform:
    chosen = replace(ShellSettings(output=str(root)), **settings)
    return ShellPlatform("p", "local", LocalTransport(), DirectScheduler(), chosen)


async def as_remote(
    output: str, setup: tuple[str, ...] = (), environment: dict[str, str] | None = None
) -> Health:
    wishes = Wishes(output, "python3", setup, environment or {}, is_remote=True, brings_code=True)
    examined = await examine(Elsewhere(), DirectScheduler(), wishes, SlotWishes())
    return examined.health


class Elsewhere(LocalTransport):
    """This machine, as if it were another one."""

    is_local = False


def program(folder: Path, name: str, text: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/bash\n{text}\n")
    (folder / name).chmod(0o755)


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is first on the path."""
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    return tmp_path / "bin"


async def test_facts_are_told_in_words(tmp_path: Path) -> None:
    health = await local(tmp_path).check()
    assert health.condition is ConditionKind.OK, health.problems
    # Without SHELL in the environment, bash may find the login shell by itself.
    assert [fact for fact in health.facts if fact != "login shell"] == [
        "user",
        "host",
        "system",
        "cores",
        "memory",
        "gpus",
        "slots",
        "bash",
        "python",
        "output",
        "free space",
    ]
    assert health.facts["cores"] == str(len(os.sched_getaffinity(0)))
    assert health.facts["memory"].endswith(" GiB")
    assert "Linux" in health.facts["system"]
    assert "Python 3" in health.facts["python"]


async def test_the_output_folder_need_not_exist_yet(tmp_path: Path) -> None:
    place = Registry(tmp_path / "none", tmp_path / "not" / "yet").get("local")
    health = await place.check()
    assert health.condition is ConditionKind.OK, health.problems
    assert health.facts["output"] == str(tmp_path / "not" / "yet")
    assert list(tmp_path.iterdir()) == []


async def test_an_output_folder_below_a_file_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    health = await local(tmp_path, output=str(tmp_path / "file" / "output")).check()
    (problem,) = health.problems
    assert problem.message.endswith(f"cannot be written: {tmp_path / 'file'}.")


async def test_a_python_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    health = await local(tmp_path, python=str(tmp_path / "no python")).check()
    (problem,) = health.problems
    assert "no python" in problem.message
    assert health.facts["python"] == "not found"


async def test_a_machine_without_bash_is_unreachable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Registry(tmp_path / "none", tmp_path).get("local")
    monkeypatch.setenv("PATH", "/nowhere")
    health = await place.check()
    assert health.condition is ConditionKind.UNREACHABLE
    assert "bash could not be started" in health.problems[0].message


async def test_the_probe_bears_any_folder_name(tmp_path: Path) -> None:
    folder = tmp_path / "it's $HOME"
    script = probe_script(Wishes(str(folder), "python3"), "", "M")
    answer = read_answer(await LocalTransport().run(script), "M")
    assert answer.told("folder")["writable"] == "yes"


async def test_the_python_is_the_one_that_the_setup_lines_bring(tmp_path: Path) -> None:
    program(tmp_path / "venv", "python3", "echo Python 9.9")
    health = await local(
        tmp_path, environment={"PLACE": str(tmp_path / "venv")}, setup=("PATH=$PLACE:$PATH",)
    ).check()
    assert health.facts["python"] == f"{tmp_path}/venv/python3 Python 9.9"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("echo no such module >&2; (exit 3)", "failed with exit code 3. Its last words: no such m"),
        ("exit 4", "ended the shell."),
        ("set -e; false", "ended the shell."),
        ("if", "failed with exit code"),
    ],
)
async def test_a_failing_setup_line_is_named_with_its_last_words(
    tmp_path: Path, line: str, words: str
) -> None:
    health = await local(tmp_path, setup=("echo welcome", line, "echo never")).check()
    (problem,) = health.problems
    assert f"The setup line `{line}` {words}" in problem.message
    assert "welcome" not in problem.message
    assert "login_shell" in problem.remedy


async def test_a_setup_line_that_never_ends_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = probe_script(Wishes(str(tmp_path), "python3", ("echo waits; sleep 77777",)), "", "M")
    monkeypatch.setattr(
        "hypertrainer.platforms.health.probe_script",
        lambda wishes, queue, mark: text.replace("=M ", f"={mark} ").replace(
            "ht_setup_seconds=10", "ht_setup_seconds=1"
        ),
    )
    health = await local(tmp_path, setup=("echo waits; sleep 77777",)).check()
    (problem,) = health.problems
    assert problem.message.endswith("did not end in time. Its last words: waits")
    commands = (path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline"))
    assert not any(b"sleep\x0077777" in words for words in commands)


async def test_gpus_are_told_with_their_load_and_decide_on_the_slots(
    tmp_path: Path, commands: Path
) -> None:
    program(commands, "nvidia-smi", "echo 0, A100, 7, 1024, 40960")
    health = await as_remote(str(tmp_path))
    (gpu,) = health.gpus
    assert (gpu.machine, gpu.name, gpu.load_percent) == (health.facts["host"], "A100", 7.0)
    assert health.facts["gpus"] == "0: A100 (40.0 GiB)"
    assert health.facts["slots"] == "1"


@pytest.mark.parametrize(
    ("name", "answer", "kind"),
    [
        ("sinfo", "echo debug", "slurm"),
        ("sinfo", "sleep 60", "slurm"),
        ("pbsnodes", "exit 1", ""),
        ("lsid", "echo IBM Spectrum LSF", "lsf"),
        ("sinfo", "echo no configuration >&2; exit 1", ""),
    ],
)
async def test_a_queue_that_answers_is_noticed_and_a_mere_command_is_not(
    tmp_path: Path, commands: Path, name: str, answer: str, kind: str
) -> None:
    for other in ("sinfo", "qconf", "pbsnodes", "lsid", "qstat"):
        program(commands, other, "exit 1")
    program(commands, name, answer)
    problems = [problem.remedy for problem in (await as_remote(str(tmp_path))).problems]
    assert problems == ([f"Write `type: {kind}` instead of `type: ssh`."] if kind else [])


async def test_a_machine_that_ends_processes_at_log_out_is_a_problem(
    tmp_path: Path, commands: Path
) -> None:
    program(
        commands,
        "loginctl",
        'case $* in *Linger) echo Linger=no ;; *) echo "KillUserProcesses=yes" ;; esac',
    )
    for queue in ("sinfo", "qconf", "pbsnodes", "lsid"):
        program(commands, queue, "exit 1")
    (problem,) = (await as_remote(str(tmp_path))).problems
    assert "loginctl enable-linger" in problem.remedy


async def test_a_queue_s_facts_and_problems_are_part_of_the_check(
    tmp_path: Path, commands: Path
) -> None:
    program(commands, "sbatch", "echo slurm 99.1")
    program(commands, "scontrol", "echo Unable to contact slurm controller >&2; exit 1")
    settings = ShellSettings(output=str(tmp_path))
    place = ShellPlatform("p", "slurm", LocalTransport(), SlurmScheduler(), settings)
    health = await place.check()
    assert health.facts["scheduler"] == "Slurm 99.1"
    (problem,) = health.problems
    assert "controller does not answer" in problem.message
    assert "slots" not in health.facts
