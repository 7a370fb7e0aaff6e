"""What is read of searches under `/hpsearch`."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query

from hypertrainer.dependencies import PathId, ReadingDep
from hypertrainer.hpsearch.curve_reading import read_curves
from hypertrainer.hpsearch.insight_reading import (
    read_best,
    read_importance,
    read_pareto,
    read_rungs,
)
from hypertrainer.hpsearch.reading import list_searches, read_search
from hypertrainer.hpsearch.request_parts import AnalystDep, HistoriesDep
from hypertrainer.hpsearch.schemas import (
    BestRead,
    CurveList,
    ImportanceRead,
    ParetoRead,
    RungList,
    SearchDetail,
    SearchRead,
    TrialList,
)
from hypertrainer.hpsearch.spec_schema import json_schema
from hypertrainer.hpsearch.trial_reading import list_trials
from hypertrainer.metrics.routes import ColumnCacheDep
from hypertrainer.pagination import Page, PageParams

router = APIRouter(prefix="/hpsearch", tags=["hpsearch"])
Since = Annotated[int, Query(ge=0, description="Only trials that changed after this `seq`.")]


@router.get("")
async def get_searches(
    session: ReadingDep, page: Annotated[PageParams, Query()]
) -> Page[SearchRead]:
    """List searches, newest first."""
    items, total = await list_searches(session, page)
    return Page(items=items, total=total)


@router.get("/schema")
async def get_search_schema() -> dict[str, Any]:
    """The JSON Schema of `hpsearch:` as it may be written."""
    return json_schema()


@router.get("/{search_id}")
async def get_one_search(session: ReadingDep, search_id: PathId) -> SearchDetail:
    """One search, with all that it was made from."""
    return await read_search(session, search_id)


@router.get("/{search_id}/trials")
async def get_trials(session: ReadingDep, search_id: PathId, since: Since = 0) -> TrialList:
    """The trials of a search in the order they were asked for: all, or what is new of them."""
    return await list_trials(session, search_id, since)


@router.get("/{search_id}/curves")
async def get_curves(
    session: ReadingDep,
    cache: ColumnCacheDep,
    search_id: PathId,
    metric: Annotated[str | None, Query(min_length=1, max_length=255)] = None,
    max_points: Annotated[int, Query(ge=8, le=500)] = 60,
) -> CurveList:
    """The learning curves of a search, by default of the metric that it looks at."""
    return await read_curves(session, cache, search_id, metric, max_points)


@router.get("/{search_id}/rungs")
async def get_rungs(session: ReadingDep, histories: HistoriesDep, search_id: PathId) -> RungList:
    """The values at every rung of early stopping, best first."""
    return await read_rungs(session, histories, search_id)


@router.get("/{search_id}/pareto")
async def get_pareto(session: ReadingDep, histories: HistoriesDep, search_id: PathId) -> ParetoRead:
    """The trials that no other one beats in every objective."""
    return await read_pareto(session, histories, search_id)


@router.get("/{search_id}/best")
async def get_best(session: ReadingDep, search_id: PathId) -> BestRead:
    """The best trial's config as YAML, and the search's own to compare with."""
    return await read_best(session, search_id)


@router.get("/{search_id}/importance")
async def get_importance(
    session: ReadingDep,
    histories: HistoriesDep,
    analyst: AnalystDep,
    search_id: PathId,
    objective: Annotated[int, Query(ge=0, le=100)] = 0,
    evaluator: Literal["ped_anova", "fanova"] = "ped_anova",
) -> ImportanceRead:
    """Which parameters matter for one of the objectives."""
    return await read_importance(session, histories, analyst, search_id, objective, evaluator)
