"""The server is killed at every step; each attempt must run exactly once and end as it should."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.crash.serving import (
    DEADLINE_SECONDS,
    Place,
    all_ended,
    all_running,
    cancel_the_task,
    check_cancelled,
    check_one_run,
    check_resumed,
    fresh_place,
    resume_the_task,
    run_to_the_end,
    start_waiting,
    survive_every_step,
)

pytestmark = pytest.mark.slow
Make = Callable[[], Place]


@pytest.fixture
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    return lambda: fresh_place(tmp_path_factory)


def test_a_kill_at_any_step_of_a_run_runs_it_once_with_its_exit_code(make: Make) -> None:
    survive_every_step(make, run_to_the_end, check_one_run)


def test_a_kill_at_any_step_of_a_cancel_stops_the_task_all_the_same(make: Make) -> None:
    survive_every_step(make, cancel_the_task, check_cancelled, start_waiting)


def test_a_kill_at_any_step_of_a_resume_runs_the_second_attempt_once(make: Make) -> None:
    survive_every_step(make, resume_the_task, check_resumed, run_to_the_end)


def test_tasks_go_on_and_end_while_no_server_runs(make: Make) -> None:
    place = make()
    with place.serving(0) as api:
        api.submit("a: 1\n")
        (task,) = api.wait_for(all_running)
    exit_record = Path(task["output_path"]) / ".hypertrainer" / "exit.1"
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not exit_record.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    with place.serving(0) as api:
        (task,) = api.wait_for(all_ended)
    assert (task["status"], task["exit_code"]) == ("crashed", 3)
