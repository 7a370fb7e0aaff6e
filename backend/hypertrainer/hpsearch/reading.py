"""Searches as lists and pages show them, without what only one page needs of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Float, case, cast, extract, func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from hypertrainer.clock import utc_now
from hypertrainer.errors import NotFound
from hypertrainer.hpsearch.facts import TrialState
from hypertrainer.hpsearch.remaining import Progress, remaining_seconds
from hypertrainer.hpsearch.schemas import ObjectiveRead, SearchDetail, SearchRead
from hypertrainer.hpsearch.statuses import SearchStatus
from hypertrainer.hpsearch.tables import Search, Trial, TrialTask
from hypertrainer.pagination import PageParams

Row = Select[*tuple[Any, ...]]
OWN = [name for name in SearchRead.model_fields if name in Search.model_fields]
ALSO = ["changes", "paused_seconds"]
PARTS = ["objectives", "early_stopping", "budget", "platforms", "max_concurrent"]  # of the spec
ACTIVE = (TrialState.RUNNING, TrialState.STOPPING, TrialState.PAUSED)
COUNTS = ("num_active", "num_finished", "num_stopped", "num_failed", "num_cancelled")


async def read_search(session: AsyncSession, search_id: int) -> SearchDetail:
    """One search with all that it was made from.

    Raises:
        NotFound: there is no such search.
    """
    reads = await _read(session, _columns().where(col(Search.id) == search_id))
    if not reads:
        raise NotFound(f"There is no search {search_id}.")
    query = select(Search.spec, Search.config_text).where(col(Search.id) == search_id)
    spec, config_text = (await session.exec(query)).one()
    return SearchDetail(**reads[0].model_dump(), spec=spec, config_text=config_text)


async def list_searches(session: AsyncSession, page: PageParams) -> tuple[list[SearchRead], int]:
    """Searches, newest first, and how many there are."""
    total = (await session.exec(select(func.count()).select_from(Search))).one()
    query = _columns().order_by(col(Search.id).desc()).offset(page.offset).limit(page.limit)
    return await _read(session, query), total


def _columns() -> Row:
    parts = [col(Search.spec)[name] for name in PARTS]
    return Row(*(getattr(Search, name) for name in (*OWN, *ALSO)), *parts)


async def _read(session: AsyncSession, query: Row) -> list[SearchRead]:
    names = (*OWN, *ALSO, *PARTS)
    rows = [dict(zip(names, row, strict=True)) for row in await session.exec(query)]
    ids = [row["id"] for row in rows]
    counts, best = await _counts(session, ids), await _best_tasks(session, ids)
    now = utc_now()
    return [_search_read(row, counts.get(row["id"], {}), best.get(row["id"]), now) for row in rows]


async def _counts(session: AsyncSession, ids: Sequence[int]) -> dict[int, dict[str, float | None]]:
    """By search, how its trials are, and how many seconds one of them takes."""
    state, started = col(Trial.state), col(Trial.started_at)
    lasted = extract("epoch", col(Trial.ended_at)) - extract("epoch", started)
    counted: dict[str, ColumnElement[Any]] = {
        "num_active": _sum(state.in_(ACTIVE)),
        "num_finished": _sum(state == TrialState.COMPLETE),
        "num_stopped": _sum(state == TrialState.STOPPED),
        "num_failed": _sum(state == TrialState.FAILED),
        "num_cancelled": _sum(state == TrialState.CANCELLED),
        "num_running": _sum(state.in_(ACTIVE) & started.is_not(None)),
        "mean_seconds": cast(func.avg(case((state.not_in(ACTIVE), lasted))), Float),
        "whole_seconds": cast(func.avg(case((state == TrialState.COMPLETE, lasted))), Float),
    }
    query = Row(col(Trial.search_id), *counted.values())
    rows = await session.exec(
        query.where(col(Trial.search_id).in_(ids)).group_by(col(Trial.search_id))
    )
    return {search_id: dict(zip(counted, numbers, strict=True)) for search_id, *numbers in rows}


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


async def _best_tasks(session: AsyncSession, ids: Sequence[int]) -> dict[int, int]:
    query = (
        select(Trial.search_id, TrialTask.task_id)
        .join(Search, col(Search.id) == col(Trial.search_id))
        .join(TrialTask, col(TrialTask.trial_id) == col(Trial.id))
        .where(col(Trial.search_id).in_(ids), col(Trial.number) == col(Search.best_number))
        .order_by(col(TrialTask.repeat).desc())
    )
    return dict((await session.exec(query)).all())


def _search_read(
    row: dict[str, Any], counts: dict[str, Any], best_task_id: int | None, now: datetime
) -> SearchRead:
    places, budget = row["platforms"] or [], row["budget"] or {}
    has_price = any(place.get("cost_per_hour") is not None for place in places)
    names = [name for name in counts if name in SearchRead.model_fields]
    numbers = dict.fromkeys(COUNTS, 0)
    own = {name: row[name] for name in OWN}
    return SearchRead(
        **own
        | numbers
        | {name: int(counts[name] or 0) for name in names}
        | {
            "seq": row["changes"],
            "paused_seconds": row["paused_seconds"],
            "platforms": [place["platform"] for place in places] or [row["platform"]],
            "objectives": [_objective(one) for one in row["objectives"] or []],
            "has_early_stopping": bool((row["early_stopping"] or {}).get("rules")),
            "epochs_budget": budget.get("epochs"),
            "cost": row["cost"] if has_price else None,
            "remaining_seconds": _remaining(row, counts, now),
            "best_task_id": best_task_id,
        }
    )


def _objective(objective: dict[str, Any]) -> ObjectiveRead:
    return ObjectiveRead(
        metric=objective["metric"],
        direction=objective["direction"],
        summary=objective.get("summary", "best"),
        target=objective.get("target"),
    )


def _remaining(row: dict[str, Any], counts: dict[str, Any], now: datetime) -> float | None:
    if row["status"] != SearchStatus.RUNNING:
        return None
    budget = row["budget"] or {}
    elapsed = (now - row["created_at"]).total_seconds() - row["paused_seconds"]
    progress = Progress(
        n_trials=row["n_trials"],
        num_trials=row["num_trials"],
        num_active=int(counts.get("num_active") or 0),
        num_running=int(counts.get("num_running") or 0),
        max_concurrent=row["max_concurrent"],
        mean_seconds=counts.get("mean_seconds"),
        whole_seconds=counts.get("whole_seconds"),
        elapsed_seconds=elapsed,
        epochs=row["epochs"],
        epochs_budget=budget.get("epochs"),
        seconds_budget=budget.get("time_seconds"),
    )
    return remaining_seconds(progress)
