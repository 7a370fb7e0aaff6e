"""The command line against a real server, with real scripts."""

import json
from pathlib import Path

import pytest

from tests.cli.shell import Shell, eventually

SCRIPT = """
import sys, time, pathlib
config = pathlib.Path(sys.argv[1]).read_text()
print("started", flush=True)
with open("metric_loss.log", "w") as log:
    log.write("0\\t0.5\\n1\\t0.25\\n")
while "forever: true" in config:
    time.sleep(0.05)
print("lr is", config.split("lr: ")[1].split()[0])
sys.exit(3 if "fails: true" in config else 0)
"""
SEARCH = """
script: job.py
lr: 1
hpsearch:
  n_trials: 3
  type: random_uniform
  params:
    - {param: lr, lo: 0, hi: 1}
"""


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scripts")
    (folder / "job.py").write_text(SCRIPT)
    (folder / "good.yaml").write_text("script: job.py\nlr: 0.1\n")
    (folder / "bad.yaml").write_text("script: job.py\nlr: 0.1\nfails: true\n")
    (folder / "long.yaml").write_text("script: job.py\nlr: 0.1\nforever: true\n")
    (folder / "search.yaml").write_text(SEARCH)
    (folder / "broken.yaml").write_text("script: job.py\nlr: [\n")
    return folder


# --- submitting ------------------------------------------------------------------------------


def test_a_task_is_submitted_watched_and_its_outcome_is_the_exit_code(shell: Shell) -> None:
    result = shell("submit", "good.yaml", "--watch", "--project", "cli", "--tag", "a")
    assert "finished" in result.stdout
    assert "crashed" in shell("submit", "bad.yaml", "--watch", code=1).stdout


def test_a_watched_task_as_json_is_the_task_as_it_ended(shell: Shell) -> None:
    (task,) = shell.json("submit", "job.py", "good.yaml", "--watch", "--set", "lr=1e-3")
    assert (task["status"], task["exit_code"]) == ("finished", 0)
    assert task["params"]["lr"] == 0.001


def test_a_file_that_is_not_on_the_servers_path_is_sent_along(shell: Shell) -> None:
    (shell.output / "mine.yaml").write_text("script: job.py\nlr: 7\n")
    task = shell.json("submit", "mine.yaml")["tasks"][0]
    assert (task["name"], task["config"], task["params"]["lr"]) == ("mine", None, 7)


def test_a_file_that_is_on_the_servers_path_is_named(shell: Shell) -> None:
    task = shell.json("submit", str(shell.scripts / "good.yaml"))["tasks"][0]
    assert task["config"] == "good.yaml"


def test_a_config_comes_from_standard_input(shell: Shell) -> None:
    result = shell("submit", "-", "--json", text="script: job.py\nlr: 9\n")
    assert json.loads(result.stdout)["tasks"][0]["params"]["lr"] == 9


def test_a_search_makes_its_trials(shell: Shell) -> None:
    submitted = shell.json("submit", "search.yaml")
    assert len(submitted["tasks"]) == 3
    search_id = str(submitted["search"]["id"])
    trials = shell.json("search", "trials", search_id)["items"]
    assert [trial["number"] for trial in trials] == [0, 1, 2]
    assert "search" in shell("searches").stdout
    assert "lr" in shell("search", "trials", search_id).stdout
    assert "3 trials" not in shell("search", "show", search_id).stdout
    ids = [str(task["id"]) for task in submitted["tasks"]]
    assert "finished" in shell("wait", *ids).stdout


def test_a_preview_shows_what_would_run_and_makes_nothing(shell: Shell) -> None:
    before = shell.json("ls")["total"]
    assert "job.py" in shell("preview", "good.yaml").stdout
    assert len(shell.json("preview", "search.yaml")["trials"]) == 3
    assert "lr" in shell("preview", "search.yaml").stdout
    assert shell.json("ls")["total"] == before


def test_a_preview_has_a_column_for_what_only_some_trials_have(
    shell: Shell, tmp_path: Path
) -> None:
    config = tmp_path / "some.yaml"
    config.write_text(
        "script: job.py\nkind: a\nlr: 1\nhpsearch:\n  algorithm: grid\n  params:\n"
        "    kind: [a, b]\n    lr: {values: [2, 3], when: {kind: b}, inactive: remove}\n"
    )
    heading, first, *_ = shell("preview", str(config)).stdout.partition("TRIAL")[2].splitlines()
    assert heading.split() == ["kind", "lr"]
    assert first.split()[1:] == ["a"]


def test_what_is_wrong_is_said_with_its_place_and_exits_with_one(shell: Shell) -> None:
    result = shell("submit", "broken.yaml", code=1)
    assert "line" in result.stderr
    assert "config" in result.stderr
    preview = shell("preview", "broken.yaml", code=1).stdout
    assert "Problem" in preview
    assert "as many as the budget allows" not in preview
    assert "mars" in shell("submit", "good.yaml", "-p", "mars", code=1).stderr
    assert "none.yaml" in shell("submit", "none.yaml", code=1).stderr


def test_a_clone_runs_again_edited(shell: Shell) -> None:
    task_id = shell.submit("good.yaml", "--project", "origin")
    clone = shell.json("clone", str(task_id), "--set", "lr=5", "--name", "again")["tasks"][0]
    assert (clone["cloned_from"], clone["params"]["lr"]) == (task_id, 5)
    assert (clone["name"], clone["project"]) == ("again", "origin")


@pytest.mark.parametrize(
    "arguments",
    [
        ("submit",),
        ("submit", "a", "b", "c"),
        ("submit", "good.yaml", "--set", "nonsense"),
        ("show", "x"),
        ("cancel", "x"),
        ("ls", "--columns", "nonsense"),
        ("nonsense",),
    ],
)
def test_wrong_usage_exits_with_two(shell: Shell, arguments: tuple[str, ...]) -> None:
    shell.submit("good.yaml")
    shell(*arguments, code=2)


# --- looking -----------------------------------------------------------------------------------


def test_tasks_are_listed_filtered_sorted_and_with_chosen_columns(shell: Shell) -> None:
    first = shell.submit("good.yaml", "--project", "listed", "--set", "lr=2")
    second = shell.submit("good.yaml", "--project", "listed", "--set", "lr=1", "--tag", "best")
    shell("wait", str(first), str(second))
    listed = shell.json("ls", "--project", "listed", "--sort", "params.lr")
    assert [task["id"] for task in listed["items"]] == [second, first]
    only = shell.json("ls", "--project", "listed", "--where", "params.lr<2")
    assert [task["id"] for task in only["items"]] == [second]
    eventually(lambda: bool(shell.json("show", str(second))["metrics"]))
    table = shell("ls", "--tag", "best", "--columns", "id,params.lr,metrics.loss.min,tags").stdout
    assert table.splitlines()[0].split() == ["ID", "LR", "METRICS.LOSS.MIN", "TAGS"]
    assert table.splitlines()[1].split() == [str(second), "1", "0.25", "best"]
    assert "1 of 2" in shell("ls", "--project", "listed", "-n", "1").stderr


def test_what_is_piped_is_neither_cut_nor_folded(shell: Shell) -> None:
    task_id = shell.submit("good.yaml", "--name", "n" * 200)
    assert "n" * 200 in shell("ls", "-n", "1").stdout
    assert shell("show", str(task_id)).stdout.startswith(f"#{task_id} {'n' * 200}  ")


def test_a_task_is_shown_whole(shell: Shell) -> None:
    task_id = str(shell.submit("good.yaml", "--notes", "with [brackets]"))
    shell("wait", task_id)
    shown = shell("show", task_id).stdout
    for expected in ("good", "finished", "with [brackets]", "params.lr = 0.1", "ATTEMPT"):
        assert expected in shown
    assert "lr: 0.1" in shell("show", task_id, "--config").stdout
    assert "no task #999999" in shell("show", "999999", code=1).stderr


def test_logs_are_listed_printed_and_their_ends_alone(shell: Shell) -> None:
    task_id = str(shell.submit("good.yaml"))
    shell("wait", task_id)
    assert shell("logs", task_id).stdout == "started\nlr is 0.1\n"
    assert shell("logs", task_id, "-n", "1").stdout == "lr is 0.1\n"
    assert shell("logs", task_id, "metric_loss.log").stdout.startswith("0\t0.5")
    names = [log["name"] for log in shell.json("logs", task_id, "--list")["items"]]
    assert "out.txt" in names
    assert "out.txt" in shell("logs", task_id, "--list").stdout
    assert shell("logs", task_id, "none.log", code=1).stderr


def test_following_a_log_ends_with_the_task(shell: Shell) -> None:
    task_id = str(shell.submit("good.yaml"))
    assert shell("logs", task_id, "-f").stdout == "started\nlr is 0.1\n"


def test_platforms_are_listed_and_checked(shell: Shell) -> None:
    assert "local" in shell("platforms").stdout
    assert shell.json("platforms", "check", "local")["name"] == "local"
    assert "output" in shell("platforms", "check", "local").stdout
    assert "There is no platform" in shell("platforms", "check", "mars", code=1).stderr


def test_a_platform_is_added_listed_and_removed(shell: Shell) -> None:
    values = ("--set", "slots=2", "--set", "resources.time=3h", "--set", 'setup=["umask 077"]')
    assert "is added" in shell("platforms", "add", "two", "--type", "local", *values).stdout
    (place,) = [one for one in shell.json("platforms")["items"] if one["name"] == "two"]
    expected = {"slots": 2, "resources": {"time": "3h"}, "setup": ["umask 077"]}
    assert place["settings"] == expected
    assert "already" in shell("platforms", "add", "two", "--type", "local", code=1).stderr
    assert "is removed" in shell("platforms", "remove", "two").stdout
    assert "There is no platform" in shell("platforms", "remove", "two", code=1).stderr


def test_wrong_settings_of_a_platform_are_told_by_key(shell: Shell) -> None:
    typed = ("platforms", "add", "bad", "--type", "slurm", "--set", "hosts=gpu1")
    assert "settings.hosts: did you mean `host`?" in shell(*typed, code=1).stderr
    typed = ("platforms", "add", "bad", "--type", "local", "--set", "slots")
    assert "write a dotted path" in shell(*typed, code=2).stderr


def test_a_host_key_that_no_check_has_shown_is_not_accepted(shell: Shell) -> None:
    refused = shell("platforms", "accept-key", "local", "SHA256:abc", code=1)
    assert "No check has shown" in refused.stderr


@pytest.mark.parametrize("file_format", ["csv", "json", "yaml", "parquet"])
def test_tasks_are_exported_to_a_file_named_after_its_format(
    shell: Shell, file_format: str
) -> None:
    task_id = str(shell.submit("good.yaml"))
    shell("wait", task_id)
    file = shell.output / f"tasks.{file_format}"
    shell("export", task_id, "-o", str(file))
    content = file.read_bytes()
    assert content
    if file_format == "csv":
        assert len(content.splitlines()) == 2
        assert b"params.lr" in content
    if file_format == "parquet":
        assert content.startswith(b"PAR1")


def test_an_export_that_is_refused_makes_no_file(shell: Shell) -> None:
    file = shell.output / "tasks.csv"
    assert "nonsense" in shell("export", "-o", str(file), "--where", "nonsense", code=1).stderr
    assert not file.exists()


# --- acting ------------------------------------------------------------------------------------


def test_a_task_is_cancelled_resumed_archived_and_deleted(shell: Shell) -> None:
    task_id = str(shell.submit("long.yaml"))
    eventually(lambda: shell.json("show", task_id)["status"] == "running")
    shell("cancel", task_id)
    assert "cancelled" in shell("wait", task_id, code=1).stdout
    shell("resume", f"#{task_id}")
    eventually(lambda: shell.json("show", task_id)["status"] == "running")
    shell("cancel", task_id)
    shell("wait", task_id, code=1)
    assert shell.json("show", task_id)["num_attempts"] == 2
    shell("delete", task_id, "--yes", code=1)  # not archived
    shell("archive", task_id)
    shell("unarchive", task_id)
    shell("archive", task_id)
    shell("delete", task_id, text="n\n", code=1)
    shell("delete", task_id, "--yes")
    shell("show", task_id, code=1)


def test_one_bad_id_fails_alone_and_the_exit_code_tells(shell: Shell) -> None:
    task_id = shell.submit("good.yaml")
    shell("wait", str(task_id))
    results = shell.json("archive", str(task_id), "999999", code=1)["results"]
    assert [(result["id"], result["ok"]) for result in results] == [
        (task_id, True),
        (999999, False),
    ]


# --- refused -----------------------------------------------------------------------------------


def test_a_wrong_token_exits_with_one_and_says_where_it_is(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HYPERTRAINER_TOKEN", "wrong")
    assert "token" in shell("ls", code=1).stderr
