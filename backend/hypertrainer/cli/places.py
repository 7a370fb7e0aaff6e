"""`platforms`: where tasks can run; `searches`: hyperparameter searches."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from hypertrainer.cli.output import (
    JsonOption,
    age_text,
    console,
    errors,
    number_text,
    print_json,
    print_table,
    status_text,
)
from hypertrainer.cli.session import FAILED, connected

if TYPE_CHECKING:
    from hypertrainer.server.schemas import PlatformRead

CONDITION_STYLES = {"ok": "green", "degraded": "yellow", "auth_needed": "red", "unreachable": "red"}
SearchId = Annotated[int, typer.Argument(metavar="ID")]
platforms = typer.Typer(help="List the places where tasks can run, and check them.")
searches = typer.Typer(help="List hyperparameter searches, show and stop them.")


@platforms.callback(invoke_without_command=True)
def list_platforms(context: typer.Context, *, as_json: JsonOption = False) -> None:
    """List the places where tasks can run."""
    if context.invoked_subcommand is not None:
        return
    with connected() as client:
        found = client.list_platforms()
    if as_json:
        print_json(found)
        return
    rows = [
        (
            place.name,
            place.type,
            _condition(place),
            f"{place.slots.used}/{place.slots.total}" if place.slots else "",
            str(place.num_queued),
            str(place.num_running),
            age_text(place.last_poll_at),
            place.why,
        )
        for place in found.items
    ]
    headings = ("NAME", "TYPE", "CONDITION", "SLOTS", "QUEUED", "RUNNING", "SEEN", "WHY")
    print_table(headings, rows)
    if found.problem:
        errors.print(Text(found.problem, style="red"))


@platforms.command()
def check(name: str, *, as_json: JsonOption = False) -> None:
    """Look at a platform now; exits with 1 unless it is well."""
    with connected() as client:
        place = client.check_platform(name)
    if as_json:
        print_json(place)
    else:
        console.print(Text.assemble(f"{place.name} ({place.type}) is ", _condition(place)))
        for fact, value in place.facts.items():
            console.print(Text(f"  {fact:12} {value}"))
        for problem in place.problems:
            console.print(Text(f"  {problem.message}", style="red"))
            console.print(Text(f"    {problem.remedy}"))
    if place.condition != "ok":
        raise typer.Exit(FAILED)


def _condition(place: "PlatformRead") -> Text:
    return Text(place.condition, style=CONDITION_STYLES.get(place.condition, ""))


@searches.callback(invoke_without_command=True)
def list_searches(
    context: typer.Context,
    *,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=500)] = 50,
    as_json: JsonOption = False,
) -> None:
    """List hyperparameter searches, newest first."""
    if context.invoked_subcommand is not None:
        return
    with connected() as client:
        page = client.list_searches(limit=limit)
    if as_json:
        print_json(page)
        return
    rows = [
        (
            str(search.id),
            search.name,
            status_text(search.status),
            search.algorithm,
            f"{search.num_finished}/{search.n_trials}",
            str(search.num_active),
            str(search.num_failed),
            age_text(search.created_at),
        )
        for search in page.items
    ]
    headings = ("ID", "NAME", "STATUS", "ALGORITHM", "FINISHED", "ACTIVE", "FAILED", "CREATED")
    print_table(headings, rows)


@searches.command("show")
def show_search(search_id: SearchId, *, as_json: JsonOption = False) -> None:
    """Show the trials of a search."""
    with connected() as client:
        found = client.list_trials(search_id)
    if as_json:
        print_json(found)
        return
    paths = list(dict.fromkeys(path for trial in found.items for path in trial.params))
    rows = [
        (
            str(trial.number),
            f"#{trial.task_id}" if trial.task_id else "",
            status_text(trial.task_status) if trial.task_status else "",
            *(number_text(trial.params.get(path)) for path in paths),
        )
        for trial in found.items
    ]
    print_table(("TRIAL", "TASK", "STATUS", *paths), rows)


@searches.command("stop")
def stop_search(search_id: SearchId, *, as_json: JsonOption = False) -> None:
    """Stop a search: its active tasks are cancelled."""
    with connected() as client:
        search = client.stop_search(search_id)
    if as_json:
        print_json(search)
    else:
        console.print(Text.assemble(f"#{search.id} {search.name} ", status_text(search.status)))
