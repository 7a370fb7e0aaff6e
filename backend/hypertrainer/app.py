"""The composition root: settings → database → platforms → routers → loops → error mapping."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from hypertrainer import __version__
from hypertrainer.database import Database
from hypertrainer.dependencies import Services, Wakers
from hypertrainer.events import Broker
from hypertrainer.hpsearch.adviser import Adviser
from hypertrainer.hpsearch.histories import Histories
from hypertrainer.hpsearch.routes import router as hpsearch_router
from hypertrainer.logs.lines import LogIndexes
from hypertrainer.logs.routes import router as logs_router
from hypertrainer.metrics.columns import ColumnCache
from hypertrainer.metrics.routes import router as metrics_router
from hypertrainer.migrations import migrate
from hypertrainer.monitor.loops import Monitor
from hypertrainer.platforms.registry import Registry
from hypertrainer.security.access import AccessPolicy
from hypertrainer.server.errors import ERROR_RESPONSES, operation_id
from hypertrainer.server.install import install_server
from hypertrainer.settings import Settings
from hypertrainer.tasks.routes import router as tasks_router

ANALYST_IDLE_SECONDS = 300.0  # then its process gives its memory back
FEATURES = (hpsearch_router, tasks_router, logs_router, metrics_router)


def create_services(settings: Settings) -> Services:
    """The parts of an application, from its settings. Nothing is opened yet."""
    return Services(
        settings=settings,
        database=Database(settings.resolved_database_url),
        registry=Registry(settings.platforms_file, settings.output, settings.python),
        broker=Broker(),
        wakers=Wakers(),
    )


def create_app(services: Services, policy: AccessPolicy, *, has_loops: bool = True) -> FastAPI:
    """The application. Without loops it only answers: what tests of the API want.

    The database is migrated, and the loops run, between the start and the end of its lifespan.
    Replays and importances have a process of their own, the analyst: no trial waits for them.
    """
    adviser, analyst = Adviser(), Adviser(idle_seconds=ANALYST_IDLE_SECONDS)
    monitor = Monitor(services, adviser) if has_loops else None

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await migrate(services.database)
        if monitor is not None:
            monitor.start()
        try:
            yield
        finally:
            if monitor is not None:
                await monitor.stop()
            await adviser.aclose()
            await analyst.aclose()
            await close_services(services)

    app = FastAPI(
        title="HyperTrainer",
        version=__version__,
        summary="Launch, watch, search and export training runs.",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        responses=ERROR_RESPONSES,
        generate_unique_id_function=operation_id,
    )
    app.state.services = services
    app.state.histories = Histories()
    app.state.adviser = adviser
    app.state.analyst = analyst
    app.state.log_indexes = LogIndexes()
    app.state.column_cache = ColumnCache(services.settings.cache_folder / "metrics")
    for router in FEATURES:
        app.include_router(router)
    install_server(app, policy, monitor)
    return app


async def close_services(services: Services) -> None:
    """Close connections. Jobs go on."""
    await services.registry.aclose()
    await services.database.close()
