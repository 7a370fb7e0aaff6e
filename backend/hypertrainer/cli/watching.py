"""Live progress of tasks in the terminal, until all of them have ended."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.text import Text

from hypertrainer.cli.output import console, duration_text, errors, print_json, status_text
from hypertrainer.cli.session import FAILED

if TYPE_CHECKING:
    from hypertrainer.client import Client
    from hypertrainer.tasks.schemas import TaskRead


def watch_tasks(client: "Client", ids: Sequence[int], *, as_json: bool) -> None:
    """Show the tasks' progress; leave with 0 if all finished, else with 1."""
    last: list[TaskRead] = []
    with _board(is_silent=as_json) as board:
        for last in client.watch(ids):
            board.show(last)
    if as_json:
        print_json(last)
    else:
        _print_outcomes(last)
    if any(task.status != "finished" for task in last):
        raise typer.Exit(FAILED)


class Board:
    """One progress bar per active task."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._bars: dict[int, TaskID] = {}

    def show(self, tasks: Sequence["TaskRead"]) -> None:
        """Draw the tasks as they are now."""
        for task in tasks:
            if task.id not in self._bars:
                self._bars[task.id] = self._progress.add_task("", total=1.0, word="", left="")
            fraction = task.progress.fraction if task.progress else None
            is_done = task.status == "finished"
            self._progress.update(
                self._bars[task.id],
                description=Text(f"#{task.id} {task.name}").markup,
                completed=1.0 if is_done else fraction or 0.0,
                word=f"{task.status}",
                left=progress_text(task),
                visible=task.status.is_active or len(tasks) == 1,
            )


@contextmanager
def _board(*, is_silent: bool) -> Iterator[Board]:
    columns = (
        TextColumn("{task.description}"),
        TextColumn("{task.fields[word]}"),
        BarColumn(),
        TextColumn("{task.fields[left]}"),
    )
    # On standard error: standard output is for what a script may want to read.
    with Progress(
        *columns, console=errors, disable=is_silent or not errors.is_terminal
    ) as progress:
        yield Board(progress)


def progress_text(task: "TaskRead") -> str:
    """`epoch 3/20, train, 1:07 left`: as much as is known."""
    progress = task.progress
    if progress is None:
        return ""
    of = f"/{progress.num_epochs}" if progress.num_epochs else ""
    epoch = f"epoch {progress.epoch}{of}" if progress.epoch is not None else ""
    left = duration_text(progress.total_remaining_seconds)
    is_left = bool(left) and task.status.is_active
    return ", ".join(part for part in (epoch, progress.phase, f"{left} left" * is_left) if part)


def _print_outcomes(tasks: Sequence["TaskRead"]) -> None:
    for task in tasks:
        reason = f": {task.reason}" if task.reason and task.status != "finished" else ""
        console.print(Text.assemble(f"#{task.id} {task.name} ", status_text(task.status), reason))
