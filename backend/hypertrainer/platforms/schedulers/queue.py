"""What all real queues have in common: one protocol to submit, look up and stop jobs, in bash.

A queue of its own says, in Python and in two bash functions (see `queue.sh`), how its commands are
called and what they answer.
"""

import re
import shlex
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import ClassVar

from hypertrainer.errors import PlatformError
from hypertrainer.platforms.base import (
    Ambiguous,
    JobHandle,
    JobSpec,
    Observation,
    Problem,
    Rejected,
    Resources,
    StopSignal,
    SubmitOutcome,
    Submitted,
)
from hypertrainer.platforms.schedulers.answers import (
    Answer,
    ListedJob,
    answer_lines,
    choose,
    known_ids,
    observation_of,
    outcome_of,
)
from hypertrainer.platforms.schedulers.base import Evidence, Scheduler
from hypertrainer.platforms.transports.base import ExecResult
from hypertrainer.platforms.wrapper import SECRETS

SUBMIT_SECONDS = 25  # for one submission, and no more begin after so long: both fit into one call
ASK_SECONDS = 30
# Of `timeout`, and of what died by a signal: the answer may be lost. Codes from 150 on are the
# queues' own: 255 of LSF, 153 of PBS.
KILLED_CODES = range(124, 150)
FORWARDED = ("TERM", "INT", "HUP", "USR1", "USR2")  # by the wrapper


class QueueScheduler(Scheduler):
    """A queue that has commands to submit, list and cancel jobs."""

    has_queue = True
    title: ClassVar[str]  # in messages: Slurm
    program: ClassVar[str]  # the command that must be there: sbatch
    directive: ClassVar[str]  # how scripts begin a line of options: #SBATCH
    # Extended regular expressions of bash, each fitting a whole line; the first group is the id.
    id_patterns: ClassVar[Sequence[str]]
    answers: ClassVar[Sequence[Answer]]  # the first that fits a failed submission's words
    # Options that cannot be `raw`, because we set them, and what to do instead.
    owned: ClassVar[Mapping[str, str]]

    @abstractmethod
    def submit_command(self, job: JobSpec) -> Sequence[str]:
        """The argument vector that submits the job's wrapper, and prints the new job's id."""

    @abstractmethod
    def functions(self) -> str:
        """The bash functions `ht_list` and `ht_tell`; see `queue.sh`."""

    @abstractmethod
    def listed(self, result: ExecResult) -> Iterable[ListedJob]:
        """The jobs that `ht_list` told of; what cannot be read is left out."""

    def unsure(self, result: ExecResult) -> Iterable[str]:
        """Keys whose absence from `listed` proves nothing, by lines `ht KEY unsure …`."""
        return {key for key, word, _ in answer_lines(result) if word == "unsure"}

    def plain(self, text: str) -> str:
        """A failed command's words without what no user needs to read."""
        return text.strip()

    def problems_with(self, resources: Resources) -> Sequence[Problem]:
        return [*self._raw_problems(resources), *checkpoint_problems(resources)]

    def _raw_problems(self, resources: Resources) -> Iterator[Problem]:
        for line in resources.raw:
            words = self.raw_words(line)
            if not words:
                yield Problem(
                    f"`{line}` in `resources.raw` is no option of {self.title}.",
                    f"Write one option on each line, as after {self.directive}.",
                )
            elif hint := self._hint(self.option_name(words[0])):
                yield Problem(f"`{words[0]}` cannot stand in `resources.raw`.", hint)

    def _hint(self, name: str) -> str | None:
        """What to do instead of an option of ours, which may be written short: `--part`."""
        is_long = name.startswith("--")
        longer = (owned for owned in self.owned if is_long and owned.startswith(name))
        return self.owned.get(name) or next((self.owned[owned] for owned in longer), None)

    def raw_words(self, line: str) -> Sequence[str]:
        """The option on a raw line and perhaps its value; empty where it is not one option.

        `--exclude=n3`, `exclude=n3`, `--exclude n3` and `#SBATCH --exclude=n3` are the same.
        """
        if any(ord(letter) < ord(" ") or letter == "\x7f" for letter in line):
            return ()
        text = line.strip().removeprefix(self.directive).strip()
        try:
            words = shlex.split(text, comments=True)
        except ValueError:
            return ()
        if not 1 <= len(words) <= 2 or not words[0].strip("-"):
            return ()
        if not words[0].startswith("-"):
            words[0] = f"--{words[0]}"
        return words if len(words) == 1 or not words[1].startswith("-") else ()

    def option_name(self, word: str) -> str:
        """`--time` of `--time=5`, `-t` of `-t5`."""
        return word.partition("=")[0] if word.startswith("--") else word[:2]

    def submit_script(self, jobs: Sequence[JobSpec]) -> str:
        calls = [
            _call("ht_submit", job.key, job.attempt, job.folder, "--", *self.submit_command(job))
            for job in jobs
        ]
        return self.script(calls)

    def parse_submit(
        self, result: ExecResult, jobs: Sequence[JobSpec]
    ) -> Mapping[str, SubmitOutcome]:
        silent = Ambiguous(
            f"The script that submits ended ({result.code}) without a word: {result.errors!r}"
        )
        outcomes: dict[str, SubmitOutcome] = {job.key: silent for job in jobs}
        for key, word, rest in answer_lines(result):
            if key in outcomes and (outcome := self._outcome(word, rest)):
                outcomes[key] = outcome
        return outcomes

    def _outcome(self, word: str, rest: str) -> SubmitOutcome | None:
        match word:
            case "submitted":
                job_id, _, host = rest.partition(" ")
                return Submitted(job_id, host)
            case "rejected":
                return Rejected(rest)
            case "busy":
                return Rejected(rest, is_retryable=True)
            case "doubtful":
                return Ambiguous(rest)
            case "missing":
                return Rejected(self.missing(rest))
            case "failed":
                code, _, text = rest.partition(" ")
                return self.failure(int(code) if code.isdecimal() else KILLED_CODES.start, text)
        return None

    def failure(self, code: int, text: str) -> SubmitOutcome:
        """What it means that a submission ended with this code and these words, and no job."""
        said = self.plain(text)
        if code == 0:
            return Ambiguous(f"{self.title} named no job: {said or 'it said nothing'}")
        if code in KILLED_CODES:
            return Ambiguous(
                f"{self.program} was ended ({code}) before it answered. {said}".strip()
            )
        if answer := self.answer_to(text):
            return outcome_of(answer, f"{self.title}: {said}")
        return Rejected(f"{self.title} refused the job: {said or f'exit code {code}'}")

    def answer_to(self, text: str) -> Answer | None:
        """The entry of the table that fits a failed submission's words."""
        fitting = (one for one in self.answers if re.search(one.words, text, re.IGNORECASE))
        return next(fitting, None)

    def list_script(self, jobs: Sequence[Evidence]) -> str:
        calls = [_call("ht_job", job.handle.key, *known_ids(job)) for job in jobs]
        return self.script([*calls, "ht_look"])

    def parse_list(self, result: ExecResult, jobs: Sequence[Evidence]) -> Mapping[str, Observation]:
        chosen = self._chosen(result, jobs)
        unsure = set(self.unsure(result))
        return {
            job.handle.key: observation_of(job, listed)
            for job in jobs
            if (listed := chosen.get(job.handle.key)) or job.handle.key not in unsure
        }

    def parse_find(self, result: ExecResult, jobs: Sequence[Evidence]) -> Mapping[str, Submitted]:
        chosen = self._chosen(result, jobs)
        if unsure := set(self.unsure(result)) & {job.handle.key for job in jobs} - set(chosen):
            raise PlatformError(f"{self.title} cannot tell of {', '.join(sorted(unsure))}.")
        return {key: Submitted(listed.job_id, listed.host) for key, listed in chosen.items()}

    def _chosen(self, result: ExecResult, jobs: Sequence[Evidence]) -> Mapping[str, ListedJob]:
        self._require_complete(result)
        evidence = {job.handle.key: job for job in jobs}
        by_key: dict[str, list[ListedJob]] = {}
        for listed in self.listed(result):
            by_key.setdefault(listed.key, []).append(listed)
        chosen = {
            key: choose(evidence[key], found) for key, found in by_key.items() if key in evidence
        }
        return {key: listed for key, listed in chosen.items() if listed}

    def _require_complete(self, result: ExecResult) -> None:
        told = {word: rest for key, word, rest in answer_lines(result) if key == "!"}
        if "missing" in told:
            raise PlatformError(self.missing(told["missing"]))
        if "failed" in told:
            raise PlatformError(f"{self.title} did not answer: {self.plain(told['failed'])}")
        if "complete" not in told:
            said = result.errors.strip()
            raise PlatformError(
                f"Asking {self.title} ended ({result.code}) halfway. {said}".strip()
            )

    def silence(self, told: Mapping[str, str]) -> Iterator[Problem]:
        """That the queue's commands are there, but not the queue; see `ht_greet`."""
        if said := told.get("silent"):
            yield Problem(
                f"{self.title} does not answer: {self.plain(said)}.",
                "Wait, or ask whoever runs it. Jobs that it has already go on meanwhile.",
            )

    def missing(self, rest: str) -> str:
        """That a command is not there; `rest` names it and the host."""
        program, _, host = rest.partition(" ")
        return (
            f"{program} was not found on {host or 'the host'}. Is it a login node of {self.title}? "
            "If so, set `login_shell: true`, or name what makes its commands known in `setup:`."
        )

    def signal_script(self, handles: Sequence[JobHandle], signal: StopSignal) -> str:
        groups: dict[tuple[str, ...], list[JobHandle]] = {}
        for handle in handles:
            words: tuple[str, ...] = (StopSignal.TERM,)
            if signal is StopSignal.KILL:
                words = (signal,)
            elif signal is StopSignal.CHECKPOINT and handle.checkpoint_signal:
                words = (signal, handle.checkpoint_signal)
            groups.setdefault(words, []).append(handle)
        calls = []
        for words, group in groups.items():
            calls += [_stop_call(handle) for handle in group]
            calls.append(_call("ht_signal", *words))
        return self.script(calls)

    def parse_signal(self, result: ExecResult, handles: Sequence[JobHandle]) -> Mapping[str, str]:
        if result.code:
            silent = f"The script that signals ended with {result.code}: {result.errors!r}"
            return {handle.key: silent for handle in handles}
        keys = {handle.key for handle in handles}
        failed = [told for told in answer_lines(result) if told[0] in keys and told[1] == "failed"]
        return {key: self.plain(rest) for key, _, rest in failed}

    def script(self, calls: Sequence[str]) -> str:
        """A script of these calls, after all functions that they may need."""
        patterns = " ".join(shlex.quote(pattern) for pattern in self.id_patterns)
        values = [
            f"unset {' '.join(SECRETS)}",
            f"ht_program={shlex.quote(self.program)} ht_id_patterns=({patterns})",
            f"ht_ask_seconds={ASK_SECONDS} ht_submit_seconds={SUBMIT_SECONDS}",
            self._preparation(),
        ]
        return "\n".join([*values, _shared(), self.functions(), *calls, ":"])

    def _preparation(self) -> str:
        """Runs the place's setup only where the commands are not known without: it may be slow."""
        lines = " ".join(shlex.quote(line) for line in self.setup)
        return (
            f'if ! type -P -- "$ht_program"; then for ht_line in {lines}; do '
            'eval "$ht_line"; set +eum; done; unset IFS; fi > /dev/null 2>&1 < /dev/null'
        )


def checkpoint_problems(resources: Resources) -> Iterator[Problem]:
    """Signals that the wrapper does not pass on to the program."""
    signal = resources.checkpoint_signal
    if signal is not None and signal not in FORWARDED:
        yield Problem(
            f"`{signal}` cannot be the checkpoint signal.", f"Choose one of {', '.join(FORWARDED)}."
        )


def _stop_call(handle: JobHandle) -> str:
    ids = [handle.job_id] if handle.job_id else []
    return _call("ht_stop", handle.key, handle.attempt, handle.folder, *ids)


def _call(function: str, *words: str | int) -> str:
    return " ".join(shlex.quote(str(word)) for word in (function, *words))


@cache
def _shared() -> str:
    return Path(__file__).with_suffix(".sh").read_text()
