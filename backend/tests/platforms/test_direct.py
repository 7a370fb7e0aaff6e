"""The answers of a machine without a queue, whatever else is printed around them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hypertrainer.errors import PlatformError
from hypertrainer.platforms.base import Ambiguous, JobHandle, JobSpec, JobState, Rejected, Submitted
from hypertrainer.platforms.processes import ProcessIdentity
from hypertrainer.platforms.schedulers.base import Evidence
from hypertrainer.platforms.schedulers.direct import DirectScheduler
from hypertrainer.platforms.transports.base import ExecResult

DIRECT = DirectScheduler()
JOBS = [JobSpec(f"h{number}", 1, "/f", ("true",)) for number in range(3)]
EVIDENCE = [Evidence(JobHandle(job.key, 1, "/f")) for job in JOBS]


def test_noise_and_strangers_do_not_matter() -> None:
    answer = (
        "Welcome!\nht h0 submitted 12 lab1\nht h7 submitted 1 x\nht\nht h1\nht h1 rejected no\n"
    )
    outcomes = DIRECT.parse_submit(ExecResult(0, answer, ""), JOBS)
    assert outcomes["h0"] == Submitted("12", "lab1")
    assert outcomes["h1"] == Rejected("no")
    assert isinstance(outcomes["h2"], Ambiguous)


def test_a_look_that_failed_proves_nothing() -> None:
    with pytest.raises(PlatformError):
        DIRECT.parse_list(ExecResult(1, "", "fork: no"), EVIDENCE)
    listed = DIRECT.parse_list(ExecResult(1, "ht h0 gone\n", "fork: no"), EVIDENCE)
    assert set(listed) == {"h0"}
    assert listed["h0"].state is JobState.ABSENT


def test_a_script_that_could_not_signal_tells_of_every_job() -> None:
    handles = [job.handle for job in EVIDENCE]
    assert set(DIRECT.parse_signal(ExecResult(2, "", "x"), handles)) == {"h0", "h1", "h2"}
    failed = DIRECT.parse_signal(ExecResult(0, "ht h1 failed a b\n", ""), handles)
    assert failed == {"h1": "a b"}


@given(st.text(), st.integers(-2, 2))
def test_no_answer_breaks_the_parsers(output: str, code: int) -> None:
    result = ExecResult(code, output, "")
    assert set(DIRECT.parse_submit(result, JOBS)) == {"h0", "h1", "h2"}
    DIRECT.parse_signal(result, [job.handle for job in EVIDENCE])


@pytest.mark.parametrize(
    ("stat", "is_alive"),
    [
        (b"7 (a) b) c (d)) S" + b" 1" * 18 + b" 55 0 0\n", True),
        (b"7 (x) Z" + b" 1" * 18 + b" 55 0 0\n", False),
        (b"7 (x) S" + b" 1" * 18 + b" 56 0 0\n", False),
        (b"7 (x) S 1 1\n", False),
        (b"", False),
    ],
)
def test_a_process_is_known_by_its_start_and_a_zombie_is_dead(stat: bytes, is_alive: bool) -> None:
    assert ProcessIdentity(7, "55", "boot").is_alive_in(stat) is is_alive
