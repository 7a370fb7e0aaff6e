"""LSF, by its commands: bsub, bjobs, bhist and bkill.

Source: the IBM Spectrum LSF 10.1 command reference.
"""

import shlex
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from hypertrainer.platforms.base import JobSpec, Problem, Resources
from hypertrainer.platforms.schedulers.answers import ListedJob, answer_lines
from hypertrainer.platforms.schedulers.lsf.options import OWNED, problems, wanted
from hypertrainer.platforms.schedulers.lsf.refusals import ANSWERS
from hypertrainer.platforms.schedulers.lsf.states import bjobs_jobs, delimited_jobs, history_jobs
from hypertrainer.platforms.schedulers.queue import QueueScheduler
from hypertrainer.platforms.transports.base import ExecResult
from hypertrainer.platforms.wrapper import wrapper_path


class LsfScheduler(QueueScheduler):
    """Lists all of the user's jobs at once, ended ones too; history tells of what is missing."""

    title = "LSF"
    program = "bsub"
    directive = "#BSUB"
    wrapper_job_id = "$LSB_JOBID"
    id_patterns = (r"^Job <([0-9]+)> is submitted",)
    answers = ANSWERS
    owned = OWNED

    def problems_with(self, resources: Resources) -> Sequence[Problem]:
        return [*super().problems_with(resources), *problems(resources)]

    def option_name(self, word: str) -> str:
        """Long options have one dash, and no short form."""
        return word

    def raw_words(self, line: str) -> Sequence[str]:
        """As for all queues, but nothing is an option without its dash."""
        words = super().raw_words(line)
        return () if words and words[0].startswith("--") else words

    def submit_command(self, job: JobSpec) -> Sequence[str]:
        return [
            *("bsub", "-J", job.key, "-o", f"{job.folder}/.hypertrainer/scheduler.log"),
            *("-cwd", job.folder, "-rn"),
            *wanted(job.resources),
            *(word for line in job.resources.raw for word in self.raw_words(line)),
            f"exec bash {shlex.quote(wrapper_path(job.folder))}",
        ]

    def functions(self) -> str:
        return _functions()

    def listed(self, result: ExecResult) -> Iterable[ListedJob]:
        lines = result.output.split("\n")
        plain = [line for line in lines if not line.startswith(("ht ", "htb ", "hth "))]
        if any(key == "!" and word == "json" for key, word, _ in answer_lines(result)):
            yield from bjobs_jobs("\n".join(plain))
        yield from delimited_jobs(line[4:] for line in lines if line.startswith("htb "))
        yield from history_jobs(line[4:] for line in lines if line.startswith("hth "))

    def probe_script(self) -> str:
        return self.script(["ht_probe"])

    def facts_of(self, told: Mapping[str, str]) -> tuple[Mapping[str, str], Sequence[Problem]]:
        version = told.get("lsf_version", "").strip()
        if not version:
            remedy = (
                "Is it a submission host? If so, set `login_shell: true`, or name profile.lsf "
                "in `setup:`."
            )
            return {"scheduler": "LSF: not found"}, [Problem("bsub was not found.", remedy)]
        facts = {
            "scheduler": version,
            "cluster": told.get("lsf_cluster", ""),
            "queues": told.get("lsf_queues", "").strip(),
        }
        return {name: value for name, value in facts.items() if value}, [*self.silence(told)]


@cache
def _functions() -> str:
    return Path(__file__).with_name("lsf.sh").read_text()
