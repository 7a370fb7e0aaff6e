"""What a model is to learn from a history: values and violations by trial, and which trials run."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite, nan

from hypertrainer.hpsearch.early_stopping.rungs import RUNG_RULES, rung_value
from hypertrainer.hpsearch.facts import TrialState
from hypertrainer.hpsearch.history import History, PastTrial
from hypertrainer.hpsearch.spec import Direction, Spec

KEPT_BEST, KEPT_NEWEST = 500, 1_500  # of more trials than this a model gets no better, but slower
LEAST_VALUES = 8
FAILED = "failed"
CURVE_RULES = (*RUNG_RULES, "median")  # which stop trials long before their end


@dataclass(frozen=True, slots=True)
class Lesson:
    """What one trial teaches. `values` is None while it runs.

    `violations` are by name, above 0 infeasible; those of all lessons have the same names.
    """

    trial: PastTrial
    values: tuple[float, ...] | None
    violations: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Lessons:
    """All lessons in the order of the trials' numbers, and which way is better."""

    directions: tuple[Direction, ...]
    items: tuple[Lesson, ...]

    @property
    def num_values(self) -> int:
        """So many trials have come to something."""
        return sum(one.values is not None for one in self.items)


def lessons_of(history: History) -> Lessons:
    """What is known: of each trial as much as it came to, where early stopping cuts curves off.

    There a trial's value is the one at the last epoch that was looked at, its end if it is
    complete, and running trials are known by it too. Ends alone say little of the space: few
    trials come to them, and all of those were good.
    """
    directions = tuple(one.direction for one in history.spec.objectives)
    is_cut = _cuts_curves_off(history.spec)
    found = _as_far_as_they_came(history) if is_cut else _at_their_ends(history)
    return Lessons(directions, _limited(directions, found))


def _cuts_curves_off(spec: Spec) -> bool:
    """Whether trials are stopped long before their end, by what the search is for."""
    early = spec.early_stopping
    if early is None or len(spec.objectives) != 1 or spec.objectives[0].metric != early.metric:
        return False
    return any(rule.rule in CURVE_RULES for rule in early.rules)


def _as_far_as_they_came(history: History) -> Iterator[Lesson]:
    spec = history.spec
    for trial in (*history.warm, *history.trials.values()):
        value = _reached(spec, trial)
        if trial.state is TrialState.FAILED:
            yield from _failure(spec, trial)
        elif isfinite(value) and trial.state is not TrialState.CANCELLED:
            yield Lesson(trial, (value,), _violations(spec, trial))
        elif not trial.state.is_over:
            yield Lesson(trial, None)


def _reached(spec: Spec, trial: PastTrial) -> float:
    """The objective of a complete trial; of others what counted when they were last looked at.

    Not what a stopped one wrote afterwards: that depends on how soon it was gone.
    """
    if trial.state is TrialState.COMPLETE or not trial.reports:
        return (trial.objectives or (nan,))[0]
    return rung_value(spec, trial.reports[max(trial.reports)])


def _at_their_ends(history: History) -> Iterator[Lesson]:
    spec = history.spec
    for trial in (*history.warm, *history.trials.values()):
        values = trial.objectives
        if trial.state is TrialState.FAILED:
            yield from _failure(spec, trial)
        elif not trial.state.is_over:
            yield Lesson(trial, None)
        elif values and _fits(spec, values) and trial.state is not TrialState.CANCELLED:
            yield Lesson(trial, values, _violations(spec, trial))


def _fits(spec: Spec, values: tuple[float, ...]) -> bool:
    return len(values) == len(spec.objectives) and all(map(isfinite, values))


def _failure(spec: Spec, trial: PastTrial) -> Iterator[Lesson]:
    """What crashed teaches where not to go; without values yet, see `_limited`."""
    match spec.failures.tell:
        case "infeasible":
            known = dict(_violations(spec, trial)) | {FAILED: 1.0}
            yield Lesson(trial, (), tuple(known.items()))
        case "worst":
            yield Lesson(trial, (), _violations(spec, trial))


def _violations(spec: Spec, trial: PastTrial) -> tuple[tuple[str, float], ...]:
    metric_constraints = [text for text in spec.constraints if "metric(" in text]
    found = {text: trial.constraints.get(text, 0.0) for text in metric_constraints}
    return tuple((found | {FAILED: 0.0}).items())


def _limited(directions: tuple[Direction, ...], found: Iterator[Lesson]) -> tuple[Lesson, ...]:
    """Not too many, with the worst value known for what failed, and violations only if any is."""
    items = list(found)
    known = [one for one in items if one.values]
    worst = tuple(
        max((one.values[at] * way.sign for one in known if one.values), default=0.0) * way.sign
        for at, way in enumerate(directions)
    )
    is_constrained = any(size > 0 for one in items for _, size in one.violations)
    failed = {one.trial.number for one in [one for one in items if one.values == ()][-KEPT_BEST:]}
    kept = _kept(directions, known) | failed
    return tuple(
        Lesson(
            one.trial,
            worst if one.values == () else one.values,
            one.violations if is_constrained else (),
        )
        for one in items
        if one.values is None or one.trial.number in kept
    )


def _kept(directions: tuple[Direction, ...], known: list[Lesson]) -> set[int]:
    newest = known[-KEPT_NEWEST:]
    best = _best_first(directions, known[:-KEPT_NEWEST])
    return {one.trial.number for one in (*newest, *best[:KEPT_BEST])}


def _best_first(directions: tuple[Direction, ...], known: list[Lesson]) -> list[Lesson]:
    """By how many would be better in everything, if objectives had nothing to do with each other.

    That is what the product of all ranks says. Of one objective it is its order.
    """
    product = {one.trial.number: 1 for one in known}
    for at, way in enumerate(directions):
        by_one = sorted(known, key=lambda one: one.values[at] * way.sign if one.values else 0.0)
        for rank, one in enumerate(by_one, 1):
            product[one.trial.number] *= rank
    return sorted(known, key=lambda one: product[one.trial.number])
