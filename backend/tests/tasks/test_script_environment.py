"""`env.yaml` for platforms elsewhere: lines that mean the same wherever they are read."""

import subprocess
from pathlib import Path

import pytest

from hypertrainer.errors import InvalidInput
from hypertrainer.tasks.script_environment import ScriptEnvironment, find_environment


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "train.py"
    path.touch()
    return path


def read(script: Path, text: str, *, is_here: bool = False) -> ScriptEnvironment | None:
    (script.parent / "env.yaml").write_text(f"there: {text}\n")
    return find_environment(script, "there", is_here=is_here)


@pytest.mark.parametrize(
    ("text", "python", "setup"),
    [
        ("{path: ~/my venv}", "python", ("source \"$HOME\"/'my venv/bin/activate'",)),
        ("{path: /opt/venv/}", "python", ("source /opt/venv/bin/activate",)),
        (
            "{name: torch}",
            "python",
            ('source "$HOME"/miniconda3/bin/activate "$HOME"/miniconda3/envs/torch',),
        ),
        (
            "{conda_bin: /opt/conda/bin/conda, name: base}",
            "python",
            ("source /opt/conda/bin/activate /opt/conda",),
        ),
        (
            "{conda_bin: conda, name: torch, module: anaconda/3}",
            "python",
            ("module load anaconda/3", 'eval "$(conda shell.bash hook)"', "conda activate torch"),
        ),
        (
            "{uv: true, path: ~/project}",
            "python",
            (
                'uv sync --quiet --inexact --project "$HOME"/project',
                'source "$HOME"/project/.venv/bin/activate',
            ),
        ),
        (
            "{module: [python/3.11, cuda/12], setup: [export A=1, export B=2]}",
            None,
            ("module load python/3.11 cuda/12", "export A=1", "export B=2"),
        ),
        ("{module: 'a; rm b', python: python3.11}", "python3.11", ("module load 'a; rm b'",)),
        ("{python: ~/bin/python}", "~/bin/python", ()),
        (
            "{module: python/3.11, path: ~/v}",
            "python",
            ("module load python/3.11", 'source "$HOME"/v/bin/activate'),
        ),
    ],
)
def test_an_environment_elsewhere_is_activated_there(
    script: Path, text: str, python: str | None, setup: tuple[str, ...]
) -> None:
    assert read(script, text) == ScriptEnvironment(python, setup)


def test_the_tilde_is_the_home_of_whoever_reads_the_line(script: Path, tmp_path: Path) -> None:
    home = tmp_path / "another home"
    activate = home / "my venv" / "bin" / "activate"
    activate.parent.mkdir(parents=True)
    activate.write_text("echo activated\n")
    found = read(script, "{path: ~/my venv}")
    assert found is not None
    done = subprocess.run(
        ["bash", "-c", "\n".join(found.setup)], env={"HOME": str(home)}, capture_output=True
    )
    assert done.stdout == b"activated\n"


def test_here_the_interpreter_of_a_folder_is_named_by_its_path(script: Path) -> None:
    found = read(script, "{path: /opt/venv, setup: umask 077}", is_here=True)
    setup = ("umask 077", "source /opt/venv/bin/activate")
    assert found == ScriptEnvironment("/opt/venv/bin/python", setup)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("{uv: true}", "needs `path`, the project's folder"),
        ("{uv: true, conda: true, path: /a}", "and no `conda`"),
        ("{uv: maybe, path: /a}", "`uv` is `maybe`; write true or false"),
        ("{module: {a: 1}}", "`module` is a section; write a list of lines"),
        ("{setup: [1]}", "`setup` is a list; write a list of lines"),
        ("{conda: true}", "needs `path`, or `name`"),
        ("{}", "needs `path`, or `name`"),
        ("{moduls: a}", "Did you mean `module`?"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(script: Path, text: str, part: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read(script, text)
    assert "env.yaml, line 1: " in caught.value.message
    assert part in caught.value.message
