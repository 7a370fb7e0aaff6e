"""What a script runs in elsewhere: git from here, Python and packages from there."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from hypertrainer.database import Database
from hypertrainer.monitor import remote_pythons
from hypertrainer.monitor.record_environments import RecordEnvironments
from hypertrainer.platforms.fake import FakePlatform
from hypertrainer.tasks.environment import environment_path
from tests.monitor.place import MonitoredPlace, monitored_place

PACKAGES: Mapping[str, str] = {"python": "3.9.1", "torch": "2.5.0"}
PLAN: dict[str, Any] = {"python": "python3", "setup": ["module load python"]}


@pytest.fixture
def place(database: Database, tmp_path: Path) -> MonitoredPlace:
    made = monitored_place(database, tmp_path, capacity=None, is_remote=True)
    made.platform.packages = PACKAGES
    return made


@pytest.fixture
def recorder(place: MonitoredPlace) -> RecordEnvironments:
    return RecordEnvironments(place.database, place.services.registry)


async def recorded(place: MonitoredPlace, task_id: int) -> Any:
    path = environment_path(Path((await place.task(task_id)).output_path))
    return json.loads(path.read_text()) if path.exists() else None


async def test_the_interpreter_is_that_of_the_platform_and_the_host_that_of_the_job(
    place: MonitoredPlace, recorder: RecordEnvironments, tmp_path: Path
) -> None:
    script = tmp_path / "train.py"
    script.write_text("")
    task_id = await place.running(script_path=str(script), **PLAN)
    await recorder.run_once()
    environment = await recorded(place, task_id)
    assert environment["python"] == {"executable": "python3", "version": "3.9.1"}
    assert environment["packages"] == {"torch": "2.5.0"}
    assert environment["machine"] == {"host": "fake"}
    assert (await place.task(task_id)).is_environment_recorded


async def test_one_interpreter_is_asked_once_for_all_its_tasks(
    place: MonitoredPlace, recorder: RecordEnvironments
) -> None:
    ids = [await place.running(str(number), **PLAN) for number in range(4)]
    other = await place.running("other", **{**PLAN, "setup": ["module load other"]})
    calls = place.platform.calls
    await recorder.run_once()
    assert place.platform.calls - calls == 2
    for task_id in (*ids, other):
        assert (await recorded(place, task_id))["packages"] == {"torch": "2.5.0"}


async def test_a_job_that_has_not_started_has_no_host_yet_and_waits(
    place: MonitoredPlace, recorder: RecordEnvironments
) -> None:
    place.platform._starts_at_once = False
    task_id = await place.running(**PLAN)
    await recorder.run_once()
    assert await recorded(place, task_id) is None
    place.platform.start(await place.key(task_id))
    await place.round()
    await recorder.run_once()
    assert (await recorded(place, task_id))["machine"] == {"host": "fake"}


async def test_a_silent_platform_is_asked_later_and_not_for_ever(
    place: MonitoredPlace, recorder: RecordEnvironments, monkeypatch: pytest.MonkeyPatch
) -> None:
    task_id = await place.running(**PLAN)
    place.platform.faults.unreachable_calls = 1_000
    calls = place.platform.calls
    for _ in range(3):
        await recorder.run_once()
    assert place.platform.calls - calls == 1
    assert await recorded(place, task_id) is None
    monkeypatch.setattr(remote_pythons, "RETRY_SECONDS", 0.0)
    for _ in range(remote_pythons.MAX_TRIES):
        await recorder.run_once()
    environment = await recorded(place, task_id)
    assert (environment["python"], environment["packages"]) == (None, {})


async def test_a_platform_that_answers_again_tells(
    place: MonitoredPlace, recorder: RecordEnvironments, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_pythons, "RETRY_SECONDS", 0.0)
    task_id = await place.running(**PLAN)
    place.platform.faults.unreachable_calls = 1
    for _ in range(2):
        await recorder.run_once()
    assert (await recorded(place, task_id))["packages"] == {"torch": "2.5.0"}


async def test_a_platform_that_is_gone_and_a_command_without_python_hold_up_nothing(
    place: MonitoredPlace, recorder: RecordEnvironments
) -> None:
    without = await place.running("without")
    gone = await place.running("gone", **PLAN)
    place.services.registry._fixed.clear()
    await recorder.run_once()
    for task_id in (without, gone):
        environment = await recorded(place, task_id)
        assert (environment["python"], environment["packages"]) == (None, {})


async def test_silence_of_one_platform_does_not_hold_up_another() -> None:
    silent, well = FakePlatform("silent"), FakePlatform("well")
    silent.faults.unreachable_calls = 1_000
    well.packages = PACKAGES
    pythons = remote_pythons.RemotePythons()
    assert await pythons.describe(silent, "python3", ()) is None
    assert await pythons.describe(well, "python3", ()) == PACKAGES
