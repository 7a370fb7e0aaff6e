"""From the rows of `progress.log`: where a task is, and how long it will take.

Rates are medians of the recent intervals, so that a pause, a resumed run or a clock that jumps
spoils one sample and not the answer. Nothing is said before there are enough samples.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median

from pydantic import BaseModel, ConfigDict

KEPT_INTERVALS = 31
KEPT_EPOCHS = 11
ENOUGH = 3  # samples, before a rate is shown
LONGEST = 1e9  # seconds; more is no time but a mistake
MOST_ITERATIONS = MOST_EPOCHS = 10**12
MOST_PHASES = 20

EPOCH_KEYS = ("num_epochs", "epochs", "max_epochs", "n_epochs", "num_epoch", "max_epoch")

ProgressRow = tuple[float, str, float, float, float]


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a task is. Indices count from 0, times are in seconds, null means not known (yet).

    `fraction` is of the whole task, 0 to 1. The remaining times count from the last line written.
    """

    epoch: int
    num_epochs: int | None
    phase: str
    iteration: int
    iterations_per_epoch: int
    fraction: float | None
    epoch_seconds: float | None
    epoch_remaining_seconds: float | None
    total_remaining_seconds: float | None


class Phase(BaseModel):
    """What is known of one phase (train, val …) and its iterations."""

    model_config = ConfigDict(frozen=True)

    iterations: int = 1
    done: int = 0  # in the present epoch
    is_expected: bool = True  # it is of the present epoch, or was of the one before
    intervals: tuple[float, ...] = ()  # seconds per iteration, the recent ones

    @property
    def seconds(self) -> float | None:
        return median(self.intervals) if len(self.intervals) >= ENOUGH else None


class ProgressState(BaseModel):
    """All that is remembered of the rows so far: small, and JSON."""

    model_config = ConfigDict(frozen=True)

    last: ProgressRow | None = None
    epoch_began: float | None = None  # null when its true beginning was not seen
    epoch_seconds: tuple[float, ...] = ()
    phases: dict[str, Phase] = {}

    def extended(self, rows: Iterable[ProgressRow]) -> "ProgressState":
        """The state after further rows, in the order of the file."""
        reading = _Reading(self)
        for row in rows:
            reading.add(row)
        return reading.state()


class _Reading:
    """A state being extended."""

    def __init__(self, state: ProgressState) -> None:
        self._last = state.last
        self._began = state.epoch_began
        self._epochs = list(state.epoch_seconds)
        self._phases = {name: _OpenPhase(phase) for name, phase in state.phases.items()}

    def state(self) -> ProgressState:
        return ProgressState(
            last=self._last,
            epoch_began=self._began,
            epoch_seconds=tuple(self._epochs[-KEPT_EPOCHS:]),
            phases={name: phase.closed() for name, phase in self._phases.items()},
        )

    def add(self, row: ProgressRow) -> None:
        epoch, name, iteration, iterations, _ = row
        if self._last is None or epoch != self._last[0]:
            self._begin_epoch(row)
        elif name == self._last[1] and iteration < self._last[2]:
            self._begin_again()
        phase = self._phases.setdefault(name, _OpenPhase(Phase()))
        if self._last is not None:
            phase.time(self._last, row)
        phase.iterations = int(min(max(iterations, 1), MOST_ITERATIONS))
        phase.done = min(max(phase.done, int(max(iteration, 0)) + 1), phase.iterations)
        phase.is_expected = True
        self._last = row

    def _begin_epoch(self, row: ProgressRow) -> None:
        epoch, _, iteration, _, time = row
        is_next = self._last is not None and epoch == self._last[0] + 1
        if is_next and self._began is not None and 0 <= time - self._began < LONGEST:
            self._epochs.append(time - self._began)
            del self._epochs[:-KEPT_EPOCHS]
        self._began = time if is_next or iteration == 0 else None
        for phase in self._phases.values():
            phase.is_expected = phase.done > 0
            phase.done = 0
        if len(self._phases) > MOST_PHASES:
            self._phases = {name: p for name, p in self._phases.items() if p.is_expected}

    def _begin_again(self) -> None:
        """The epoch was broken off, and a resumed run repeats it: its length says nothing."""
        self._began = None
        for phase in self._phases.values():
            phase.done = 0


class _OpenPhase:
    """A phase being extended."""

    def __init__(self, phase: Phase) -> None:
        self.iterations = phase.iterations
        self.done = phase.done
        self.is_expected = phase.is_expected
        self._intervals = list(phase.intervals)

    def closed(self) -> Phase:
        return Phase(
            iterations=self.iterations,
            done=self.done,
            is_expected=self.is_expected,
            intervals=tuple(self._intervals),
        )

    def time(self, before: ProgressRow, row: ProgressRow) -> None:
        """Notes the seconds per iteration between two neighbouring rows, where they say any."""
        is_same = before[:2] == row[:2]
        if row[0] < before[0]:
            return  # a resumed run: the time between is not work
        steps = row[2] - before[2] if is_same else row[2] + 1
        if steps >= 1 and 0 <= row[4] - before[4] < LONGEST:
            self._intervals.append((row[4] - before[4]) / steps)
            del self._intervals[:-KEPT_INTERVALS]


def progress_of(state: ProgressState, num_epochs: int | None) -> Progress | None:
    """Where the task is, given how many epochs its config asks for; None before the first row."""
    if state.last is None:
        return None
    epoch, name, iteration, iterations, _ = state.last
    part = _epoch_part(state)
    seconds = _epoch_seconds(state)
    to_come = None if num_epochs is None else max(num_epochs - int(epoch) - 1, 0)
    fraction, total = None, None
    if num_epochs is not None and to_come is not None:
        fraction = min((max(epoch, 0) + part) / max(num_epochs, 1), 1.0)
        total = None if seconds is None else seconds * (1 - part + to_come)
    return Progress(
        epoch=int(epoch),
        num_epochs=num_epochs,
        phase=name,
        iteration=int(iteration),
        iterations_per_epoch=int(iterations),
        fraction=fraction,
        epoch_seconds=seconds,
        epoch_remaining_seconds=None if seconds is None else seconds * (1 - part),
        total_remaining_seconds=total,
    )


def _epoch_part(state: ProgressState) -> float:
    """How much of the present epoch is done, 0 to 1, each phase weighing its time."""
    phases = [phase for phase in state.phases.values() if phase.is_expected]
    weights = [phase.seconds for phase in phases]
    is_timed = all(weight is not None for weight in weights)
    costs = (
        [weight or 0.0 for weight in weights] if is_timed and any(weights) else [1.0] * len(phases)
    )
    total = sum(cost * phase.iterations for cost, phase in zip(costs, phases, strict=True))
    done = sum(cost * phase.done for cost, phase in zip(costs, phases, strict=True))
    return done / total if total > 0 else 0.0


def _epoch_seconds(state: ProgressState) -> float | None:
    """The usual length of an epoch: measured, or reckoned from its iterations while there is none.

    Measured epochs are better, for they hold what happens between the iterations.
    """
    if len(state.epoch_seconds) >= ENOUGH:
        return median(state.epoch_seconds)
    phases = [phase for phase in state.phases.values() if phase.is_expected]
    lengths = [None if p.seconds is None else p.seconds * p.iterations for p in phases]
    known = [length for length in lengths if length is not None]
    return sum(known) if known and len(known) == len(lengths) else None


def find_num_epochs(params: Mapping[str, object]) -> int | None:
    """How many epochs a config asks for, from its parameters by dotted path; None if it does not.

    A key under `training` comes before one at the root, and that before one deeper down.
    """
    for key in EPOCH_KEYS:
        for path in (f"training.{key}", key):
            if (count := _count(params.get(path))) is not None:
                return count
    for path in sorted(params, key=lambda path: (path.count("."), path)):
        if path.rpartition(".")[2] in EPOCH_KEYS and (count := _count(params[path])) is not None:
            return count
    return None


def _count(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 1 <= value <= MOST_EPOCHS and value == int(value) else None
