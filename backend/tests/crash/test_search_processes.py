"""Trials that are real processes: deaf ones, killed ones, some that end at the wrong moment.

And users who lay hands on them while the search runs.
"""

import os
import signal
import time
from collections.abc import Iterator
from functools import partial

import pytest

from tests.crash.search_of_processes import Search, is_alive
from tests.crash.serving import Api, fresh_place

pytestmark = pytest.mark.slow

HEAD = """\
import os, signal, sys, time
from pathlib import Path
here = Path(os.environ["HYPERTRAINER_OUTPUT_PATH"])
trial = next(int(line.split(":")[1]) for line in open(sys.argv[1]) if "trial:" in line)
(here / "pid").write_text(str(os.getpid()))
with (here / "runs").open("a") as runs:
    runs.write(os.environ["HYPERTRAINER_ATTEMPT"] + "\\n")
def report(epoch, value, metric="loss"):
    with (here / f"metric_{metric}.log").open("a") as file:
        file.write(f"{epoch}\\t{value}\\n")
def wait(name="end"):
    while not (here / name).exists():
        time.sleep(0.05)
"""
SCRIPTS = {
    "deaf": """
signal.signal(signal.SIGTERM, signal.SIG_IGN)
wait("go")
report(0, trial)
wait()
""",
    "mortal": """
report(0, trial + 1.0)
wait()
""",
    "hasty": """
for epoch in range(9 if trial % 2 == 0 else 1):
    report(epoch, 100 - trial if trial == 0 else trial)
""",
    "odd": r"""
path = here / "metric_loss.log"
if trial == 0:    # torn: the last line never ends
    path.write_text("0\t3.0\n1\t2.0\n2\t1.")
elif trial == 1:  # its epochs are written backwards
    path.write_text("".join(f"{epoch}\t{epoch}\n" for epoch in reversed(range(1, 6))))
elif trial == 2:  # and again and again
    path.write_text("0\t3.0\n0\t9.0\n1\t2.0\n0\t7.0\n1\t0.5\n")
elif trial == 3:
    path.write_text("0\t1.0\n1\tnan\n2\t0.5\n")
elif trial == 4:
    path.write_text("0\t1.0\n1\t-inf\n")
elif trial == 5:
    path.write_bytes(os.urandom(300_000) + b"\n0\t4.0\n" + os.urandom(5_000))
elif trial == 6:
    path.write_bytes(b"")
else:             # 50 megabytes
    with path.open("w") as file:
        for epoch in range(2_500_000):
            file.write(f"{epoch}\t{9.0 - epoch / 1e6:.8f}\n")
""",
}
CONFIG = """\
rate: 1.0e-2
hpsearch:
  desc: {name}
  algorithm: random
  seed: 11
  objective: {{metric: loss, direction: minimize{objective}}}
  params:
    rate: {{low: 1.0e-6, high: 1.0, log: true}}
{more}
"""
ASHA = "  early_stopping: {rule: asha, max_epochs: 9}"
LENIENT = "  early_stopping: {rule: threshold, above: 1000, at_epoch: 1}"


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A server for all tests of the module."""
    place = fresh_place(tmp_path_factory)
    platforms = "platforms: {local: {type: local, slots: 16}}\n"
    (place.folder / "home" / "platforms.yaml").write_text(platforms)
    for name, text in SCRIPTS.items():
        (place.folder / "scripts" / f"{name}.py").write_text(HEAD + text)
    try:
        with place.serving(0) as api:
            yield api
    finally:
        place.end_jobs()


def start(api: Api, name: str, more: str, objective: str = "") -> Search:
    body = {
        "script": f"{name}.py",
        "config_text": CONFIG.format(name=name, more=more, objective=objective),
        "platform": "local",
    }
    return Search(api, api.call("POST", "/hpsearch", body)["search"]["id"])


def test_a_stopped_trial_that_ignores_its_signal_is_killed_and_holds_its_slot_until_then(
    api: Api,
) -> None:
    search = start(api, "deaf", f"  n_trials: 6\n  max_concurrent: 4\n{ASHA}")
    pids = [search.pid(number) for number in range(4)]
    for number in range(4):
        search.let("go", number)
        search.until(partial(search.has_reported, number))
    search.until_states("running", "running", "stopping", "stopping")
    while (states := search.states())[2:4] == ["stopping", "stopping"]:  # the grace
        assert len(states) == 4
        time.sleep(0.05)
    search.until(lambda: not any(map(is_alive, pids[2:])))
    search.until(lambda: len(search.trials()) == 6)
    assert all(map(is_alive, pids[:2]))
    stopped = search.trials()[2]
    assert stopped["state"] == "stopped"
    assert stopped["task_status"] == "pruned"
    assert stopped["reason"].startswith("stopped at epoch 1: loss 2 is 3rd of ")
    search.let("end", 0, 1)
    for number in (4, 5):
        search.pid(number)
        search.let("go", number)
    trials = search.until_over()
    assert [trial["state"] for trial in trials] == ["complete"] * 2 + ["stopped"] * 4
    assert not any(is_alive(search.pid(number)) for number in range(6))
    search.check_replay()


def test_a_killed_trial_is_tried_again_and_then_failed(api: Api) -> None:
    search = start(api, "mortal", "  n_trials: 2\n  max_concurrent: 1\n  failures: {retry: 1}")
    os.kill(search.pid(0), signal.SIGKILL)
    search.until(lambda: search.runs(0) == ["1", "2"])
    assert search.states() == ["running"]
    first = search.pid(0)
    search.until(lambda: search.pid(0) != first or is_alive(search.pid(0)))
    os.kill(search.pid(0), signal.SIGKILL)
    search.until(lambda: len(search.trials()) == 2)
    failed = search.trials()[0]
    assert (failed["state"], failed["task_status"]) == ("failed", "crashed")
    assert "SIGKILL" in failed["reason"]
    search.pid(1)
    search.let("end", 1)
    assert [trial["state"] for trial in search.until_over()] == ["failed", "complete"]
    assert search.runs(0) == ["1", "2"]
    assert search.runs(1) == ["1"]
    search.check_replay()


def test_users_may_do_to_trials_what_they_do_to_tasks(api: Api) -> None:
    search = start(api, "mortal", "  n_trials: 5\n  max_concurrent: 2")
    search.pid(0), search.pid(1)
    search.act("cancel", 0)
    search.until_states("cancelled", "running", "running")
    search.act("archive", 0)
    search.act("unarchive", 0)
    search.act("resume", 0)
    search.until(lambda: search.states()[0] == "running")
    search.until(lambda: search.runs(0) == ["1", "2"])
    search.let("end", 0)
    search.until(lambda: search.states()[0] == "complete")
    search.act("cancel", 1)
    search.until(lambda: search.states()[1] == "cancelled")
    search.act("archive", 1)
    search.act("delete", 1)
    for number in range(2, 5):
        search.pid(number)
        search.let("end", number)
    trials = search.until_over()
    assert [trial["state"] for trial in trials] == [
        "complete",
        "cancelled",
        *["complete"] * 3,
    ]
    assert trials[1]["task_id"] is None
    assert search.read()["best_number"] == 0
    search.check_replay()


def test_a_trial_that_ends_as_it_is_stopped_was_stopped_unless_it_had_come_to_its_last_epoch(
    api: Api,
) -> None:
    search = start(api, "hasty", f"  n_trials: 24\n  max_concurrent: 6\n{ASHA}")
    trials = search.until_over()
    for trial in trials[1:]:
        is_whole = trial["number"] % 2 == 0
        is_stopped = trial["reason"].startswith("stopped at epoch")
        expected = "complete" if is_whole or not is_stopped else "stopped"
        assert trial["state"] in (expected, "stopped"), trial
        assert trial["task_status"] in ("finished", "pruned")
        if trial["task_status"] == "finished" and is_whole:
            assert trial["state"] == "complete", trial
    assert any(trial["state"] == "stopped" for trial in trials)
    assert not any(is_alive(search.pid(number)) for number in range(24))
    search.check_replay()


def test_metric_files_may_be_anything(api: Api) -> None:
    search = start(api, "odd", f"  n_trials: 8\n  max_concurrent: 8\n{LENIENT}")
    trials = search.until_over()
    reasons = [trial["reason"] for trial in trials]
    assert trials[0]["objectives"] == [1.0]
    assert trials[1]["objectives"] == [1.0]
    assert trials[2]["objectives"] == [0.5]
    assert reasons[3] == "stopped at epoch 2: loss is nan, not a number"
    assert reasons[4] == "stopped at epoch 2: loss is infinite (-inf)"
    assert trials[5]["objectives"] == [4.0]
    assert reasons[6].startswith("metric_loss.log has no value")
    assert trials[7]["objectives"] == [pytest.approx(6.5, abs=1e-5)]
    assert [trial["state"] for trial in trials] == [
        "complete",
        "complete",
        "complete",
        "failed",
        "failed",
        "complete",
        "failed",
        "complete",
    ]
    assert trials[7]["epochs"] == 1_000_000
    search.check_replay()
