"""LSF's answers, in the words of the IBM Spectrum LSF 10.1 command reference."""

import itertools
import json

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
)
from hypertrainer.platforms.schedulers.base import Evidence
from hypertrainer.platforms.schedulers.lsf import LsfScheduler
from hypertrainer.platforms.transports.base import ExecResult

LSF = LsfScheduler()
END = "ht ! complete\n"
EVIDENCE = [Evidence(JobHandle("ha1", 1, "/f")), Evidence(JobHandle("hb2", 1, "/g"))]
RUNLIMIT = "TERM_RUNLIMIT: job killed after reaching LSF run time limit"
BHIST = """
Job <123>, Job Name <ha1>, User <alice>, Project <default>, Command <exec bash /h
                     ome/alice/hypertrainer/output/ha1/.hypertrainer/run.sh>
Tue Nov 24 11:07:00: Submitted from host <login1>, to Queue <normal>, CWD </home/
                     alice/hypertrainer/output/ha1>;
Tue Nov 24 11:07:02: Dispatched 1 Task(s) on Host(s) <n7>;
Tue Nov 24 11:07:02: Starting (Pid 70011);
Tue Nov 24 12:07:12: Exited with exit code 140. The CPU time used is 59.0 seconds
                     ;
Tue Nov 24 12:07:12: Completed <exit>; TERM_RUNLIMIT: job killed after reaching L
                     SF run time limit.

Summary of time in seconds spent in various states by  Tue Nov 24 12:07:12
  PEND     PSUSP    RUN      USUSP    SSUSP    UNKWN    TOTAL
  2        0        3610     0        0        0        3612
"""


def record(
    stat: str, code: str = "", reason: str = "", pending: str = "", name: str = "ha1"
) -> dict[str, str]:
    return {
        "JOBID": "123",
        "STAT": stat,
        "JOB_NAME": name,
        "EXIT_CODE": code,
        "EXIT_REASON": reason,
        "PEND_REASON": pending,
        "FIRST_HOST": "n7",
    }


def bjobs(*records: dict[str, str]) -> str:
    answer = {"COMMAND": "bjobs", "JOBS": len(records), "RECORDS": records}
    return f"ht ! json\n{json.dumps(answer, indent=2)}\n"


def seen(output: str) -> Observation:
    return LSF.parse_list(ExecResult(0, output + END, ""), EVIDENCE)["ha1"]


@pytest.mark.parametrize(
    ("stat", "state"),
    [
        ("PEND", JobState.QUEUED),
        ("PSUSP", JobState.QUEUED),
        ("WAIT", JobState.QUEUED),
        ("PROV", JobState.RUNNING),
        ("RUN", JobState.RUNNING),
        ("USUSP", JobState.RUNNING),
        ("SSUSP", JobState.RUNNING),
        ("DONE", JobState.ENDED),
        ("EXIT", JobState.ENDED),
        ("UNKWN", JobState.UNKNOWN),
        ("ZOMBI", JobState.UNKNOWN),
        ("NEW_IN_11", JobState.UNKNOWN),
    ],
)
def test_a_word_is_a_state(stat: str, state: JobState) -> None:
    noise = "{ Welcome to the cluster }\n"
    assert seen(bjobs(record(stat))).state is state
    assert seen(f"{noise}{bjobs(record(stat))}{noise}").state is state


@pytest.mark.parametrize(
    ("code", "reason", "exit_code", "cause"),
    [
        ("3", "", 3, None),
        ("140", RUNLIMIT, 140, EndCause.TIMED_OUT),
        ("137", "TERM_MEMLIMIT: job killed after reaching LSF memory usage limit", 137, "memory"),
        ("130", "TERM_OWNER: job killed by owner", 130, EndCause.CANCELLED),
        ("143", "TERM_ADMIN: job killed by root or LSF administrator", 143, EndCause.CANCELLED),
        ("143", "TERM_PREEMPT: job killed after preemption", 143, EndCause.PREEMPTED),
        ("", "TERM_ZOMBIE: job exited while LSF is not available", None, EndCause.NODE_FAILED),
        ("1", "TERM_SOMETHING_NEW: who knows", 1, None),
    ],
)
def test_an_exit_reason_is_a_cause(
    code: str, reason: str, exit_code: int | None, cause: EndCause | str | None
) -> None:
    told = seen(bjobs(record("EXIT", code, reason)))
    assert told.exit_code == exit_code
    assert told.cause is (EndCause.OUT_OF_MEMORY if cause == "memory" else cause)
    assert told.reason == reason


def test_a_waiting_job_says_why() -> None:
    reason = "Job's requirements for resource reservation not satisfied: 3 hosts;"
    assert seen(bjobs(record("PEND", pending=reason))).reason == reason
    assert "bresume" in seen(bjobs(record("PSUSP"))).reason


def test_lines_with_a_delimiter_do_where_there_is_no_json() -> None:
    assert seen(f"htb 123|EXIT|ha1|140|{RUNLIMIT}|-|n7\n").cause is EndCause.TIMED_OUT
    assert seen("htb 123|RUN|ha1|-|-|-|n7\n").state is JobState.RUNNING
    assert seen("htb 123|RU\n").state is JobState.ABSENT


def test_history_tells_of_what_bjobs_has_forgotten() -> None:
    lines = "".join(f"hth {line}\n" for line in BHIST.splitlines())
    told = seen(bjobs() + lines)
    assert told.state is JobState.ENDED
    assert told.exit_code == 140
    assert told.cause is EndCause.TIMED_OUT


def test_history_of_a_job_that_has_not_ended_ends_nothing() -> None:
    lines = "".join(f"hth {line}\n" for line in BHIST.splitlines()[:6])
    assert seen(bjobs() + lines).state is JobState.ABSENT


def test_several_histories_are_told_apart() -> None:
    second = BHIST.replace("<123>", "<124>").replace("ha1", "hb2")
    second = second.replace("Exited with exit code 140", "Done successfully")
    second = second.replace("Completed <exit>; TERM_RUNLIMIT", "Completed <done>; ")
    lines = "".join(f"hth {line}\n" for line in (BHIST + second).splitlines())
    result = ExecResult(0, bjobs() + lines + END, "")
    told = LSF.parse_list(result, EVIDENCE)
    assert told["ha1"].exit_code == 140
    assert told["hb2"].exit_code == 0


def test_lsf_that_is_down_proves_nothing() -> None:
    answer = "ht ! failed bjobs ended with 255: LSF is down. Please wait ...\n"
    with pytest.raises(PlatformError, match="LSF is down"):
        LSF.parse_list(ExecResult(0, answer, ""), EVIDENCE)


def submitted(text: str) -> object:
    job = JobSpec("ha1", 1, "/f", ("true",))
    return LSF.parse_submit(ExecResult(0, f"ht ha1 failed 255 {text}\n", ""), [job])["ha1"]


def test_a_lost_answer_is_a_doubt() -> None:
    assert isinstance(submitted("Batch system daemon not responding ... still trying"), Ambiguous)


@pytest.mark.parametrize(
    ("text", "hint", "is_retryable"),
    [
        ("nowhere: No such queue. Job not submitted.", "bqueues", False),
        ("User cannot use the queue. Job not submitted.", "bqueues", False),
        ("RUNLIMIT: Cannot exceed queue's hard limit(s). Job not submitted.", "bqueues -l", False),
        ("Bad resource requirement syntax. Job not submitted.", "10.1", False),
        ("User <me>: Pending job threshold reached. Retrying in 60 seconds...", "", True),
        ("LSF is down. Please wait ...", "", True),
    ],
)
def test_a_refusal_says_what_to_change(text: str, hint: str, is_retryable: bool) -> None:
    told = submitted(text)
    assert isinstance(told, Rejected)
    assert told.is_retryable is is_retryable
    assert hint in told.reason


def test_wishes_become_options() -> None:
    wishes = Resources(
        gpus=2,
        gpu_type="A100",
        cpus=8,
        memory_bytes=16 * 2**30,
        time_seconds=3601,
        nodes=2,
        partition="gpuq",
        account="vision",
        constraint="avx512",
        raw=("-sla gold",),
        checkpoint_signal="USR1",
        checkpoint_seconds=90,
    )
    words = list(LSF.submit_command(JobSpec("ha1", 1, "/a b", ("true",), resources=wishes)))
    pairs = set(itertools.pairwise(words))
    assert pairs >= {
        ("-n", "16"),
        ("-R", "span[ptile=8]"),
        ("-M", "16384MB"),
        ("-R", "rusage[mem=16384MB]"),
        ("-gpu", "num=2:gmodel=A100"),
        ("-W", "1:01"),
        ("-wa", "USR1"),
        ("-wt", "0:02"),
        ("-R", "select[avx512]"),
        ("-q", "gpuq"),
        ("-P", "vision"),
        ("-sla", "gold"),
    }
    assert words[-1] == "exec bash '/a b/.hypertrainer/run.sh'"
    assert LSF.problems_with(wishes) == []


@pytest.mark.parametrize(
    "wishes",
    [
        Resources(qos="high"),
        Resources(raw=("-J mine",)),
        Resources(raw=("-W 5:00",)),
        Resources(raw=("mem=5",)),
        Resources(raw=("#BSUB -o /tmp/x",)),
        Resources(raw=("-sla a\n#BSUB -J x",)),
    ],
)
def test_what_cannot_be_had_is_said_before(wishes: Resources) -> None:
    (problem,) = LSF.problems_with(wishes)
    assert problem.message
    assert problem.remedy


@given(st.text(), st.sampled_from(["", "htb ", "hth "]))
def test_no_answer_breaks_the_parsers(output: str, mark: str) -> None:
    text = "".join(f"{mark}{line}\n" for line in output.split("\n"))
    result = ExecResult(0, f"{text}{END}", "")
    assert set(LSF.parse_list(result, EVIDENCE)) <= {"ha1", "hb2"}
    LSF.parse_find(result, EVIDENCE)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["RECORDS", "JOBID", "STAT", "JOB_NAME", "EXIT_CODE"]), inner
            )
        ),
    )
)
def test_json_of_any_shape_ends_nothing(answer: object) -> None:
    text = "ht ! json\n" + json.dumps({"RECORDS": answer}) + "\n"
    try:
        told = LSF.parse_list(ExecResult(0, text + END, ""), EVIDENCE)
    except PlatformError:
        return
    assert told["hb2"].state is JobState.ABSENT


@given(st.integers(10, 600))
def test_truncated_json_proves_nothing(cut: int) -> None:
    text = bjobs(record("RUN"), record("EXIT", "1", name="hb2")).rstrip()
    result = ExecResult(0, f"{text[:cut]}\n{END}", "")
    if cut >= len(text):
        assert LSF.parse_list(result, EVIDENCE)["ha1"].state is JobState.RUNNING
    else:
        with pytest.raises(PlatformError):
            LSF.parse_list(result, EVIDENCE)
