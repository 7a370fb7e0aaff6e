"""The wrapper with real processes: what it runs, where, and what it says of it."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from hypertrainer.errors import InvalidInput
from hypertrainer.platforms.base import JobSpec
from hypertrainer.platforms.wrapper import wrapper_script
from tests.platforms.places import LocalPlace

TELL = """
import json, os, sys
print(json.dumps({
    "cwd": os.getcwd(), "argv": sys.argv[1:], "stdin": sys.stdin.read(), "env": dict(os.environ),
    "leads_group": os.getpgrp() == os.getpid(), "descriptors": sorted(os.listdir("/proc/self/fd")),
}))
print("to err", file=sys.stderr)
"""


async def told(place: LocalPlace, job: JobSpec) -> dict[str, object]:
    """What the program saw of its surroundings."""
    assert (await place.ran(job)).code == 0
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
    assert (await local.ran(job)).code == 3
    assert (folder / "out.txt").read_text() == f"{folder}\n"


async def test_output_is_appended_and_its_sizes_are_recorded(local: LocalPlace) -> None:
    job = local.program("echo four; printf 123456 > 'metric_a b.log'; echo oops >&2")
    Path(job.folder, "out.txt").write_text("one\n")
    record = await local.ran(job)
    assert Path(job.folder, "out.txt").read_text() == "one\nfour\n"
    assert record.sizes == {"out.txt": 9, "err.txt": 5, "metric_a b.log": 6}


async def test_a_job_with_thousands_of_logs_ends_like_any_other(local: LocalPlace) -> None:
    name = "sample_$i.with_a_name_as_long_as_programs_give.txt"
    made = f"for (( i = 0; i < 4000; i++ )); do : > {name}; done; : > metric_loss.log"
    job = replace(local.job(), command=("bash", "-c", made), setup=("set -f",))
    record = await local.ran(job)
    assert record.code == 0
    assert 990 < len(record.sizes) <= 1000
    assert {"out.txt", "err.txt", "metric_loss.log"} <= set(record.sizes)


@pytest.mark.parametrize("code", [1, 126, 127, 128, 255])
async def test_any_exit_code_of_the_program_is_kept(local: LocalPlace, code: int) -> None:
    record = await local.ran(local.program(f"exit {code}"))
    assert (record.code, record.reason) == (code, None)


async def test_a_program_killed_from_outside_says_so_by_its_code(local: LocalPlace) -> None:
    record = await local.ran(local.program("kill -KILL $$"))
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
    record = await local.ran(replace(job, command=(command.format(folder=folder), "x")))
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
    record = await local.ran(job)
    assert record.code is None
    assert words in (record.reason or "")


async def test_setup_lines_run_first_in_one_shell(local: LocalPlace) -> None:
    job = replace(
        local.program('echo "$A $B ${C-unset}"; pwd'),
        setup=("A=1; export A", "declare -x B=$((A + 1))", "cd /", "set -u; set -e; C=3; IFS=,"),
    )
    assert (await local.ran(job)).code == 0
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
    record = await local.ran(job)
    assert record.code is None
    assert words in (record.reason or "")
    assert Path(job.folder, "out.txt").read_text() == ""


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
