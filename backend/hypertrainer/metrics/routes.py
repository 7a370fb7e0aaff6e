from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Depends, Path, Query, Request
from fastapi.responses import StreamingResponse

from hypertrainer.dependencies import ReadingDep
from hypertrainer.error_body import ErrorBody
from hypertrainer.metrics import service
from hypertrainer.metrics.columns import ColumnCache
from hypertrainer.metrics.schemas import ExportQuery, MetricList, SeriesList, SeriesQuery

router = APIRouter(prefix="/metrics", tags=["metrics"], responses={404: {"model": ErrorBody}})


def _column_cache(request: Request, background: BackgroundTasks) -> ColumnCache:
    cache: ColumnCache = request.app.state.column_cache
    background.add_task(cache.settle)  # once the answer is out
    return cache


ColumnCacheDep = Annotated[ColumnCache, Depends(_column_cache)]


@router.get("", responses={422: {"model": ErrorBody}})
async def read_series(
    session: ReadingDep, cache: ColumnCacheDep, query: Annotated[SeriesQuery, Query()]
) -> SeriesList:
    """The series of one chart, thinned out on one grid of buckets; no extreme is ever lost.

    Together they have at most 20,000 points: the more series, the fewer points has each.
    """
    return await service.read_series(session, cache, query)


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def export_series(
    session: ReadingDep, query: Annotated[ExportQuery, Query()]
) -> StreamingResponse:
    """All points of the tasks' metrics, streamed: `task_id,name,class,epoch,value`."""
    blocks = await service.export_series(session, query)
    headers = {"content-disposition": 'attachment; filename="metrics.csv"'}
    return StreamingResponse(blocks, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/{task_id}")
async def list_metrics(
    session: ReadingDep, cache: ColumnCacheDep, task_id: Annotated[int, Path(ge=1, lt=2**31)]
) -> MetricList:
    """The metrics a task has written so far, each in a few numbers."""
    return await service.list_metrics(session, cache, task_id)
