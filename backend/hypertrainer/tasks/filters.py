"""Which tasks a list, a count, an export or a bulk action is about."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlalchemy import (
    ColumnElement,
    Exists,
    Select,
    SQLColumnExpression,
    and_,
    false,
    func,
    literal,
    or_,
)
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from hypertrainer.tasks.columns import COLUMNS, contains
from hypertrainer.tasks.comparisons import Rows, column_condition, value_rows
from hypertrainer.tasks.schemas import TaskId
from hypertrainer.tasks.statuses import TaskStatus
from hypertrainer.tasks.tables import Task, TaskTag
from hypertrainer.tasks.where import parse_condition

StatementT = TypeVar("StatementT", bound=Select[*tuple[Any, ...]])
SEARCHED = ("name", "script", "config", "project", "notes", "host", "reason")
MAX_WORDS = 20


def _without_nul(text: str) -> str:
    if "\0" in text:  # no database stores one
        raise ValueError("has a NUL character")
    return text


Text = Annotated[str, Field(max_length=500), AfterValidator(_without_nul)]
Texts = Annotated[list[Text], Field(max_length=100)]


class TaskFilters(BaseModel):
    """A filter of tasks. Different filters narrow; one filter repeated widens, `where` narrows."""

    model_config = ConfigDict(extra="forbid")

    project: Annotated[Texts, Field(description="Its name; empty: tasks of no project.")] = []
    status: Annotated[list[TaskStatus], Field(max_length=100)] = []
    platform: Texts = []
    tag: Texts = []
    search_id: Annotated[list[TaskId], Field(max_length=1_000)] = []
    ids: Annotated[list[TaskId], Field(max_length=10_000)] = []
    archived: Annotated[
        bool | Literal["any"], Field(description="Only archived tasks, only others, or any.")
    ] = False
    q: Annotated[
        Text,
        Field(
            description="Words that must all be found in the name, script, config, project, notes, "
            "tags, host or reason; `#12` is the task with that id."
        ),
    ] = ""
    where: Annotated[
        list[Text],
        Field(
            max_length=20,
            description="A comparison: `params.training.lr<0.01`, `metrics.loss.last<=0.5`, "
            "`status!=crashed`, `name~resnet`, `tag=best`. All must hold.",
        ),
    ] = []


@dataclass(frozen=True, slots=True)
class Matching:
    """A filter as SQL: rows of other tables that a task must have, and conditions on itself."""

    rows: tuple[Rows, ...] = ()
    conditions: tuple[ColumnElement[bool], ...] = ()
    is_archived: bool | None = None  # None: any

    @property
    def is_everything(self) -> bool:
        return not self.rows and not self.conditions and self.is_archived is None

    def of(self, statement: StatementT) -> StatementT:
        """The statement, which selects from `Task`, narrowed; made for finding all that match."""
        if self.rows:
            first = self.rows[0]
            on = and_(col(first.table.task_id) == col(Task.id), *first.conditions)
            statement = statement.join(first.table, on)
        others = [col(Task.id).in_(rows.task_ids()) for rows in self.rows[1:]]
        return statement.where(*self._archived(), *self.conditions, *others)

    def has(self, task_id: SQLColumnExpression[int]) -> Exists:
        """Whether the task with this id, of an enclosing statement, matches; made for a few."""
        one = select(literal(1)).select_from(Task).where(col(Task.id) == task_id)
        for rows in self.rows:
            one = one.join(rows.table, and_(rows.table.task_id == col(Task.id), *rows.conditions))
        return one.where(*self._archived(), *self.conditions).exists()

    def count(self) -> SelectOfScalar[int]:
        """How many tasks match. Where only values are compared, `Task` is not even looked at."""
        if not self.rows or self.conditions or self.is_archived:
            return self.of(select(func.count()).select_from(Task))
        first, *others = self.rows
        task_id = col(first.table.task_id)
        count = select(func.count()).select_from(first.table).where(*first.conditions)
        count = count.where(*(task_id.in_(rows.task_ids()) for rows in others))
        if self.is_archived is None:
            return count
        return count.where(task_id.not_in(select(Task.id).where(col(Task.is_archived))))

    def _archived(self) -> list[ColumnElement[bool]]:
        return [] if self.is_archived is None else [col(Task.is_archived).is_(self.is_archived)]


def matching(filters: TaskFilters) -> Matching:
    """The filter as SQL.

    Raises:
        InvalidInput: a `where` is no comparison; the message says what is wrong.
    """
    rows: list[Rows] = []
    conditions = [*_listed(filters), *_words(filters.q)]
    for source in filters.where:
        condition = parse_condition(source, [*COLUMNS, "tag"])
        if condition.reference.kind == "column":
            conditions.append(column_condition(condition))
        else:
            rows.append(value_rows(condition))
    is_archived = None if filters.archived == "any" else filters.archived
    return Matching(tuple(rows), tuple(conditions), is_archived)


def _listed(filters: TaskFilters) -> Iterable[ColumnElement[bool]]:
    for name in ("status", "project", "platform", "search_id"):
        if values := getattr(filters, name):
            yield col(getattr(Task, name)).in_(values)
    if filters.ids:
        yield col(Task.id).in_(filters.ids)
    if filters.tag:
        tagged = select(TaskTag.task_id).where(col(TaskTag.tag).in_(filters.tag))
        yield col(Task.id).in_(tagged)


def _words(q: str) -> Iterable[ColumnElement[bool]]:
    for word in q.split()[:MAX_WORDS]:
        if word.startswith("#") and word[1:].isascii() and word[1:].isdigit():
            yield _is_id(word[1:])
        else:
            yield _is_found(word)


def _is_id(digits: str) -> ColumnElement[bool]:
    number = int(digits)
    return col(Task.id) == number if number < 2**31 else false()


def _is_found(word: str) -> ColumnElement[bool]:
    texts = [contains(col(getattr(Task, name)), word) for name in SEARCHED]
    tagged = select(TaskTag.task_id).where(contains(col(TaskTag.tag), word))
    return or_(*texts, col(Task.id).in_(tagged))
