"""Every command's way to the server, and what the shell is told when it fails.

Exit codes: 0 done; 1 the server refused, or an action or a task failed; 2 wrong usage; 3 no server.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import typer
from rich.text import Text

from hypertrainer.cli.output import errors

if TYPE_CHECKING:
    from hypertrainer.client import Client
    from hypertrainer.client.connection import ApiError

FAILED = 1
UNREACHABLE = 3
INTERRUPTED = 130


@contextmanager
def connected() -> Iterator["Client"]:
    """A client of the server. What it raises becomes a message and an exit code."""
    # Imported late: it costs more than all the rest of `hypertrainer --help`.
    from hypertrainer.client import Client
    from hypertrainer.client.connection import ApiError, ServerUnreachable

    try:
        with Client() as client:
            yield client
    except ApiError as error:
        print_api_error(error)
        raise typer.Exit(FAILED) from error
    except ServerUnreachable as error:
        fail(str(error), UNREACHABLE)
    except KeyboardInterrupt as error:
        errors.print("Stopped looking; the tasks go on.")
        raise typer.Exit(INTERRUPTED) from error


def print_api_error(error: "ApiError") -> None:
    """The message, and each field that is concerned, with its place in the YAML."""
    fields = error.body.fields
    if len(fields) != 1:  # a single field's own line says it all
        errors.print(Text.assemble(("Error: ", "bold red"), error.body.message))
    for problem in fields:
        place = f" (line {problem.line}, column {problem.column})" if problem.line else ""
        lead = ("Error: ", "bold red") if len(fields) == 1 else "  "
        said = f"{problem.path or 'request'}{place}: {problem.message}"
        errors.print(Text.assemble(lead, said))


def fail(message: str, code: int = FAILED) -> NoReturn:
    """Say why, and leave with this exit code."""
    errors.print(Text.assemble(("Error: ", "bold red"), message))
    raise typer.Exit(code)
