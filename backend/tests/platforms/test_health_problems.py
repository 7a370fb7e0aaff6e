"""What is wrong with a place by its own words, and what to do about it."""

import pytest

from hypertrainer.errors import AuthNeeded, PlatformError, PlatformUnreachable
from hypertrainer.platforms.clock_offset import ClockOffset, clock_offset
from hypertrainer.platforms.health_problems import find_problems, problem_of
from hypertrainer.platforms.probe import Answer, SetupRun, Wishes, is_driver_silent, read_answer
from hypertrainer.platforms.transports.base import ExecResult

WISHES = Wishes("/out", "python3", is_remote=True, brings_code=True)
READY = SetupRun(is_ready=True, python="/usr/bin/python3", version="Python 3.12.1")
TOLD = """
M at 100.5

M machine
ht user ada
ht kernel Linux 6.1
ht bash 5.2.15(1)-release
ht setsid /usr/bin/setsid
ht tar /usr/bin/tar
ht gzip /usr/bin/gzip

M whole

M folder
ht writable yes
ht refusal
ht free_bytes 10737418240
ht free_inodes 1000

M whole

M gpus
0, A100, 7, 1024, 40960

M whole

M login
ht linger Linger=yes
ht kills KillUserProcesses=yes KillExcludeUsers=root KillOnlyUsers=

M whole

M until 101.5
"""


def answered(text: str = TOLD) -> Answer:
    return read_answer(ExecResult(0, text, ""), "M")


def test_a_machine_that_has_everything_has_no_problem() -> None:
    assert list(find_problems(answered(), READY, WISHES, ClockOffset(0.1, 0.2))) == []


@pytest.mark.parametrize(
    ("line", "instead", "words", "remedy"),
    [
        ("bash 5.2.15(1)-release", "bash 4.2.46(2)-release", "bash is 4.2.46(2)-rel", "Install"),
        ("ht bash 5.2.15(1)-release", "", "bash is missing", "Install"),
        ("ht kernel Linux 6.1", "ht kernel Darwin 23", "It runs Darwin 23", "Linux"),
        ("ht setsid /usr/bin/setsid", "ht setsid ", "setsid is missing", "util-linux"),
        ("ht tar /usr/bin/tar", "ht tar ", "tar is missing", "stage: false"),
        ("ht gzip /usr/bin/gzip", "ht gzip ", "gzip is missing", "stage: false"),
        ("ht writable yes", "", "/out cannot be written.", "owner"),
        (
            "ht refusal",
            "ht refusal bash: line 3: /out/f: Permission denied",
            "/out cannot be written: Permission denied.",
            "owner",
        ),
        (
            "ht refusal",
            "ht refusal bash: line 3: printf: write error: No space left on device",
            "/out cannot be written: No space left on device.",
            "Delete archived tasks",
        ),
        (
            "ht refusal",
            "ht refusal bash: line 3: /out/f: Disk quota exceeded",
            "/out cannot be written: Disk quota exceeded.",
            "Delete archived tasks",
        ),
        ("ht free_bytes 10737418240", "ht free_bytes 1000", "Only 0.0 GiB are free", "Delete"),
        ("ht free_inodes 1000", "ht free_inodes 0", "no room for more files", "Delete"),
        ("1000\n\nM whole", "1000", "/out does not answer", "hangs"),
        (
            "0, A100, 7, 1024, 40960",
            "Failed to initialize NVML: Driver/library version mismatch",
            "lists no GPUs: Failed to initialize NVML",
            "restart",
        ),
        ("ht linger Linger=yes", "ht linger Linger=no", "ended at log-out", "enable-linger ada"),
        ("M login", "M login\nht queue slurm Slurm", "login node of Slurm", "`type: slurm`"),
        ("M until 101.5", "", "ended halfway", "again"),
    ],
)
def test_each_problem_comes_with_a_remedy(line: str, instead: str, words: str, remedy: str) -> None:
    assert line in TOLD
    (problem,) = find_problems(answered(TOLD.replace(line, instead, 1)), READY, WISHES, None)
    assert words in problem.message
    assert remedy in problem.remedy


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("0, A100, 7, 1024, 40960", "No devices were found"),
        ("Linger=yes\nht kills KillUserProcesses=yes", "Linger=no\nht kills KillUserProcesses=no"),
        ("Linger=yes\nht kills KillUserProcesses=yes KillExcludeUsers=root", "Linger=no\nht kills"
         " KillUserProcesses=yes KillExcludeUsers=root ada"),
    ],
)  # fmt: skip
def test_what_does_no_harm_is_no_problem(line: str, instead: str) -> None:
    assert line in TOLD
    answer = answered(TOLD.replace(line, instead, 1))
    assert list(find_problems(answer, READY, WISHES, None)) == []


def test_setsid_and_a_lingering_driver_do_not_matter_where_a_queue_runs_jobs() -> None:
    text = TOLD.replace("setsid /usr", "setsid").replace("0, A100", "Failed: A100")
    wishes = Wishes("/out", "python3", is_direct=False, is_remote=True)
    assert list(find_problems(answered(text), READY, wishes, None)) == []


@pytest.mark.parametrize(("there", "words"), [(30.0, "30.0 s ahead"), (-9.0, "9.0 s behind")])
def test_a_clock_that_is_wrong_is_a_problem(there: float, words: str) -> None:
    asked = 100.5 - there - 0.2  # 0.2 s there, 0.2 s back, and a second in between
    clock = clock_offset(asked, answered(), asked + 1.4)
    assert clock is not None
    assert clock.seconds == pytest.approx(there)
    (problem,) = find_problems(answered(), READY, WISHES, clock)
    assert words in problem.message
    assert "NTP" in problem.remedy


def test_a_clock_is_not_blamed_for_a_slow_connection() -> None:
    clock = clock_offset(90.0, answered(), 101.5)
    assert clock is not None
    assert not clock.is_wrong
    assert str(clock) == "right to within 5.2 s"


@pytest.mark.parametrize(
    ("error", "message", "remedy"),
    [
        (
            PlatformUnreachable("gpu1 refuses connections. Check that its SSH server runs."),
            "gpu1 refuses connections.",
            "Check that its SSH server runs.",
        ),
        (
            AuthNeeded("You are not logged in to gpu1 (no (such) file). Log in with `ssh -fMN a`."),
            "You are not logged in to gpu1 (no (such) file).",
            "Log in with `ssh -fMN a`.",
        ),
        (AuthNeeded("No."), "No.", "Log in with `ssh`"),
        (PlatformUnreachable("Silence."), "Silence.", "machine is up"),
        (PlatformError("It printed too much."), "It printed too much.", "Check again"),
    ],
)
def test_an_error_s_own_remedy_is_told_as_one(
    error: PlatformError, message: str, remedy: str
) -> None:
    problem = problem_of(error)
    assert problem.message == message
    assert problem.remedy.startswith(remedy) or remedy in problem.remedy


def test_a_driver_that_does_not_answer_is_a_problem_and_not_a_machine_without_gpus() -> None:
    silent = TOLD.replace("0, A100, 7, 1024, 40960", "")
    assert list(find_problems(answered(silent), READY, WISHES, None)) == []
    silent = silent.replace("ht tar", "ht nvidia-smi /usr/bin/nvidia-smi\nht tar")
    (problem,) = find_problems(answered(silent), READY, WISHES, None)
    assert problem.message == "nvidia-smi does not answer."
    assert is_driver_silent(answered(silent))
