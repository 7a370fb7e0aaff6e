"""The order of tasks, and how a page of it is found without sorting every task.

A page sorted by a parameter or a metric is read off that value's index (`_walk`) where most tasks
match the filter, and by sorting the matching ones where few do. Values that are missing come last,
whichever the direction; equals come newest first. Numbers come before texts.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, func
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from hypertrainer.errors import FieldProblem, InvalidInput
from hypertrainer.pagination import PageParams
from hypertrainer.tasks.columns import COLUMNS, id_of, sortable
from hypertrainer.tasks.filters import Matching
from hypertrainer.tasks.tables import MetricSummary, Task, TaskParam
from hypertrainer.tasks.where import Reference, parse_reference

MAX_KEYS = 5
# What looking a task up while walking costs, in units of sorting one matching task (measured).
WALK_COST = 3

_KEY = re.compile(r"(?:[^,`]|`[^`]*`)+")
Ids = SelectOfScalar[int]
Value = SQLColumnExpression[Any]


@dataclass(frozen=True, slots=True)
class SortKey:
    """One thing to sort by."""

    reference: Reference
    is_descending: bool

    @property
    def is_indexed(self) -> bool:
        return self.reference.kind != "column"


@dataclass(frozen=True, slots=True)
class Size:
    """How many tasks match, and about how many there are."""

    matching: int
    tasks: int


def parse_sort(text: str) -> list[SortKey]:
    """Read `-metrics.loss.last,name`: keys by comma, `-` descends.

    Raises:
        InvalidInput: a key is unknown, or there are more than five.
    """
    keys = [_key(part.strip()) for part in _KEY.findall(text) if part.strip()]
    if len(keys) > MAX_KEYS:
        message = f"There are {len(keys)} keys to sort by; {MAX_KEYS} are the most."
        raise InvalidInput(message, [FieldProblem("sort", message)])
    return keys


def _key(text: str) -> SortKey:
    name = text.removeprefix("-").removeprefix("+")
    return SortKey(parse_reference(name, COLUMNS, "sort"), text.startswith("-"))


async def sorted_ids(
    session: AsyncSession, matches: Matching, keys: Sequence[SortKey], page: PageParams, size: Size
) -> list[int]:
    """The ids of one page of the tasks that match."""
    if not keys or not keys[0].is_indexed or _is_sorting_cheaper(page, size):
        return await _page(session, _sorted(matches, keys), page.offset, page.limit)
    return await _walk(session, matches, keys, page)


def _is_sorting_cheaper(page: PageParams, size: Size) -> bool:
    """Walking looks up about one task in `tasks / matching` that is wanted."""
    steps = min((page.offset + page.limit) * size.tasks, size.tasks * size.matching)
    return size.matching**2 <= WALK_COST * steps


async def _walk(
    session: AsyncSession, matches: Matching, keys: Sequence[SortKey], page: PageParams
) -> list[int]:
    """Read ids off the first key's index, then those of tasks without, until the page is full."""
    ids: list[int] = []
    offset = page.offset
    for segment in (*_segments(matches, keys), _lacking(matches, keys)):
        found = await _page(session, segment, offset, page.limit - len(ids))
        ids += found
        if len(ids) == page.limit:
            break
        if found:
            offset = 0
        elif offset:
            offset -= await _count(session, segment)
    return ids


async def _page(session: AsyncSession, ids: Ids, offset: int, limit: int) -> list[int]:
    return list((await session.exec(ids.offset(offset).limit(limit))).all())


async def _count(session: AsyncSession, ids: Ids) -> int:
    unordered = ids.order_by(None).subquery()
    return (await session.exec(select(func.count()).select_from(unordered))).one()


def _sorted(matches: Matching, keys: Sequence[SortKey]) -> Ids:
    order = _Order(id_of(), Task)
    for key in keys:
        order.add(key)
    return order.of(matches.of(select(id_of())))


def _segments(matches: Matching, keys: Sequence[SortKey]) -> Iterator[Ids]:
    """The tasks that have the first key's value, in its order: numbers, then texts."""
    first, *others = keys
    source, condition, values = _valued(first.reference)
    earlier: list[ColumnElement[bool]] = []
    for value in values:
        present = and_(condition, *earlier, value.is_not(None))
        earlier.append(value.is_(None))
        order = _Order(source.task_id, aliased(Task), is_joined=False)
        order.terms.append(_directed(value, first))
        for key in others:
            order.add(key)
        yield order.of(select(source.task_id).where(present, matches.has(source.task_id)))


def _lacking(matches: Matching, keys: Sequence[SortKey]) -> Ids:
    """The tasks that lack the first key's value, in the order of the other keys."""
    source, condition, values = _valued(keys[0].reference)
    has_value = values[-1].is_not(None)
    here = select(source.task_id).where(source.task_id == id_of(), condition, has_value)
    return _sorted(matches, keys[1:]).where(~here.exists())


def _valued(
    reference: Reference,
) -> tuple[Any, ColumnElement[bool], list[Value]]:
    """An alias of the table with the value, which rows of it, and its columns in order.

    A parameter's text is there whenever its number is.
    """
    if reference.kind == "param":
        param = aliased(TaskParam)
        condition = col(param.path) == reference.name
        return param, condition, [col(param.number), col(param.text)]
    metric = aliased(MetricSummary)
    condition = col(metric.name) == reference.name
    return metric, condition, [col(getattr(metric, reference.field))]


def _directed(value: Value, key: SortKey) -> ColumnElement[Any]:
    return value.desc() if key.is_descending else value.asc()


class _Order:
    """The `ORDER BY` of one statement, and the joins that it needs."""

    def __init__(self, task_id: Any, task: type[Task], *, is_joined: bool = True) -> None:
        self.terms: list[ColumnElement[Any]] = []
        self._task_id = task_id
        self._task = task
        self._is_joined = is_joined
        self._joins: list[tuple[Any, ColumnElement[bool]]] = []
        self._has_id = False

    def add(self, key: SortKey) -> None:
        if key.is_indexed:
            source, condition, values = _valued(key.reference)
            self._joins.append((source, and_(source.task_id == self._task_id, condition)))
            for value in values:
                self._add_term(value, key, is_nullable=True)
            return
        self._join_task()
        column = COLUMNS[key.reference.name]
        self._has_id = self._has_id or key.reference.name == "id"
        self._add_term(sortable(column, self._task), key, is_nullable=column.is_nullable)

    def of(self, ids: Ids) -> Ids:
        for table, on in self._joins:
            ids = ids.join(table, on, isouter=True)
        newest_first = [] if self._has_id else [self._task_id.desc()]
        return ids.order_by(*self.terms, *newest_first)

    def _add_term(self, value: Value, key: SortKey, *, is_nullable: bool) -> None:
        if is_nullable:
            self.terms.append(value.is_(None))
        self.terms.append(_directed(value, key))

    def _join_task(self) -> None:
        if not self._is_joined:
            self._joins.append((self._task, id_of(self._task) == self._task_id))
            self._is_joined = True
