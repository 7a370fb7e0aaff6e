"""SGE's answers, as a real 8.1.9 gave them and as qstat(1) and accounting(5) describe them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hypertrainer.errors import PlatformError
from hypertrainer.platforms.base import (
    Ambiguous,
    EndCause,
    JobHandle,
    JobSpec,
    JobState,
    Observation,
    Rejected,
    Resources,
    Submitted,
)
from hypertrainer.platforms.schedulers.base import Evidence
from hypertrainer.platforms.schedulers.sge import SgeScheduler
from hypertrainer.platforms.transports.base import ExecResult

SGE = SgeScheduler()
END = "ht ! complete\n"
QSTAT = """<?xml version='1.0'?>
<job_info  xmlns:xsd="http://arc.liv.ac.uk/repos/darcs/sge/source/dist/util/resources/schemas">
  <queue_info>
    <job_list state="running">
      <JB_job_number>8</JB_job_number>
      <JAT_prio>0.55500</JAT_prio>
      <JB_name>hb2</JB_name>
      <JB_owner>me</JB_owner>
      <state>r</state>
      <JAT_start_time>2026-11-24T11:34:59</JAT_start_time>
      <queue_name>all.q@localhost</queue_name>
      <slots>8</slots>
    </job_list>
  </queue_info>
  <job_info>
    <job_list state="pending">
      <JB_job_number>2</JB_job_number>
      <JAT_prio>0.00000</JAT_prio>
      <JB_name>ha1</JB_name>
      <JB_owner>me</JB_owner>
      <state>STATE</state>
      <JB_submission_time>2026-11-24T11:34:58</JB_submission_time>
      <queue_name></queue_name>
      <slots>1</slots>
    </job_list>
  </job_info>
</job_info>
"""
QACCT = """==============================================================
qname        all.q
hostname     node7
jobname      ha1
jobnumber    2
taskid       undefined
start_time   Tue Nov 24 11:34:58 2026
failed       FAILED
exit_status  137                  (Killed)
ru_wallclock 2s
maxvmem      1.762MB
category     CATEGORY
"""
EVIDENCE = [Evidence(JobHandle("ha1", 1, "/f")), Evidence(JobHandle("hb2", 1, "/g"))]


def marked(text: str) -> str:
    return "".join(f"hta {line}\n" for line in text.splitlines())


def listed(output: str) -> Observation:
    return SGE.parse_list(ExecResult(0, output + END, ""), EVIDENCE)["ha1"]


@pytest.mark.parametrize(
    ("letters", "state"),
    [
        ("qw", JobState.QUEUED),
        ("hqw", JobState.QUEUED),
        ("Rq", JobState.QUEUED),
        ("Eqw", JobState.QUEUED),
        ("t", JobState.RUNNING),
        ("r", JobState.RUNNING),
        ("Rr", JobState.RUNNING),
        ("s", JobState.RUNNING),
        ("S", JobState.RUNNING),
        ("dr", JobState.STOPPING),
        ("dRr", JobState.STOPPING),
        ("Y", JobState.UNKNOWN),
        ("", JobState.UNKNOWN),
    ],
)
def test_letters_of_a_state_add_up(letters: str, state: JobState) -> None:
    assert listed(QSTAT.replace("STATE", letters)).state is state


def test_a_stuck_job_says_how_to_free_it() -> None:
    assert "qmod -cj 2" in listed(QSTAT.replace("STATE", "Eqw")).reason
    assert "qrls" in listed(QSTAT.replace("STATE", "hqw")).reason


@pytest.mark.parametrize(
    ("failed", "category", "cause"),
    [
        ("0", "", None),
        ("100 : assumedly after job", "", None),
        ("37  : qmaster enforced h_rt, h_cpu, or h_vmem limit", "-l h_rt=1", EndCause.TIMED_OUT),
        (
            "37  : qmaster enforced h_rt, h_cpu, or h_vmem limit",
            "-l h_rt=600,h_vmem=1024M -pe smp 3",
            EndCause.OUT_OF_MEMORY,
        ),
        ("21  : in recognizing job", "", EndCause.NODE_FAILED),
    ],
)
def test_the_accounting_tells_why_a_job_ended(
    failed: str, category: str, cause: EndCause | None
) -> None:
    entry = QACCT.replace("FAILED", failed).replace("CATEGORY", category)
    seen = listed(marked(entry))
    assert seen.state is JobState.ENDED
    assert seen.cause is cause
    assert seen.exit_code == 137


def test_a_job_that_nobody_knows_is_absent() -> None:
    assert listed(marked("error: job id 77 not found")).state is JobState.ABSENT


def test_an_answer_that_was_cut_short_proves_nothing() -> None:
    with pytest.raises(PlatformError):
        SGE.parse_list(ExecResult(0, QSTAT[:300], ""), EVIDENCE)
    failed = "ht ! failed qstat ended with 1: error: commlib error: got select error\n"
    with pytest.raises(PlatformError, match="commlib"):
        SGE.parse_find(ExecResult(0, failed, ""), EVIDENCE)


def test_what_was_not_looked_up_this_time_is_left_out() -> None:
    result = ExecResult(0, f"ht ha1 unsure too many at once\n{END}", "")
    assert set(SGE.parse_list(result, EVIDENCE)) == {"hb2"}


def submitted(text: str, code: int = 1) -> object:
    job = JobSpec("ha1", 1, "/f", ("true",))
    return SGE.parse_submit(ExecResult(0, f"ht ha1 failed {code} {text}\n", ""), [job])["ha1"]


def test_a_lost_answer_is_a_doubt_and_a_down_master_is_none() -> None:
    lost = "Unable to run job: failed receiving gdi request response for mid=1 (got syncron message"
    assert isinstance(submitted(f"{lost} receive timeout error)."), Ambiguous)
    down = submitted(
        'Unable to run job: unable to send message to qmaster using port 1 on host "x"'
    )
    assert isinstance(down, Rejected)
    assert down.is_retryable


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ('Job was rejected because job requests unknown queue "nowhere"', "qconf -sql"),
        ('job rejected: the requested project "nobody" does not exist', "qconf -sprjl"),
        ('job rejected: the requested parallel environment "smp" does not exist', "-pe openmp 4"),
        ('unknown resource "gpu"', "ngpus"),
    ],
)
def test_a_refusal_says_what_to_change(words: str, hint: str) -> None:
    told = submitted(f"Unable to run job: {words} Exiting.")
    assert isinstance(told, Rejected)
    assert not told.is_retryable
    assert hint in told.reason


def test_wishes_become_options_and_memory_is_for_each_slot() -> None:
    wishes = Resources(
        gpus=2,
        cpus=4,
        memory_bytes=8 * 2**30,
        time_seconds=3600,
        partition="long.q",
        account="vision",
        constraint="gpu_type=a100",
        raw=("-ac note=1", "scratch=10G"),
    )
    words = list(SGE.submit_command(JobSpec("ha1", 1, "/f", ("true",), resources=wishes)))
    assert words[words.index("-pe") + 1 : words.index("-pe") + 3] == ["smp", "4"]
    assert "gpu=2,h_vmem=2048M,h_rt=3600,gpu_type=a100" in words
    assert words[words.index("-q") + 1] == "long.q"
    assert words[words.index("-P") + 1] == "vision"
    assert "scratch=10G" in words
    assert SGE.problems_with(wishes) == []


def test_a_parallel_environment_of_ones_own_replaces_ours() -> None:
    wishes = Resources(cpus=4, raw=("-pe mpi 64",))
    words = list(SGE.submit_command(JobSpec("ha1", 1, "/f", ("true",), resources=wishes)))
    assert words.count("-pe") == 1
    assert words[words.index("-pe") + 1] == "mpi"


@pytest.mark.parametrize(
    "wishes",
    [
        Resources(qos="high"),
        Resources(nodes=2),
        Resources(gpu_type="a100"),
        Resources(raw=("-N mine",)),
        Resources(raw=("-t 1-10",)),
        Resources(raw=("#$ -o /tmp",)),
        Resources(raw=("-pe smp",)),
        Resources(raw=("-l a=1\n-N x",)),
    ],
)
def test_what_cannot_be_had_is_said_before(wishes: Resources) -> None:
    (problem,) = SGE.problems_with(wishes)
    assert problem.message
    assert problem.remedy


@given(st.text(), st.integers(-2, 2))
def test_no_answer_breaks_the_parsers(output: str, code: int) -> None:
    result = ExecResult(code, f"{output}\n{END}", "")
    assert set(SGE.parse_list(result, EVIDENCE)) <= {"ha1", "hb2"}
    SGE.parse_find(ExecResult(code, f"{output}\n{END}", ""), EVIDENCE)


@given(st.integers(0, len(QSTAT)), st.integers(0, len(QACCT)))
def test_cut_answers_never_end_a_living_job(cut: int, account: int) -> None:
    output = QSTAT.replace("STATE", "r")[:cut] + "\n" + marked(QACCT[:account])
    seen = SGE.parse_list(ExecResult(0, f"{output}\n{END}", ""), EVIDENCE)["hb2"]
    assert seen.state in (JobState.RUNNING, JobState.ABSENT, JobState.UNKNOWN)


def test_a_submission_is_read_with_and_without_terse() -> None:
    answer = "ht ha1 submitted 12\n"
    job = JobSpec("ha1", 1, "/f", ("true",))
    assert SGE.parse_submit(ExecResult(0, answer, ""), [job])["ha1"] == Submitted("12", "")
