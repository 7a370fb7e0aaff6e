"""The protocol that all real queues share, with a queue of a few lines of bash on the PATH."""

import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import MappingProxyType

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
    Rejected,
    Resources,
    StopSignal,
    Submitted,
)
from hypertrainer.platforms.schedulers.answers import (
    Answer,
    AnswerKind,
    ListedJob,
    answer_lines,
    choose,
)
from hypertrainer.platforms.schedulers.base import Evidence
from hypertrainer.platforms.schedulers.queue import QueueScheduler
from hypertrainer.platforms.transports.base import ExecResult
from hypertrainer.platforms.wrapper import wrapper_path

FUNCTIONS = """
ht_list() {
  [[ ! -e broken ]] || { ht_text="broken pipe"; return 1; }
  local key
  for key in "${ht_keys[@]}"; do
    if grep -qx "$key" jobs 2>/dev/null; then printf 'ht %s row running\\n' "$key"; fi
  done
}
ht_tell() {
  ht_text="not told"
  printf '%s: %s / %s\\n' "$*" "${ht_keys[*]}" "${ht_ids[*]}" >> told
  [[ ! -e broken ]]
}
"""


class ToyScheduler(QueueScheduler):
    title = "Toy"
    program = "toysub"
    directive = "#TOY"
    id_patterns = (r"^Job <([0-9]+)>$",)
    answers = (
        Answer("later", AnswerKind.BUSY),
        Answer("lost", AnswerKind.DOUBTFUL),
        Answer("wrong", AnswerKind.REFUSED, "Write it right."),
    )
    owned = MappingProxyType({"--name": "Leave it out.", "-n": "Leave it out."})

    def submit_command(self, job: JobSpec) -> Sequence[str]:
        return ["toysub", wrapper_path(job.folder), *job.resources.raw]

    def functions(self) -> str:
        return FUNCTIONS

    def listed(self, result: ExecResult) -> Iterable[ListedJob]:
        for key, word, rest in answer_lines(result):
            if word == "row":
                yield ListedJob(key, "7", JobState.RUNNING, rest)


TOY = ToyScheduler()


class Toy:
    """A machine that has the toy queue's commands, in a folder."""

    def __init__(self, root: Path, program: str) -> None:
        self.root = root
        bin_folder = root / "bin"
        bin_folder.mkdir()
        if program:
            path = bin_folder / "toysub"
            path.write_text(f"#!/bin/bash\n{program}\n")
            path.chmod(0o755)

    def job(self, key: str = "h1") -> JobSpec:
        folder = self.root / key
        (folder / ".hypertrainer").mkdir(parents=True, exist_ok=True)
        Path(wrapper_path(str(folder))).write_text("true\n")
        return JobSpec(key, 1, str(folder), ("true",))

    def run(self, script: str) -> ExecResult:
        done = subprocess.run(
            ["bash"],
            input=script,
            cwd=self.root,
            env={"PATH": f"{self.root}/bin:/usr/bin:/bin", "HYPERTRAINER_TOKEN": "secret"},
            capture_output=True,
            text=True,
            check=False,
        )
        return ExecResult(done.returncode, done.stdout, done.stderr)

    def submit(self, *jobs: JobSpec) -> dict[str, object]:
        return dict(TOY.parse_submit(self.run(TOY.submit_script(jobs)), jobs))

    def record(self, job: JobSpec, name: str) -> Path:
        return Path(job.folder, ".hypertrainer", name)


COUNTS = 'echo "$HYPERTRAINER_TOKEN$PWD" >> "$(dirname "$1")/calls"'


def test_the_id_is_found_among_noise_and_noted_once(tmp_path: Path) -> None:
    toy = Toy(tmp_path, f"{COUNTS}; echo Welcome; echo 'Job <12>'; echo Job 13; echo warning >&2")
    job = toy.job()
    assert toy.submit(job) == {"h1": Submitted("12", "")}
    assert toy.record(job, "submitted.1").read_text() == "job_id=12\nend=1\n"
    assert toy.submit(job) == {"h1": Submitted("12", "")}
    assert toy.record(job, "calls").read_text() == f"{job.folder}\n"


def test_a_job_that_has_claimed_its_folder_is_named_by_its_claim(tmp_path: Path) -> None:
    toy = Toy(tmp_path, COUNTS)
    job = toy.job()
    toy.record(job, "claim").mkdir()
    toy.record(job, "claim/1").write_text("job_id=5\nend=1\n")
    toy.record(job, "submitted.1").write_text("job_id=4\nend=1\n")
    assert toy.submit(job) == {"h1": Submitted("5", "")}


def test_a_torn_note_is_no_note(tmp_path: Path) -> None:
    toy = Toy(tmp_path, "echo 'Job <6>'")
    job = toy.job()
    toy.record(job, "submitted.1").write_text("job_id=4")
    assert toy.submit(job) == {"h1": Submitted("6", "")}


def test_what_was_stopped_before_is_not_submitted(tmp_path: Path) -> None:
    toy = Toy(tmp_path, COUNTS)
    job = toy.job()
    toy.record(job, "stop.1").write_text("asked=1\nend=1\n")
    assert toy.submit(job) == {"h1": Submitted("", "")}
    assert not toy.record(job, "calls").exists()
    assert "cause=cancelled" in toy.record(job, "exit.1").read_text()


@pytest.mark.parametrize(
    ("program", "outcome"),
    [
        ("echo later; exit 1", Rejected("Toy: later.", is_retryable=True)),
        ("echo it was lost >&2; exit 1", Ambiguous("Toy: it was lost.")),
        ("echo wrong; exit 1", Rejected("Toy: wrong. Write it right.")),
        ("echo 'a\tb'; echo c; exit 3", Rejected("Toy refused the job: a b c")),
        ("exit 3", Rejected("Toy refused the job: exit code 3")),
        ("echo thanks", Ambiguous("Toy named no job: thanks")),
        ("kill -KILL $$", Ambiguous("toysub was ended (137) before it answered.")),
    ],
)
def test_what_a_failed_submission_means(tmp_path: Path, program: str, outcome: object) -> None:
    toy = Toy(tmp_path, program)
    assert toy.submit(toy.job()) == {"h1": outcome}


def test_a_machine_without_the_queue_is_named(tmp_path: Path) -> None:
    toy = Toy(tmp_path, "")
    job = toy.job()
    (outcome,) = toy.submit(job).values()
    assert isinstance(outcome, Rejected)
    assert outcome.reason.startswith("toysub was not found on ")
    assert "login_shell: true" in outcome.reason
    evidence = [Evidence(JobHandle("h1", 1, job.folder))]
    with pytest.raises(PlatformError, match="toysub was not found on"):
        TOY.parse_list(toy.run(TOY.list_script(evidence)), evidence)
    handles = [JobHandle("h1", 1, job.folder)]
    told = TOY.parse_signal(toy.run(TOY.signal_script(handles, StopSignal.TERM)), handles)
    assert "toysub was not found" in told["h1"]


def test_one_refusal_keeps_no_other_job_back(tmp_path: Path) -> None:
    toy = Toy(tmp_path, '[[ $1 == *h2* ]] && { echo wrong; exit 1; }; echo "Job <3>"')
    outcomes = toy.submit(*(toy.job(f"h{number}") for number in (1, 2, 3)))
    assert [type(outcome) for outcome in outcomes.values()] == [Submitted, Rejected, Submitted]


def test_absence_is_told_only_by_an_answer_that_came_to_its_end(tmp_path: Path) -> None:
    toy = Toy(tmp_path, "true")
    jobs = [toy.job(f"h{number}") for number in (1, 2)]
    evidence = [Evidence(JobHandle(job.key, 1, job.folder)) for job in jobs]
    (tmp_path / "jobs").write_text("h1\n")
    result = toy.run(TOY.list_script(evidence))
    listed = TOY.parse_list(result, evidence)
    assert listed["h1"].state is JobState.RUNNING
    assert listed["h2"].state is JobState.ABSENT
    assert TOY.parse_find(result, evidence) == {"h1": Submitted("7", "")}
    cut = ExecResult(0, result.output.replace("ht ! complete", ""), "")
    with pytest.raises(PlatformError, match="halfway"):
        TOY.parse_list(cut, evidence)
    (tmp_path / "broken").touch()
    with pytest.raises(PlatformError, match="Toy did not answer: broken pipe"):
        TOY.parse_list(toy.run(TOY.list_script(evidence)), evidence)


def test_a_job_that_the_queue_is_unsure_of_is_not_absent() -> None:
    evidence = [Evidence(JobHandle(key, 1, "/f")) for key in ("h1", "h2")]
    result = ExecResult(0, "ht h1 unsure no accounting\nht ! complete\n", "")
    assert set(TOY.parse_list(result, evidence)) == {"h2"}
    with pytest.raises(PlatformError, match="cannot tell of h1"):
        TOY.parse_find(result, evidence)


def test_a_stop_is_written_before_it_is_told_and_each_id_is_named_once(tmp_path: Path) -> None:
    toy = Toy(tmp_path, "true")
    jobs = [toy.job(f"h{number}") for number in (1, 2)]
    toy.record(jobs[0], "submitted.1").write_text("job_id=8\nend=1\n")
    handles = [JobHandle("h1", 1, jobs[0].folder, "8"), JobHandle("h2", 1, jobs[1].folder)]
    result = toy.run(TOY.signal_script(handles, StopSignal.TERM))
    assert TOY.parse_signal(result, handles) == {}
    assert (tmp_path / "told").read_text() == "TERM: h1 h2 / 8\n"
    assert all(toy.record(job, "stop.1").exists() for job in jobs)
    (tmp_path / "broken").touch()
    result = toy.run(TOY.signal_script(handles, StopSignal.KILL))
    assert TOY.parse_signal(result, handles) == {"h1": "not told", "h2": "not told"}


def test_jobs_that_asked_for_other_signals_are_told_apart(tmp_path: Path) -> None:
    toy = Toy(tmp_path, "true")
    signals = {"h1": "USR1", "h2": None, "h3": "USR2"}
    handles = [
        JobHandle(key, 1, toy.job(key).folder, checkpoint_signal=signal)
        for key, signal in signals.items()
    ]
    toy.run(TOY.signal_script(handles, StopSignal.CHECKPOINT))
    told = (tmp_path / "told").read_text().splitlines()
    assert told == ["CHECKPOINT USR1: h1 / ", "TERM: h2 / ", "CHECKPOINT USR2: h3 / "]


@pytest.mark.parametrize(
    "line", ["--name=x", "name x", "-nx", "-n x", "#TOY --name=x", "--na=x", "#TOY -n x # why"]
)
def test_an_option_of_ours_is_refused_with_what_to_do_instead(line: str) -> None:
    (problem,) = TOY.problems_with(Resources(raw=(line,)))
    assert problem.remedy == "Leave it out."


@pytest.mark.parametrize("line", ["", "  ", "#TOY", "--", "a 'b", "a b c", "a\nb", "-a -b", "\0"])
def test_what_is_not_one_option_is_refused(line: str) -> None:
    (problem,) = TOY.problems_with(Resources(raw=(line,)))
    assert "one option on each line" in problem.remedy


def test_other_options_pass_and_so_do_signals_that_are_forwarded() -> None:
    assert TOY.problems_with(Resources(raw=("--good", "x=1", "#TOY -x 1"))) == []
    assert TOY.problems_with(Resources(checkpoint_signal="USR2")) == []
    assert TOY.problems_with(Resources(checkpoint_signal="KILL")) != []


RUNNING, QUEUED, OVER = (
    ListedJob("h1", "1", JobState.RUNNING, "R"),
    ListedJob("h1", "2", JobState.QUEUED, "Q"),
    ListedJob("h1", "3", JobState.ENDED, "E", cause=EndCause.CANCELLED),
)
ALL = (RUNNING, QUEUED, OVER)


@pytest.mark.parametrize(
    ("evidence", "chosen"),
    [
        (Evidence(JobHandle("h1", 1, "/f", "1"), owner="3"), OVER),
        (Evidence(JobHandle("h1", 1, "/f", "1"), owner="9"), None),
        (Evidence(JobHandle("h1", 1, "/f", "2")), QUEUED),
        (Evidence(JobHandle("h1", 1, "/f", "3")), RUNNING),
        (Evidence(JobHandle("h1", 1, "/f")), RUNNING),
        (Evidence(JobHandle("h1", 1, "/f"), accepted="2"), QUEUED),
    ],
)
def test_of_twins_the_owner_counts_then_ours_then_whichever_lives(
    evidence: Evidence, chosen: ListedJob | None
) -> None:
    assert choose(evidence, ALL) is chosen
    assert choose(evidence, ALL[::-1]) is chosen


@given(st.text(), st.integers(-2, 260))
def test_no_answer_breaks_the_parsers(output: str, code: int) -> None:
    result = ExecResult(code, f"ht h1 {output}\n{output}", "")
    jobs = [JobSpec("h1", 1, "/f", ("true",))]
    assert set(TOY.parse_submit(result, jobs)) == {"h1"}
    TOY.parse_signal(result, [JobHandle("h1", 1, "/f")])
