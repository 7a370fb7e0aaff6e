"""What a real Slurm refuses, estimates, and tells of itself."""

from dataclasses import replace

import pytest

from hypertrainer.platforms.base import (
    Forecast,
    Rejected,
    Resources,
)
from hypertrainer.platforms.schedulers.slurm import SlurmScheduler
from hypertrainer.platforms.transports.local import LocalTransport
from tests.labs.slurm import SlurmPlace

pytestmark = pytest.mark.slow


@pytest.fixture
def place(slurm_place: SlurmPlace) -> SlurmPlace:
    return slurm_place


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        (Resources(partition="nowhere"), "Invalid partition name specified. Set `partition`"),
        (Resources(constraint="big"), "Invalid feature specification. Correct `constraint`"),
        (Resources(memory_bytes=2**50), "can not be satisfied"),
        (Resources(gpus=1, gpu_type="h100"), "node configuration is not available. No node has"),
        (Resources(raw=("bogus",)), "unrecognized option '--bogus'"),
    ],
)
async def test_what_slurm_refuses_is_said_with_a_remedy(
    place: SlurmPlace, wishes: Resources, words: str
) -> None:
    job = place.asking(wishes, "refused")
    outcome = await place.outcome(job)
    assert isinstance(outcome, Rejected)
    assert not outcome.is_retryable
    assert words in outcome.reason
    forecast = await place.platform.forecast(job)
    assert forecast is not None
    assert forecast.problems
    assert forecast.starts_at is None


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        (Resources(partition="closed"), "The partition closed is DOWN"),
        (Resources(time_seconds=7200), "2:00:00; the partition debug allows 1:00:00"),
        (Resources(partition="closed,debug", time_seconds=7200), "allows 1:00:00"),
    ],
)
async def test_a_forecast_sees_what_test_only_overlooks(
    place: SlurmPlace, wishes: Resources, words: str
) -> None:
    forecast = await place.platform.forecast(place.asking(wishes))
    assert forecast is not None
    assert words in forecast.problems[0].message
    assert "low" in forecast.problems[0].remedy


async def test_a_forecast_of_a_job_that_fits_says_when(place: SlurmPlace) -> None:
    wishes = Resources(partition="low", time_seconds=72_000, cpus=2)
    forecast = await place.platform.forecast(place.asking(wishes))
    assert forecast is not None
    assert forecast.problems == ()
    assert forecast.starts_at is not None
    assert "on n1 in partition low" in forecast.words
    wishes = replace(wishes, partition="closed,low")  # Slurm's estimate is for the closed one
    forecast = await place.platform.forecast(place.asking(wishes))
    assert forecast == Forecast(words="Slurm would take the job.")


async def test_the_probe_tells_of_the_cluster(place: SlurmPlace) -> None:
    scheduler = SlurmScheduler()
    result = await LocalTransport().run(scheduler.probe_script())
    told = dict(line.split(" ", 2)[1:] for line in result.output.splitlines() if line[:3] == "ht ")
    facts, problems = scheduler.facts_of(told)
    assert problems == []
    assert facts["scheduler"].startswith("Slurm 2")
    assert "debug (up, at most 1:00:00, 1 of 1 nodes idle, gpu:4)" in facts["partitions"]
    assert facts["accounting"].startswith("no sacct")
    assert facts["finished jobs are remembered for"] == "300 s"
