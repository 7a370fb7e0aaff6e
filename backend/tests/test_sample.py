"""The tutorial's script and configs, run for real, as a user without HyperTrainer would."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hypertrainer.hpsearch.child_configs import child_config
from hypertrainer.hpsearch.history import History
from hypertrainer.hpsearch.samplers.suggest import suggest_many
from hypertrainer.hpsearch.spec_reader.reader import read_spec
from hypertrainer.metrics.formats import find_source
from hypertrainer.metrics.lines import parse_line
from hypertrainer.metrics.progress import find_num_epochs
from hypertrainer.sample.dummy import evaluate, read_simple_yaml
from hypertrainer.settings import SAMPLE_FOLDER, Settings
from hypertrainer.tasks.config import Config
from hypertrainer.tasks.sources import find_script, list_files, read_config

CONFIGS = ["epochs_test.yaml", "hp_test.yaml", "plot_test.yaml"]
SCRIPT = SAMPLE_FOLDER / "dummy.py"
QUICK = {"training.num_epochs": 3, "training.seconds_per_iteration": 0.001}
WAIT_SECONDS = 30


def sample(name: str) -> Config:
    return Config.parse(read_config(Settings(path=()), name))


def write_task(folder: Path, name: str, **overrides: float) -> Path:
    """A task's folder and its config, as HyperTrainer makes them."""
    changes = {**QUICK, **{f"training.{key}": value for key, value in overrides.items()}}
    config = sample(name).with_overrides(changes).for_task(str(folder))
    path = folder / "config.yaml"
    path.write_text(config.text())
    return path


def run(config: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, *options, str(SCRIPT), str(config)]
    return subprocess.run(
        command, cwd=config.parent, capture_output=True, text=True, check=False, timeout=60
    )


def rows(log: Path) -> list[list[str]]:
    return [line.split("\t") for line in log.read_text().splitlines()]


def test_the_samples_are_on_the_path_when_it_is_unset() -> None:
    files, _ = list_files(Settings(path=()), "config")
    assert [file.path for file in files] == CONFIGS
    scripts, _ = list_files(Settings(path=()), "script", "dummy")
    assert [file.path for file in scripts] == ["dummy.py"]


@pytest.mark.parametrize("name", CONFIGS)
def test_a_sample_s_config_names_its_script_and_epochs(name: str) -> None:
    config = sample(name)
    assert config.script is not None
    assert find_script(Settings(path=()), config.script) == SCRIPT
    assert find_num_epochs(config.flat_params()) == config.get("training.num_epochs")


@pytest.mark.parametrize("name", CONFIGS)
def test_every_line_of_its_logs_can_be_read(tmp_path: Path, name: str) -> None:
    done = run(write_task(tmp_path, name))
    assert (done.returncode, done.stderr) == (0, "")
    logs = sorted(tmp_path.glob("*.log"))
    for log in logs:
        source = find_source(log.name)
        assert source is not None
        assert all(parse_line(source.format, line) for line in log.read_bytes().splitlines())
    names = [log.name for log in logs]
    assert {"progress.log", "metric_loss.log", "metric_accuracy.log"} <= set(names)
    assert ("metric_classwise_accuracy.log" in names) == (name == "plot_test.yaml")


def test_it_prints_colours_and_a_bar_that_draws_over_itself(tmp_path: Path) -> None:
    done = run(write_task(tmp_path, "epochs_test.yaml"))
    assert "\033[32mDone: 3 epochs.\033[0m" in done.stdout
    assert "\rEpoch 0 train" in done.stdout.replace("\n", "\r")


def test_it_runs_without_any_yaml_library_and_reads_the_same(tmp_path: Path) -> None:
    with_library, without = tmp_path / "with", tmp_path / "without # a space"
    for folder in (with_library, without):
        folder.mkdir()
    assert run(write_task(with_library, "plot_test.yaml")).returncode == 0
    done = run(write_task(without, "plot_test.yaml"), "-I", "-S")
    assert (done.returncode, done.stderr) == (0, "")
    loss = "metric_loss.log"
    assert rows(without / loss) == rows(with_library / loss)


def test_its_own_reader_agrees_with_ours() -> None:
    for name in CONFIGS:
        text = read_config(Settings(path=()), name)
        assert read_simple_yaml(text)["training"] == Config.parse(text).find("training")


def test_a_resumed_run_goes_on_and_appends(tmp_path: Path) -> None:
    run(write_task(tmp_path, "epochs_test.yaml"))
    done = run(write_task(tmp_path, "epochs_test.yaml", num_epochs=5))
    assert "Resumed: 3 of 5" in done.stdout
    assert [row[0] for row in rows(tmp_path / "metric_loss.log")] == ["0", "1", "2", "3", "4"]


def test_it_can_be_told_to_fail(tmp_path: Path) -> None:
    config = write_task(tmp_path, "epochs_test.yaml")
    config.write_text(config.read_text().replace("  seed: 1", "  seed: 1\n  fail_at_epoch: 1"))
    done = run(config)
    assert done.returncode == 1
    assert "epoch 1 fails" in done.stderr


def test_it_stops_when_told_and_can_be_resumed(tmp_path: Path) -> None:
    config = write_task(tmp_path, "epochs_test.yaml", seconds_per_iteration=0.02)
    process = subprocess.Popen(
        [sys.executable, str(SCRIPT), str(config)], cwd=tmp_path, stdout=subprocess.PIPE
    )
    deadline = time.monotonic() + WAIT_SECONDS
    while not (tmp_path / "checkpoint.json").exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGTERM)
    output, _ = process.communicate(timeout=WAIT_SECONDS)
    assert process.returncode == 128 + signal.SIGTERM
    assert b"Stopping" in output
    assert "Resumed: 1 of 3" in run(config).stdout


def test_the_loss_depends_on_the_learning_rate() -> None:
    rates = [1e-5, 1e-4, 0.003, 0.1, 1.0]
    losses = [evaluate({"learning_rate": rate}, 11)["loss"] for rate in rates]
    assert min(losses) == losses[2]
    assert losses[0] > losses[1] > losses[2] < losses[3] < losses[4]


def test_the_search_makes_three_tasks_that_differ_in_their_rate_alone() -> None:
    config = sample("hp_test.yaml")
    spec, _ = read_spec(config, ["local"], "local")
    points = suggest_many(History(spec, seed=1), spec.n_trials or 0)
    children = [child_config(config, spec, "hp", n, one.values) for n, one in enumerate(points)]
    names = [spec.task_name("hp_test", number) for number in range(len(children))]
    assert names == ["hp_test_hpsearch_0", "hp_test_hpsearch_1", "hp_test_hpsearch_2"]
    assert all(child.is_child for child in children)
    params = [child.flat_params() for child in children]
    assert len({str(param.pop("training.learning_rate")) for param in params}) == 3
    assert params[0] == params[1] == params[2]
