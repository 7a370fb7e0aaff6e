"""`platforms`: where tasks can run: list, add, check and remove these places."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from hypertrainer.cli.output import (
    JsonOption,
    age_text,
    console,
    errors,
    print_json,
    print_table,
)
from hypertrainer.cli.session import FAILED, connected
from hypertrainer.cli.submitting import parse_override

if TYPE_CHECKING:
    from hypertrainer.server.schemas import HostKeyRead, PlatformRead

CONDITION_STYLES = {"ok": "green", "degraded": "yellow", "auth_needed": "red", "unreachable": "red"}
TypeOption = Annotated[
    str, typer.Option("--type", help="What it is: local, ssh, slurm, pbs, sge, lsf, …")
]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="A key as in platforms.yaml, such as host=alice@beluga.example.org, resources.time=3h "
        "or 'setup=[\"module load python\"]'. Repeatable.",
    ),
]
app = typer.Typer(help="List the places where tasks can run; add, check and remove them.")


@app.callback(invoke_without_command=True)
def list_platforms(context: typer.Context, *, as_json: JsonOption = False) -> None:
    """List the places where tasks can run."""
    if context.invoked_subcommand is not None:
        return
    with connected() as client:
        found = client.list_platforms()
    if as_json:
        print_json(found)
        return
    headings = ("NAME", "TYPE", "CONDITION", "SLOTS", "WAITING", "QUEUED", "RUNNING", "SEEN")
    print_table((*headings, "CALLS/H", "WHY"), [_row(place) for place in found.items])
    if found.problem:
        errors.print(Text(found.problem, style="red"))


def _row(place: "PlatformRead") -> Sequence[str | Text]:
    return (
        place.name,
        place.type,
        _condition(place.condition),
        f"{place.slots.used}/{place.slots.total}" if place.slots else "",
        str(place.num_waiting),
        str(place.num_queued),
        str(place.num_running),
        age_text(place.last_poll_at),
        "" if place.calls_per_hour is None else str(place.calls_per_hour),
        place.why,
    )


@app.command()
def check(name: str, *, as_json: JsonOption = False) -> None:
    """Look at a platform now; exits with 1 unless it is well."""
    with connected() as client:
        place = client.check_platform(name)
    _tell(place, as_json=as_json)


@app.command("accept-key")
def accept_key(name: str, fingerprint: str, *, as_json: JsonOption = False) -> None:
    """Accept the host key that a check has shown, then look again."""
    with connected() as client:
        place = client.accept_host_key(name, fingerprint)
    _tell(place, as_json=as_json)


@app.command()
def add(
    name: str, *, type_name: TypeOption, values: SetOption = None, as_json: JsonOption = False
) -> None:
    """Add a platform to platforms.yaml."""
    from hypertrainer.server.schemas import PlatformCreate  # late: see session.connected

    settings = settings_of(values or [])
    with connected() as client:
        request = PlatformCreate.model_construct(name=name, type=type_name, settings=settings)
        place = client.add_platform(request)
    if as_json:
        print_json(place)
    else:
        console.print(f"{name} is added. Look at it with: hypertrainer platforms check {name}")


@app.command()
def remove(name: str) -> None:
    """Take a platform without active tasks out of platforms.yaml; its tasks stay listed."""
    with connected() as client:
        client.remove_platform(name)
    console.print(f"{name} is removed.")


def settings_of(values: Sequence[str]) -> dict[str, Any]:
    """`["host=a", "resources.time=3h"]` → `{"host": "a", "resources": {"time": "3h"}}`.

    Raises:
        typer.BadParameter: one is no `KEY=VALUE`, or its key lies below another one's value.
    """
    settings: dict[str, Any] = {}
    for text in values:
        path, value = parse_override(text)
        *sections, key = path.split(".")
        section = settings
        for name in sections:
            section = section.setdefault(name, {})
            if not isinstance(section, dict):
                raise typer.BadParameter(f"`{text}`: `{name}` was given a value before")
        section[key] = value
    return settings


def _tell(place: "PlatformRead", *, as_json: bool) -> None:
    """What a look found; leaves with 1 unless all is well."""
    if as_json:
        print_json(place)
    else:
        console.print(
            Text.assemble(f"{place.name} ({place.type}) is ", _condition(place.condition))
        )
        width = max(map(len, place.facts), default=0)
        for fact, value in place.facts.items():
            console.print(Text(f"  {fact:{width}}  {value}"))
        for problem in place.problems:
            console.print(Text(f"  {problem.message}", style="red"))
            console.print(Text(f"    {problem.remedy}"))
        if place.host_key:
            _tell_key(place.name, place.host_key)
    if place.condition != "ok":
        raise typer.Exit(FAILED)


def _tell_key(name: str, key: "HostKeyRead") -> None:
    lead = (
        "  If that is the new key of this machine:" if key.is_changed else "  If that is its key:"
    )
    console.print(Text(f"{lead} hypertrainer platforms accept-key {name} {key.fingerprint}"))


def _condition(condition: str) -> Text:
    return Text(condition, style=CONDITION_STYLES.get(condition, ""))
