"""The resolver where a platform has a queue: requeues, accounting, cancellations by others."""

from dataclasses import replace

from hypertrainer.platforms.base import EndCause, ExitRecord, JobState, Observation
from hypertrainer.tasks.lifecycle import resolve
from hypertrainer.tasks.statuses import AttemptState, StopBy, TaskStatus
from tests.tasks.test_lifecycle import (
    AGAIN,
    LATER,
    NOW,
    PATIENCE,
    RUNNING,
    START,
    SUBMITTED,
    ended,
    outcome,
)

QUEUED = Observation(JobState.QUEUED, "PENDING", "BeginTime", start=START)


def test_a_requeued_job_is_submitting_again_and_says_so():
    after = resolve(RUNNING, QUEUED, NOW, PATIENCE)
    assert (after.state, after.status) == (AttemptState.SUBMITTED, TaskStatus.SUBMITTING)
    assert after.reason == "Requeued by its platform, to be started again (BeginTime)."
    assert resolve(after, QUEUED, NOW, PATIENCE) == after


def test_the_exit_record_of_the_run_before_a_requeue_ends_nothing():
    seen = replace(QUEUED, exit=ExitRecord(143, "TERM", NOW))
    assert outcome(RUNNING, seen) is TaskStatus.SUBMITTING


def test_a_requeued_job_that_runs_again_has_a_new_start():
    requeued = resolve(RUNNING, QUEUED, NOW, PATIENCE)
    soon = resolve(requeued, Observation(JobState.RUNNING, start=START), NOW, PATIENCE)
    assert (soon.status, soon.started_at) == (TaskStatus.RUNNING, NOW)
    after = resolve(soon, Observation(JobState.RUNNING, start=AGAIN), NOW, PATIENCE)
    assert (after.started_at, after.host, after.job_id) == (LATER, "there", "11")
    assert after.reason == ""


def test_a_running_job_whose_start_record_does_not_show_for_once_is_not_requeued():
    seen = Observation(JobState.QUEUED, "alive")
    assert outcome(RUNNING, seen) is TaskStatus.RUNNING


def test_a_job_that_its_queue_takes_back_before_anything_of_it_was_seen_waits_again():
    facts = replace(RUNNING, started_at=None)
    assert outcome(facts, Observation(JobState.QUEUED, "PENDING")) is TaskStatus.SUBMITTING


def test_a_job_that_began_after_its_queue_was_asked_is_not_called_requeued():
    after = resolve(SUBMITTED, QUEUED, NOW, PATIENCE)
    assert (after.status, after.reason) == (TaskStatus.SUBMITTING, "BeginTime")
    running = resolve(after, Observation(JobState.RUNNING, start=START), NOW, PATIENCE)
    assert running.status is TaskStatus.RUNNING


def test_a_lost_task_reopens_when_it_is_found_in_its_queue():
    lost = replace(RUNNING, state=AttemptState.ENDED, status=TaskStatus.LOST, ended_at=NOW)
    after = resolve(lost, QUEUED, NOW, PATIENCE)
    assert (after.state, after.ended_at) == (AttemptState.SUBMITTED, None)


def test_a_cancellation_that_nobody_here_asked_for_is_somebody_elses():
    seen = ended(143, "TERM", cause=EndCause.CANCELLED, reason="CANCELLED by 1000")
    after = resolve(RUNNING, seen, NOW, PATIENCE)
    assert after.status is TaskStatus.CANCELLED
    assert after.reason == "Cancelled on its platform by somebody else (CANCELLED by 1000)."
    ours = resolve(replace(RUNNING, stop_by=StopBy.SEARCH), seen, NOW, PATIENCE)
    assert ours.status is TaskStatus.PRUNED


def test_a_cancelled_job_that_left_no_signal_in_its_record_is_cancelled_all_the_same():
    facts = replace(RUNNING, stop_by=StopBy.USER)
    assert outcome(facts, ended(0, cause=EndCause.CANCELLED)) is TaskStatus.CANCELLED


def test_a_job_that_somebody_else_cancelled_before_it_started_did_not_fail():
    assert outcome(SUBMITTED, ended(None, cause=EndCause.CANCELLED)) is TaskStatus.CANCELLED
    gone = Observation(JobState.ENDED, "CANCELLED", cause=EndCause.CANCELLED)
    assert outcome(SUBMITTED, gone) is TaskStatus.CANCELLED


def test_an_end_keeps_its_cause():
    after = resolve(RUNNING, ended(1, cause=EndCause.NODE_FAILED), NOW, PATIENCE)
    assert after.cause is EndCause.NODE_FAILED
    gone = Observation(JobState.ABSENT, cause=EndCause.NODE_FAILED)
    assert resolve(RUNNING, gone, NOW, PATIENCE).cause is EndCause.NODE_FAILED


def test_an_end_by_its_platforms_word_has_the_code_that_the_platform_tells():
    seen = Observation(JobState.ENDED, "FAILED", exit_code=3)
    after = resolve(RUNNING, seen, NOW, PATIENCE)
    assert (after.status, after.exit_code) == (TaskStatus.CRASHED, 3)
    assert outcome(RUNNING, replace(seen, exit_code=0)) is TaskStatus.FINISHED


def test_a_job_that_ended_without_having_been_seen_is_given_time_to_show_a_record():
    seen = Observation(JobState.ENDED, "COMPLETED", exit_code=0)
    waiting = resolve(SUBMITTED, seen, NOW, PATIENCE)
    assert waiting.status is TaskStatus.SUBMITTING
    assert resolve(waiting, ended(0), NOW, PATIENCE).status is TaskStatus.FINISHED
    after = resolve(waiting, seen, NOW + PATIENCE.time, PATIENCE)
    assert after.status is TaskStatus.FAILED_TO_START
    assert "all machines share" in after.reason


def test_an_absent_job_of_which_accounting_knows_the_code_ends_with_it():
    seen = Observation(JobState.ABSENT, "gone", exit_code=7)
    waiting = resolve(RUNNING, seen, NOW, PATIENCE)
    assert waiting.status is TaskStatus.RUNNING
    after = resolve(waiting, seen, NOW + PATIENCE.time, PATIENCE)
    assert (after.status, after.exit_code) == (TaskStatus.CRASHED, 7)
