"""What is asked of tasks: lists, counts, and the catalogues of projects, tags and columns."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from sqlalchemy import case, func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from hypertrainer.errors import NotFound
from hypertrainer.pagination import PageParams
from hypertrainer.tasks.columns import contains, id_of
from hypertrainer.tasks.filters import Matching, TaskFilters, matching
from hypertrainer.tasks.schemas import (
    ColumnRead,
    MetricValues,
    ProjectRead,
    StatusCount,
    TagRead,
    TaskProgress,
    TaskRead,
)
from hypertrainer.tasks.sorting import Size, parse_sort, sorted_ids
from hypertrainer.tasks.statuses import ACTIVE_STATUSES, AttemptState, TaskStatus
from hypertrainer.tasks.tables import Attempt, MetricSummary, Task, TaskParam, TaskTag

MAX_SELECTED = 10_000
MAX_COLUMNS = 1_000
MAX_FOUND = 1_000
Row = Select[*tuple[Any, ...]]
GATHERED = {"tags", "num_attempts", "is_stopping", "metrics"}  # from other tables
READ_NAMES = [name for name in TaskRead.model_fields if name not in GATHERED]
READ_COLUMNS = [getattr(Task, name) for name in READ_NAMES]
METRIC_COLUMNS = [getattr(MetricSummary, name) for name in MetricValues.model_fields]


async def list_tasks(
    session: AsyncSession, filters: TaskFilters, sort: str, page: PageParams
) -> tuple[list[TaskRead], int]:
    """One page of the tasks that match, and how many match.

    Raises:
        InvalidInput: a comparison or a sort key cannot be understood.
    """
    keys, matches = parse_sort(sort), matching(filters)
    matches = await _found(session, filters, matches)
    newest = select(func.max(col(Task.id))).scalar_subquery()
    counts = select(matches.count().scalar_subquery(), newest)
    total, highest = (await session.exec(counts)).one()
    size = Size(matching=total, tasks=highest or 0)
    ids = await sorted_ids(session, matches, keys, page, size) if total > page.offset else []
    return await read_tasks(session, ids), total


async def _found(session: AsyncSession, filters: TaskFilters, matches: Matching) -> Matching:
    """The same by ids, where texts are searched and few match: no index helps, one look is all."""
    if not filters.q.strip():
        return matches
    ids = (await session.exec(matches.of(select(id_of())).limit(MAX_FOUND + 1))).all()
    return matches if len(ids) > MAX_FOUND else Matching(conditions=(id_of().in_(ids),))


async def select_ids(session: AsyncSession, filters: TaskFilters) -> list[int]:
    """The ids of the tasks that match, newest first; at most 10,000."""
    ids = matching(filters).of(select(id_of())).order_by(id_of().desc())
    return list((await session.exec(ids.limit(MAX_SELECTED))).all())


async def get_task_read(session: AsyncSession, task_id: int) -> TaskRead:
    """One task as clients see it.

    Raises:
        NotFound: there is no such task.
    """
    tasks = await read_tasks(session, [task_id])
    if not tasks:
        raise NotFound(f"There is no task #{task_id}. It may have been deleted.")
    return tasks[0]


async def read_tasks(session: AsyncSession, ids: Sequence[int]) -> list[TaskRead]:
    """These tasks as clients see them, in this order, in four queries; unknown ids are left out."""
    if not ids:
        return []
    rows = await session.exec(Row(*READ_COLUMNS).where(col(Task.id).in_(ids)))
    fields = {row[0]: dict(zip(READ_NAMES, row, strict=True)) for row in rows}  # the id is first
    tags = await _tags(session, ids)
    metrics = await _metrics(session, ids)
    attempts = await _attempts(session, ids)
    return [
        TaskRead(
            **fields[task_id] | {"progress": _progress(fields[task_id]["progress"])},
            tags=tags[task_id],
            metrics=metrics[task_id],
            num_attempts=len(attempts[task_id]),
            is_stopping=any(attempts[task_id][-1:]),
        )
        for task_id in ids
        if task_id in fields
    ]


async def _tags(session: AsyncSession, ids: Sequence[int]) -> Mapping[int, list[str]]:
    query = select(TaskTag.task_id, TaskTag.tag).where(col(TaskTag.task_id).in_(ids))
    tags: dict[int, list[str]] = defaultdict(list)
    for task_id, tag in await session.exec(query.order_by(col(TaskTag.tag))):
        tags[task_id].append(tag)
    return tags


async def _metrics(
    session: AsyncSession, ids: Sequence[int]
) -> Mapping[int, dict[str, MetricValues]]:
    columns = [col(MetricSummary.task_id), col(MetricSummary.name), *METRIC_COLUMNS]
    query = Row(*columns).where(col(MetricSummary.task_id).in_(ids))
    metrics: dict[int, dict[str, MetricValues]] = defaultdict(dict)
    for task_id, name, *values in await session.exec(query.order_by(col(MetricSummary.name))):
        fields = dict(zip(MetricValues.model_fields, values, strict=True))
        metrics[task_id][name] = MetricValues(**fields)
    return metrics


async def _attempts(session: AsyncSession, ids: Sequence[int]) -> Mapping[int, list[bool]]:
    """For every attempt, oldest first, whether it is being stopped."""
    query = (
        select(Attempt.task_id, Attempt.state, Attempt.stop_requested_at)
        .where(col(Attempt.task_id).in_(ids))
        .order_by(col(Attempt.task_id), col(Attempt.number))
    )
    attempts: dict[int, list[bool]] = defaultdict(list)
    for task_id, state, stop_requested_at in await session.exec(query):
        attempts[task_id].append(stop_requested_at is not None and state != AttemptState.ENDED)
    return attempts


def _progress(progress: Mapping[str, Any] | None) -> TaskProgress | None:
    if progress is None:
        return None
    return TaskProgress(**{name: progress.get(name) for name in TaskProgress.model_fields})


async def count_by_status(session: AsyncSession, filters: TaskFilters) -> list[StatusCount]:
    """How many of the filter's tasks have each status; statuses that none has are left out."""
    matches = await _found(session, filters, matching(filters))
    query = matches.of(select(Task.status, func.count()).select_from(Task))
    rows = await session.exec(query.group_by(col(Task.status)))
    counts = {TaskStatus(status): count for status, count in rows}
    return [
        StatusCount(status=status, num_tasks=counts[status])
        for status in TaskStatus
        if status in counts
    ]


async def list_projects(session: AsyncSession) -> list[ProjectRead]:
    """Every project that a task names, by name; archived tasks are not counted."""
    # In the order of `ix_task_list`: the database then counts without sorting.
    groups = (col(Task.is_archived), col(Task.status), col(Task.project))
    query = Row(*groups, func.count(), func.max(Task.created_at)).group_by(*groups)
    projects: dict[str, ProjectRead] = {}
    for is_archived, status, name, count, created_at in await session.exec(query):
        project = projects.setdefault(
            name, ProjectRead(name=name, num_tasks=0, num_active=0, last_created_at=created_at)
        )
        project.last_created_at = max(project.last_created_at or created_at, created_at)
        project.num_tasks += 0 if is_archived else count
        project.num_active += count if not is_archived and status in ACTIVE_STATUSES else 0
    projects.pop("", None)
    return sorted(projects.values(), key=lambda project: (project.name.lower(), project.name))


async def list_tags(session: AsyncSession) -> list[TagRead]:
    """Every tag in use, by name; archived tasks are not counted."""
    is_shown = case((col(Task.is_archived), 0), else_=1)
    query = (
        select(TaskTag.tag, func.sum(is_shown))
        .join(Task, col(Task.id) == col(TaskTag.task_id))
        .group_by(col(TaskTag.tag))
        .order_by(func.lower(col(TaskTag.tag)), col(TaskTag.tag))
    )
    return [TagRead(tag=tag, num_tasks=count) for tag, count in await session.exec(query)]


async def list_columns(session: AsyncSession, q: str, filters: TaskFilters) -> list[ColumnRead]:
    """The parameters and metrics that the filter's tasks have, the most common first.

    `q` is a text that their names contain; at most 1,000 of a kind are listed. Without any filter
    archived tasks are counted too: it is the database's catalogue then, and read off an index.
    """
    matches = Matching() if filters == TaskFilters() else matching(filters)
    params = await _columns(session, "param", q, matches)
    return [*params, *await _columns(session, "metric", q, matches)]


async def _columns(
    session: AsyncSession, kind: Literal["param", "metric"], q: str, matches: Matching
) -> list[ColumnRead]:
    table = TaskParam if kind == "param" else MetricSummary
    name = col(TaskParam.path) if kind == "param" else col(MetricSummary.name)
    count = func.count()
    query = select(name, count).select_from(table)
    if not matches.is_everything:
        query = matches.of(query.join(Task, col(Task.id) == col(table.task_id)))
    if q.strip():
        query = query.where(contains(name, q.strip()))
    query = query.group_by(name).order_by(count.desc(), name).limit(MAX_COLUMNS)
    rows = await session.exec(query)
    return [ColumnRead(kind=kind, name=path, num_tasks=number) for path, number in rows]
