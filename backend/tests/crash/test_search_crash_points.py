"""The server is killed at many points of a search: it must go on as if nothing had been.

Each trial has the name and the values that it would have had, runs once, and every suggestion and
decision can be computed again from what is known.
"""

import random
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.crash.serving import Api, Place, fresh_place, runs_of

pytestmark = pytest.mark.slow

NUM_TRIALS, NUM_KILLS, MOST_STEPS = 60, 20, 45
DEADLINE_SECONDS = 120
SCRIPT = """\
import math, os, sys, time
from pathlib import Path
here = Path(os.environ["HYPERTRAINER_OUTPUT_PATH"])
with (here / "runs").open("a") as runs:
    runs.write(os.environ["HYPERTRAINER_ATTEMPT"] + "\\n")
lines = Path(sys.argv[1]).read_text().splitlines()
rate = next(float(line.split(":")[1]) for line in lines if line.startswith("rate:"))
for epoch in range(9):
    with (here / "metric_loss.log").open("a") as metric:
        metric.write(f"{epoch}\\t{abs(math.log10(rate) + 3) + 1 / (epoch + 1)}\\n")
    time.sleep(0.02)
"""
CONFIG = """\
rate: 1.0e-2
width: 8
hpsearch:
  algorithm: {algorithm}
  n_trials: {n_trials}
  max_concurrent: 4
  seed: 11
  objective: {{metric: loss, direction: minimize}}
  early_stopping: {{rule: asha, max_epochs: 9}}
  params:
    rate: {{low: 1.0e-6, high: 1.0, log: true}}
    width: [4, 8, 16]
"""


@pytest.fixture
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = fresh_place(tmp_path_factory)
    (place.folder / "scripts" / "script.py").write_text(SCRIPT)
    return place


def search_of(api: Api) -> dict[str, Any] | None:
    searches = api.call("GET", "/hpsearch")["items"]
    return searches[0] if searches else None


def wait_for_end(api: Api, seconds: float = DEADLINE_SECONDS) -> bool:
    """Whether the search ended in time; raises where the server dies before."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        search = search_of(api)
        if search is not None and search["status"] != "running":
            return True
        time.sleep(0.1)
    return False


def submit(place: Place, algorithm: str) -> None:
    with place.serving(0) as api:
        api.submit(CONFIG.format(algorithm=algorithm, n_trials=NUM_TRIALS))


def run_through_kills(place: Place) -> int:
    """Serve the search on servers that die one after another; how many did."""
    random_steps, kills = random.Random(3), 0
    for _ in range(NUM_KILLS):
        with place.serving(random_steps.randint(1, MOST_STEPS)) as api:
            with suppress(httpx.HTTPError):
                if wait_for_end(api):
                    return kills
            api.process.join(DEADLINE_SECONDS)  # the connection went a moment before
            assert api.is_dead
            kills += 1
    return kills


@pytest.mark.parametrize("algorithm", ["sobol", "tpe"])
def test_a_search_survives_twenty_kills(place: Place, algorithm: str) -> None:
    submit(place, algorithm)
    kills = run_through_kills(place)
    with place.serving(0) as api:
        assert wait_for_end(api)
        trials = api.call("GET", "/hpsearch/1/trials")["items"]
        tasks = api.call("GET", "/tasks?limit=500&sort=id")["items"]
        replay = api.call("POST", "/hpsearch/1/replay")
        search = search_of(api)
    assert kills >= NUM_KILLS // 2
    assert search is not None
    assert (search["status"], search["num_trials"]) == ("finished", NUM_TRIALS)
    names = [f"script_hpsearch_{number}" for number in range(NUM_TRIALS)]
    assert sorted(task["name"] for task in tasks) == sorted(names)
    assert [(trial["number"], trial["task_name"]) for trial in trials] == list(enumerate(names))
    for trial, task in zip(trials, sorted(tasks, key=lambda one: one["id"]), strict=True):
        assert runs_of(task) == ["1"], task
        assert trial["params"] == {key: task["params"][key] for key in ("rate", "width")}
        assert trial["state"] in ("complete", "stopped"), trial
    assert replay["is_equal"], replay["differences"]
    assert replay["num_suggestions"] == NUM_TRIALS
    folders = [path for path in (place.folder / "output").iterdir() if path.name[0] != "."]
    assert len(folders) == NUM_TRIALS


def test_kills_change_no_point_of_a_search_that_does_not_learn(
    place: Place, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = fresh_place(tmp_path_factory)
    (other.folder / "scripts" / "script.py").write_text(SCRIPT)
    points = []
    for each in (place, other):
        submit(each, "sobol")
        if each is place:
            run_through_kills(each)
        with each.serving(0) as api:
            assert wait_for_end(api)
            trials = api.call("GET", "/hpsearch/1/trials")["items"]
        points.append([trial["params"] for trial in trials])
    assert points[0] == points[1]


def test_the_process_that_chooses_points_goes_with_its_server(place: Place) -> None:
    submit(place, "sobol")
    with place.serving(0) as api:
        assert wait_for_end(api)
        pid = api.process.pid
        assert pid is not None
        workers = children_of(pid)
        assert workers
        api.process.kill()
        api.process.join()
        deadline = time.monotonic() + DEADLINE_SECONDS
        while any(Path(f"/proc/{worker}").exists() for worker in workers):
            assert time.monotonic() < deadline
            time.sleep(0.05)


def children_of(pid: int) -> list[int]:
    return [
        int(child)
        for task in Path(f"/proc/{pid}/task").iterdir()
        for child in (task / "children").read_text().split()
    ]
