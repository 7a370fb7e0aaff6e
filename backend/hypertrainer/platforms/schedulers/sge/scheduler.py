"""SGE, by its commands: qsub, qstat, qacct and qdel.

Sources: the manual pages of Son of Grid Engine 8.1.9, and a real one.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from hypertrainer.platforms.base import JobSpec, Problem, Resources
from hypertrainer.platforms.schedulers.answers import ListedJob
from hypertrainer.platforms.schedulers.queue import QueueScheduler
from hypertrainer.platforms.schedulers.sge.options import (
    OWNED,
    PARALLEL_ENVIRONMENT,
    problems,
    wanted,
)
from hypertrainer.platforms.schedulers.sge.refusals import ANSWERS
from hypertrainer.platforms.schedulers.sge.states import accounted_jobs, queued_jobs
from hypertrainer.platforms.transports.base import ExecResult
from hypertrainer.platforms.wrapper import wrapper_path

# A job that ends with 99 is started again by SGE, and one that ends with 100 is held back. SGE cuts
# an argument off where its first line ends.
RUN = (
    'trap : TERM INT HUP USR1 USR2; bash "$0"; code=$?; '
    "case $code in 99|100) code=1 ;; esac; exit $code"
)
SEVERAL_VALUES = {"-pe": 2}  # options that take more than one word


class SgeScheduler(QueueScheduler):
    """Deletes by `qdel` alone: it sends USR2 first, which the wrapper passes on as TERM.

    How a job ended, only the accounting file says, seconds later; the exit record comes first.
    """

    title = "SGE"
    program = "qsub"
    directive = "#$"
    wrapper_job_id = "$JOB_ID"
    warns = False
    notice = "USR2"
    id_patterns = (r"^([0-9]+)$", r"^Your job ([0-9]+) \(")
    answers = ANSWERS
    owned = OWNED

    def problems_with(self, resources: Resources) -> Sequence[Problem]:
        return [*super().problems_with(resources), *problems(resources)]

    def option_name(self, word: str) -> str:
        """Long options have one dash, and no short form."""
        return word

    def raw_words(self, line: str) -> Sequence[str]:
        """As for all queues; `-pe` takes two words, and `mem_free=4G` is `-l mem_free=4G`."""
        option, _, rest = line.strip().removeprefix(self.directive).strip().partition(" ")
        count = SEVERAL_VALUES.get(option, 1)
        values = rest.split()
        if count > 1:
            return (option, *values) if len(values) == count and rest.isprintable() else ()
        words = super().raw_words(line)
        if words and words[0].startswith("--"):
            return ("-l", words[0].removeprefix("--")) if len(words) == 1 else ()
        return words

    def submit_command(self, job: JobSpec) -> Sequence[str]:
        raw = [word for line in job.resources.raw for word in self.raw_words(line)]
        return [
            *("qsub", "-terse", "-N", job.key, "-j", "y", "-notify", "-r", "n"),
            *("-o", f"{job.folder}/.hypertrainer/scheduler.log", "-wd", job.folder),
            *wanted(job.resources, has_environment="-pe" in raw),
            *raw,
            *("-b", "y", "-shell", "n", "/bin/bash", "-c", RUN, wrapper_path(job.folder)),
        ]

    def functions(self) -> str:
        return _functions()

    def listed(self, result: ExecResult) -> Iterable[ListedJob]:
        yield from queued_jobs(result.output)
        lines = result.output.split("\n")
        yield from accounted_jobs(line[len("hta ") :] for line in lines if line.startswith("hta "))

    def probe_script(self) -> str:
        return self.script(["ht_probe"])

    def facts_of(self, told: Mapping[str, str]) -> tuple[Mapping[str, str], Sequence[Problem]]:
        version = told.get("sge_version", "").strip()
        if not version:
            remedy = (
                "Is it a submit host? If so, set `login_shell: true`, or name SGE's settings.sh in "
                "`setup:`."
            )
            return {"scheduler": "SGE: not found"}, [Problem("qsub was not found.", remedy)]
        environments = told.get("sge_environments", "").split()
        facts = {
            "scheduler": version,
            "queues": ", ".join(told.get("sge_queues", "").split()),
            "parallel environments": ", ".join(environments),
            "accounting": "qacct works"
            if told.get("sge_accounting")
            else "no qacct; the exit records do without it",
        }
        problems = [*self.silence(told), *_environment_problems(environments)]
        return {name: value for name, value in facts.items() if value}, problems


def _environment_problems(environments: Sequence[str]) -> Iterable[Problem]:
    if environments and PARALLEL_ENVIRONMENT not in environments:
        yield Problem(
            f"There is no parallel environment `{PARALLEL_ENVIRONMENT}`, which `cpus` asks for.",
            f"For several CPUs write one of {', '.join(environments)} into `resources.raw`, such "
            f"as `-pe {environments[0]} 4`.",
        )


@cache
def _functions() -> str:
    return Path(__file__).with_name("sge.sh").read_text()
