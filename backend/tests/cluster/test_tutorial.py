"""The tutorial, on a cluster behind a login node: nothing is different there."""

import csv
from io import StringIO
from typing import Any

import pytest

from tests.cluster.site import Task, User, check_output, there

pytestmark = pytest.mark.slow
QUICK = {"training.seconds_per_iteration": 0.005}
CLASSES = {"cat", "dog", "horse", "ship", "truck"}


def submit(user: User, config: str, **overrides: Any) -> Task:
    (task,) = user.submit_all(config=config, overrides={**QUICK, **overrides})
    return task


def metrics(user: User, task: Task) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = user.call("GET", f"/metrics/{task['id']}")["items"]
    return items


def test_a_run_shows_its_progress_logs_and_metrics_while_it_runs(user: User) -> None:
    task = submit(user, "epochs_test.yaml", **{"training.seconds_per_iteration": 0.03})
    now = user.until(task, lambda now: (now["progress"] or {}).get("epoch", 0) or now["ended_at"])
    assert now["status"] == "running"
    assert 0 < now["progress"]["fraction"] < 1
    assert now["job_id"]
    assert now["host"]
    log = user.call("GET", f"/logs/{task['id']}/out.txt")
    assert "Epoch 0" in log["text"]
    user.until(task, lambda now: now["metrics"].get("loss", {}).get("count"))
    (loss,) = (item for item in metrics(user, task) if item["name"] == "loss")
    assert loss["count"] >= 1
    now = user.ended(task)
    assert (now["status"], now["exit_code"], now["reason"]) == ("finished", 0, "Exit code 0.")
    check_output(now)
    names = {log["name"] for log in user.call("GET", f"/logs/{task['id']}")["items"]}
    assert {"out.txt", "err.txt", "progress.log", "metric_loss.log"} <= names
    user.until(task, lambda now: now["metrics"].get("loss", {}).get("count") == 5)
    assert user.task(task)["progress"]["fraction"] == 1


def test_curves_come_with_their_classes(user: User) -> None:
    task = submit(user, "plot_test.yaml", **{"training.num_epochs": 8})
    now = user.ended(task)
    assert now["status"] == "finished"
    user.until(task, lambda now: now["metrics"].get("accuracy", {}).get("count") == 8)
    found = user.call("GET", f"/metrics?task_id={task['id']}&name=accuracy")["series"]
    assert {series["class_label"] for series in found} == {None, *CLASSES}
    assert {series["count"] for series in found} == {8}


def test_a_cancelled_run_goes_on_when_it_is_resumed(user: User) -> None:
    pace = {"training.seconds_per_iteration": 0.1, "training.num_epochs": 12}
    task = submit(user, "plot_test.yaml", **pace)
    user.until(task, lambda now: (now["progress"] or {}).get("epoch", 0))
    user.act("cancel", task)
    now = user.ended(task)
    assert (now["status"], now["exit_code"]) == ("cancelled", 143)
    check_output(now)
    written = there(now, "out.txt").read_bytes()
    assert b"Stopping; resume to go on" in written
    user.act("resume", task)
    now = user.ended(user.until(task, lambda now: now["num_attempts"] == 2))
    assert (now["status"], now["exit_code"]) == ("finished", 0)
    check_output(now)
    assert there(now, "out.txt").read_bytes().startswith(written)
    assert b"Resumed: " in there(now, "out.txt").read_bytes()


def test_a_search_of_three_and_all_of_it_as_a_table(user: User) -> None:
    tasks = user.submit_all(config="hp_test.yaml", overrides=QUICK)
    assert [task["name"] for task in tasks] == [f"hp_test_hpsearch_{n}" for n in range(3)]
    for task in tasks:
        now = user.ended(task)
        assert now["status"] == "finished"
        check_output(now)
        user.until(task, lambda now: now["metrics"].get("loss", {}).get("count") == 12)
    search = tasks[0]["search_id"]
    text = user.call("GET", f"/tasks/export?format=csv&search_id={search}")
    rows = list(csv.DictReader(StringIO(text)))
    assert {row["status"] for row in rows} == {"finished"}
    assert len({row["params.training.learning_rate"] for row in rows}) == 3
    assert all(float(row["metrics.loss.min"]) > 0 for row in rows)
