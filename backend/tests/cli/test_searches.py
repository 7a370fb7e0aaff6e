"""Searches from the command line, against a real server with real scripts."""

import json
from pathlib import Path
from typing import Any

import pytest

from hypertrainer.client import Client
from hypertrainer.hpsearch.schemas import SearchEdit
from tests.cli.shell import Shell, eventually

SCRIPT = """
import pathlib, re, sys, time
config = pathlib.Path(sys.argv[1]).read_text()
rate = float(re.search(r"^lr: (.*)$", config, re.M)[1])
with open("metric_loss.log", "w") as log:
    log.write(f"0\\t{rate + 1}\\n1\\t{rate}\\n")
while "forever: true" in config:
    time.sleep(0.05)
"""
SEARCH = """\
script: job.py
lr: 1.0
hpsearch:
  n_trials: 3
  type: random_uniform
  seed: 1
  objective: {metric: loss, direction: minimize}
  max_concurrent: unlimited
  params:
    - {param: lr, lo: 0, hi: 1}
"""


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scripts")
    (folder / "job.py").write_text(SCRIPT)
    (folder / "search.yaml").write_text(SEARCH)
    (folder / "endless.yaml").write_text(SEARCH + "forever: true\n")
    return folder


def submitted(shell: Shell, name: str = "search.yaml") -> str:
    return str(shell.json("submit", name)["search"]["id"])


def show(shell: Shell, search_id: str) -> Any:
    return shell.json("search", "show", search_id)


def test_a_search_is_waited_for_and_its_best_printed(shell: Shell) -> None:
    printed = shell("submit", "search.yaml", "--watch").stdout
    assert "Search #" in printed
    assert "✓ finished" in printed
    search = shell.json("searches")["items"][0]
    search_id = str(search["id"])
    assert "finished" in shell("search", "wait", search_id).stdout
    values = [
        trial["objectives"][0] for trial in shell.json("search", "trials", search_id)["items"]
    ]
    assert search["best_value"] == min(values)
    best = shell("search", "best", search_id)
    assert f"lr: {min(values)}" in best.stdout
    assert "hpsearch" not in best.stdout
    table = shell("search", "trials", search_id, "--sort", "value").stdout.splitlines()
    assert table[0].split() == ["TRIAL", "TASK", "STATE", "loss", "lr", "REASON"]
    assert table[1].split()[0] == str(search["best_number"])
    assert "minimize loss" in shell("search", "show", search_id).stdout
    assert shell("search", "show", search_id, "--config").stdout == SEARCH
    assert "0 differ" in shell("search", "replay", search_id).stdout


def test_a_search_is_steered_edited_and_deleted(shell: Shell) -> None:
    search_id = submitted(shell, "endless.yaml")
    eventually(lambda: show(shell, search_id)["num_active"] == 3)
    refused = shell("search", "pause", search_id, code=1)
    assert "nothing to pause" in refused.stderr
    edited = shell.json("search", "edit", search_id, "--notes", "why", "--name", "mine")
    assert (edited["notes"], edited["name"]) == ("why", "mine")
    checked = shell.json("search", "edit", search_id, "--n-trials", "9", "--dry-run")
    assert (checked["n_trials"], show(shell, search_id)["n_trials"]) == (9, 3)
    wrong = SEARCH.replace("hi: 1", "hi: -1") + "forever: true\n"
    told = shell("search", "edit", search_id, "-", text=wrong, code=1).stderr
    assert "hpsearch.params.0" in told
    assert "line 10" in told
    shell("search", "delete", search_id, "--yes", code=1)
    assert "stopped" in shell("search", "stop", search_id).stdout
    shell("search", "wait", search_id, code=1)
    trials = shell.json("search", "trials", search_id)["items"]
    assert {trial["state"] for trial in trials} == {"cancelled"}
    tasks = [str(trial["task_id"]) for trial in trials]
    shell("archive", *tasks)
    assert "deleted" in shell("search", "delete", search_id, "--yes").stdout
    shell("search", "show", search_id, code=1)


def test_the_client_watches_and_edits(shell: Shell) -> None:
    with Client() as client:
        search_id = int(submitted(shell))
        *_, last = client.watch_search(search_id)
        assert (last.status, last.num_finished) == ("finished", 3)
        assert client.edit_search(search_id, SearchEdit(project="p")).project == "p"
        assert len(client.list_trials(search_id).items) == 3
        assert client.list_trials(search_id, since=last.seq).items == []
        assert len(client.get_curves(search_id).items) == 3
        assert client.get_pareto(search_id).numbers == [last.best_number]
        assert client.get_rungs(search_id).items == []
        assert json.loads(client.get_best(search_id).model_dump_json())["value"] == last.best_value
