"""`serve` and `reindex`: the commands that are the server, or take its place."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()
HomeOption = Annotated[
    Path | None, typer.Option("--home", help="Database, token, platforms.yaml. [~/hypertrainer]")
]
OutputOption = Annotated[
    Path | None, typer.Option("--output", help="Where tasks' folders go. [~/hypertrainer/output]")
]
DatabaseOption = Annotated[
    str | None, typer.Option("--database-url", help="By default a SQLite file in the home.")
]


@app.command()
def serve(
    *,
    host: Annotated[str | None, typer.Option(help="What to listen on. [127.0.0.1]")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="[5000]; 0: any")] = None,
    home: HomeOption = None,
    path: Annotated[
        str | None, typer.Option(help="Where scripts and configs are, colon-separated.")
    ] = None,
    output: OutputOption = None,
    database_url: DatabaseOption = None,
    python: Annotated[str | None, typer.Option(help="The Python that runs tasks here.")] = None,
    open_browser: Annotated[bool, typer.Option("--open", help="Open the page.")] = False,
) -> None:
    """Start the server, and print the link to its page. Every option is a HYPERTRAINER_* too."""
    # Imported late: only the server needs the whole application.
    from hypertrainer.cli import serving

    serving.serve(
        open_browser=open_browser,
        host=host,
        port=port,
        home=home,
        path=path,
        output=output,
        database_url=database_url,
        python=python,
    )


@app.command()
def reindex(
    folders: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FOLDER]…", help="Where to look beside the output folder."),
    ] = None,
    *,
    home: HomeOption = None,
    output: OutputOption = None,
    database_url: DatabaseOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Rebuild the database from the tasks' folders, while the server is stopped."""
    from hypertrainer.cli import reindexing  # late, as above

    reindexing.rebuild(
        folders or [], as_json=as_json, home=home, output=output, database_url=database_url
    )
