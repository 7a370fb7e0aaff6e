"""`submit`, `preview` and `clone`: what to launch, and watching it."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from hypertrainer.cli.output import JsonOption, console, number_text, print_json, print_table
from hypertrainer.cli.session import FAILED, connected
from hypertrainer.cli.watching import watch_search, watch_tasks

if TYPE_CHECKING:
    from hypertrainer.client import Client
    from hypertrainer.error_body import FieldError
    from hypertrainer.hpsearch.preview_schemas import TaskPreview
    from hypertrainer.tasks.schemas import TaskSubmit, TaskSubmitted

SHOWN_TRIALS = 20
STDIN = "-"
FilesArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="[SCRIPT] CONFIG",
        help="A config, and before it the script where the config names none. Names are looked up "
        "on the server's $HYPERTRAINER_PATH; a config can be any file here, or - for stdin.",
    ),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="a.b=VALUE", help="Override a value of the config. Repeatable."),
]
PlatformOption = Annotated[str | None, typer.Option("--platform", "-p", help="Where to run.")]
ProjectOption = Annotated[str | None, typer.Option("--project")]
NameOption = Annotated[str | None, typer.Option("--name")]
TagOption = Annotated[list[str] | None, typer.Option("--tag", "-t", help="Repeatable.")]
NotesOption = Annotated[str | None, typer.Option("--notes")]
WatchOption = Annotated[
    bool, typer.Option("--watch", "-w", help="Wait, and exit with 0 only if all finished.")
]
app = typer.Typer()


@app.command()
def submit(
    files: FilesArgument,
    *,
    values: SetOption = None,
    platform: PlatformOption = None,
    project: ProjectOption = None,
    name: NameOption = None,
    tags: TagOption = None,
    notes: NotesOption = None,
    watch: WatchOption = False,
    as_json: JsonOption = False,
) -> None:
    """Launch a script with a config; one with `hpsearch:` becomes a search."""
    given = _given(values, platform=platform, project=project, name=name, tags=tags, notes=notes)
    with connected() as client:
        submitted = client.submit(_request(client, files, given))
        _report(client, submitted, watch=watch, as_json=as_json)


@app.command()
def preview(
    files: FilesArgument,
    *,
    values: SetOption = None,
    platform: PlatformOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what `submit` would launch, and what is wrong; exits with 1 if anything is."""
    with connected() as client:
        request = _request(client, files, _given(values, platform=platform))
        found = client.preview(request, forecast=True)
    if as_json:
        print_json(found)
    else:
        _print_preview(found)
    if found.problems:
        raise typer.Exit(FAILED)


@app.command()
def clone(
    task_id: Annotated[int, typer.Argument(metavar="ID")],
    config: Annotated[str | None, typer.Argument(help="A file to use instead, or -.")] = None,
    *,
    script: Annotated[str | None, typer.Option("--script")] = None,
    values: SetOption = None,
    platform: PlatformOption = None,
    project: ProjectOption = None,
    name: NameOption = None,
    tags: TagOption = None,
    notes: NotesOption = None,
    watch: WatchOption = False,
    as_json: JsonOption = False,
) -> None:
    """Run a task again, edited, anywhere. What is left out is the original's."""
    from hypertrainer.tasks.schemas import TaskClone  # late: see session.connected

    given = _given(
        values, platform=platform, project=project, name=name, tags=tags, notes=notes, script=script
    )
    if config is not None:
        given["config_text"] = _read_text(config)
    with connected() as client:
        submitted = client.clone(task_id, TaskClone.model_validate(given))
        _report(client, submitted, watch=watch, as_json=as_json)


def _given(values: list[str] | None, **options: object) -> dict[str, Any]:
    given = {name: value for name, value in options.items() if value is not None}
    if values:
        given["overrides"] = dict(parse_override(text) for text in values)
    return given


def parse_override(text: str) -> tuple[str, Any]:
    """`a.b=1e-3` → `("a.b", 0.001)`. A value that is no JSON is text.

    Raises:
        typer.BadParameter: there is no `=`, or nothing before it.
    """
    path, equals, value = text.partition("=")
    if not equals or not path.strip():
        raise typer.BadParameter(f"`{text}`: write a dotted path and a value, as in a.b=0.1")
    try:
        return path.strip(), json.loads(value)
    except ValueError:
        return path.strip(), value


def _request(client: "Client", files: list[str], given: dict[str, Any]) -> "TaskSubmit":
    from hypertrainer.tasks.schemas import TaskSubmit  # late: see session.connected

    if len(files) > 2:
        raise typer.BadParameter("Give a config, or a script and a config.")
    if len(files) == 2:
        given["script"] = files[0]
    return TaskSubmit.model_validate({**_config(client, files[-1]), **given})


def _config(client: "Client", given: str) -> dict[str, str]:
    """The config as the server knows it, if it does; else its text."""
    path = Path(given)
    if given == STDIN:
        return {"config_text": _read_text(given)}
    if not path.is_file():
        return {"config": given}
    for file in client.list_files("config", path.name).items:
        if Path(file.folder, file.path).resolve() == path.resolve():
            return {"config": file.path}
    return {"config_text": _read_text(given), "name": path.stem}


def _read_text(given: str) -> str:
    try:
        return sys.stdin.read() if given == STDIN else Path(given).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{given} cannot be read: {error}") from error


def _report(client: "Client", submitted: "TaskSubmitted", *, watch: bool, as_json: bool) -> None:
    ids = [task.id for task in submitted.tasks]
    if not as_json:
        _print_submitted(submitted)
    if watch and submitted.search is not None:
        watch_search(client, submitted.search.id, as_json=as_json)
    elif watch:
        watch_tasks(client, ids, as_json=as_json)
    elif as_json:
        print_json(submitted)


def _print_submitted(submitted: "TaskSubmitted") -> None:
    if submitted.search is not None:
        search = submitted.search
        count = (
            f"{search.n_trials} trials"
            if search.n_trials
            else "as many trials as its budget allows"
        )
        console.print(Text(f"Search #{search.id} {search.name}: {count}"))
        if not submitted.tasks:
            console.print("Its trials are started one by one, as slots free.")
    for task in submitted.tasks[:SHOWN_TRIALS]:
        console.print(Text(f"#{task.id}  {task.name}  {task.status}  {task.output_path}"))
    if len(submitted.tasks) > SHOWN_TRIALS:
        console.print(f"… and {len(submitted.tasks) - SHOWN_TRIALS} more")


def _print_preview(found: "TaskPreview") -> None:
    if found.script_path:
        console.print(Text(f"Script   {found.script_path}"))
    if found.command:
        console.print(Text(f"Command  {' '.join(found.command)}"))
    for line in _lines_of_the_place(found):
        console.print(Text(line))
    if found.num_tasks or not found.problems:
        console.print(Text(f"Tasks    {found.num_tasks or 'as many as the budget allows'}"))
    for line in _lines_of_the_search(found):
        console.print(Text(line))
    if found.is_search and found.trials:
        shown = found.trials[:SHOWN_TRIALS]
        # Not all have the same: some parameters are taken out of a config while they mean nothing.
        paths = list(dict.fromkeys(path for trial in shown for path in trial.params))
        rows = [[t.name, *(number_text(t.params.get(path)) for path in paths)] for t in shown]
        print_table(["TRIAL", *paths], rows)
    for warning in found.warnings:
        console.print(Text(f"Warning  {_placed(warning)}", style="yellow"))
    for problem in found.problems:
        console.print(Text(f"Problem  {_placed(problem)}", style="red"))


def _placed(problem: "FieldError") -> str:
    place = f" (line {problem.line}, column {problem.column})" if problem.line else ""
    return f"{problem.path}{place}: {problem.message}"


def _lines_of_the_search(found: "TaskPreview") -> Iterator[str]:
    """What chooses its points, what for, when it stops, and which are known."""
    search = found.search
    if search is None:
        return
    is_same = search.algorithm == search.chosen
    yield f"Points   {search.chosen}{'' if is_same else f', chosen by {search.algorithm}'}"
    for one in search.objectives:
        target = "" if one.target is None else f", until {one.target:g}"
        yield f"Goal     {one.direction} {one.metric} ({one.summary}{target})"
    if search.early_stopping:
        yield f"Stopped  {search.early_stopping}"
    if search.budget:
        yield f"Budget   {', '.join(search.budget)}"
    at_once = "as many at once as there is room for"
    if search.max_concurrent is not None:
        at_once = f"{search.max_concurrent} at once"
    yield f"Where    {', '.join(found.platforms)}; {at_once}"
    if search.follows_results:
        count = len(found.trials)
        known = f"the first {count} known, " if count else ""
        yield f"Known    {known}the others follow from results"


def _lines_of_the_place(found: "TaskPreview") -> Iterator[str]:
    """Where the task's folder is made there, what is brought along, what the queue says."""
    if found.remote_root:
        yield f"Folder   {found.remote_root}/…"
    if code := found.code:
        yield f"Code     {code.folder}: {code.num_files:,} files, {code.size_bytes:,} bytes"
    if queue := found.forecast:
        start = f"would start at {queue.starts_at:%Y-%m-%d %H:%M} UTC" if queue.starts_at else ""
        told = "; ".join(filter(None, [start, queue.words]))
        if told:
            yield f"Queue    {told}"
        for problem in queue.problems:
            yield f"Queue    {problem.message} {problem.remedy}"
