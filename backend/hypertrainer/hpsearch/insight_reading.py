"""What a search found: its rungs, which parameters matter, its best trials."""

import asyncio
from math import isfinite

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.errors import NotFound
from hypertrainer.hpsearch.adviser import Adviser
from hypertrainer.hpsearch.histories import Histories
from hypertrainer.hpsearch.insights.importance import importance
from hypertrainer.hpsearch.insights.pareto import pareto
from hypertrainer.hpsearch.insights.rungs import Rung, rung_tables
from hypertrainer.hpsearch.reading import read_search
from hypertrainer.hpsearch.schemas import (
    BestRead,
    ImportanceItem,
    ImportanceRead,
    ParetoRead,
    RungEntry,
    RungList,
    RungRead,
)
from hypertrainer.hpsearch.service import get_search
from hypertrainer.hpsearch.spec import Spec
from hypertrainer.hpsearch.standalone import standalone_config
from hypertrainer.hpsearch.tables import SearchFact, Trial
from hypertrainer.tasks.config import Config


async def read_rungs(session: AsyncSession, histories: Histories, search_id: int) -> RungList:
    """The values at every rung. Raises `NotFound`."""
    async with histories.of(session, search_id) as history:
        early = history.spec.early_stopping
        tables = await asyncio.to_thread(rung_tables, history)
    items = sorted(map(_rung, tables), key=lambda rung: (rung.epoch, rung.bracket))
    return RungList(metric=early.metric if early else None, items=items)


def _rung(rung: Rung) -> RungRead:
    entries = [
        RungEntry(
            number=entry.number,
            value=entry.value if isfinite(entry.value) else None,
            rank=entry.rank,
            is_stopped=entry.is_stopped,
        )
        for entry in rung.entries
    ]
    return RungRead(bracket=rung.bracket, epoch=rung.epoch, entries=entries)


async def read_pareto(session: AsyncSession, histories: Histories, search_id: int) -> ParetoRead:
    """The trials that no other one beats. Raises `NotFound`."""
    async with histories.of(session, search_id) as history:
        return ParetoRead(numbers=await asyncio.to_thread(pareto, history))


async def read_importance(
    session: AsyncSession,
    histories: Histories,
    adviser: Adviser,
    search_id: int,
    objective: int,
    evaluator: str,
) -> ImportanceRead:
    """Which parameters matter for one of the objectives.

    Raises:
        NotFound: there is no such search.
        AdviserFailed: the process that computes it died, or took too long.
    """
    async with histories.of(session, search_id) as history:
        found = await adviser.run(importance, history, objective, evaluator)
    return ImportanceRead(
        evaluator=found.evaluator,
        objective=found.objective,
        num_trials=found.num_trials,
        items=[ImportanceItem(path=path, importance=share) for path, share in found.items],
        message=found.message,
    )


async def read_best(session: AsyncSession, search_id: int) -> BestRead:
    """The best trial's config, and the search's own to compare with.

    Both are without `hpsearch:`, so that they can be run as they are, on any platform.

    Raises:
        NotFound: there is no such search, or none of its trials is the best.
    """
    read = await read_search(session, search_id)
    if read.best_number is None or read.best_task_id is None or read.best_value is None:
        if not read.objectives:
            raise NotFound(f"Search {search_id} has no `objective`: no trial of it is the best.")
        raise NotFound(f"No trial of search {search_id} has a value yet.")
    search = await get_search(session, search_id)
    mine = col(Trial.search_id) == search_id, col(Trial.number) == read.best_number
    values = (await session.exec(select(Trial.params).where(*mine))).one()
    asked = (
        col(SearchFact.search_id) == search_id,
        col(SearchFact.number) == read.best_number,
        col(SearchFact.kind) == "asked",
    )
    data = (await session.exec(select(SearchFact.data).where(*asked))).first() or {}
    base, spec = Config.read(search.config_text), Spec.model_validate(search.spec)
    inactive = data.get("inactive") or []
    child = await asyncio.to_thread(standalone_config, base, spec, values, inactive)
    plain = await asyncio.to_thread(standalone_config, base, spec, {})
    return BestRead(
        number=read.best_number,
        task_id=read.best_task_id,
        value=read.best_value,
        config_text=child.text(),
        base_text=plain.text(),
    )
