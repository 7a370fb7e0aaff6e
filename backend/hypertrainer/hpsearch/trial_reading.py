"""The trials of a search as tables and plots show them: thousands in one answer."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from hypertrainer.errors import NotFound
from hypertrainer.hpsearch.schemas import TrialList, TrialRead, TrialTaskRead
from hypertrainer.hpsearch.tables import Search, Trial, TrialTask
from hypertrainer.tasks.tables import Task

Row = Select[*tuple[Any, ...]]
PAGE = 500  # others are served between two
OWN = [name for name in TrialRead.model_fields if name in Trial.model_fields]


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
        Row(col(Trial.id), col(Trial.constraints), *(getattr(Trial, name) for name in OWN))
        .where(col(Trial.search_id) == search_id, col(Trial.number) > after)
        .order_by(col(Trial.number))
        .limit(PAGE)
    )
    if since:
        query = query.where(col(Trial.changed_seq) > since)
    rows = (await session.exec(query)).all()
    tasks = await _tasks(session, [row[0] for row in rows])
    return [
        _read(dict(zip(OWN, own, strict=True)), constraints, tasks[trial_id])
        for trial_id, constraints, *own in rows
    ]


async def _tasks(session: AsyncSession, trial_ids: Sequence[int]) -> dict[int, list[TrialTaskRead]]:
    query = (
        Row(
            col(TrialTask.trial_id),
            col(Task.id),
            col(TrialTask.repeat),
            col(Task.name),
            col(Task.status),
            col(TrialTask.values),
        )
        .join(Task, col(Task.id) == col(TrialTask.task_id))
        .where(col(TrialTask.trial_id).in_(trial_ids))
        .order_by(col(TrialTask.trial_id), col(TrialTask.repeat))
    )
    tasks: dict[int, list[TrialTaskRead]] = defaultdict(list)
    for trial_id, task_id, repeat, name, status, values in await session.exec(query):
        tasks[trial_id].append(
            TrialTaskRead(task_id=task_id, repeat=repeat, name=name, status=status, values=values)
        )
    return tasks


def _read(
    own: dict[str, Any], constraints: dict[str, float] | None, tasks: list[TrialTaskRead]
) -> TrialRead:
    first = tasks[0] if tasks else None
    return TrialRead(
        **own,
        is_feasible=all(violation <= 0 for violation in (constraints or {}).values()),
        task_id=first.task_id if first else None,
        task_name=first.name if first else None,
        task_status=first.status if first else None,
        tasks=tasks,
    )
