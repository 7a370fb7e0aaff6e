"""A real SGE of one host, as users meet it: launched, watched, stopped, stuck and refused."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from hypertrainer.platforms.base import (
    EndCause,
    JobSpec,
    JobState,
    Rejected,
    Resources,
    StopSignal,
    Submitted,
)
from hypertrainer.platforms.schedulers.sge import SgeScheduler
from hypertrainer.platforms.transports.local import LocalTransport
from tests.labs.sge import SgeLab, SgePlace
from tests.platforms.places import until

pytestmark = pytest.mark.slow


@pytest.fixture
async def place(
    sge: SgeLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, anyio_backend: str
) -> AsyncIterator[SgePlace]:
    for name, value in sge.environment.items():
        monkeypatch.setenv(name, value)
    place = SgePlace(tmp_path)
    yield place
    await place.close()


def asking(place: SgePlace, resources: Resources, script: str = "sleep 30") -> JobSpec:
    return replace(place.program(script), resources=resources)


async def refused(place: SgePlace, resources: Resources) -> Rejected:
    job = asking(place, resources)
    outcome = await place.outcome(job)
    assert isinstance(outcome, Rejected), outcome
    assert not outcome.is_retryable
    return outcome


async def test_the_time_limit_ends_a_job_and_is_its_cause(place: SgePlace) -> None:
    handle = await place.submitted(asking(place, Resources(time_seconds=1)))
    seen = await place.ended(handle)
    assert seen.cause is EndCause.TIMED_OUT
    assert "h_rt" in seen.reason
    assert seen.exit is not None  # the limit, too, is announced before the kill
    assert (seen.exit.code, seen.exit.signal) == (143, "TERM")


async def test_a_checkpoint_signal_comes_before_the_time_limit(place: SgePlace) -> None:
    script = "trap 'exit 5' USR1; while :; do read -t 0.1 < <(sleep 0.1); done"
    wishes = Resources(time_seconds=20, checkpoint_signal="USR1", checkpoint_seconds=19)
    handle = await place.submitted(asking(place, wishes, script))
    seen = await place.ended(handle)
    assert seen.exit is not None
    assert seen.exit.code == 5


@pytest.mark.parametrize("code", [99, 100])
async def test_codes_that_mean_something_to_sge_run_no_job_again(
    place: SgePlace, sge: SgeLab, code: int
) -> None:
    job = place.program(f"echo run >> runs.txt; exit {code}")
    handle = await place.submitted(job)
    seen = await place.ended(handle)
    assert seen.exit is not None
    assert seen.exit.code == code
    await until(lambda: job.key not in sge.run("qstat", "-r"))
    assert place.runs(job) == 1


async def test_several_cpus_take_slots_of_a_parallel_environment(
    place: SgePlace, sge: SgeLab
) -> None:
    job = asking(place, Resources(cpus=3, memory_bytes=3 * 2**30, time_seconds=600))
    handle = await place.running(replace(job, command=("bash", "-c", "echo > runs.txt; sleep 30")))
    told = sge.run("qstat", "-j", handle.job_id or "")
    assert "parallel environment:  smp range: 3" in told
    assert "h_rt=600" in told
    assert "h_vmem=1024M" in told


async def test_a_job_that_cannot_start_says_why_and_what_to_do(
    place: SgePlace, sge: SgeLab
) -> None:
    job = place.job()
    handle = await place.submitted(job)
    await place.platform.stop([handle], StopSignal.KILL)
    stuck = ("qsub", "-terse", "-N", job.key, "-b", "y", "-wd", "/nowhere", "-o", "/dev/null")
    job_id = sge.run(*stuck, "sleep", "1").strip()
    other = place.handle(replace(job, attempt=2), job_id)

    async def is_stuck() -> bool:
        return "E" in (await place.look(other)).raw_state

    await until(is_stuck)
    seen = await place.look(other)
    assert seen.state is JobState.QUEUED
    assert f"qmod -cj {job_id}" in seen.reason
    assert await place.platform.stop([other], StopSignal.TERM) == {}


async def test_what_is_asked_for_in_vain_is_refused_with_a_hint(place: SgePlace) -> None:
    assert "qconf -sql" in (await refused(place, Resources(partition="nowhere"))).reason
    assert "qconf -sprjl" in (await refused(place, Resources(account="nobody"))).reason
    assert "ngpus" in (await refused(place, Resources(gpus=1))).reason
    assert "qconf -spl" in (await refused(place, Resources(raw=("-pe nope 4",)))).reason


async def test_a_job_is_killed_after_its_notice_and_leaves_nothing_behind(place: SgePlace) -> None:
    job = place.job(is_stubborn=True)
    handle = await place.running(job)
    assert await place.platform.stop([handle], StopSignal.TERM) == {}
    assert (await place.look(handle)).state in (JobState.RUNNING, JobState.STOPPING)
    seen = await place.ended(handle)
    assert seen.exit is not None
    assert (seen.exit.code, seen.exit.signal) == (137, "TERM")
    assert place.alive() == []  # SGE kills the wrapper alone


async def test_fifty_jobs_queue_for_eight_slots(place: SgePlace, sge: SgeLab) -> None:
    jobs = [replace(place.program("exit 3", f"h{number}")) for number in range(50)]
    outcomes = await place.platform.submit(jobs)
    assert all(isinstance(outcome, Submitted) for outcome in outcomes.values())
    handles = [place.handle(job) for job in jobs]

    async def are_over() -> bool:
        seen = (await place.platform.observe(handles)).seen
        return all(one.exit is not None and one.exit.code == 3 for one in seen.values())

    await until(are_over)


async def test_an_outage_proves_nothing(
    place: SgePlace, monkeypatch: pytest.MonkeyPatch, sge: SgeLab
) -> None:
    job = place.job()
    handle = await place.running(job)
    monkeypatch.setenv("SGE_QMASTER_PORT", "1")
    report = await place.platform.observe([handle])
    assert not report.is_complete
    assert job.key not in report.seen
    other = place.job("h2")
    told = (await place.platform.submit([other]))[other.key]
    assert isinstance(told, Rejected)
    assert told.is_retryable
    monkeypatch.setenv("SGE_QMASTER_PORT", str(sge.port))
    assert (await place.look(handle)).state is JobState.RUNNING


async def test_a_look_around_tells_version_queues_and_environments(place: SgePlace) -> None:
    scheduler = SgeScheduler()
    result = await LocalTransport().run(scheduler.probe_script())
    lines = (line.split(" ", 2) for line in result.output.splitlines() if line.startswith("ht "))
    facts, problems = scheduler.facts_of({name: value for _, name, value in lines})
    assert not problems
    assert facts["scheduler"] == "SGE 8.1.9"
    assert facts["queues"] == "all.q"
    assert facts["parallel environments"] == "smp"
    assert facts["accounting"]
