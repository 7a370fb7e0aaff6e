"""Which command a task runs, in which Python, with which environment."""

import json
import sys
from pathlib import Path

import pytest

from hypertrainer.errors import InvalidInput
from hypertrainer.platforms.base import Resources
from hypertrainer.platforms.fake import FakePlatform
from hypertrainer.settings import Settings
from hypertrainer.tasks.config import Config
from hypertrainer.tasks.launch import LaunchPlan, Script, job_environment, plan_launch


@pytest.fixture(autouse=True)
def nothing_is_active(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX", "HYPERTRAINER_PYTHON"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "scripts" / "train.py"
    path.parent.mkdir()
    path.write_text("print(1)\n")
    return path


def interpreter(folder: Path) -> str:
    """A Python as a virtual environment has it."""
    python = folder / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    return str(python)


def plan(
    script: Path | None,
    text: str = "a: 1\n",
    python: str = "",
    platform: FakePlatform | None = None,
) -> LaunchPlan:
    config = Config.parse(text)
    found = Script(script.name, script) if script else None
    return plan_launch(Settings(python=python), config, found, platform or FakePlatform("here"))


def test_a_python_script_runs_with_the_server_s_own_python_at_last(script: Path) -> None:
    command = plan(script).command_for("/task")
    assert command == (sys.executable, str(script), "/task/config.yaml")


def test_the_active_virtual_environment_comes_before_the_server_s_own(
    script: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    conda, virtual = interpreter(tmp_path / "conda"), interpreter(tmp_path / "virtual")
    monkeypatch.setenv("CONDA_PREFIX", str(tmp_path / "conda"))
    assert plan(script).python == conda
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "virtual"))
    assert plan(script).python == virtual
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "removed"))
    assert plan(script).python == conda


def test_a_chosen_python_comes_before_the_active_one(script: Path, tmp_path: Path) -> None:
    ours, theirs = interpreter(tmp_path / "ours"), interpreter(tmp_path / "theirs")
    assert plan(script, python=ours).python == ours
    platform = FakePlatform("here")
    platform.python = theirs
    assert plan(script, python=ours, platform=platform).python == theirs


def test_env_yaml_beside_the_script_comes_first(script: Path, tmp_path: Path) -> None:
    chosen = interpreter(tmp_path / "my venv")
    (script.parent / "env.yaml").write_text(f"here: {{conda: false, path: {tmp_path}/my venv}}\n")
    planned = plan(script, python=interpreter(tmp_path / "ours"))
    assert planned.python == chosen
    assert planned.setup == (f"source '{tmp_path}/my venv/bin/activate'",)


def test_env_yaml_names_conda_environments_by_name(script: Path, tmp_path: Path) -> None:
    root = tmp_path / "miniconda3"
    chosen = interpreter(root / "envs" / "torch")
    for conda_bin in (root / "bin", root / "bin" / "conda"):
        text = f"here: {{conda: true, conda_bin: {conda_bin}, name: torch}}\n"
        (script.parent / "env.yaml").write_text(text)
        planned = plan(script)
        assert planned.python == chosen
        assert planned.setup == (f"source {root}/bin/activate {root}/envs/torch",)


def test_env_yaml_may_be_silent_on_a_platform(script: Path) -> None:
    (script.parent / "env.yaml").write_text("there: {path: /nowhere}\n")
    assert plan(script).python == sys.executable


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("here: [1]\n", "line 1: `here` must be a section"),
        ("here:\n  conda: true\n", "line 1: `here` needs `path`"),
        ("here:\n  conda: maybe\n  name: a\n", "line 2: `conda` is `maybe`"),
        ("here:\n  nmae: a\n", "line 2: Unknown key `nmae`. Did you mean `name`?"),
        ("here: {conda: false, name: a}\n", "only conda environments have a `name`"),
        ("here: {path: 3}\n", "write one line of text"),
        ("here: [\n", "line 2: The YAML cannot be read"),
    ],
)
def test_what_is_wrong_in_env_yaml_is_told_with_its_line(
    script: Path, text: str, part: str
) -> None:
    (script.parent / "env.yaml").write_text(text)
    with pytest.raises(InvalidInput) as caught:
        plan(script)
    assert part in caught.value.message
    assert caught.value.message.startswith(str(script.parent / "env.yaml"))
    assert caught.value.fields[0].path == "script"


def test_a_python_that_does_not_exist_is_refused(script: Path) -> None:
    with pytest.raises(InvalidInput, match=r"`/no/python` does not exist.*HYPERTRAINER_PYTHON"):
        plan(script, python="/no/python")


def test_a_remote_platform_s_python_is_not_looked_for_here(script: Path) -> None:
    platform = FakePlatform("there")
    platform.has_local_output = False
    assert plan(script, platform=platform).python == "python3"
    platform.python = "/opt/python"
    assert plan(script, platform=platform).python == "/opt/python"


def test_a_program_runs_by_itself_and_a_shell_script_by_bash(script: Path) -> None:
    program = script.with_name("run.sh")
    program.write_text("#!/bin/bash\n")
    assert plan(program).command_for("/t") == ("bash", str(program), "/t/config.yaml")
    program.chmod(0o755)
    assert plan(program).command_for("/t") == (str(program), "/t/config.yaml")


def test_a_file_that_may_not_be_run_says_how_to_allow_it(script: Path) -> None:
    program = script.with_name("program")
    program.write_text("#!/bin/bash\n")
    with pytest.raises(InvalidInput, match=r"chmod \+x"):
        plan(program)


def test_a_command_in_the_config_replaces_the_default(script: Path) -> None:
    text = 'command: [torchrun, -n=2, "{script}", "--c={config}", "{output}/x", "{other}"]\n'
    command = plan(script, text).command_for("/t")
    assert command == ("torchrun", "-n=2", str(script), "--c=/t/config.yaml", "/t/x", "{other}")


def test_a_command_needs_no_script_unless_it_speaks_of_one() -> None:
    assert plan(None, "command: [make, train]\n").command_for("/t") == ("make", "train")
    with pytest.raises(InvalidInput, match="no script is named"):
        plan(None, 'command: [run, "{script}"]\n')
    with pytest.raises(InvalidInput, match="No script is named"):
        plan(None)


def test_braces_in_a_path_are_no_placeholders(tmp_path: Path) -> None:
    script = tmp_path / "{config}.py"
    script.touch()
    assert plan(script).command_for("/{script}")[1:] == (str(script), "/{script}/config.yaml")


def test_a_command_is_shown_relative_to_the_task_s_folder(script: Path) -> None:
    assert plan(script).command_for(".")[-1] == "config.yaml"


def test_a_plan_survives_the_database(script: Path) -> None:
    planned = plan(script, "resources: {gpus: 1, raw: [--x]}\n")
    assert planned.resources == Resources(gpus=1, raw=("--x",))
    stored = json.dumps(planned.model_dump(mode="json"))
    assert LaunchPlan.model_validate(json.loads(stored)) == planned


def test_a_job_knows_its_task_and_whether_it_is_resumed() -> None:
    assert job_environment(12, "/t", 2) == {
        "HYPERTRAINER_TASK_ID": "12",
        "HYPERTRAINER_OUTPUT_PATH": "/t",
        "HYPERTRAINER_CONFIG": "/t/config.yaml",
        "HYPERTRAINER_ATTEMPT": "2",
        "HYPERTRAINER_RESUMED": "1",
        "PYTHONUNBUFFERED": "1",
    }
    assert job_environment(12, "/t", 1)["HYPERTRAINER_RESUMED"] == "0"
