"""`searches` and `search`: hyperparameter searches: list, show, steer and edit them."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import click
import typer
from rich.text import Text

from hypertrainer.cli.output import JsonOption, console, errors, print_json
from hypertrainer.cli.search_tables import (
    print_importance,
    print_search,
    print_searches,
    print_trials,
)
from hypertrainer.cli.session import FAILED, connected
from hypertrainer.cli.watching import watch_search

if TYPE_CHECKING:
    from hypertrainer.client import Client
    from hypertrainer.hpsearch.schemas import SearchDetail

SearchId = Annotated[int, typer.Argument(metavar="ID")]
NumberOption = Annotated[int | None, typer.Option("--n-trials", "-n", min=1)]
AtOnceOption = Annotated[int | None, typer.Option("--max-concurrent", min=1)]
STDIN = "-"
app = typer.Typer(help="List hyperparameter searches, show, steer and edit them.")


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
    else:
        print_searches(page.items)


@app.command("show")
def show_search(
    search_id: SearchId,
    *,
    config: Annotated[bool, typer.Option("--config", help="Print its YAML.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show what a search is, how far it has come, and which parameters matter."""
    with connected() as client:
        search = client.get_search(search_id)
        importance = None if config or as_json else client.get_importance(search_id)
    if config:
        sys.stdout.write(search.config_text)
    elif as_json:
        print_json(search)
    else:
        print_search(search)
        if importance is not None and importance.items:
            print_importance(importance)


@app.command("trials")
def list_trials(
    search_id: SearchId,
    *,
    sort: Annotated[str, typer.Option(help="number or value; -value: worst first.")] = "number",
    as_json: JsonOption = False,
) -> None:
    """List the trials of a search with their values."""
    with connected() as client:
        search, found = client.get_search(search_id), client.list_trials(search_id)
    if as_json:
        print_json(found)
    else:
        print_trials(search, found.items, sort)


@app.command("best")
def show_best(search_id: SearchId, *, as_json: JsonOption = False) -> None:
    """Print the best trial's config as YAML; which it is goes to standard error."""
    with connected() as client:
        best = client.get_best(search_id)
    if as_json:
        print_json(best)
        return
    errors.print(Text(f"Trial {best.number}, task #{best.task_id}: {best.value:.6g}", style="dim"))
    sys.stdout.write(best.config_text)


@app.command("wait")
def wait(search_id: SearchId, *, as_json: JsonOption = False) -> None:
    """Wait for a search to be over; exits with 0 only if it is finished."""
    with connected() as client:
        watch_search(client, search_id, as_json=as_json)


@app.command("pause")
def pause_search(search_id: SearchId, *, as_json: JsonOption = False) -> None:
    """Start no further trials; active ones go on."""
    with connected() as client:
        _report(client.pause_search(search_id), as_json=as_json)


@app.command("resume")
def resume_search(search_id: SearchId, *, as_json: JsonOption = False) -> None:
    """Go on with a search that was paused or stopped."""
    with connected() as client:
        _report(client.resume_search(search_id), as_json=as_json)


@app.command("stop")
def stop_search(
    search_id: SearchId,
    *,
    keep: Annotated[bool, typer.Option("--keep", help="Let what runs end by itself.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Stop a search: its active tasks are cancelled."""
    with connected() as client:
        _report(client.stop_search(search_id, cancel=not keep), as_json=as_json)


@app.command("extend")
def extend_search(
    search_id: SearchId,
    n_trials: Annotated[int, typer.Argument(metavar="TRIALS", min=1)],
    *,
    as_json: JsonOption = False,
) -> None:
    """Let a search have more trials; one that is over runs again."""
    with connected() as client:
        _report(client.extend_search(search_id, n_trials), as_json=as_json)


@app.command("edit")
def edit_search(
    search_id: SearchId,
    config: Annotated[
        str | None, typer.Argument(help="Its whole YAML, with another `hpsearch`; - for stdin.")
    ] = None,
    *,
    n_trials: NumberOption = None,
    max_concurrent: AtOnceOption = None,
    name: Annotated[str | None, typer.Option("--name")] = None,
    project: Annotated[str | None, typer.Option("--project")] = None,
    notes: Annotated[str | None, typer.Option("--notes")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check only.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Change a search, also while it runs; without anything given, its YAML in $EDITOR."""
    from hypertrainer.hpsearch.schemas import SearchEdit  # late: see session.connected

    options = {"n_trials": n_trials, "max_concurrent": max_concurrent, "name": name}
    options |= {"project": project, "notes": notes}
    given: dict[str, Any] = {key: value for key, value in options.items() if value is not None}
    with connected() as client:
        if config is not None:
            given["config_text"] = _read_text(config)
        elif not given:
            given["config_text"] = _edited(client, search_id)
        request = SearchEdit.model_validate(given)
        _report(client.edit_search(search_id, request, dry_run=dry_run), as_json=as_json)


def _edited(client: "Client", search_id: int) -> str:
    old = client.get_search(search_id).config_text
    new = click.edit(old, extension=".yaml")
    if new is None or new == old:
        console.print("Nothing was changed.")
        raise typer.Exit
    return new


def _read_text(given: str) -> str:
    try:
        return sys.stdin.read() if given == STDIN else Path(given).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{given} cannot be read: {error}") from error


@app.command("replay")
def replay_search(search_id: SearchId, *, as_json: JsonOption = False) -> None:
    """Compute every suggestion and decision again; exits with 1 if any differs."""
    with connected() as client:
        found = client.replay_search(search_id)
    if as_json:
        print_json(found)
    else:
        console.print(
            f"{found.num_suggestions:,} suggestions and {found.num_decisions:,} decisions were "
            f"computed again: {len(found.differences):,} differ."
        )
        if found.optuna_version != found.recorded_optuna_version:
            old = found.recorded_optuna_version or "an unknown version"
            console.print(f"It was made with Optuna {old}; this is {found.optuna_version}.")
        for one in found.differences:
            console.print(Text(f"  {one.seq}: {one.words}", style="red"))
    if not found.is_equal:
        raise typer.Exit(FAILED)


@app.command("delete")
def delete_search(
    search_id: SearchId, *, yes: Annotated[bool, typer.Option("--yes", "-y")] = False
) -> None:
    """Delete a search that is over; its tasks must be archived or deleted, and stay."""
    if not yes:
        typer.confirm(f"Delete search {search_id} and all it knows?", abort=True, err=True)
    with connected() as client:
        client.delete_search(search_id)
    console.print(f"#{search_id}: It is deleted.")


def _report(search: "SearchDetail", *, as_json: bool) -> None:
    if as_json:
        print_json(search)
    else:
        print_search(search)
