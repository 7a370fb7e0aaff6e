"""Task Spooler, the smallest real queue: one machine, and places for so many jobs at once."""

import re
from collections.abc import Iterable, Mapping, Sequence

from hypertrainer.platforms.base import JobSpec, JobState, Problem
from hypertrainer.platforms.schedulers.answers import Answer, AnswerKind, ListedJob
from hypertrainer.platforms.schedulers.queue import QueueScheduler
from hypertrainer.platforms.transports.base import ExecResult
from hypertrainer.platforms.wrapper import wrapper_path

# A line of `tsp -l`: ID, state, output, exit code and times once it has ended, [label]command.
ROW = re.compile(r"(\d+) +(\w+) +\S+ +(?:(-?\d+) +\S+ +)?\[(\w+)\]")
STATES = {
    "queued": JobState.QUEUED,
    "running": JobState.RUNNING,
    "finished": JobState.ENDED,
    "skipped": JobState.ENDED,
}
KILLED = 137  # -1 stands for any signal: the wrapper dies of no other
# It does not tell a job its id: the wrapper looks for its own line.
OWN_ID = """$(tsp -l | while read -r id state rest; do
  if [[ $state == running && $rest == *" $0" ]]; then printf %s "$id"; fi
done)"""
FUNCTIONS = r"""
ht_list() { ht_ask tsp -l && printf '%s\n' "$ht_answer"; }

# ht_tell SIGNAL: a label is no name to cancel by, so jobs without an id are found in the list.
ht_tell() {
  local key line id
  ht_ask tsp -l || return 1
  while IFS= read -r line; do
    for key in "${ht_bare[@]}"; do
      if [[ $line =~ ^([0-9]+)' '.*\[$key\] ]]; then ht_ids+=("${BASH_REMATCH[1]}"); fi
    done
  done <<< "$ht_answer"
  for id in "${ht_ids[@]}"; do ht_tell_one "$id" "$@"; done
}

ht_tell_one() {
  local signal=$2 pid
  case $(tsp -s "$1" 2>/dev/null) in
    queued) ht_ask tsp -r "$1" ;;
    running)
      pid=$(tsp -p "$1")
      if [[ $signal == CHECKPOINT ]]; then signal=$3; fi
      if [[ $signal == KILL ]]; then pkill -KILL -s "$pid"; fi
      kill -s "$signal" "$pid"
      ;;
  esac
}
"""


class TspScheduler(QueueScheduler):
    """Text in, text out: what to run there, and what its answers mean."""

    title = "Task Spooler"
    program = "tsp"
    directive = "#TSP"
    wrapper_job_id = OWN_ID
    warns = False  # it knows no time limits: the wrapper sees to them
    id_patterns = (r"^([0-9]+)$",)
    answers = (Answer("queue is full", AnswerKind.BUSY),)
    owned: Mapping[str, str] = {"-L": "HyperTrainer labels its jobs itself."}

    def submit_command(self, job: JobSpec) -> Sequence[str]:
        options = [word for line in job.resources.raw for word in self.raw_words(line)]
        return ["tsp", "-L", job.key, *options, "bash", wrapper_path(job.folder)]

    def functions(self) -> str:
        return FUNCTIONS

    def listed(self, result: ExecResult) -> Iterable[ListedJob]:
        for line in result.output.splitlines():
            if row := ROW.match(line):
                job_id, word, code, key = row.groups()
                yield ListedJob(
                    key,
                    job_id,
                    STATES.get(word, JobState.UNKNOWN),
                    word,
                    exit_code=None if code is None else KILLED if code == "-1" else int(code),
                )

    def probe_script(self) -> str:
        return self.script(["printf 'ht tsp_version %s\\n' \"$(tsp -V)\""])

    def facts_of(self, told: Mapping[str, str]) -> tuple[Mapping[str, str], Sequence[Problem]]:
        if version := told.get("tsp_version"):
            return {"scheduler": version}, ()
        return {}, [Problem("tsp was not found.", "apt-get install task-spooler")]
