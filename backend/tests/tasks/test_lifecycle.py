"""The resolver: evidence in, status out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hypertrainer.platforms.base import (
    EndCause,
    ExitRecord,
    JobState,
    Observation,
    StartRecord,
)
from hypertrainer.tasks.lifecycle import AttemptFacts, Patience, resolve
from hypertrainer.tasks.statuses import AttemptState, StopBy, TaskStatus

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PATIENCE = Patience(reports=3, time=timedelta(seconds=10))
START = StartRecord(10, "123", "boot", "here", "10", NOW)
RUNNING = AttemptFacts(AttemptState.RUNNING, TaskStatus.RUNNING, started_at=NOW)
SUBMITTED = AttemptFacts(AttemptState.SUBMITTED, TaskStatus.SUBMITTING)
LATER = NOW + timedelta(seconds=90)
AGAIN = replace(START, host="there", job_id="11", at=LATER)


def ended(code: int | None, signal: str | None = None, **more: object) -> Observation:
    record = ExitRecord(code, signal, NOW, {}, None)
    return replace(Observation(JobState.ENDED, exit=record), **more)  # type: ignore[arg-type]  # test shorthand


def outcome(facts: AttemptFacts, seen: Observation) -> TaskStatus:
    return resolve(facts, seen, NOW, PATIENCE).status


def test_exit_code_zero_is_finished():
    assert outcome(RUNNING, ended(0)) is TaskStatus.FINISHED


def test_another_exit_code_is_crashed_and_kept():
    after = resolve(RUNNING, ended(3), NOW, PATIENCE)
    assert (after.status, after.exit_code) == (TaskStatus.CRASHED, 3)


def test_death_by_signal_nine_names_the_usual_cause():
    after = resolve(RUNNING, ended(137), NOW, PATIENCE)
    assert after.signal == "SIGKILL"
    assert "out-of-memory" in after.reason


def test_a_script_that_handles_the_stop_and_exits_zero_is_cancelled():
    facts = replace(RUNNING, stop_by=StopBy.USER)
    assert outcome(facts, ended(0, "TERM")) is TaskStatus.CANCELLED


def test_a_task_that_ended_by_itself_before_the_signal_came_is_finished():
    facts = replace(RUNNING, stop_by=StopBy.USER)
    assert outcome(facts, ended(0)) is TaskStatus.FINISHED


def test_a_stop_by_a_search_is_pruned():
    facts = replace(RUNNING, stop_by=StopBy.SEARCH)
    assert outcome(facts, ended(143, "TERM")) is TaskStatus.PRUNED


@pytest.mark.parametrize(
    ("cause", "status"),
    [
        (EndCause.TIMED_OUT, TaskStatus.TIMED_OUT),
        (EndCause.PREEMPTED, TaskStatus.PREEMPTED),
        (EndCause.OUT_OF_MEMORY, TaskStatus.CRASHED),
        (EndCause.NODE_FAILED, TaskStatus.CRASHED),
        (EndCause.CANCELLED, TaskStatus.CANCELLED),
    ],
)
def test_a_cause_told_by_the_platform_rules_over_the_code(cause: EndCause, status: TaskStatus):
    after = resolve(RUNNING, ended(1, cause=cause), NOW, PATIENCE)
    assert (after.status, after.exit_code) == (status, 1)


@pytest.mark.parametrize(
    ("code", "signal", "status"),
    [
        (3, "USR1", TaskStatus.TIMED_OUT),
        (138, "USR1", TaskStatus.TIMED_OUT),  # it did not handle the signal
        (0, "USR1", TaskStatus.FINISHED),
        (3, "USR2", TaskStatus.CRASHED),
        (3, None, TaskStatus.CRASHED),
    ],
)
def test_leaving_at_the_checkpoint_signal_is_timed_out_unless_all_is_done(
    code: int, signal: str | None, status: TaskStatus
):
    facts = replace(RUNNING, checkpoint_signal="USR1")
    assert outcome(facts, ended(code, signal)) is status
    assert outcome(replace(facts, stop_by=StopBy.USER), ended(3, "USR1")) is TaskStatus.CANCELLED


def test_a_queue_s_zero_for_what_did_not_finish_is_no_exit_code():
    seen = Observation(JobState.ENDED, "CANCELLED", exit_code=0, cause=EndCause.CANCELLED)
    after = resolve(SUBMITTED, seen, NOW, PATIENCE)
    assert (after.status, after.exit_code) == (TaskStatus.CANCELLED, None)


def test_a_command_that_was_not_found_failed_to_start():
    assert outcome(RUNNING, ended(127)) is TaskStatus.FAILED_TO_START


def test_a_stop_before_the_start_is_cancelled():
    facts = replace(SUBMITTED, stop_by=StopBy.USER)
    assert outcome(facts, ended(None)) is TaskStatus.CANCELLED


def test_an_absent_job_is_lost_only_after_enough_reports_and_time():
    absent, facts = Observation(JobState.ABSENT), RUNNING
    for second in (0, 5, 9):
        facts = resolve(facts, absent, NOW + timedelta(seconds=second), PATIENCE)
        assert facts.status is TaskStatus.RUNNING
    facts = resolve(facts, absent, NOW + timedelta(seconds=11), PATIENCE)
    assert facts.status is TaskStatus.LOST


def test_an_absent_job_that_was_killed_on_request_is_cancelled_at_once():
    facts = replace(RUNNING, stop_by=StopBy.USER, kill_sent_at=NOW)
    assert outcome(facts, Observation(JobState.ABSENT)) is TaskStatus.CANCELLED


def test_a_restarted_machine_is_a_crash_that_says_so():
    seen = Observation(JobState.ABSENT, cause=EndCause.NODE_FAILED, reason="restarted")
    after = resolve(RUNNING, seen, NOW, PATIENCE)
    assert after.status is TaskStatus.CRASHED
    assert "restarted" in after.reason


def test_a_lost_task_reopens_when_its_exit_record_appears():
    lost = replace(RUNNING, state=AttemptState.ENDED, status=TaskStatus.LOST, ended_at=NOW)
    assert outcome(lost, ended(0)) is TaskStatus.FINISHED


def test_a_lost_task_reopens_when_its_process_is_seen_again():
    lost = replace(RUNNING, state=AttemptState.ENDED, status=TaskStatus.LOST, ended_at=NOW)
    after = resolve(lost, Observation(JobState.RUNNING, start=START), NOW, PATIENCE)
    assert (after.status, after.ended_at) == (TaskStatus.RUNNING, None)


def test_being_seen_again_resets_the_doubt():
    doubted = replace(RUNNING, missing_since=NOW, missing_count=2)
    after = resolve(doubted, Observation(JobState.RUNNING, start=START), NOW, PATIENCE)
    assert (after.missing_since, after.missing_count) == (None, 0)


times = st.integers(0, 10_000).map(lambda second: NOW + timedelta(seconds=second))
exits = st.builds(
    ExitRecord,
    code=st.none() | st.integers(0, 255),
    signal=st.none() | st.sampled_from(["TERM", "INT"]),
    at=times,
)
observations = st.builds(
    Observation,
    state=st.sampled_from(JobState),
    exit_code=st.none() | st.integers(0, 255),
    cause=st.none() | st.sampled_from(EndCause),
    start=st.none() | st.just(START) | st.just(AGAIN),
    exit=st.none() | exits,
)
fresh = st.builds(
    AttemptFacts,
    state=st.just(AttemptState.SUBMITTED),
    status=st.just(TaskStatus.SUBMITTING),
    stop_by=st.none() | st.sampled_from(StopBy),
    kill_sent_at=st.none() | st.just(NOW),
)
RANK = {AttemptState.SUBMITTED: 0, AttemptState.RUNNING: 1, AttemptState.ENDED: 2}


@given(fresh, st.lists(st.tuples(observations, times), max_size=8))
def test_an_attempt_never_goes_back_and_final_is_final(
    facts: AttemptFacts, history: list[tuple[Observation, datetime]]
):
    for seen, at in history:
        after = resolve(facts, seen, at, PATIENCE)
        if facts.state is AttemptState.ENDED and facts.status is not TaskStatus.LOST:
            assert after == facts
        if facts.status is not TaskStatus.LOST and seen.state is not JobState.QUEUED:
            assert RANK[after.state] >= RANK[facts.state]
        facts = after


@given(fresh, st.lists(st.tuples(observations, times), max_size=8))
def test_an_attempt_goes_back_only_where_its_queue_has_it_waiting_and_it_had_run(
    facts: AttemptFacts, history: list[tuple[Observation, datetime]]
):
    for seen, at in history:
        after = resolve(facts, seen, at, PATIENCE)
        is_back = RANK[after.state] < RANK[facts.state]
        if is_back and facts.status is not TaskStatus.LOST:
            assert seen.state is JobState.QUEUED
            assert facts.started_at is None or seen.start or seen.exit
            assert after.status is TaskStatus.SUBMITTING
        facts = after


@given(fresh, observations, times)
def test_the_same_evidence_twice_says_nothing_new(
    facts: AttemptFacts, seen: Observation, at: datetime
):
    once = resolve(facts, seen, at, PATIENCE)
    if seen.state is not JobState.ABSENT:  # absences are counted
        again = resolve(once, seen, at, PATIENCE)
        assert replace(again, reason=once.reason) == once
        if seen.state is not JobState.QUEUED:  # queued twice with a start is requeued
            assert again == once


@given(fresh, exits)
def test_an_exit_record_always_ends_an_attempt(facts: AttemptFacts, record: ExitRecord):
    after = resolve(facts, Observation(JobState.UNKNOWN, exit=record), NOW, PATIENCE)
    assert after.state is AttemptState.ENDED
    assert not after.status.is_active
    assert after.exit_code == record.code
    assert after.reason


def test_a_signal_is_written_as_everybody_writes_it_whoever_noted_it():
    facts = replace(RUNNING, stop_by=StopBy.USER)
    assert resolve(facts, ended(0, "TERM"), NOW, PATIENCE).signal == "SIGTERM"
    assert resolve(facts, ended(137, "TERM"), NOW, PATIENCE).signal == "SIGKILL"
