"""What Slurm says of a job before it is submitted. `sbatch --test-only` says yes to too much."""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from hypertrainer.errors import PlatformError
from hypertrainer.platforms.base import Forecast, Problem, Resources
from hypertrainer.platforms.schedulers.answers import AnswerKind, answer_lines
from hypertrainer.platforms.schedulers.queue import QueueScheduler
from hypertrainer.platforms.schedulers.slurm.options import clock
from hypertrainer.platforms.schedulers.slurm.states import moment_of, starting_words
from hypertrainer.platforms.transports.base import ExecResult

ESTIMATE = re.compile(
    r"to start at (?P<start>\S+) using .* on (nodes )?(?P<nodes>\S+)"
    r"( in partition (?P<partition>\S+))?"
)
TIME = re.compile(r"(?:(?P<days>\d+)-)?(?:(?P<hours>\d+):)?(?P<minutes>\d+):(?P<seconds>\d+)")


LATE_CODE = "124"  # of `timeout`


@dataclass(frozen=True, slots=True)
class Partition:
    """A partition as `scontrol` shows it. `max_seconds` is None where there is no limit."""

    name: str
    state: str
    max_seconds: int | None
    is_default: bool

    @property
    def is_up(self) -> bool:
        return self.state == "UP"

    def allows(self, seconds: int | None) -> bool:
        return seconds is None or self.max_seconds is None or seconds <= self.max_seconds


def forecast_call(resources: Resources, command: Sequence[str]) -> str:
    """The call of the bash function that asks."""
    wishes = (resources.partition or "", str(resources.time_seconds or ""))
    return " ".join(shlex.quote(word) for word in ("ht_test", *wishes, "--", *command))


def parse_forecast(scheduler: QueueScheduler, result: ExecResult) -> Forecast:
    """The answer of `ht_test`.

    Raises:
        PlatformError: Slurm could not be asked.
    """
    told: dict[str, str] = {}
    partitions: list[Partition] = []
    for key, word, rest in answer_lines(result):
        if key == "!" and word == "partition":
            partitions += _partition(rest)
        elif key == "!":
            told[word] = rest
    if "missing" in told:
        raise PlatformError(scheduler.missing(told["missing"]))
    if "test" not in told:
        raise PlatformError(f"Asking Slurm ended ({result.code}) halfway. {result.errors}".strip())
    wish, _, seconds = told.get("wish", "").partition("|")
    limit = int(seconds) if seconds.isdecimal() else None
    problems = tuple(_partition_problems(partitions, wish, limit))
    closed = {partition.name for partition in partitions if not partition.is_up}
    return _forecast(scheduler, told["test"], problems, closed)


def _forecast(
    scheduler: QueueScheduler, tested: str, problems: tuple[Problem, ...], closed: Set[str]
) -> Forecast:
    code, _, text = tested.partition(" ")
    if code == "0":
        return Forecast(problems) if problems else _accepted(text, closed)
    said, answer = scheduler.plain(text), scheduler.answer_to(text)
    if code == LATE_CODE or (answer and answer.kind is not AnswerKind.REFUSED):
        return Forecast(problems, words=f"Slurm cannot say now: {said or 'it did not answer'}")
    refused = Problem(f"Slurm: {said}.", answer.hint if answer else "Ask for something else.")
    return Forecast(problems or (refused,))


def _accepted(text: str, closed: Set[str]) -> Forecast:
    """What Slurm estimates; nothing, if it is for a partition where no job starts."""
    match = ESTIMATE.search(text)
    if match is None or match["partition"] in closed:
        return Forecast(words="Slurm would take the job.")
    start = match["start"]
    return Forecast((), moment_of(start), _estimate(start, match["nodes"], match["partition"]))


def _estimate(start: str, nodes: str, partition: str | None) -> str:
    where = f" in partition {partition}" if partition else ""
    return f"Slurm: {starting_words(start) or 'would start'} on {nodes}{where}"


def _partition(line: str) -> Iterator[Partition]:
    values = dict(word.partition("=")[::2] for word in line.split())
    name, state = values.get("PartitionName"), values.get("State")
    if name and state:
        limit = _seconds(values.get("MaxTime", ""))
        yield Partition(name, state, limit, values.get("Default") == "YES")


def _seconds(text: str) -> int | None:
    match = TIME.fullmatch(text)
    if match is None:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def _partition_problems(
    partitions: Sequence[Partition], wish: str, seconds: int | None
) -> Iterator[Problem]:
    by_name: Mapping[str, Partition] = {partition.name: partition for partition in partitions}
    chosen = [by_name[name] for name in wish.split(",") if name in by_name]
    if not wish:
        chosen = [partition for partition in partitions if partition.is_default]
    if not chosen:
        return
    others = [one.name for one in partitions if one.is_up and one.allows(seconds)]
    instead = f" Choose one of: {', '.join(others)}." if others else ""
    names = ", ".join(partition.name for partition in chosen)
    if not any(partition.is_up for partition in chosen):
        states = ", ".join(partition.state for partition in chosen)
        yield Problem(f"The partition {names} is {states}: jobs only wait there.", instead.strip())
    elif seconds and not any(partition.allows(seconds) for partition in chosen):
        longest = max(partition.max_seconds or 0 for partition in chosen)
        yield Problem(
            f"The job asks for {clock(seconds)}; the partition {names} allows {clock(longest)}.",
            f"Lower `resources.time`.{instead}",
        )
