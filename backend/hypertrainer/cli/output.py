"""What commands print: tables for people, the API's own JSON with `--json`."""

import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from pydantic import BaseModel

UNFOLDED = 10_000  # columns: what is piped into a program is never cut or folded
console = Console(width=None if sys.stdout.isatty() else UNFOLDED)
errors = Console(stderr=True, width=None if sys.stderr.isatty() else UNFOLDED)
JsonOption = Annotated[bool, typer.Option("--json", help="Print the API's JSON.")]
STATUS_STYLES = {
    "waiting": ("◷", "yellow"),
    "submitting": ("◔", "yellow"),
    "running": ("●", "blue"),
    "finished": ("✓", "green"),
    "crashed": ("✗", "red"),
    "cancelled": ("⊘", "bright_black"),
    "pruned": ("✂", "magenta"),
    "failed_to_start": ("✗", "red"),
    "timed_out": ("◴", "red"),
    "preempted": ("⏏", "yellow"),
    "lost": ("?", "red"),
    # Of searches and trials:
    "paused": ("‖", "yellow"),
    "complete": ("✓", "green"),
    "stopping": ("◔", "magenta"),
    "stopped": ("✂", "magenta"),
    "failed": ("✗", "red"),
}


def print_json(body: "BaseModel | Sequence[BaseModel]") -> None:
    """Print a body, or several as a list, as the API sends it."""
    if isinstance(body, Sequence):
        text = "[" + ",\n".join(item.model_dump_json(indent=2) for item in body) + "]"
    else:
        text = body.model_dump_json(indent=2)
    sys.stdout.write(text + "\n")


def print_table(
    headings: Sequence[str], rows: Iterable[Sequence[str | Text]], out: Console = console
) -> None:
    """Print rows under headings, each on one line; a narrow terminal cuts the widest column."""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for heading in headings:
        table.add_column(_one_line(heading))
    for row in rows:
        table.add_row(*map(_one_line, row))
    out.print(table)


def _one_line(cell: str | Text) -> Text:
    text = Text(cell) if isinstance(cell, str) else cell
    # Said of the cell, not of the column: Rich squeezes columns that may not wrap all alike.
    text.no_wrap, text.overflow = True, "ellipsis"
    return text


def status_text(status: str) -> Text:
    """A status as icon, word and colour."""
    icon, style = STATUS_STYLES.get(status, ("?", ""))
    return Text(f"{icon} {status}", style=style)


def duration_text(seconds: float | None) -> str:
    """`3:07`, `2:03:07`, `4d 2:03:07`; empty where it is not known."""
    if seconds is None:
        return ""
    minutes, second = divmod(round(seconds), 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    clock = f"{hour}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"
    return f"{days}d {clock}" if days else clock


def age_text(moment: datetime | None) -> str:
    """How long ago: `12s`, `5m`, `3h`, `9d`; empty where it is not known."""
    if moment is None:
        return ""
    seconds = max(0, round((datetime.now(UTC) - moment).total_seconds()))
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds >= size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def number_text(value: object) -> str:
    """Any value of a parameter or metric in a few characters."""
    if value is None:
        return ""
    return f"{value:.5g}" if isinstance(value, float) else str(value)
