"""What a preview tells of a platform elsewhere: what would be brought, and when it would run."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hypertrainer.errors import PlatformUnreachable
from hypertrainer.hpsearch import previews
from hypertrainer.platforms.base import Forecast, JobSpec, Platform, Problem, Resources
from tests.api import Api
from tests.hpsearch.elsewhere import THERE, launched, preview

pytestmark = pytest.mark.usefixtures("elsewhere")


async def test_a_preview_tells_what_would_be_brought_where_and_writes_nothing(api: Api) -> None:
    api.fake.resources = Resources(partition="gpu")
    told = await preview(api, config="mnist.yaml")
    assert told["problems"] == []
    assert told["command"] == ["python3", "train.py", "config.yaml"]
    assert told["remote_root"] == THERE
    assert told["code"]["folder"] == str(api.scripts)
    assert (told["code"]["num_files"], len(told["code"]["digest"])) == (4, 64)
    assert told["resources"]["partition"] == "gpu"
    assert told["forecast"] is None
    assert not (api.services.settings.home / "code").exists()
    task = await api.task()
    assert Path(task["output_path"]).exists()
    job = await launched(api)
    assert job.code is not None
    assert job.code.digest == told["code"]["digest"]


async def test_a_preview_for_this_machine_speaks_of_no_other(api: Api) -> None:
    told = await preview(api, platform="local", config="mnist.yaml")
    assert (told["remote_root"], told["code"]) == (None, None)


def forecasting(monkeypatch: pytest.MonkeyPatch, platform: Platform, told: Any) -> list[JobSpec]:
    """Let the platform's queue answer so; the jobs that it was asked about."""
    asked: list[JobSpec] = []

    async def forecast(job: JobSpec) -> Forecast | None:
        asked.append(job)
        if isinstance(told, Exception):
            raise told
        if told == "never":
            await asyncio.Event().wait()
        return Forecast(**told)

    monkeypatch.setattr(platform, "forecast", forecast)
    return asked


async def test_the_queue_is_asked_only_when_it_is_wanted(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = datetime(2030, 1, 2, 3, 4, tzinfo=UTC)
    problem = Problem("The partition `gpu` is down.", "Name another.")
    told = {"starts_at": at, "words": "on node7", "problems": (problem,)}
    asked = forecasting(monkeypatch, api.fake, told)
    assert (await preview(api, config="mnist.yaml"))["forecast"] is None
    assert asked == []
    read = await preview(api, "/tasks/preview?forecast=true", config="mnist.yaml")
    assert read["forecast"] == {
        "starts_at": "2030-01-02T03:04:00Z",
        "words": "on node7",
        "problems": [{"message": problem.message, "remedy": problem.remedy}],
    }
    assert asked[0].folder.startswith(f"{THERE}/")
    assert read["problems"] == []


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (PlatformUnreachable("No route to host."), "could not be asked: No route to host."),
        ("never", "did not answer within"),
    ],
)
async def test_a_queue_that_does_not_answer_is_no_error_of_the_preview(
    api: Api, monkeypatch: pytest.MonkeyPatch, answer: Any, words: str
) -> None:
    monkeypatch.setattr(previews, "FORECAST_SECONDS", 0.05)
    forecasting(monkeypatch, api.fake, answer)
    told = await preview(api, "/tasks/preview?forecast=true", config="mnist.yaml")
    assert words in told["forecast"]["words"]


async def test_a_clone_s_preview_asks_too(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    forecasting(monkeypatch, api.fake, {"words": "soon"})
    task = await api.task()
    told = await preview(api, f"/tasks/{task['id']}/clone/preview?forecast=true")
    assert told["forecast"]["words"] == "soon"
