"""Slurm's answers as recorded, and whatever else may stand around them."""

from datetime import UTC, datetime

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
from hypertrainer.platforms.schedulers.slurm import SlurmScheduler
from hypertrainer.platforms.schedulers.slurm.options import OWNED
from hypertrainer.platforms.schedulers.slurm.states import exit_code_of, waiting_words
from hypertrainer.platforms.transports.base import ExecResult

SLURM = SlurmScheduler()
END = "ht ! complete\n"
POLICY = (
    "Batch job submission failed: Job violates accounting/QOS policy (job submit limit, user's "
    "size and/or time limits)"
)


def seen(*lines: str, owner: str | None = None) -> Observation:
    evidence = Evidence(JobHandle("ha1", 1, "/f"), owner=owner)
    result = ExecResult(0, "\n".join([*lines, END]), "")
    return SLURM.parse_list(result, [evidence])["ha1"]


@pytest.mark.parametrize(
    ("row", "state", "cause"),
    [
        ("5|PENDING|0:00|N/A||Resources", JobState.QUEUED, None),
        ("5|CONFIGURING|0:01|2026-11-24T10:57:47|n1|None", JobState.QUEUED, None),
        ("5|RUNNING|1:02|2026-11-24T10:57:47|n1|None", JobState.RUNNING, None),
        ("5|SUSPENDED|1:02|2026-11-24T10:57:47|n1|None", JobState.RUNNING, None),
        ("5|COMPLETING|1:02|2026-11-24T10:57:47|n1|None", JobState.STOPPING, None),
        ("5|REQUEUE_HOLD|0:00|N/A||job requeued in held state", JobState.QUEUED, None),
        ("5|COMPLETED|1:02|2026-11-24T10:57:47|n1|None", JobState.ENDED, None),
        ("5|FAILED|1:02|2026-11-24T10:57:47|n1|NonZeroExitCode", JobState.ENDED, None),
        ("5|CANCELLED|0:00|N/A||JobHeldUser", JobState.ENDED, EndCause.CANCELLED),
        ("5|TIMEOUT|1:18|2026-11-24T10:57:47|n1|TimeLimit", JobState.ENDED, EndCause.TIMED_OUT),
        ("5|DEADLINE|1:18|2026-11-24T10:57:47|n1|TimeLimit", JobState.ENDED, EndCause.TIMED_OUT),
        ("5|OUT_OF_MEMORY|0:03|x|n1|OutOfMemory", JobState.ENDED, EndCause.OUT_OF_MEMORY),
        ("5|PREEMPTED|0:03|x|n1|None", JobState.ENDED, EndCause.PREEMPTED),
        ("5|NODE_FAIL|0:03|x|n1|NodeDown", JobState.ENDED, EndCause.NODE_FAILED),
        ("5|BOOT_FAIL|0:03|x|n1|BootFail", JobState.ENDED, EndCause.NODE_FAILED),
        ("5|REVOKED|0:00|N/A||Reserved", JobState.UNKNOWN, None),
        ("5|BRAND_NEW|0:03|x|n1|None", JobState.UNKNOWN, None),
    ],
)
def test_every_state_has_its_meaning(row: str, state: JobState, cause: EndCause | None) -> None:
    observation = seen(f"ht ha1 squeue {row}")
    assert (observation.state, observation.cause) == (state, cause)


def test_exit_codes_are_told_by_scontrol_and_sacct() -> None:
    row = "ht ha1 squeue 5|FAILED|1:02|2026-11-24T10:57:47|n1|NonZeroExitCode"
    observation = seen("Welcome to lab!", row, "ht ha1 code 5|7:0", "ht hb2 code 6|8:0")
    assert observation.exit_code == 7
    assert observation.reason == "Slurm: FAILED after 1:02"
    observation = seen("ht ha1 sacct 5|CANCELLED by 1000|00:00:03|0:15|n1|None")
    assert observation.exit_code == 143
    assert observation.cause is EndCause.CANCELLED
    assert seen("ht ha1 sacct 5|OUT_OF_ME+|00:00:03|0:125|n1|None").state is JobState.ABSENT


def test_what_the_accounting_still_calls_running_is_gone() -> None:
    assert seen("ht ha1 sacct 5|RUNNING|00:00:03|0:0|n1|None").state is JobState.ABSENT


def test_a_twin_that_gave_way_does_not_count() -> None:
    rows = [
        "ht ha1 squeue 6|FAILED|0:00|2026-11-24T10:57:47|n1|NonZeroExitCode",
        "ht ha1 squeue 5|RUNNING|1:02|2026-11-24T10:57:47|n1|None",
    ]
    assert seen(*rows).state is JobState.RUNNING
    assert seen(*rows, owner="5").state is JobState.RUNNING
    assert seen(rows[0], owner="5").state is JobState.ABSENT


def test_an_output_file_that_no_node_can_open_is_explained() -> None:
    row = "ht ha1 squeue 5|FAILED|0:00|x|n1|RaisedSignal:53(Real-time_signal_19)"
    assert "must be on a file system that the compute nodes see" in seen(row).reason
    row = "ht ha1 squeue 5|FAILED|0:00|x|n1|NonZeroExitCode"
    assert "compute nodes see" in seen(row, "ht ha1 code 5|0:53").reason


@pytest.mark.parametrize(
    ("reason", "start", "words"),
    [
        ("Resources", "N/A", "waits for free resources (Resources)"),
        (
            "Priority",
            "2026-11-24T14:05:59",
            "waits for its turn: others come first (Priority); starts about 2026-11-24 14:05 UTC",
        ),
        ("None", "N/A", "waits to be looked at"),
        ("", "N/A", "waits"),
        ("SomethingNew", "N/A", "waits (SomethingNew)"),
        (
            "ReqNodeNotAvail, UnavailableNodes:n[1-3]",
            "N/A",
            "a machine that it needs is down, reserved or kept for maintenance "
            "(ReqNodeNotAvail, UnavailableNodes:n[1-3])",
        ),
        (
            "(launch failed requeued held)",
            "N/A",
            "could not be launched on its machine, and is held (launch failed requeued held); "
            "release it with `scontrol release`, or cancel it",
        ),
        (
            "AssocGrpGRES",
            "N/A",
            "the account has used up what it may use (AssocGrpGRES); "
            "wait, or set another `account`",
        ),
    ],
)
def test_why_a_job_waits_is_said_in_words(reason: str, start: str, words: str) -> None:
    assert waiting_words(reason, start) == words


@pytest.mark.parametrize(
    ("text", "kind", "is_retryable"),
    [
        ("Batch job submission failed: Socket timed out on send/recv operation", Ambiguous, None),
        ("Batch job submission failed: Zero Bytes were transmitted or received", Ambiguous, None),
        (
            "Batch job submission failed: Unable to contact slurm controller (connect failure)",
            Rejected,
            True,
        ),
        (f"QOSMaxSubmitJobPerUserLimit sbatch: error: {POLICY}", Rejected, True),
        (f"QOSMaxWallDurationPerJobLimit sbatch: error: {POLICY}", Rejected, False),
        (POLICY, Rejected, True),
        (
            "Batch job submission failed: Invalid account or account/partition combination "
            "specified",
            Rejected,
            False,
        ),
        (
            "Batch job submission failed: Requested time limit is invalid (missing or exceeds "
            "some limit)",
            Rejected,
            False,
        ),
        ("Batch job submission failed: Invalid qos specification", Rejected, False),
        ("Batch job submission failed: Slurm backup controller in standby mode", Rejected, True),
        ("Batch job submission failed: Protocol authentication error", Rejected, True),
        ("something that nobody has seen", Rejected, False),
    ],
)
def test_refusals_are_sorted(text: str, kind: type, is_retryable: bool | None) -> None:
    job = JobSpec("ha1", 1, "/f", ("true",))
    result = ExecResult(0, f"ht ha1 failed 1 sbatch: error: {text}", "")
    outcome = SLURM.parse_submit(result, [job])["ha1"]
    assert isinstance(outcome, kind)
    assert isinstance(outcome, Ambiguous | Rejected)
    assert getattr(outcome, "is_retryable", None) == is_retryable
    assert "sbatch: error" not in outcome.reason


def test_a_job_becomes_one_command() -> None:
    wishes = Resources(
        gpus=2,
        gpu_type="a100",
        cpus=4,
        memory_bytes=2**30 + 1,
        time_seconds=90_061,
        nodes=2,
        partition="gpu",
        account="def-alice",
        qos="high",
        constraint="v100|a100",
        raw=("#SBATCH --exclude n3", "hold", "-x n4"),
        checkpoint_signal="USR2",
        checkpoint_seconds=120,
    )
    command = SLURM.submit_command(JobSpec("ha1", 1, "/out/50% done", ("true",), resources=wishes))
    assert command == [
        "sbatch",
        "--parsable",
        "--job-name=ha1",
        "--comment=HyperTrainer",
        "--open-mode=append",
        "--output=/out/50%% done/.hypertrainer/scheduler.log",
        "--no-requeue",
        "--nodes=2",
        "--ntasks-per-node=1",
        "--cpus-per-task=4",
        "--gres=gpu:a100:2",
        "--mem=1025M",
        "--time=25:01:01",
        "--partition=gpu",
        "--account=def-alice",
        "--qos=high",
        "--constraint=v100|a100",
        "--signal=B:USR2@120",
        "--exclude=n3",
        "--hold",
        "-xn4",
        "/out/50% done/.hypertrainer/run.sh",
    ]


def test_what_is_not_asked_for_is_slurms_to_choose() -> None:
    asked = SLURM.submit_command(JobSpec("ha1", 1, "/f", ("true",)))
    assert [word.split("=")[0] for word in asked[2:-1]] == [
        "--job-name",
        "--comment",
        "--open-mode",
        "--output",
        "--no-requeue",
    ]


@pytest.mark.parametrize("option", OWNED)
def test_options_of_ours_are_refused_with_a_remedy(option: str) -> None:
    (problem,) = SLURM.problems_with(Resources(raw=(f"{option} x",)))
    assert problem.remedy


def test_gpus_are_asked_for_once() -> None:
    assert SLURM.problems_with(Resources(gpus=1, raw=("gres=gpu:1",)))
    assert SLURM.problems_with(Resources(raw=("gres=gpu:1", "requeue", "exclude=n3"))) == []


def test_a_forecast_that_is_cut_off_is_no_forecast() -> None:
    with pytest.raises(PlatformError):
        SLURM.parse_forecast(ExecResult(1, "ht ! wish |\n", ""))
    silent = SLURM.parse_forecast(ExecResult(0, "ht ! wish |\nht ! test 124 \n", ""))
    assert silent.problems == ()
    assert "cannot say now" in silent.words


def test_a_forecast_reads_the_estimate_among_noise() -> None:
    answer = (
        "ht ! wish |\nht ! test 0 Welcome! sbatch: Job 13 to start at 2026-11-24T11:00:58 using 2 "
        "processors on nodes n[1-2] in partition debug\n"
    )
    forecast = SLURM.parse_forecast(ExecResult(0, answer, ""))
    assert forecast.starts_at == datetime(2026, 11, 24, 11, 0, 58, tzinfo=UTC)
    assert forecast.words == (
        "Slurm: starts about 2026-11-24 11:00 UTC on n[1-2] in partition debug"
    )


def test_a_controller_that_is_down_is_a_problem_with_a_remedy() -> None:
    facts, problems = SLURM.facts_of({"slurm_version": "22.05.8", "slurm_down": "timeout"})
    assert facts == {"scheduler": "Slurm 22.05.8"}
    assert "does not answer: timeout" in problems[0].message
    _, problems = SLURM.facts_of({"slurm_missing": "lab"})
    assert problems[0].message == "sbatch was not found on lab."
    _, problems = SLURM.facts_of({"slurm_partitions": "a|down|1:00|0/0/2/2|(null);"})
    assert problems[0].message == "No partition is up."


@pytest.mark.parametrize(
    ("text", "code"), [("7:0", 7), ("0:15", 143), ("0:0", 0), ("", None), ("x:1", None)]
)
def test_exit_codes_with_signals(text: str, code: int | None) -> None:
    assert exit_code_of(text) == code


@given(st.text(), st.text(), st.integers(-1, 256))
def test_no_noise_breaks_the_parsers_or_hides_a_row(before: str, after: str, code: int) -> None:
    row = "ht ha1 squeue 5|RUNNING|1:02|2026-11-24T10:57:47|n1|None"
    result = ExecResult(code, f"{before}\n{row}\n{after}\n{END}", after)
    evidence = [Evidence(JobHandle("ha1", 1, "/f"))]
    assert SLURM.parse_list(result, evidence)["ha1"].state is JobState.RUNNING
    assert SLURM.parse_find(result, evidence) == {"ha1": Submitted("5", "n1")}


@given(st.text(alphabet="abc|: \n5", max_size=60))
def test_no_row_breaks_the_parsers(row: str) -> None:
    evidence = [Evidence(JobHandle("ha1", 1, "/f"))]
    answer = f"ht ha1 squeue {row}\nht ha1 sacct {row}\nht ha1 code {row}\n{END}"
    SLURM.parse_list(ExecResult(0, answer, ""), evidence)
    SLURM.facts_of({"slurm_partitions": row})
    SLURM.parse_forecast(ExecResult(0, f"ht ! test 0 {row}\nht ! partition {row}\n", ""))
