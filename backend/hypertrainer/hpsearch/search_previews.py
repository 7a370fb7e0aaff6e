"""What is said of a search before it begins."""

from hypertrainer.hpsearch.early_stopping.rungs import RUNG_RULES, rungs_of
from hypertrainer.hpsearch.expansion import Prepared
from hypertrainer.hpsearch.preview_schemas import PlacePreview, SearchPreview
from hypertrainer.hpsearch.samplers.choosing import algorithm_of
from hypertrainer.hpsearch.samplers.space import Space
from hypertrainer.hpsearch.schemas import ObjectiveRead
from hypertrainer.hpsearch.spec import Budget, EarlyStopping, Spec, StoppingRule

SHOWN_RUNGS = 8


def search_preview(prepared: Prepared) -> SearchPreview | None:
    """The search of a submission; None where it is a task, or cannot be read."""
    spec = prepared.spec
    if spec is None:
        return None
    chosen = algorithm_of(spec, Space(spec), 0)
    return SearchPreview(
        algorithm=spec.algorithm,
        chosen=chosen,
        follows_results=chosen.is_learning,
        n_trials=spec.n_trials or 0,
        repeats=spec.repeats.n,
        max_concurrent=_at_once(spec),
        objectives=[ObjectiveRead(**one.model_dump()) for one in spec.objectives],
        early_stopping=_stopping_words(spec.early_stopping),
        budget=_budget_words(spec.budget),
        places=_places(prepared, spec),
    )


def _at_once(spec: Spec) -> int | None:
    """How many tasks there can be at once: the search's own limit, or what its platforms allow."""
    limits = [place.max_concurrent for place in spec.platforms]
    together = sum(limit or 0 for limit in limits) if limits and all(limits) else None
    known = [limit for limit in (spec.max_concurrent, together) if limit is not None]
    return min(known, default=None)


def _places(prepared: Prepared, spec: Spec) -> list[PlacePreview]:
    if not spec.platforms:
        return [PlacePreview(platform=prepared.checked.request.platform, max_concurrent=None)]
    return [
        PlacePreview(platform=one.platform, max_concurrent=one.max_concurrent)
        for one in spec.platforms
    ]


def _stopping_words(early: EarlyStopping | None) -> str | None:
    """`asha by loss, at epochs 1, 3, 9 of 12`."""
    if early is None:
        return None
    if not early.rules:
        return f"only where {early.metric} is no number"
    rules = " or ".join(rule.rule for rule in early.rules)
    halving = next((rule for rule in early.rules if rule.rule in RUNG_RULES), None)
    if halving is not None:
        where = f"at {_rung_words(early, halving)}"
    else:
        where = f"from epoch {early.min_epochs}"
    of = "" if early.max_epochs is None else f" of {early.max_epochs:,}"
    return f"{rules} by {early.metric}, {where}{of}"


def _rung_words(early: EarlyStopping, rule: StoppingRule) -> str:
    rungs = rungs_of(early, rule)
    shown = ", ".join(f"{epoch:,}" for epoch in rungs[:SHOWN_RUNGS])
    more = ", …" if len(rungs) > SHOWN_RUNGS else ""
    return f"epoch{'s' if len(rungs) > 1 else ''} {shown}{more}"


def _budget_words(budget: Budget) -> list[str]:
    words = [] if budget.epochs is None else [f"{budget.epochs:,} epochs"]
    words += [] if budget.time_seconds is None else [_time_words(budget.time_seconds)]
    return words + ([] if budget.cost is None else [f"a cost of {budget.cost:g}"])


def _time_words(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:g} s"
    minutes = round(seconds / 60)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{hours} h" if hours else "", f"{minutes} min" if minutes else ""]
    return " ".join(part for part in parts if part)
