"""What queues do to us, in all five languages: the fake ones misbehave on demand."""

from pathlib import Path

import pytest

from hypertrainer.platforms.base import (
    Ambiguous,
    JobState,
    Observation,
    Rejected,
    StopSignal,
    Submitted,
)
from hypertrainer.platforms.schedulers import queue
from hypertrainer.platforms.shell import ShellPlatform, ShellSettings
from tests.labs.fakesched import LANGUAGES
from tests.labs.queue_places import SCHEDULERS, FakeQueuePlace, PathTransport
from tests.platforms.places import until

LISTINGS = {
    "slurm": "squeue",
    "pbs": "qstat",
    "torque": "qstat",
    "sge": "qstat",
    "lsf": "bjobs",
}
SUBMISSIONS = {"slurm": "sbatch", "pbs": "qsub", "torque": "qsub", "sge": "qsub", "lsf": "bsub"}


async def test_a_job_whose_answer_was_lost_is_found_and_runs_once(place: FakeQueuePlace) -> None:
    with place.queue.settings() as settings:
        settings.lose_answer = 1
    job = place.job()
    assert isinstance(await place.outcome(job), Ambiguous)
    await until(lambda: place.runs(job) == 1)
    found = await place.platform.find([place.handle(job)])
    assert found.is_complete
    assert found.jobs[job.key].job_id
    again = await place.outcome(job)
    assert isinstance(again, Submitted)
    assert again.job_id == found.jobs[job.key].job_id
    place.finish(job, 0)
    await place.ended(place.handle(job, again.job_id))
    assert place.runs(job) == 1
    assert len(place.queue.jobs()) == 1


async def test_a_lost_job_that_shows_late_is_found_once_it_waits(place: FakeQueuePlace) -> None:
    with place.queue.settings() as settings:
        settings.lose_answer, settings.hide_listings, settings.slots = 1, 2, 0
    job = place.job()
    assert isinstance(await place.outcome(job), Ambiguous)

    async def is_found() -> bool:
        return job.key in (await place.platform.find([place.handle(job)])).jobs

    await until(is_found)


async def test_noise_around_every_answer_does_not_matter(place: FakeQueuePlace) -> None:
    with place.queue.settings() as settings:
        settings.is_noisy = True
    job = place.job()
    handle = await place.running(job)
    assert await place.platform.stop([handle], StopSignal.TERM) == {}
    seen = await place.ended(handle)
    assert seen.exit is not None
    assert seen.exit.signal == "TERM"


async def test_a_state_without_a_word_is_no_end(place: FakeQueuePlace) -> None:
    job = place.job()
    handle = await place.running(job)
    with place.queue.settings() as settings:
        settings.unknown_state = "Y"
    assert (await place.look(handle)).state is JobState.UNKNOWN


async def test_a_queue_that_does_not_answer_proves_nothing(
    place: FakeQueuePlace, flavour: str
) -> None:
    job, unknown = place.job(), place.job("h9")
    handle = await place.running(job)
    with place.queue.settings() as settings:
        settings.fail = {LISTINGS[flavour]: 100}
    report = await place.platform.observe([handle, place.handle(unknown)])
    assert not report.is_complete
    assert unknown.key not in report.seen
    assert report.seen.get(job.key, Observation(JobState.RUNNING)).state is JobState.RUNNING
    assert not (await place.platform.find([place.handle(unknown)])).is_complete
    assert set(await place.platform.stop([handle], StopSignal.TERM)) <= {job.key}
    with place.queue.settings() as settings:
        settings.fail = {}
    assert await place.platform.stop([handle], StopSignal.TERM) == {}
    await place.ended(handle)


@pytest.mark.parametrize("flavour", ["sge", "lsf"])
async def test_a_listing_that_is_cut_short_proves_nothing(place: FakeQueuePlace) -> None:
    handle = await place.running(place.job())
    with place.queue.settings() as settings:
        settings.breaks_json = True
    report = await place.platform.observe([handle])
    assert not report.is_complete
    assert report.seen == {}


async def test_a_submission_that_reached_nobody_may_be_tried_again(
    place: FakeQueuePlace, flavour: str
) -> None:
    with place.queue.settings() as settings:
        settings.fail = {SUBMISSIONS[flavour]: 1}
    job = place.job()
    told = await place.outcome(job)
    assert isinstance(told, Rejected)
    assert told.is_retryable
    assert isinstance(await place.outcome(job), Submitted)


@pytest.mark.parametrize(
    ("refusal", "word"), [("partition", "partition"), ("account", "account"), ("resources", "")]
)
async def test_a_refused_job_says_what_to_change(
    place: FakeQueuePlace, refusal: str, word: str
) -> None:
    with place.queue.settings() as settings:
        settings.refuse = refusal
    told = await place.outcome(place.job())
    assert isinstance(told, Rejected), told
    assert not told.is_retryable
    assert word in told.reason


async def test_a_full_queue_is_tried_again(place: FakeQueuePlace) -> None:
    with place.queue.settings() as settings:
        settings.refuse = "limit"
    told = await place.outcome(place.job())
    assert isinstance(told, Rejected)
    assert told.is_retryable


async def test_a_command_that_hangs_leaves_a_doubt(
    place: FakeQueuePlace, flavour: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "SUBMIT_SECONDS", 0.5)
    with place.queue.settings() as settings:
        settings.hang = {SUBMISSIONS[flavour]: 5.0}
    assert isinstance(await place.outcome(place.job()), Ambiguous)


async def test_a_job_that_waits_says_why(place: FakeQueuePlace, flavour: str) -> None:
    place.queue.hold()
    handle = await place.submitted(place.job())
    seen = await place.look(handle)
    assert seen.state is JobState.QUEUED
    assert seen.reason or flavour == "sge"  # where only `qstat -j` knows it


async def test_a_poll_asks_once_for_all_jobs(place: FakeQueuePlace, flavour: str) -> None:
    handles = [await place.running(place.job(f"h{number}")) for number in range(1, 5)]
    before = len(place.queue.calls(LISTINGS[flavour]))
    report = await place.platform.observe(handles)
    assert {seen.state for seen in report.seen.values()} == {JobState.RUNNING}, report.seen
    calls = place.queue.calls(LISTINGS[flavour])[before:]
    assert len([call for call in calls if "--version" not in call]) == 1


async def test_a_check_tells_the_queue_and_its_version(place: FakeQueuePlace, flavour: str) -> None:
    facts = (await place.platform.check()).facts
    versions = {
        "slurm": "Slurm 22.05.8",
        "pbs": "PBS Pro 22.05.11",
        "torque": "Torque 6.1.2",
        "sge": "SGE 8.1.9",
        "lsf": "IBM Spectrum LSF Standard 10.1.0.13, Apr 15 2022",
    }
    assert facts["scheduler"] == versions[flavour]
    names = {"pbs": "batch", "torque": "batch", "lsf": "normal (Open:Active)"}
    assert facts.get("queues", "").strip() == names.get(flavour, facts.get("queues", ""))


async def test_a_place_without_the_queue_says_what_to_do(
    place: FakeQueuePlace, flavour: str, tmp_path: Path
) -> None:
    commands = {name for names in LANGUAGES.values() for name in names}
    bare = tmp_path / "bare"
    bare.mkdir()
    for program in Path("/usr/bin").iterdir():
        if program.name not in commands:
            (bare / program.name).symlink_to(program)
    scheduler = SCHEDULERS[flavour]()
    transport = PathTransport(str(bare))
    place.platform = ShellPlatform(
        "bare", flavour, transport, scheduler, ShellSettings(default_output=str(tmp_path))
    )
    health = await place.platform.check()
    assert any("login_shell" in problem.remedy for problem in health.problems)
    told = await place.outcome(place.job())
    assert isinstance(told, Rejected)
    assert SUBMISSIONS[flavour] in told.reason
    assert not (await place.platform.find([place.handle(place.job())])).is_complete
