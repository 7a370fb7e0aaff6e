"""The columns of tasks that one can sort and filter by, as SQL for both databases."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from typing import cast as typed

from sqlalchemy import (
    JSON,
    Boolean,
    Double,
    SQLColumnExpression,
    String,
    cast,
    func,
    literal,
    type_coerce,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import col

from hypertrainer.tasks.tables import Task

Kind = Literal["text", "number", "time"]
Of = Callable[[type[Task]], SQLColumnExpression[Any]]


def id_of(task: type[Task] = Task) -> Mapped[int]:
    """The id column; of a row in the table it is never null."""
    return typed("Mapped[int]", col(task.id))


class ElapsedSeconds(FunctionElement[float]):
    """Seconds from the first moment to the second, or to now where that is null."""

    name = "elapsed_seconds"
    type = Double()
    inherit_cache = True


@compiles(ElapsedSeconds, "sqlite")
def _on_sqlite(element: ElapsedSeconds, compiler: SQLCompiler, **options: Any) -> str:
    start, end = (compiler.process(clause, **options) for clause in element.clauses)
    days = f"julianday(coalesce({end}, 'now')) - julianday({start})"
    return f"round(({days}) * 86400.0, 3)"  # days resolve a twentieth of a millisecond


@compiles(ElapsedSeconds)
def _on_postgres(element: ElapsedSeconds, compiler: SQLCompiler, **options: Any) -> str:
    start, end = (compiler.process(clause, **options) for clause in element.clauses)
    return f"CAST(EXTRACT(EPOCH FROM coalesce({end}, now()) - {start}) AS DOUBLE PRECISION)"


class ContainsText(FunctionElement[bool]):
    """Whether a text matches a `LIKE` pattern without regard to case, with `/` as its escape."""

    name = "contains_text"
    type = Boolean()
    inherit_cache = True


@compiles(ContainsText, "sqlite")
def _like(element: ContainsText, compiler: SQLCompiler, **options: Any) -> str:
    text, pattern = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({text} LIKE {pattern} ESCAPE '/')"  # case counts not: twice as fast as by lower()


@compiles(ContainsText)
def _ilike(element: ContainsText, compiler: SQLCompiler, **options: Any) -> str:
    text, pattern = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({text} ILIKE {pattern} ESCAPE '/')"


def contains(text: SQLColumnExpression[Any], part: str) -> ContainsText:
    """Whether a text has this part, without regard to case (in SQLite, of ASCII letters)."""
    escaped = part.replace("/", "//").replace("%", "/%").replace("_", "/_")
    return ContainsText(text, literal(f"%{escaped}%", String))


@dataclass(frozen=True, slots=True)
class TaskColumn:
    """One column: what it holds, and its SQL on `Task` or an alias of it."""

    kind: Kind
    of: Of
    is_nullable: bool = True


def _plain(name: str, kind: Kind, *, is_nullable: bool = True) -> TaskColumn:
    return TaskColumn(kind, lambda task: col(getattr(task, name)), is_nullable)


def _progress(key: str) -> TaskColumn:
    return TaskColumn("number", lambda task: type_coerce(col(task.progress), JSON)[key].as_float())


def duration(started_at: datetime | None, ended_at: datetime | None) -> SQLColumnExpression[float]:
    """How long a task ran, or has been running, in seconds."""
    return ElapsedSeconds(col(started_at), col(ended_at))


COLUMNS: dict[str, TaskColumn] = {
    "id": _plain("id", "number", is_nullable=False),
    "name": _plain("name", "text", is_nullable=False),
    "script": _plain("script", "text", is_nullable=False),
    "config": _plain("config", "text"),
    "status": _plain("status", "text", is_nullable=False),
    "reason": _plain("reason", "text", is_nullable=False),
    "platform": _plain("platform", "text", is_nullable=False),
    "host": _plain("host", "text"),
    "job_id": _plain("job_id", "text"),
    "project": _plain("project", "text", is_nullable=False),
    "notes": _plain("notes", "text", is_nullable=False),
    "exit_code": _plain("exit_code", "number"),
    "signal": _plain("signal", "text"),
    "search_id": _plain("search_id", "number"),
    "created_at": _plain("created_at", "time", is_nullable=False),
    "started_at": _plain("started_at", "time"),
    "ended_at": _plain("ended_at", "time"),
    "last_seen_at": _plain("last_seen_at", "time"),
    "duration": TaskColumn("number", lambda task: duration(task.started_at, task.ended_at)),
    "progress": _progress("fraction"),
    "epoch": _progress("epoch"),
    "eta": _progress("total_remaining_seconds"),
}


def sortable(column: TaskColumn, task: type[Task]) -> SQLColumnExpression[Any]:
    """The column's order: text without regard to case, everything else as it is."""
    expression = column.of(task)
    return func.lower(expression) if column.kind == "text" else expression


def as_number(column: TaskColumn, task: type[Task]) -> SQLColumnExpression[float]:
    """A number column in a type that every number can be compared with."""
    return cast(column.of(task), Double)
