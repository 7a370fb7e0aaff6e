"""`ls`, `show`, `wait`, `export` and the actions on tasks."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.text import Text

from hypertrainer.cli.filters import (
    ArchivedOption,
    IdsArgument,
    PlatformsOption,
    ProjectsOption,
    SearchOption,
    StatusOption,
    TagsOption,
    TaskFilter,
    TextOption,
    WhereOption,
    parse_ids,
)
from hypertrainer.cli.output import (
    JsonOption,
    age_text,
    console,
    duration_text,
    errors,
    number_text,
    print_json,
    print_table,
    status_text,
)
from hypertrainer.cli.session import FAILED, connected
from hypertrainer.cli.watching import progress_text, watch_tasks

if TYPE_CHECKING:
    from hypertrainer.client import Action, ExportFormat
    from hypertrainer.tasks.schemas import AttemptRead, TaskRead

DEFAULT_COLUMNS = "id,name,status,progress,platform,project,created_at"
Format = Literal["csv", "json", "yaml", "parquet"]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
app = typer.Typer()


@app.command("ls")
def list_tasks(
    *,
    status: StatusOption = None,
    platform: PlatformsOption = None,
    project: ProjectsOption = None,
    tag: TagsOption = None,
    search: SearchOption = None,
    where: WhereOption = None,
    archived: ArchivedOption = False,
    query: TextOption = "",
    sort: Annotated[str, typer.Option(help="As in the API: -created_at,metrics.loss.min")] = "-id",
    columns: Annotated[
        str, typer.Option(help="Also params.PATH and metrics.NAME.last|min|max")
    ] = DEFAULT_COLUMNS,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=500)] = 50,
    as_json: JsonOption = False,
) -> None:
    """List tasks."""
    chosen = TaskFilter(status, platform, project, tag, search, where, None, archived, query)
    with connected() as client:
        page = client.list_tasks(chosen.params(), sort=sort, limit=limit)
    if as_json:
        print_json(page)
        return
    names = [name.strip() for name in columns.split(",") if name.strip()]
    headings = [name.rpartition("params.")[2].upper() for name in names]
    print_table(headings, [[cell(task, name) for name in names] for task in page.items])
    if page.total > len(page.items):
        errors.print(f"{len(page.items)} of {page.total:,}; -n shows more", style="dim")


def cell(task: "TaskRead", column: str) -> str | Text:
    """One value of a task, by the column's name in the API.

    Raises:
        typer.BadParameter: tasks have no such column.
    """
    kind, _, rest = column.partition(".")
    if kind == "params":
        return number_text(task.params.get(rest))
    if kind == "metrics":
        name, _, summary = rest.rpartition(".")
        return number_text(getattr(task.metrics.get(name), summary, None))
    if column not in type(task).model_fields:
        raise typer.BadParameter(f"Tasks have no column `{column}`.", param_hint="--columns")
    return _own_cell(task, column)


def _own_cell(task: "TaskRead", column: str) -> str | Text:
    value = getattr(task, column)
    if column == "status":
        return status_text(task.status)
    if column == "progress":
        return progress_text(task)
    if column.endswith("_at"):
        return age_text(value)
    return ", ".join(value) if isinstance(value, list) else number_text(value)


@app.command()
def show(
    task_id: Annotated[int, typer.Argument(metavar="ID")],
    *,
    config: Annotated[bool, typer.Option("--config", help="Print its config.yaml.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show all that is known of a task."""
    with connected() as client:
        if config:
            sys.stdout.write(client.get_config(task_id))
            return
        task = client.get_task(task_id)
        if as_json:
            print_json(task)
            return
        attempts = client.get_attempts(task_id).items
    _print_task(task)
    _print_attempts(attempts)


def _print_task(task: "TaskRead") -> None:
    console.print(Text.assemble((f"#{task.id} {task.name}  ", "bold"), status_text(task.status)))
    if task.reason:
        console.print(Text(task.reason, style="dim"))
    names = ("script", "config", "platform", "host", "job_id", "project", "notes", "output_path")
    facts = {name: getattr(task, name) for name in names}
    facts |= {"tags": ", ".join(task.tags), "progress": progress_text(task)}
    facts |= {"exit_code": task.exit_code, "signal": task.signal, "search_id": task.search_id}
    for moment in ("created_at", "started_at", "ended_at"):
        value = getattr(task, moment)
        facts[moment] = value.astimezone().isoformat(" ", "seconds") if value else None
    if task.started_at and task.ended_at:
        facts["duration"] = duration_text((task.ended_at - task.started_at).total_seconds())
    for name, value in facts.items():
        if value not in (None, ""):
            console.print(Text(f"  {name:12} {value}"))
    for path, value in task.params.items():
        console.print(Text(f"  params.{path} = {number_text(value)}"))
    for name, metric in task.metrics.items():
        values = (f"{kind} {number_text(getattr(metric, kind))}" for kind in ("last", "min", "max"))
        console.print(Text(f"  metrics.{name}: {', '.join(values)}"))


def _print_attempts(attempts: list["AttemptRead"]) -> None:
    rows = [
        (
            str(attempt.number),
            attempt.outcome or attempt.state,
            attempt.job_id or "",
            attempt.host or "",
            number_text(attempt.exit_code),
            attempt.reason,
        )
        for attempt in attempts
    ]
    print_table(("ATTEMPT", "STATE", "JOB", "HOST", "EXIT", "REASON"), rows)


@app.command()
def wait(ids: IdsArgument, *, as_json: JsonOption = False) -> None:
    """Wait for tasks to end; exits with 0 only if all of them finished."""
    numbers = parse_ids(ids)
    with connected() as client:
        watch_tasks(client, numbers, as_json=as_json)


@app.command()
def cancel(ids: IdsArgument, *, as_json: JsonOption = False) -> None:
    """Stop tasks: SIGTERM, a grace, SIGKILL."""
    _act("cancel", ids, as_json=as_json)


@app.command()
def resume(ids: IdsArgument, *, as_json: JsonOption = False) -> None:
    """Run tasks again in their own folders."""
    _act("resume", ids, as_json=as_json)


@app.command()
def archive(ids: IdsArgument, *, as_json: JsonOption = False) -> None:
    """Put ended tasks out of sight."""
    _act("archive", ids, as_json=as_json)


@app.command()
def unarchive(ids: IdsArgument, *, as_json: JsonOption = False) -> None:
    """Bring archived tasks back."""
    _act("unarchive", ids, as_json=as_json)


@app.command()
def delete(ids: IdsArgument, *, yes: YesOption = False, as_json: JsonOption = False) -> None:
    """Delete archived tasks for good, their output folders with them."""
    if not yes:
        count = len(parse_ids(ids))
        typer.confirm(f"Delete {count} task(s) and all their output?", abort=True, err=True)
    _act("delete", ids, as_json=as_json)


def _act(action: "Action", ids: list[str], *, as_json: bool) -> None:
    numbers = parse_ids(ids)
    with connected() as client:
        results = client.act(action, numbers)
    if as_json:
        print_json(results)
    for result in results.results:
        if not result.ok:
            errors.print(Text(f"#{result.id}: {result.message}", style="red"))
        elif not as_json:
            console.print(Text(f"#{result.id}: {result.message or action}"))
    if not all(result.ok for result in results.results):
        raise typer.Exit(FAILED)


@app.command()
def export(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]…", help="Only these tasks.")
    ] = None,
    *,
    output: Annotated[Path | None, typer.Option("--output", "-o", dir_okay=False)] = None,
    file_format: Annotated[
        Format | None,
        typer.Option("--format", help="By default what the file's name says, or csv."),
    ] = None,
    status: StatusOption = None,
    platform: PlatformsOption = None,
    project: ProjectsOption = None,
    tag: TagsOption = None,
    search: SearchOption = None,
    where: WhereOption = None,
    archived: ArchivedOption = False,
    query: TextOption = "",
) -> None:
    """Write tasks with every parameter, and every metric's last, min and max."""
    kind = file_format or _format_of(output)
    if kind == "parquet" and output is None and sys.stdout.isatty():
        raise typer.BadParameter("Parquet is no text: name a file with -o.")
    numbers = parse_ids(ids) if ids else None
    chosen = TaskFilter(status, platform, project, tag, search, where, numbers, archived, query)
    with connected() as client:
        pieces = client.export(kind, chosen.params())
        first = next(pieces, b"")  # an error comes before a file is made
        with output.open("wb") if output else sys.stdout.buffer as file:
            file.write(first)
            file.writelines(pieces)


def _format_of(output: Path | None) -> "ExportFormat":
    suffixes: dict[str, ExportFormat] = {
        ".json": "json",
        ".yaml": "yaml",
        ".yml": "yaml",
        ".parquet": "parquet",
    }
    return suffixes.get(output.suffix.lower(), "csv") if output else "csv"
