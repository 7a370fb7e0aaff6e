"""The server is killed at every step of work on a cluster: nothing is lost or run twice."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.crash.serving import (
    Api,
    Place,
    cancel_the_task,
    check_cancelled,
    check_one_run,
    fresh_place,
    run_to_the_end,
    start_waiting,
    survive_every_step,
)
from tests.labs.cluster import Cluster

pytestmark = pytest.mark.slow
Make = Callable[[], Place]


@pytest.fixture
def make(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Make:
    def make() -> Place:
        place = fresh_place(tmp_path_factory)
        place.platform = "cluster"
        cluster.introduce(place.folder / "home", place.folder / "there", poll_floor="0.2")
        return place

    return make


def check_fetched(api: Api, step: int, survived: bool) -> None:
    """The task ran once, has its exit code, and all that it wrote is here."""
    check_one_run(api, step, survived)
    for task in api.wait_for(lambda tasks: all(task["is_mirrored"] for task in tasks)):
        here, there = (Path(task[name], "out.txt") for name in ("output_path", "remote_path"))
        assert here.read_bytes() == there.read_bytes() == b"to the end\n", step


def test_a_kill_at_any_step_of_a_run_runs_it_once_and_fetches_its_output(make: Make) -> None:
    survive_every_step(make, run_to_the_end, check_fetched)


def test_a_kill_at_any_step_of_a_cancel_stops_the_task_all_the_same(make: Make) -> None:
    survive_every_step(make, cancel_the_task, check_cancelled, start_waiting)
