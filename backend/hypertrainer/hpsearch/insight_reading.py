"""What a search found: its rungs, which parameters matter, its best trials."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hypertrainer.errors import NotFound
from hypertrainer.hpsearch.reading import read_search
from hypertrainer.hpsearch.schemas import BestRead, ImportanceRead, ParetoRead, RungList
from hypertrainer.hpsearch.service import get_search
from hypertrainer.hpsearch.space import child_config
from hypertrainer.hpsearch.tables import Trial
from hypertrainer.tasks.config import Config


async def read_rungs(session: AsyncSession, search_id: int) -> RungList:
    """The values at every rung. Raises `NotFound`."""
    search = await get_search(session, search_id)
    stopping = search.spec.get("early_stopping") or {}
    return RungList(metric=stopping.get("metric"), items=[])


async def read_pareto(session: AsyncSession, search_id: int) -> ParetoRead:
    """The trials that no other one beats. Raises `NotFound`."""
    await get_search(session, search_id)
    return ParetoRead(numbers=[])


async def read_importance(
    session: AsyncSession, search_id: int, objective: int, evaluator: str
) -> ImportanceRead:
    """Which parameters matter for one of the objectives. Raises `NotFound`."""
    search = await read_search(session, search_id)
    named = search.objectives[objective].metric if objective < len(search.objectives) else None
    return ImportanceRead(
        evaluator=evaluator, objective=named, num_trials=0, items=[], message="Not known yet."
    )


async def read_best(session: AsyncSession, search_id: int) -> BestRead:
    """The best trial's config, and the search's own to compare with.

    Raises:
        NotFound: there is no such search, or none of its trials has a value yet.
    """
    search = await read_search(session, search_id)
    if search.best_number is None or search.best_task_id is None or search.best_value is None:
        raise NotFound(f"No trial of search {search_id} has a value yet.")
    query = select(Trial.params).where(
        col(Trial.search_id) == search_id, col(Trial.number) == search.best_number
    )
    values = (await session.exec(query)).one()
    base = Config.read(search.config_text)
    return BestRead(
        number=search.best_number,
        task_id=search.best_task_id,
        value=search.best_value,
        config_text=child_config(base, values).text(),
        base_text=base.text(),
    )
