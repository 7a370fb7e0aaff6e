"""`GET /health`: is the server well? Needs no token, so it tells nothing that is private."""

from typing import Literal

from fastapi import APIRouter, Request
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from hypertrainer import __version__
from hypertrainer.database import Database
from hypertrainer.dependencies import ServicesDep
from hypertrainer.security.gate import AUTHENTICATED
from hypertrainer.server.background import LoopState, find_background
from hypertrainer.server.schemas import HealthRead, LoopRead

router = APIRouter(tags=["server"])


@router.get("/health")
async def get_health(request: Request, services: ServicesDep) -> HealthRead:
    """Whether the server, its database and its background loops are well."""
    database = await _database_status(services.database)
    background = find_background(request)
    is_private = not request.scope.get(AUTHENTICATED, False)
    states = background.health() if background else {}
    loops = {name: _loop(state, is_private=is_private) for name, state in states.items()}
    is_degraded = any(loop.status == "failing" for loop in loops.values())
    well: Literal["ok", "degraded"] = "degraded" if is_degraded else "ok"
    return HealthRead(
        status=well if database == "ok" else "failing",
        version=__version__,
        database=database,
        loops=loops,
    )


def _loop(state: LoopState, *, is_private: bool) -> LoopRead:
    status: Literal["starting", "ok"] = "starting" if state.last_success_at is None else "ok"
    return LoopRead(
        status="failing" if state.consecutive_failures else status,
        last_success_at=state.last_success_at,
        last_error=None if is_private else state.last_error,
        consecutive_failures=state.consecutive_failures,
    )


async def _database_status(database: Database) -> Literal["ok", "failing"]:
    try:
        async with database.reading() as session:
            await (await session.connection()).execute(text("SELECT 1"))
    except (SQLAlchemyError, OSError):
        return "failing"
    return "ok"
