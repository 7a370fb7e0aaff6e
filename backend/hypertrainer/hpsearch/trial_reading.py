"""The trials of a search as tables and plots show them: thousands in one answer."""

import asyncio
from collections import defaultdict
from typing import Any

from pydantic_core import from_json
from sqlalchemy import Text, type_coerce
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from hypertrainer.errors import NotFound
from hypertrainer.hpsearch.schemas import TrialList, TrialRead, TrialTaskRead
from hypertrainer.hpsearch.tables import Search, Trial, TrialTask
from hypertrainer.tasks.tables import Task

Row = Select[*tuple[Any, ...]]
PAGE = 500  # others are served between two
COLUMNS = [name for name in TrialRead.model_fields if name in Trial.model_fields] + ["constraints"]
JSON_COLUMNS = {"params", "objectives", "constraints"}


async def list_trials(session: AsyncSession, search_id: int, since: int = 0) -> TrialList:
    """The search's trials in the order they were asked for.

    Args:
        session: for queries.
        search_id: the search.
        since: only those that changed after this `seq`; 0: all.

    Raises:
        NotFound: there is no such search.
    """
    query = select(Search.changes).where(col(Search.id) == search_id)
    seq = (await session.exec(query)).first()  # before the rows, so that nothing is missed
    if seq is None:
        raise NotFound(f"There is no search {search_id}.")
    items: list[TrialRead] = []
    while True:
        after = items[-1].number if items else -1
        page = await _page(session, search_id, since, after)
        items += page
        if len(page) < PAGE:
            return TrialList(items=items, seq=seq)
        await asyncio.sleep(0)


async def _page(session: AsyncSession, search_id: int, since: int, after: int) -> list[TrialRead]:
    query = (
        Row(*(_column(name) for name in COLUMNS))
        .where(col(Trial.search_id) == search_id, col(Trial.number) > after)
        .order_by(col(Trial.number))
        .limit(PAGE)
    )
    if since:
        query = query.where(col(Trial.changed_seq) > since)
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in await session.exec(query)]
    if not rows:
        return []
    tasks = await _tasks(session, search_id, rows[0]["number"], rows[-1]["number"])
    return [_read(row, tasks.get(row["number"], [])) for row in rows]


def _column(name: str) -> Any:
    """A column; JSON as the text it is stored as, which is read faster than by the database's."""
    column = col(getattr(Trial, name))
    return type_coerce(column, Text) if name in JSON_COLUMNS else column


async def _tasks(
    session: AsyncSession, search_id: int, first: int, last: int
) -> dict[int, list[TrialTaskRead]]:
    query = (
        Row(
            col(Trial.number),
            col(Task.id),
            col(TrialTask.repeat),
            col(Task.name),
            col(Task.status),
            type_coerce(col(TrialTask.values), Text),
        )
        .join(TrialTask, col(TrialTask.trial_id) == col(Trial.id))
        .join(Task, col(Task.id) == col(TrialTask.task_id))
        .where(col(Trial.search_id) == search_id, col(Trial.number).between(first, last))
        .order_by(col(Trial.number), col(TrialTask.repeat))
    )
    tasks: dict[int, list[TrialTaskRead]] = defaultdict(list)
    for number, task_id, repeat, name, status, values in await session.exec(query):
        read = TrialTaskRead(
            task_id=task_id, repeat=repeat, name=name, status=status, values=_json(values)
        )
        tasks[number].append(read)
    return tasks


def _json(value: Any) -> Any:
    """From the text; PostgreSQL's driver has read it already."""
    return from_json(value) if isinstance(value, str) else value


def _read(row: dict[str, Any], tasks: list[TrialTaskRead]) -> TrialRead:
    first = tasks[0] if tasks else None
    constraints = _json(row.pop("constraints")) or {}
    row["params"], row["objectives"] = _json(row["params"]), _json(row["objectives"])
    return TrialRead(
        **row,
        is_feasible=all(size <= 0 for size in constraints.values()),
        task_id=first.task_id if first else None,
        task_name=first.name if first else None,
        task_status=first.status if first else None,
        tasks=tasks,
    )
