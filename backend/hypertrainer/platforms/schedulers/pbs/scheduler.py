"""PBS Pro (OpenPBS) and Torque, by their commands: qsub, qstat, qselect, qdel and qsig.

Sources: the PBS Professional Reference Guide; `qstat.c` of OpenPBS and of Torque for the columns.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from hypertrainer.platforms.base import JobSpec, Problem, Resources
from hypertrainer.platforms.schedulers.answers import ListedJob, answer_lines
from hypertrainer.platforms.schedulers.pbs.options import (
    CHUNK,
    OWNED,
    clock,
    problems,
    shape,
)
from hypertrainer.platforms.schedulers.pbs.refusals import ANSWERS
from hypertrainer.platforms.schedulers.pbs.states import described, detailed, live_jobs, marked
from hypertrainer.platforms.schedulers.queue import QueueScheduler
from hypertrainer.platforms.transports.base import ExecResult
from hypertrainer.platforms.wrapper import wrapper_path


class PbsScheduler(QueueScheduler):
    """Tells the two dialects apart by `qstat --version`, in the scripts themselves.

    Jobs are looked for in the table of all the user's jobs, whose name column holds a whole key;
    only those that have ended or are missing from it are asked after one by one (`qstat -f`). The
    text form is read: JSON is Pro's alone, and old versions break it with a job's variables.
    """

    title = "PBS"
    program = "qsub"
    directive = "#PBS"
    wrapper_job_id = "$PBS_JOBID"
    warns = False
    id_patterns = (r"^([0-9]+(\[\])?(\.[A-Za-z0-9._-]+)?)$",)
    answers = ANSWERS
    owned = OWNED

    def problems_with(self, resources: Resources) -> Sequence[Problem]:
        return [*super().problems_with(resources), *problems(resources)]

    def raw_words(self, line: str) -> Sequence[str]:
        """As for all queues; what is no option is a resource: `place=excl` is `-l place=excl`."""
        words = super().raw_words(line)
        if words and words[0].startswith("--"):
            return ("-l", words[0].removeprefix("--")) if len(words) == 1 else ()
        return words

    def submit_command(self, job: JobSpec) -> Sequence[str]:
        wishes = job.resources
        raw = [word for line in wishes.raw for word in self.raw_words(line)]
        has_shape = any(CHUNK.search(word) for word in raw)
        return [
            *("qsub", "-N", job.key, "-C", "", "-r", "n", "-m", "n", "-S", "/bin/bash"),
            *("-j", "oe", "-o", f"{job.folder}/.hypertrainer/scheduler.log"),
            *(() if has_shape else shape(wishes)),
            *(("-l", f"walltime={clock(wishes.time_seconds)}") if wishes.time_seconds else ()),
            *(("-q", wishes.partition) if wishes.partition else ()),
            *(("-A", wishes.account) if wishes.account else ()),
            *raw,
            wrapper_path(job.folder),
        ]

    def functions(self) -> str:
        return _functions()

    def listed(self, result: ExecResult) -> Iterable[ListedJob]:
        about = {word: rest for key, word, rest in answer_lines(result) if key == "!"}
        yield from live_jobs(marked(result, "htj "), about.get("server", ""))
        is_pro = about.get("dialect") == "pro"
        for job_id, fields in described(marked(result, "htd ")):
            if "Job_Name" in fields:
                yield detailed(job_id, fields, is_pro=is_pro)

    def probe_script(self) -> str:
        return self.script(["ht_probe"])

    def facts_of(self, told: Mapping[str, str]) -> tuple[Mapping[str, str], Sequence[Problem]]:
        facts = {"scheduler": told.get("pbs_version", "") or "PBS: not found"}
        if not told.get("pbs_version"):
            remedy = (
                "Is it a login node? If so, set `login_shell: true`, or name what makes PBS's "
                "commands known in `setup:`."
            )
            return facts, [Problem("qsub was not found.", remedy)]
        if told.get("pbs_queues"):
            facts["queues"] = told["pbs_queues"]
        if told.get("pbs_history"):
            facts["job history"] = told["pbs_history"]
        return facts, [*self.silence(told)]


@cache
def _functions() -> str:
    return Path(__file__).with_name("pbs.sh").read_text()
