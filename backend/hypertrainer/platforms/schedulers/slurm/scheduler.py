"""Slurm's language."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from hypertrainer.platforms.base import Forecast, JobSpec, JobState, Problem, Resources
from hypertrainer.platforms.schedulers.answers import ListedJob, answer_lines
from hypertrainer.platforms.schedulers.queue import QueueScheduler
from hypertrainer.platforms.schedulers.slurm.facts import facts_of
from hypertrainer.platforms.schedulers.slurm.forecast import forecast_call, parse_forecast
from hypertrainer.platforms.schedulers.slurm.options import OWNED, identity, wanted
from hypertrainer.platforms.schedulers.slurm.refusals import REFUSALS
from hypertrainer.platforms.schedulers.slurm.states import (
    CAUSES,
    IO_ERROR,
    IO_ERROR_SIGNAL,
    STATE_WORDS,
    STATES,
    base_state,
    exit_code_of,
    waiting_words,
)
from hypertrainer.platforms.transports.base import ExecResult
from hypertrainer.platforms.wrapper import wrapper_path

SQUEUE_FIELDS = 6  # id, state, time used, start, nodes, reason
SACCT_FIELDS = 6  # id, state, elapsed, exit code, nodes, reason
NOISE = ("sbatch: error: ", "Batch job submission failed: ", "allocation failure: ", "sbatch: ")


class SlurmScheduler(QueueScheduler):
    """Jobs are named by their keys. `squeue` is asked first, `sacct` for what it has forgotten."""

    wrapper_job_id = "${SLURM_JOB_ID:-}"  # a job that is put back into the queue keeps it
    title = "Slurm"
    program = "sbatch"
    directive = "#SBATCH"
    id_patterns = (
        r"^([0-9]+)(;[^ ]+)?$",
        r"^Submitted batch job ([0-9]+)( on cluster .*)?$",
    )
    answers = REFUSALS
    owned = OWNED

    def submit_command(self, job: JobSpec) -> Sequence[str]:
        return ["sbatch", "--parsable", *self._options(job), wrapper_path(job.folder)]

    def _options(self, job: JobSpec) -> Iterator[str]:
        yield from identity(job)
        yield from wanted(job.resources)
        for line in job.resources.raw:
            if words := self.raw_words(line):
                joint = "=" if words[0].startswith("--") else ""
                yield joint.join(words)  # one word: a value can never be taken for the script

    def problems_with(self, resources: Resources) -> Sequence[Problem]:
        return [*super().problems_with(resources), *self._gpu_problems(resources)]

    def _gpu_problems(self, resources: Resources) -> Iterator[Problem]:
        for line in resources.raw if resources.gpus or resources.gpu_type else ():
            words = self.raw_words(line)
            if words and words[0].startswith(("--gres", "--gpus", "-G")):
                yield Problem(
                    f"`{line}` in `resources.raw` asks for GPUs, and so do `gpus` or `gpu_type`.",
                    "Keep one of them.",
                )

    def functions(self) -> str:
        return _functions()

    def plain(self, text: str) -> str:
        for noise in NOISE:
            text = text.replace(noise, "")
        return text.strip()

    def listed(self, result: ExecResult) -> Iterable[ListedJob]:
        codes = {}
        rows = []
        for key, word, rest in answer_lines(result):
            if word == "code":
                job_id, _, code = rest.partition("|")
                codes[job_id] = exit_code_of(code)
            elif word == "squeue" and (fields := _fields(rest, SQUEUE_FIELDS)):
                rows.append((key, fields))
            elif word == "sacct" and (fields := _fields(rest, SACCT_FIELDS)):
                yield from _accounted(key, fields)
        for key, fields in rows:
            yield _queued(key, fields, codes.get(fields[0]))

    def forecast_script(self, job: JobSpec) -> str:
        command = ["sbatch", "--test-only", *self._options(job)]
        return self.script([forecast_call(job.resources, command)])

    def parse_forecast(self, result: ExecResult) -> Forecast:
        return parse_forecast(self, result)

    def probe_script(self) -> str:
        return self.script(["ht_look_around"])

    def facts_of(self, told: Mapping[str, str]) -> tuple[Mapping[str, str], Sequence[Problem]]:
        return facts_of(told)


@cache
def _functions() -> str:
    return Path(__file__).with_name("slurm.sh").read_text()


def _fields(rest: str, count: int) -> Sequence[str]:
    """The fields of a row, the last of which may hold anything; empty where there are fewer."""
    fields = rest.split("|", count - 1)
    return fields if len(fields) == count and fields[0] and fields[1] else ()


def _queued(key: str, fields: Sequence[str], exit_code: int | None) -> ListedJob:
    job_id, raw_state, elapsed, start, nodes, reason = fields
    word = base_state(raw_state)
    state = STATES.get(word, JobState.UNKNOWN)
    if state is JobState.ENDED:
        return _over(key, job_id, word, elapsed, nodes, reason, exit_code)
    said = waiting_words(reason, start) if word == "PENDING" else STATE_WORDS.get(word, "")
    return ListedJob(key, job_id, state, word, said, host=nodes)


def _accounted(key: str, fields: Sequence[str]) -> Iterator[ListedJob]:
    """A job that the queue has forgotten, so that it has ended whatever the accounting says."""
    job_id, raw_state, elapsed, code, nodes, reason = fields
    word = base_state(raw_state)
    if STATES.get(word) is JobState.ENDED:
        yield _over(key, job_id, word, elapsed, nodes, reason, exit_code_of(code))


def _over(
    key: str, job_id: str, word: str, elapsed: str, nodes: str, reason: str, exit_code: int | None
) -> ListedJob:
    said = f"Slurm: {word} after {elapsed}" if elapsed else f"Slurm: {word}"
    if word == "FAILED" and (
        exit_code == 128 + IO_ERROR_SIGNAL or f"RaisedSignal:{IO_ERROR_SIGNAL}" in reason
    ):
        said = f"{said}: {IO_ERROR}"
    elif reason.strip("() ") not in ("", "None", "NonZeroExitCode"):
        said = f"{said}, {reason.strip('() ')}"
    return ListedJob(key, job_id, JobState.ENDED, word, said, CAUSES.get(word), exit_code, nodes)
