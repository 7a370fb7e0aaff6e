"""Polls of places that are asked by commands: what they allow to conclude, and what they do not."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hypertrainer.platforms.base import (
    EndCause,
    ExitRecord,
    JobHandle,
    JobState,
    Observation,
    StartRecord,
)
from hypertrainer.platforms.evidence import conclude
from hypertrainer.platforms.poll import Poll, parse_poll
from hypertrainer.platforms.schedulers.base import Evidence
from hypertrainer.platforms.schedulers.direct import DirectScheduler
from hypertrainer.platforms.settling import Settling
from hypertrainer.platforms.transports.base import ExecResult
from tests.platforms.places import ScriptPlace

AT = datetime(2026, 1, 1, tzinfo=UTC)
HANDLE = JobHandle("h1", 1, "/out/h1")
START = StartRecord(1, "1", "boot", "n1", "77", AT)
ANSWER = """htq 0
htr h1 start
htl pid=1
htl process_start=1
htl boot_id=boot
htl host=n1
htl job_id=77
htl at=1767225600
htl end=1
htz
htf 12 5 1767225600 /out/h1/out.txt
htf 3 6 1767225601 /out/h1/metric a b.log
ht-all
"""


def record(code: int | None, signal: str | None = None) -> ExitRecord:
    return ExitRecord(code, signal, AT)


def evidence(ending: ExitRecord | None = None, error: str | None = None) -> Evidence:
    return Evidence(HANDLE, start=START, exit=ending, error=error)


def listed(state: JobState, cause: EndCause | None = None) -> Observation:
    return Observation(state, state.upper(), "its reason", cause=cause)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[ScriptPlace]:
    place = ScriptPlace(tmp_path)
    yield place
    await place.close()


def test_a_program_that_ended_by_itself_needs_no_word_of_the_queue() -> None:
    for state in (JobState.RUNNING, JobState.STOPPING, JobState.UNKNOWN):
        told = conclude(evidence(record(3)), listed(state), has_queue=True)
        assert told is not None
        assert (told.state, told.exit_code) == (JobState.ENDED, 3)
    assert conclude(evidence(record(0)), None, has_queue=True) is not None


@pytest.mark.parametrize("ending", [record(143, "TERM"), record(0, "USR1"), record(137)])
def test_an_end_by_a_signal_waits_for_the_queue_to_say_why(ending: ExitRecord) -> None:
    waiting = conclude(evidence(ending), listed(JobState.RUNNING), has_queue=True)
    assert waiting is not None
    assert waiting.state is JobState.STOPPING
    assert conclude(evidence(ending), None, has_queue=True) is None
    told = conclude(evidence(ending), listed(JobState.ENDED, EndCause.TIMED_OUT), has_queue=True)
    assert told is not None
    assert (told.state, told.cause, told.exit) == (JobState.ENDED, EndCause.TIMED_OUT, ending)
    forgotten = conclude(evidence(ending), listed(JobState.ABSENT), has_queue=True)
    assert forgotten is not None
    assert (forgotten.state, forgotten.cause) == (JobState.ENDED, None)


def test_without_a_queue_a_record_is_enough() -> None:
    told = conclude(evidence(record(143, "TERM")), listed(JobState.RUNNING), has_queue=False)
    assert told is not None
    assert told.state is JobState.ENDED


def test_a_job_that_waits_again_after_its_record_was_requeued() -> None:
    told = conclude(evidence(record(143, "TERM")), listed(JobState.QUEUED), has_queue=True)
    assert told is not None
    assert (told.state, told.exit, told.start) == (JobState.QUEUED, None, None)


def test_records_that_cannot_be_read_do_not_end_what_the_queue_calls_ended() -> None:
    for state in (JobState.ENDED, JobState.ABSENT):
        told = conclude(evidence(error="stale handle"), listed(state), has_queue=True)
        assert told is not None
        assert told.state is JobState.UNKNOWN
    running = conclude(evidence(error="stale handle"), listed(JobState.RUNNING), has_queue=True)
    assert running is not None
    assert running.state is JobState.RUNNING


class Listing(DirectScheduler):
    """A queue whose answer a test gives."""

    has_queue = True

    def __init__(self, answer: Mapping[str, Observation]) -> None:
        self.answer = answer

    def parse_list(self, result: object, jobs: object) -> Mapping[str, Observation]:
        del result, jobs
        return self.answer


def test_an_end_without_a_record_is_held_back_for_a_while() -> None:
    poll = Poll([evidence()], ExecResult(0, "", ""), {})
    queue = Listing({"h1": listed(JobState.ENDED, EndCause.NODE_FAILED)})
    patient = Settling(has_queue=True, seconds=3600)
    for _ in range(3):
        assert patient.report(poll, queue).seen["h1"].state is JobState.STOPPING
    with_record = Poll([evidence(record(143, "TERM"))], ExecResult(0, "", ""), {})
    assert patient.report(with_record, queue).seen["h1"].state is JobState.ENDED
    hasty = Settling(has_queue=True, seconds=0)
    assert hasty.report(poll, queue).seen["h1"].cause is EndCause.NODE_FAILED


def test_a_poll_tells_records_and_logs() -> None:
    poll = parse_poll(ExecResult(0, f"Welcome\n{ANSWER}", ""), [HANDLE])
    (job,) = poll.evidence
    assert job.start == START
    assert job.error is None
    assert [(file.name, file.size, file.inode) for file in poll.files["h1"]] == [
        ("out.txt", 12, 5),
        ("metric a b.log", 3, 6),
    ]


@pytest.mark.parametrize("length", range(0, len(ANSWER) - 8, 7))
def test_a_poll_that_was_cut_short_proves_no_absence(length: int) -> None:
    poll = parse_poll(ExecResult(0, ANSWER[:length], ""), [HANDLE])
    assert poll.evidence[0].error is not None


@given(st.text())
def test_no_answer_breaks_the_parser(text: str) -> None:
    assert len(parse_poll(ExecResult(0, text, ""), [HANDLE]).evidence) == 1


async def test_a_missing_output_folder_proves_nothing(place: ScriptPlace, tmp_path: Path) -> None:
    gone = JobHandle("h1", 1, f"{tmp_path}/unmounted/h1")
    report = await place.platform.observe([gone])
    assert report.seen["h1"].state is JobState.UNKNOWN
    found = await place.platform.find([gone])  # it may be the first job that goes there
    assert found.is_complete
    assert found.jobs == {}
    deleted = JobHandle("h1", 1, f"{tmp_path}/h1")
    assert (await place.platform.observe([deleted])).seen["h1"].state is JobState.ABSENT


async def test_a_job_of_another_machine_is_not_judged_here(place: ScriptPlace) -> None:
    handle = await place.running(place.job())
    start = Path(handle.folder, ".hypertrainer", "start.1")
    ours = start.read_text()
    lines = [line.split("=")[0] for line in ours.splitlines()]
    theirs = {"boot_id": "another", "host": "gpu9"}
    values = dict(line.split("=", 1) for line in ours.splitlines())
    try:
        start.write_text("".join(f"{name}={theirs.get(name, values[name])}\n" for name in lines))
        assert (await place.look(handle)).state is JobState.UNKNOWN
        del theirs["host"]
        start.write_text("".join(f"{name}={theirs.get(name, values[name])}\n" for name in lines))
        restarted = await place.look(handle)
        assert (restarted.state, restarted.cause) == (JobState.ABSENT, EndCause.NODE_FAILED)
    finally:
        start.write_text(ours)


async def test_logs_are_listed_with_the_jobs(place: ScriptPlace) -> None:
    job = place.job()
    handle = await place.running(job)
    for name, text in {"metric_loss.log": "0\t1\n", "a b 'c'.txt": "x", "notes.md": "no"}.items():
        Path(job.folder, name).write_text(text)
    report = await place.platform.observe([handle])
    sizes = {file.name: file.size for file in report.files[job.key]}
    assert sizes["metric_loss.log"] == 4
    assert sizes["a b 'c'.txt"] == 1
    assert "out.txt" in sizes
    assert "notes.md" not in sizes


async def test_of_thousands_of_logs_those_that_matter_are_listed(place: ScriptPlace) -> None:
    job = place.job()
    handle = await place.running(job)
    for name in ("metric_loss.log", *(f"a{number}.txt" for number in range(1500))):
        Path(job.folder, name).touch()
    files = {file.name for file in (await place.platform.observe([handle])).files[job.key]}
    assert {"out.txt", "err.txt", "metric_loss.log"} <= files
    assert 990 < len(files) <= 1000


async def test_deleting_there_takes_task_folders_only(place: ScriptPlace, tmp_path: Path) -> None:
    handle = await place.running(place.job())
    place.finish(place.job(), 0)
    await place.seen(handle, JobState.ENDED)
    (tmp_path / "precious").mkdir()
    failed = await place.platform.remove(
        [handle.folder, f"{tmp_path}/precious", f"{tmp_path}/gone"]
    )
    assert list(failed) == [f"{tmp_path}/precious"]
    assert not Path(handle.folder).exists()
    assert (tmp_path / "precious").is_dir()
