"""PBS's answers, in the columns of OpenPBS's and Torque's `qstat.c`, in their manuals' words."""

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
from hypertrainer.platforms.schedulers.pbs import PbsScheduler
from hypertrainer.platforms.transports.base import ExecResult

PBS = PbsScheduler()
END = "ht ! complete\n"
# `qstat -s -w -u USER` of OpenPBS: the wide alternative display, the comment below each job.
WIDE = """
pbs-server.cluster.example.org:
                                                                             Req'd  Req'd   Elap
Job ID                         Username        Queue           Jobname         SessID   NDS  TSK
------------------------------ --------------- --------------- --------------- -------- ---- -----
1234567.pbs-server.cluster.exa alice           workq    habcdefghijklmn 7011 1 4 8gb 1:0 R 0:1
   Job run at Tue Nov 24 at 11:07 on (n1:ncpus=4)
1234568.pbs-server.cluster.exa alice           workq           ha1             --   1 4 8gb 1:0 L --
   Not Running: Insufficient amount of resource: ngpus
"""
# `qstat -x -f` of a finished job; long values go on in lines that begin with a tab.
FULL = """Job Id: 1234568.pbs-server.cluster.example.org
    Job_Name = ha1
    Job_Owner = alice@login1.cluster.example.org
    resources_used.cput = 00:00:59
    resources_used.mem = MEMORY
    resources_used.walltime = WALLTIME
    job_state = F
    queue = workq
    Error_Path = login1.cluster.example.org:/home/alice/hypertrainer/output/task-1
\t/.hypertrainer/scheduler.log
    Resource_List.mem = 8gb
    Resource_List.walltime = 01:00:00
    Variable_List = PBS_O_HOME=/home/alice,PBS_O_LANG=C.UTF-8,PBS_O_PATH=/usr/b
\tin:/bin,QUOTE="'\\,TEXT={"a": 1}
    comment = COMMENT
    substate = SUBSTATE
    Exit_status = STATUS

"""
RAN = "Job run at Tue Nov 24 at 11:07 on (n1:ncpus=4)"
EVIDENCE = [Evidence(JobHandle("ha1", 1, "/f")), Evidence(JobHandle("habcdefghijklmn", 1, "/g"))]


def marked(text: str, mark: str) -> str:
    return "".join(f"{mark} {line}\n" for line in text.splitlines())


def table(letter: str) -> str:
    """What pbs.sh makes of the table."""
    rows = [line for line in WIDE.replace(" L ", f" {letter} ").splitlines() if "123456" in line]
    comments = [line for line in WIDE.splitlines() if line.startswith("   ") and ":" in line]
    lines = [line for pair in zip(rows, comments[-2:], strict=True) for line in pair]
    return "ht ! server pbs-server.cluster.example.org\n" + marked("\n".join(lines), "htj")


def full(
    status: str,
    comment: str = f"{RAN} and finished",
    walltime: str = "00:10:00",
    memory: str = "1024kb",
    substate: str = "92",
) -> str:
    values = {
        "STATUS": status,
        "COMMENT": comment,
        "WALLTIME": walltime,
        "MEMORY": memory,
        "SUBSTATE": substate,
    }
    text = FULL
    for name, value in values.items():
        text = text.replace(name, value)
    return marked(text, "htd")


def seen(output: str, key: str = "ha1", dialect: str = "pro") -> Observation:
    answer = f"ht ! dialect {dialect}\n{output}{END}"
    return PBS.parse_list(ExecResult(0, answer, ""), EVIDENCE)[key]


@pytest.mark.parametrize(
    ("letter", "state"),
    [
        ("Q", JobState.QUEUED),
        ("H", JobState.QUEUED),
        ("W", JobState.QUEUED),
        ("T", JobState.QUEUED),
        ("R", JobState.RUNNING),
        ("S", JobState.RUNNING),
        ("U", JobState.RUNNING),
        ("E", JobState.STOPPING),
        ("M", JobState.UNKNOWN),
        ("?", JobState.UNKNOWN),
    ],
)
def test_a_letter_is_a_state(letter: str, state: JobState) -> None:
    told = seen(table(letter))
    assert told.state is state
    assert ("ngpus" in told.reason) == (state is JobState.QUEUED)


def test_an_id_that_the_column_cut_off_is_whole_again() -> None:
    result = ExecResult(0, f"ht ! dialect pro\n{table('Q')}{END}", "")
    found = PBS.parse_find(result, EVIDENCE)
    assert found["ha1"].job_id == "1234568.pbs-server.cluster.example.org"
    assert found["habcdefghijklmn"].job_id == "1234567.pbs-server.cluster.example.org"


def test_the_claim_is_known_by_its_whole_id() -> None:
    owner = "1234568.pbs-server.cluster.example.org"
    evidence = [Evidence(JobHandle("ha1", 1, "/f"), owner=owner)]
    result = ExecResult(0, f"{table('R')}{END}", "")
    assert PBS.parse_list(result, evidence)["ha1"].state is JobState.RUNNING


@pytest.mark.parametrize(
    ("output", "code", "cause"),
    [
        (full("0"), 0, None),
        (full("7", f"{RAN} and failed", substate="93"), 7, None),
        (full("-29", f"{RAN} and exceeded resource walltime"), None, EndCause.TIMED_OUT),
        (full("-27", f"{RAN} and exceeded resource mem"), None, EndCause.OUT_OF_MEMORY),
        (full("143", walltime="01:00:07"), 143, EndCause.TIMED_OUT),
        (full("271", f"{RAN} and failed", "01:00:30"), 143, EndCause.TIMED_OUT),
        (full("271", f"{RAN} and terminated", substate="91"), 143, EndCause.CANCELLED),
        (full("265", f"{RAN} and failed", memory="8388608kb"), 137, EndCause.OUT_OF_MEMORY),
        (full("265", "Job preempted by deletion"), 137, EndCause.PREEMPTED),
        (full("-3", "node n1 went down"), None, EndCause.NODE_FAILED),
        (full("nonsense"), None, None),
    ],
)
def test_an_exit_status_is_a_code_or_a_cause(
    output: str, code: int | None, cause: EndCause | None
) -> None:
    told = seen(output)
    assert told.state is JobState.ENDED
    assert (told.exit_code, told.cause) == (code, cause)


@pytest.mark.parametrize(
    ("status", "cause"),
    [
        ("-11", EndCause.TIMED_OUT),
        ("-10", EndCause.OUT_OF_MEMORY),
        ("271", EndCause.CANCELLED),
        ("1", None),
    ],
)
def test_torque_has_codes_of_its_own(status: str, cause: EndCause | None) -> None:
    output = full(status, "").replace("Exit_status", "exit_status").replace("= F", "= C")
    assert seen(output, dialect="torque").cause is cause


def test_unknown_jobs_are_absent_and_the_described_ones_are_not() -> None:
    output = full("0") + marked("qstat: Unknown Job Id 99.pbs-server", "htd")
    assert seen(output).state is JobState.ENDED
    assert seen(output, "habcdefghijklmn").state is JobState.ABSENT


def test_a_server_that_is_down_proves_nothing() -> None:
    words = "qstat ended with 255: Connection refused qstat: cannot connect to server pbs"
    with pytest.raises(PlatformError, match="cannot connect"):
        PBS.parse_list(ExecResult(0, f"ht ! failed {words}\n", ""), EVIDENCE)


def submitted(text: str, code: int) -> object:
    job = JobSpec("ha1", 1, "/f", ("true",))
    return PBS.parse_submit(ExecResult(0, f"ht ha1 failed {code} {text}\n", ""), [job])["ha1"]


@pytest.mark.parametrize("text", ["qsub: End of File", "qsub: Communication failure."])
def test_a_lost_answer_is_a_doubt(text: str) -> None:
    assert isinstance(submitted(text, 1), Ambiguous)


@pytest.mark.parametrize(
    ("text", "code", "hint", "is_retryable"),
    [
        ("qsub: Unknown queue MSG=cannot locate queue", 170, "qstat -Q", False),
        ("qsub: Invalid Account", 3, "account", False),
        ("qsub: Job violates queue and/or server resource limits", 188, "qstat -Qf", False),
        ("qsub: Maximum number of jobs already in queue for user", 198, "", True),
        ("qsub: would exceed queue generic's per-user limit of jobs in 'Q' state", 200, "", True),
        ("Connection refused qsub: cannot connect to server pbs (errno=15010)", 162, "", True),
    ],
)
def test_a_refusal_says_what_to_change(text: str, code: int, hint: str, is_retryable: bool) -> None:
    told = submitted(text, code)
    assert isinstance(told, Rejected)
    assert told.is_retryable is is_retryable
    assert hint in told.reason


WISHES = Resources(
    gpus=2,
    cpus=8,
    memory_bytes=16 * 2**30 + 1,
    time_seconds=90_061,
    nodes=2,
    partition="gpuq",
    account="vision",
    constraint="gpu_model=a100",
    raw=("place=scatter", "#PBS -W group_list=lab"),
)


def test_wishes_become_options_of_both_dialects() -> None:
    words = list(PBS.submit_command(JobSpec("ha1", 1, "/f", ("true",), resources=WISHES)))
    assert "pro=-lselect=2:ncpus=8:ngpus=2:mem=16385mb:gpu_model=a100" in words
    assert "torque=-lnodes=2:ppn=8:gpus=2:gpu_model=a100,mem=32770mb" in words
    assert "walltime=25:01:01" in words
    assert words[words.index("-q") + 1] == "gpuq"
    assert words[words.index("-A") + 1] == "vision"
    assert "place=scatter" in words
    assert "group_list=lab" in words
    assert PBS.problems_with(WISHES) == []


def test_nothing_asked_for_leaves_the_queue_its_defaults() -> None:
    words = " ".join(PBS.submit_command(JobSpec("ha1", 1, "/f", ("true",))))
    assert "select" not in words
    assert "nodes" not in words


def test_chunks_of_ones_own_replace_ours() -> None:
    wishes = Resources(cpus=4, raw=("-l select=1:ncpus=4:mpiprocs=4",))
    words = list(PBS.submit_command(JobSpec("ha1", 1, "/f", ("true",), resources=wishes)))
    assert not any(word.startswith(("pro=", "torque=")) for word in words)


@pytest.mark.parametrize(
    "wishes",
    [
        Resources(qos="high"),
        Resources(gpu_type="a100"),
        Resources(raw=("-N mine",)),
        Resources(raw=("-J 1-10",)),
        Resources(raw=("walltime=5:00",)),
        Resources(raw=("-l a=1\n#PBS -N x",)),
        Resources(raw=('-l "unclosed',)),
        Resources(checkpoint_signal="KILL"),
    ],
)
def test_what_cannot_be_had_is_said_before(wishes: Resources) -> None:
    (problem,) = PBS.problems_with(wishes)
    assert problem.message
    assert problem.remedy


@given(st.text(), st.sampled_from(["", "htj ", "htd "]))
def test_no_answer_breaks_the_parsers(output: str, mark: str) -> None:
    text = "".join(f"{mark}{line}\n" for line in output.split("\n"))
    result = ExecResult(0, f"{table('Q')}{full('0')}{text}{END}", "")
    assert set(PBS.parse_list(result, EVIDENCE)) == {"ha1", "habcdefghijklmn"}
    PBS.parse_find(result, EVIDENCE)


@given(st.text(alphabet="0123456789:kmgtb-", max_size=12), st.text(max_size=12))
def test_odd_numbers_are_no_causes(status: str, walltime: str) -> None:
    clean = walltime.replace("\n", " ")
    told = seen(full(status.replace("-29", "").replace("-2", "") or "0", walltime=clean))
    assert told.state is JobState.ENDED
