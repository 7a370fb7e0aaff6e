"""The command line: `hypertrainer serve`, and the rest as a client of its REST API."""

import os
from typing import Annotated

import typer

from hypertrainer import __version__
from hypertrainer.cli import logs, platforms, searches, serve, submitting, tasks
from hypertrainer.cli.output import console

app = typer.Typer(
    name="hypertrainer",
    help="Launch, watch, search and export training runs.",
    epilog="Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 no server answers.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
for part in (serve.app, submitting.app, tasks.app, logs.app):
    app.add_typer(part)
app.add_typer(platforms.app, name="platforms")
app.add_typer(searches.app, name="searches")
app.add_typer(searches.app, name="search", hidden=True)  # the same: `search show 3`


def _print_version(*, value: bool) -> None:
    if value:
        console.print(f"HyperTrainer {__version__}", highlight=False)
        raise typer.Exit


@app.callback()
def choose_server(
    *,
    url: Annotated[
        str | None, typer.Option("--url", help="Which server; else HYPERTRAINER_URL.")
    ] = None,
    _version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    """Launch, watch, search and export training runs."""
    if url:
        os.environ["HYPERTRAINER_URL"] = url


def main() -> None:
    """The `hypertrainer` command."""
    app()
