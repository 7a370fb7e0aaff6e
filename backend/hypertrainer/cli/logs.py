"""`logs`: what a task wrote, and what it writes now."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from hypertrainer.cli.output import JsonOption, age_text, print_json, print_table
from hypertrainer.cli.session import connected

if TYPE_CHECKING:
    from hypertrainer.client import Client

PAUSE_SECONDS = 0.3
TAIL_BYTES = 1_048_576
NOT_FOUND = 404
app = typer.Typer()


@app.command()
def logs(
    task_id: Annotated[int, typer.Argument(metavar="ID")],
    name: Annotated[str, typer.Argument(metavar="[NAME]")] = "out.txt",
    *,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on until the task has ended.")
    ] = False,
    lines: Annotated[
        int | None, typer.Option("--lines", "-n", min=0, help="Begin with the last lines only.")
    ] = None,
    list_names: Annotated[bool, typer.Option("--list", "-l", help="List the logs.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Print a log of a task: standard output, or another by its name."""
    with connected() as client:
        if list_names:
            _list(client, task_id, as_json=as_json)
            return
        offset = 0 if lines is None else _print_tail(client, task_id, name, lines)
        while True:
            # Asked before reading: what an ended task wrote is all there.
            is_active = follow and client.get_task(task_id).status.is_active
            with _waiting_for_the_log(is_active=is_active):
                offset = _print_from(client, task_id, name, offset, as_json=as_json)
            if not is_active:
                return
            time.sleep(PAUSE_SECONDS)


@contextmanager
def _waiting_for_the_log(*, is_active: bool) -> Iterator[None]:
    """A task that has not ended yet may still write the log that is missing."""
    from hypertrainer.client.connection import ApiError  # late: see session.connected

    try:
        yield
    except ApiError as error:
        if not is_active or error.status != NOT_FOUND:
            raise


def _list(client: "Client", task_id: int, *, as_json: bool) -> None:
    found = client.list_logs(task_id)
    if as_json:
        print_json(found)
        return
    rows = [(log.name, f"{log.size:,}", age_text(log.modified_at)) for log in found.items]
    print_table(("NAME", "BYTES", "WRITTEN"), rows)


def _print_from(client: "Client", task_id: int, name: str, offset: int, *, as_json: bool) -> int:
    """Print what stands after the offset; returns the offset of what comes next."""
    while True:
        piece = client.read_log(task_id, name, offset=offset)
        if as_json and piece.text:
            sys.stdout.write(piece.model_dump_json() + "\n")
        elif not as_json:
            sys.stdout.write(piece.text)
        if piece.is_complete or piece.next_offset == offset:
            sys.stdout.flush()
            return piece.next_offset
        offset = piece.next_offset


def _print_tail(client: "Client", task_id: int, name: str, lines: int) -> int:
    piece = client.read_log(task_id, name, offset=-TAIL_BYTES)
    last = piece.text.splitlines(keepends=True)[-lines:] if lines else []
    sys.stdout.write("".join(last))
    return piece.next_offset
