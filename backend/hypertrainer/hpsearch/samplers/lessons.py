"""What a model is to learn from a history: values and violations by trial, and which trials run."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite, nan

from hypertrainer.hpsearch.early_stopping.rungs import RUNG_RULES, rung_level, rung_value, rungs_of
from hypertrainer.hpsearch.facts import TrialState
from hypertrainer.hpsearch.history import History, PastTrial
from hypertrainer.hpsearch.samplers.axes import shares
from hypertrainer.hpsearch.spec import Direction, EarlyStopping, Spec

KEPT_BEST, KEPT_NEWEST = 500, 1_500  # of more trials than this a model gets no better, but slower
LEAST_VALUES = 8
GROWTH = 3  # from one epoch to the next that may serve as a rung, for rules that have none
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


def lessons_of(history: History, num_axes: int, least: int | None = None) -> Lessons:
    """What is known, fitted at a rung where early stopping cuts curves off.

    With early stopping the values are those at the highest rung that enough trials have come to, as
    in BOHB (Falkner, Klein and Hutter, ICML 2018): the ends of the few that were let through say
    little of the space.

    Args:
        history: what is known.
        num_axes: of the space.
        least: how many values a rung needs; by default two more than there are axes, at least 8.
    """
    early, spec = history.spec.early_stopping, history.spec
    if early is None or not _is_fitted_at_rungs(spec, early):
        directions = tuple(one.direction for one in spec.objectives)
        return Lessons(directions, _limited(directions, _at_their_ends(history)))
    enough = max(LEAST_VALUES, num_axes + 2) if least is None else least
    rung = _rung(history, early, enough)
    directions = (early.direction,)
    return Lessons(directions, _limited(directions, _at_rung(history, rung)))


def _is_fitted_at_rungs(spec: Spec, early: EarlyStopping) -> bool:
    """Whether curves are cut off, and what they show is what the search is for."""
    if len(spec.objectives) != 1 or spec.objectives[0].metric != early.metric:
        return False
    return any(rule.rule in CURVE_RULES for rule in early.rules)


def _rung(history: History, early: EarlyStopping, enough: int) -> int:
    """The highest rung with enough values; without one the lowest."""
    rungs = _rungs(early, max(history.standings.means, default=1))
    brackets = {bracket for bracket, _ in history.standings.values}

    def num_values(rung: int) -> int:
        return sum(len(rung_level(history, bracket, rung).finite) for bracket in brackets)

    return max((rung for rung in rungs if num_values(rung) >= enough), default=rungs[0])


def _rungs(early: EarlyStopping, last: int) -> list[int]:
    found = {
        epoch
        for rule in early.rules
        if rule.rule in RUNG_RULES
        for epoch in rungs_of(early, rule, 0)
    }
    if early.max_epochs is not None and last >= early.max_epochs and found:
        found |= {early.max_epochs} if _reaches(early) else set()
    if found:
        return sorted(found)
    epoch, epochs = early.min_epochs, []
    while epoch <= max(last, early.min_epochs):
        epochs.append(epoch)
        epoch *= GROWTH
    return epochs


def _reaches(early: EarlyStopping) -> bool:
    """Whether the last epoch itself is among those reported."""
    return any(rule.rule not in RUNG_RULES for rule in early.rules)


def _at_rung(history: History, rung: int) -> Iterator[Lesson]:
    found = [
        lesson for trial in history.trials.values() for lesson in _lesson(history, trial, rung)
    ]
    yield from _ranked_in(history, [one for one in found if one.values])
    yield from found


def _lesson(history: History, trial: PastTrial, rung: int) -> Iterator[Lesson]:
    """None of a trial that ended before the rung."""
    spec, report = history.spec, trial.reports.get(rung)
    value = nan if report is None else rung_value(spec, report)
    if trial.state is TrialState.FAILED:
        yield from _failure(spec, trial)
    elif isfinite(value) and trial.state is not TrialState.CANCELLED:
        yield Lesson(trial, (value,), _violations(spec, trial))
    elif not trial.state.is_over:
        yield Lesson(trial, None)


def _ranked_in(history: History, known: Sequence[Lesson]) -> Iterator[Lesson]:
    """The trials of other searches, each with the value at the rung of the same rank.

    Their own are of whole trainings, which nothing at a rung would be as good as.
    """
    warm = [one for one in history.warm if one.objectives is not None]
    ranked = sorted(warm, key=lambda one: (one.objectives or (nan,))[0])
    at_rung = sorted(one.values[0] for one in known if one.values)
    places = dict(zip((one.number for one in ranked), shares(len(ranked)), strict=True))
    for trial in warm:
        own, rank = (trial.objectives or (nan,))[0], places[trial.number]
        value = at_rung[round(rank * (len(at_rung) - 1))] if at_rung else own
        if isfinite(value):
            yield Lesson(trial, (value,), _violations(history.spec, trial))


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
