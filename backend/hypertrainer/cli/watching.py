"""Live progress of tasks in the terminal, until all of them have ended."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.text import Text

from hypertrainer.cli.output import console, duration_text, errors, print_json, status_text
from hypertrainer.cli.search_tables import num_over, print_search, trials_text
from hypertrainer.cli.session import FAILED

if TYPE_CHECKING:
    from hypertrainer.client import Client
    from hypertrainer.hpsearch.schemas import SearchDetail
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


def watch_search(client: "Client", search_id: int, *, as_json: bool) -> None:
    """Show a search's progress until it is over; leave with 0 if it is finished, else with 1."""
    last: SearchDetail | None = None
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[best]}"))
    is_silent = as_json or not errors.is_terminal
    with Progress(*columns, console=errors, disable=is_silent) as progress:
        bar = progress.add_task("", total=None, best="")
        for last in client.watch_search(search_id):
            text = f"#{last.id} {last.name}: {trials_text(last)} trials, {last.num_active} active"
            best = "" if last.best_value is None else f"best {last.best_value:.6g}"
            progress.update(
                bar,
                description=escape(text),
                completed=num_over(last),
                total=last.n_trials or None,
                best=best,
            )
    if last is None:
        return
    if as_json:
        print_json(last)
    else:
        print_search(last)
    if last.status != "finished":
        raise typer.Exit(FAILED)


class Board:
    """A progress bar for each task that runs, and one for all where there are several."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._bars: dict[int, TaskID] = {}
        self._total = progress.add_task("", word="", left="", visible=False)

    def show(self, tasks: Sequence["TaskRead"]) -> None:
        """Draw the tasks as they are now."""
        for task in tasks:
            self._show_one(task, is_alone=len(tasks) == 1)
        ended = sum(not task.status.is_active for task in tasks)
        text = f"{ended} of {len(tasks)} tasks ended"
        is_needed = len(tasks) > 1
        self._progress.update(
            self._total, description=text, completed=ended, total=len(tasks), visible=is_needed
        )

    def _show_one(self, task: "TaskRead", *, is_alone: bool) -> None:
        if task.id not in self._bars:
            self._bars[task.id] = self._progress.add_task("", total=1.0, word="", left="")
        fraction = task.progress.fraction if task.progress else None
        self._progress.update(
            self._bars[task.id],
            description=escape(f"#{task.id} {task.name}"),
            completed=1.0 if task.status == "finished" else fraction or 0.0,
            word=f"{task.status}",
            left=escape(progress_text(task)),
            visible=is_alone or task.status in ("running", "submitting"),
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
    epoch = f"epoch {progress.epoch + 1}{of}" if progress.epoch is not None else ""
    left = duration_text(progress.total_remaining_seconds)
    is_left = bool(left) and task.status.is_active
    return ", ".join(part for part in (epoch, progress.phase, f"{left} left" * is_left) if part)


def _print_outcomes(tasks: Sequence["TaskRead"]) -> None:
    for task in tasks:
        reason = f": {task.reason}" if task.reason and task.status != "finished" else ""
        console.print(Text.assemble(f"#{task.id} {task.name} ", status_text(task.status), reason))
