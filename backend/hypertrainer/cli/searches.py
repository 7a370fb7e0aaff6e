"""`searches`: hyperparameter searches: list, show and stop them."""

from typing import Annotated

import typer
from rich.text import Text

from hypertrainer.cli.output import (
    JsonOption,
    age_text,
    console,
    number_text,
    print_json,
    print_table,
    status_text,
)
from hypertrainer.cli.session import connected

SearchId = Annotated[int, typer.Argument(metavar="ID")]
app = typer.Typer(help="List hyperparameter searches, show and stop them.")


@app.callback(invoke_without_command=True)
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


@app.command("show")
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


@app.command("stop")
def stop_search(search_id: SearchId, *, as_json: JsonOption = False) -> None:
    """Stop a search: its active tasks are cancelled."""
    with connected() as client:
        search = client.stop_search(search_id)
    if as_json:
        print_json(search)
    else:
        console.print(Text.assemble(f"#{search.id} {search.name} ", status_text(search.status)))
