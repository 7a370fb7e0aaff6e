"""What is printed of searches and their trials."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from hypertrainer.cli.output import (
    age_text,
    console,
    duration_text,
    number_text,
    print_table,
    status_text,
)

if TYPE_CHECKING:
    from hypertrainer.hpsearch.schemas import (
        ImportanceRead,
        SearchDetail,
        SearchRead,
        TrialRead,
    )

HEADINGS = ("ID", "NAME", "STATUS", "ALGORITHM", "TRIALS", "ACTIVE", "FAILED", "BEST", "CREATED")


def print_searches(searches: Sequence["SearchRead"]) -> None:
    """A line for each search."""
    rows = [
        (
            str(search.id),
            search.name,
            status_text(search.status),
            search.algorithm,
            trials_text(search),
            str(search.num_active),
            str(search.num_failed),
            number_text(search.best_value),
            age_text(search.created_at),
        )
        for search in searches
    ]
    print_table(HEADINGS, rows)


def trials_text(search: "SearchRead") -> str:
    """`12/60`: how many trials are over, and how many there will be."""
    over = num_over(search)
    return f"{over}/{search.n_trials}" if search.n_trials else str(over)


def num_over(search: "SearchRead") -> int:
    """How many trials have ended, in whichever way."""
    ended = search.num_finished + search.num_stopped + search.num_failed
    return ended + search.num_cancelled


def print_search(search: "SearchDetail") -> None:
    """All that is known of a search but its trials."""
    title = Text.assemble((f"#{search.id} {search.name}  ", "bold"), status_text(search.status))
    console.print(title)
    if search.reason:
        console.print(Text(search.reason, style="dim"))
    counts = f"{search.num_finished} finished, {search.num_stopped} stopped early"
    counts += f", {search.num_failed} failed, {search.num_cancelled} cancelled"
    counts += f", {search.num_active} active"
    best = ""
    if search.best_value is not None:
        best = f"{search.best_value:.6g} by trial {search.best_number}"
    objectives = [f"{one.direction} {one.metric} ({one.summary})" for one in search.objectives]
    facts = {
        "trials": f"{trials_text(search)}: {counts}",
        "best": best,
        "objectives": ", ".join(objectives),
        "algorithm": search.algorithm,
        "seed": str(search.seed),
        "script": search.script,
        "platforms": ", ".join(search.platforms),
        "project": search.project,
        "notes": search.notes,
        "epochs": f"{search.epochs:,}" if search.epochs else "",
        "cost": "" if search.cost is None else f"{search.cost:.2f}",
        "left": duration_text(search.remaining_seconds),
        "created_at": search.created_at.astimezone().isoformat(" ", "seconds"),
    }
    for name, value in facts.items():
        if value:
            console.print(Text(f"  {name:12} {value}"))


def print_importance(importance: "ImportanceRead") -> None:
    """How much each parameter matters."""
    for item in importance.items:
        console.print(Text(f"  importance of {item.path}: {item.importance:.2f}"))


def print_trials(search: "SearchDetail", trials: Sequence["TrialRead"], sort: str) -> None:
    """A line for each trial, sorted by number or by the first objective."""
    paths = list(dict.fromkeys(path for trial in trials for path in trial.params))
    metrics = [objective.metric for objective in search.objectives]
    rows: list[tuple[str | Text, ...]] = [
        (
            str(trial.number),
            f"#{trial.task_id}" if trial.task_id else "",
            status_text(trial.state),
            *_values(trial, len(metrics)),
            *(number_text(trial.params.get(path)) for path in paths),
            trial.reason,
        )
        for trial in sorted_trials(search, trials, sort)
    ]
    print_table(("TRIAL", "TASK", "STATE", *metrics, *paths, "REASON"), rows)


def _values(trial: "TrialRead", count: int) -> list[str]:
    values = trial.objectives or []
    return [number_text(values[index]) if index < len(values) else "" for index in range(count)]


def sorted_trials(
    search: "SearchDetail", trials: Sequence["TrialRead"], sort: str
) -> list["TrialRead"]:
    """By number, or by the first objective, best first; with `-` the other way round.

    Those without a value come last either way.
    """
    if sort.lstrip("-") != "value" or not search.objectives:
        return sorted(trials, key=lambda trial: trial.number, reverse=sort.startswith("-"))
    sign = (1 if search.objectives[0].direction == "minimize" else -1) * (
        -1 if sort.startswith("-") else 1
    )
    valued = [trial for trial in trials if trial.objectives]
    rest = [trial for trial in trials if not trial.objectives]
    return [*sorted(valued, key=lambda one: sign * (one.objectives or [0.0])[0]), *rest]
