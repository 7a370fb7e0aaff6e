"""The wrapper with real processes: what it runs, what it ends, and what it says of it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import psutil
import pytest

from hypertrainer.errors import InvalidInput
from hypertrainer.platforms.base import (
    EndCause,
    ExitRecord,
    JobSpec,
    JobState,
    Resources,
    StopSignal,
)
from hypertrainer.platforms.records import parse_exit, parse_start
from hypertrainer.platforms.wrapper import wrapper_path, wrapper_script
from tests.platforms.places import UNTIL_TOLD, LocalPlace, until

FAMILY = """
sleep 1000 &
bash -c 'set -m; sleep 1000 & wait' &
setsid sleep 1000 &
setsid bash -c 'sleep 1000 & wait' &
job=$HYPERTRAINER_JOB; env -i setsid -w bash -c "HYPERTRAINER_JOB=$job exec sleep 1000" &
echo run >> runs.txt
"""
TELL = """
import json, os, sys
print(json.dumps({
    "cwd": os.getcwd(), "argv": sys.argv[1:], "stdin": sys.stdin.read(), "env": dict(os.environ),
    "leads_group": os.getpgrp() == os.getpid(), "descriptors": sorted(os.listdir("/proc/self/fd")),
}))
print("to err", file=sys.stderr)
"""


async def ended(place: LocalPlace, job: JobSpec) -> ExitRecord:
    seen = await place.seen(await place.submitted(job), JobState.ENDED)
    assert seen.exit is not None
    return seen.exit


async def told(place: LocalPlace, job: JobSpec) -> dict[str, object]:
    """What the program saw of its surroundings."""
    assert (await ended(place, job)).code == 0
    seen: dict[str, object] = json.loads(Path(job.folder, "out.txt").read_text())
    return seen


def teller(place: LocalPlace, *args: str, key: str = "h1") -> JobSpec:
    return replace(place.job(key), command=(sys.executable, "-c", TELL, *args))


async def test_the_program_runs_in_its_folder_with_an_empty_input(local: LocalPlace) -> None:
    job = teller(local)
    seen = await told(local, job)
    assert seen["cwd"] == job.folder
    assert seen["stdin"] == ""
    assert seen["leads_group"] is True
    assert seen["descriptors"] == ["0", "1", "2", "3"]  # the last is the listing itself
    assert Path(job.folder, "err.txt").read_text() == "to err\n"


async def test_arguments_and_variables_arrive_as_they_are(local: LocalPlace) -> None:
    strange = ["a b", "", 'it\'s "$HOME" `id` $(id) \\ *', "line\nbreak", "ümlaut", "-n", "--"]
    job = replace(teller(local, *strange), environment={"STRANGE": strange[2], "B": "x\ny"})
    seen = await told(local, job)
    assert seen["argv"] == strange
    environment = seen["env"]
    assert isinstance(environment, dict)
    assert (environment["STRANGE"], environment["B"]) == (strange[2], "x\ny")
    assert environment["HYPERTRAINER_JOB"] == f"{job.key}.1"


async def test_the_servers_secrets_stay_with_the_server(
    local: LocalPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HYPERTRAINER_TOKEN", "hush-hush")
    monkeypatch.setenv("HYPERTRAINER_DATABASE_URL", "postgresql://u:hush-hush@h/d")
    environment = (await told(local, teller(local)))["env"]
    assert "hush-hush" not in str(environment)


@pytest.mark.parametrize("name", ["with space", "it's", "new\nline", "$HOME", "-n", "ü"])
async def test_a_folder_may_have_any_name(local: LocalPlace, name: str) -> None:
    folder = local.root / name
    folder.mkdir()
    job = replace(local.job(), folder=str(folder), command=("bash", "-c", "pwd; exit 3"))
    assert (await ended(local, job)).code == 3
    assert (folder / "out.txt").read_text() == f"{folder}\n"


async def test_output_is_appended_and_its_sizes_are_recorded(local: LocalPlace) -> None:
    job = local.program("echo four; printf 123456 > 'metric_a b.log'; echo oops >&2")
    Path(job.folder, "out.txt").write_text("one\n")
    record = await ended(local, job)
    assert Path(job.folder, "out.txt").read_text() == "one\nfour\n"
    assert record.sizes == {"out.txt": 9, "err.txt": 5, "metric_a b.log": 6}


async def test_a_job_with_thousands_of_logs_ends_like_any_other(local: LocalPlace) -> None:
    name = "sample_$i.with_a_name_as_long_as_programs_give.txt"
    made = f"for (( i = 0; i < 4000; i++ )); do : > {name}; done; : > metric_loss.log"
    job = replace(local.job(), command=("bash", "-c", made), setup=("set -f",))
    record = await ended(local, job)
    assert record.code == 0
    assert 990 < len(record.sizes) <= 1000
    assert {"out.txt", "err.txt", "metric_loss.log"} <= set(record.sizes)


@pytest.mark.parametrize("code", [1, 126, 127, 128, 255])
async def test_any_exit_code_of_the_program_is_kept(local: LocalPlace, code: int) -> None:
    record = await ended(local, local.program(f"exit {code}"))
    assert (record.code, record.reason) == (code, None)


async def test_a_program_killed_from_outside_says_so_by_its_code(local: LocalPlace) -> None:
    record = await ended(local, local.program("kill -KILL $$"))
    assert (record.code, record.signal, record.cause) == (137, None, None)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("no-such-command", "the command was not found: no-such-command"),
        ("/no/such/program", "the program does not exist: /no/such/program"),
        ("{folder}", "the program is a folder"),
        ("{folder}/plain", "may not be executed"),
        ("{folder}/orphan", "interpreter does not exist: /no/such/python"),
    ],
)
async def test_a_command_that_cannot_be_executed_says_why(
    local: LocalPlace, command: str, words: str
) -> None:
    job = local.job()
    folder = Path(job.folder)
    (folder / "plain").write_text("text")
    (folder / "orphan").write_text("#!/no/such/python\n")
    (folder / "orphan").chmod(0o755)
    record = await ended(local, replace(job, command=(command.format(folder=folder), "x")))
    assert record.code is None
    assert words in (record.reason or "")
    assert (folder / "err.txt").read_text() != ""


@pytest.mark.parametrize(
    ("obstacle", "words"),
    [
        ("out.txt", "out.txt could not be opened"),
        ("err.txt", "err.txt could not be opened"),
        (".hypertrainer/start.1", "the start record could not be written"),
    ],
)
async def test_a_folder_that_cannot_be_written_says_so(
    local: LocalPlace, obstacle: str, words: str
) -> None:
    job = local.program("echo never")
    Path(job.folder, obstacle).mkdir(parents=True)
    record = await ended(local, job)
    assert record.code is None
    assert words in (record.reason or "")


async def test_setup_lines_run_first_in_one_shell(local: LocalPlace) -> None:
    job = replace(
        local.program('echo "$A $B ${C-unset}"; pwd'),
        setup=("A=1; export A", "declare -x B=$((A + 1))", "cd /", "set -u; set -e; C=3; IFS=,"),
    )
    assert (await ended(local, job)).code == 0
    assert Path(job.folder, "out.txt").read_text() == f"1 2 unset\n{job.folder}\n"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("false", "the setup line failed with exit code 1: false"),
        ("source /no/such/activate", "the setup line failed with exit code 1"),
        ("echo 'open quote", "the setup line failed with exit code"),
        ("exit 0", "a setup line ended the shell: exit 0"),
        ("no-such-module load python", "exit code 127"),
    ],
)
async def test_a_setup_line_that_fails_keeps_the_program_from_running(
    local: LocalPlace, line: str, words: str
) -> None:
    job = replace(local.program("echo never"), setup=("true", line))
    record = await ended(local, job)
    assert record.code is None
    assert words in (record.reason or "")
    assert Path(job.folder, "out.txt").read_text() == ""


async def test_a_stop_during_setup_keeps_the_program_from_running(local: LocalPlace) -> None:
    job = replace(local.program("echo never"), setup=("echo run >> runs.txt", "sleep 1000"))
    handle = await local.running(job)
    await local.platform.stop([handle], StopSignal.TERM)
    await local.platform.stop([handle], StopSignal.KILL)
    seen = await local.seen(handle, JobState.ENDED)
    assert seen.exit is not None
    assert (seen.exit.code, seen.exit.reason) == (None, "stopped before start")
    assert seen.cause is EndCause.CANCELLED


@pytest.mark.parametrize("name", ["INT", "HUP", "USR1", "USR2"])
async def test_signals_are_passed_on_to_the_program(local: LocalPlace, name: str) -> None:
    job = local.program(f"trap 'echo got; exit 5' {name}; {UNTIL_TOLD}")
    handle = await local.running(job)
    assert handle.job_id is not None
    os.kill(int(handle.job_id), getattr(signal, f"SIG{name}"))
    seen = await local.seen(handle, JobState.ENDED)
    assert seen.exit is not None
    assert (seen.exit.code, seen.exit.signal) == (5, name)


async def test_a_signal_that_the_program_survives_does_not_end_the_wait(local: LocalPlace) -> None:
    job = local.program(f"trap 'echo saved >> runs.txt' USR1; {UNTIL_TOLD}")
    handle = await local.running(job)
    assert handle.job_id is not None
    for _ in range(3):
        before = local.runs(job)
        os.kill(int(handle.job_id), signal.SIGUSR1)
        await until(partial(has_grown, local, job, before))
    local.finish(job, 9)
    seen = await local.seen(handle, JobState.ENDED)
    assert seen.exit is not None
    assert (seen.exit.code, seen.exit.signal) == (9, "USR1")


async def test_a_suspended_program_has_not_ended(local: LocalPlace) -> None:
    job = local.program(f"echo $$ > pid; {UNTIL_TOLD}")
    handle = await local.running(job)
    program = psutil.Process(int(Path(job.folder, "pid").read_text()))
    program.suspend()
    await until(lambda: program.status() == psutil.STATUS_STOPPED)
    assert (await local.look(handle)).state is JobState.RUNNING
    program.resume()
    local.finish(job, 4)
    seen = await local.seen(handle, JobState.ENDED)
    assert seen.exit is not None
    assert seen.exit.code == 4


async def test_what_a_program_leaves_behind_ends_with_it(local: LocalPlace) -> None:
    record = await ended(local, local.program(FAMILY + "exit 6"))
    assert record.code == 6
    assert local.alive() == []


async def test_what_is_left_and_ignores_the_polite_signal_is_killed(local: LocalPlace) -> None:
    record = await ended(
        local, local.program("setsid bash -c 'trap \"\" TERM; while :; do sleep 1; done' & exit 2")
    )
    assert record.code == 2
    assert local.alive() == []


@pytest.mark.parametrize("how", StopSignal)
async def test_a_stop_takes_the_whole_family(local: LocalPlace, how: StopSignal) -> None:
    job = local.program(FAMILY + "wait")
    handle = await local.running(job)
    await until(lambda: len(local.alive()) >= 7)
    await local.platform.stop([handle], how)
    seen = await local.seen(handle, JobState.ENDED)
    assert seen.exit is not None
    assert seen.exit.code == (137 if how is StopSignal.KILL else 143)
    assert [
        process.pid for process in local.alive() if process.pid != int(handle.job_id or 0)
    ] == []


async def test_a_time_limit_ends_the_program_and_is_the_cause(local: LocalPlace) -> None:
    job = replace(local.program("sleep 1000"), resources=Resources(time_seconds=1))
    seen = await local.seen(await local.submitted(job), JobState.ENDED)
    assert seen.exit is not None
    assert (seen.exit.code, seen.cause, seen.exit.cause) == (143, EndCause.TIMED_OUT, seen.cause)
    assert seen.reason == "the time limit of 1 seconds was reached"


async def test_a_time_limit_does_not_wait_for_a_stubborn_program(local: LocalPlace) -> None:
    job = replace(local.job(is_stubborn=True), resources=Resources(time_seconds=1))
    record = await ended(local, job)
    assert (record.code, record.cause) == (137, EndCause.TIMED_OUT)


async def test_a_checkpoint_signal_comes_before_the_time_limit(local: LocalPlace) -> None:
    program = "trap 'echo saved; exit 0' USR1; while :; do read -t 0.05 < <(sleep 0.05); done"
    wishes = Resources(time_seconds=31, checkpoint_signal="USR1", checkpoint_seconds=30)
    seen = await ended(local, replace(local.program(program), resources=wishes))
    assert (seen.code, seen.cause) == (0, None)
    assert Path(local.root, "h1", "out.txt").read_text() == "saved\n"


async def test_a_time_limit_holds_for_a_program_that_goes_on_after_its_checkpoint(
    local: LocalPlace,
) -> None:
    program = "trap 'echo saved' USR1; while :; do read -t 0.05 < <(sleep 0.05); done"
    wishes = Resources(time_seconds=2, checkpoint_signal="USR1", checkpoint_seconds=1)
    seen = await ended(local, replace(local.program(program), resources=wishes))
    assert (seen.code, seen.cause) == (143, EndCause.TIMED_OUT)
    assert Path(local.root, "h1", "out.txt").read_text() == "saved\n"


async def test_a_program_within_its_time_limit_is_not_touched(local: LocalPlace) -> None:
    job = replace(local.program("exit 3"), resources=Resources(time_seconds=100))
    record = await ended(local, job)
    assert (record.code, record.cause) == (3, None)
    await until(lambda: not local.alive())  # the wrapper itself ends after its record


async def test_a_late_twin_runs_nothing(local: LocalPlace) -> None:
    job = local.job()
    handle = await local.running(job)
    assert run_wrappers(wrapper_path(job.folder)) == [95]
    assert f"pid={handle.job_id} " in Path(job.folder, ".hypertrainer/dup.1").read_text()
    assert (await local.look(handle)).state is JobState.RUNNING
    local.finish(job, 0)
    await local.seen(handle, JobState.ENDED)
    assert local.runs(job) == 1


async def test_of_many_twins_at_once_one_runs(local: LocalPlace) -> None:
    job = local.job()
    path = staged(job, wrapper_script(job))
    local.finish(job, 0)
    assert sorted(run_wrappers(path, count=8)) == [0] + [95] * 7
    assert local.runs(job) == 1


async def test_a_job_that_its_queue_starts_again_passes_the_claim(local: LocalPlace) -> None:
    job = local.program("exit $SLURM_JOB_ID")
    path = staged(job, wrapper_script(job, "$SLURM_JOB_ID"))
    for job_id, code in (("7", 7), ("7", 7), ("8", 95)):
        assert run_wrappers(path, SLURM_JOB_ID=job_id) == [code]
    record = parse_start(Path(job.folder, ".hypertrainer/start.1").read_bytes())
    assert record is not None
    assert record.job_id == "7"


async def test_a_wrapper_that_leads_no_session_ends_only_its_own(local: LocalPlace) -> None:
    job = local.program("sleep 1000 & exit 4")
    with bystander() as other:
        assert run_wrappers(staged(job, wrapper_script(job))) == [4]
        assert local.alive() == []
        assert other.poll() is None


async def test_a_full_disk_leaves_no_record_that_lies(local: LocalPlace) -> None:
    job = local.program("exit 0")
    path = staged(job, wrapper_script(job))
    assert run_wrappers("-c", f"trap '' XFSZ; ulimit -f 0; exec bash {path}") == [97]
    folder = Path(job.folder, ".hypertrainer")
    assert all(parse_exit(file.read_bytes()) is None for file in folder.glob("exit.*"))
    assert list(folder.glob(".exit*")) == []


def test_what_no_process_can_be_given_is_refused() -> None:
    job = JobSpec("h1", 1, "/f", ("true",))
    for bad in (
        replace(job, command=()),
        replace(job, command=("a\0b",)),
        replace(job, environment={"A B": "1"}),
        replace(job, environment={"A": "\0"}),
    ):
        with pytest.raises(InvalidInput):
            wrapper_script(bad)


def run_wrappers(*words: str, count: int = 1, **environment: str) -> list[int]:
    """Run bash so often at once, as a queue would; the exit codes."""
    running = [
        subprocess.Popen(
            ["bash", *words], env={**os.environ, **environment}, stderr=subprocess.DEVNULL
        )
        for _ in range(count)
    ]
    return [process.wait() for process in running]


def has_grown(place: LocalPlace, job: JobSpec, before: int) -> bool:
    return place.runs(job) > before


@contextmanager
def bystander() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sleep", "1000"]) as process:
        yield process
        process.kill()


def staged(job: JobSpec, script: str) -> str:
    path = Path(wrapper_path(job.folder))
    path.parent.mkdir(exist_ok=True)
    path.write_text(script)
    return str(path)
