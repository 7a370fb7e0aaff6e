"""Which passes run, and in which loops: one per platform, and one for each other pass."""

import asyncio
from collections.abc import Mapping

from hypertrainer.dependencies import Services
from hypertrainer.hpsearch.adviser import Adviser
from hypertrainer.monitor.advance_searches import AdvanceSearches
from hypertrainer.monitor.collect_output import CollectOutput
from hypertrainer.monitor.fill_searches import FillSearches
from hypertrainer.monitor.output_watch import OutputWatch
from hypertrainer.monitor.platform_pass import PlatformPass, PlatformState
from hypertrainer.monitor.prune_code import PruneCode
from hypertrainer.monitor.record_environments import RecordEnvironments
from hypertrainer.monitor.supervisor import Loop, LoopHealth, Pass, Supervisor
from hypertrainer.monitor.write_folders import WriteFolders
from hypertrainer.monitor.write_searches import WriteSearches
from hypertrainer.platforms.base import Platform
from hypertrainer.platforms.transports.base import UPLOAD_SECONDS
from hypertrainer.tasks.code import FOLDER_NAME as CODE_FOLDER

REGISTRY_PAUSE_SECONDS = 2.0
PLATFORM_SECONDS = 300.0 + UPLOAD_SECONDS  # code may be on its way


class Monitor:
    """All background work of one application."""

    def __init__(self, services: Services, adviser: Adviser) -> None:
        self._services = services
        self._adviser = adviser
        self._supervisor = Supervisor()
        self._passes: dict[str, PlatformPass] = {}

    def start(self) -> None:
        """Start every loop. What was under way when the server last stopped is found again."""
        services, database = self._services, self._services.database
        wakers = services.wakers
        watch = OutputWatch(wakers.collect, wakers.searches)
        self._add("collect_output", CollectOutput(services, watch).run_once, wakers.collect)
        self._add("watch_output", watch.run_once, asyncio.Event(), timeout_seconds=None)
        folders = WriteFolders(database, WriteSearches(database, services.settings.output))
        self._add("write_folders", folders.run_once, wakers.folders, pause=0.5)
        searches = AdvanceSearches(services)
        self._add("advance_searches", searches.run_once, wakers.searches, pause=0.05)
        filling = FillSearches(services, self._adviser)
        self._add("fill_searches", filling.run_once, wakers.filling, timeout_seconds=None)
        environments = RecordEnvironments(database, services.registry)
        self._add("record_environments", environments.run_once, wakers.environments, pause=1.0)
        code = PruneCode(database, services.settings.home / CODE_FOLDER)
        self._add("prune_code", code.run_once, asyncio.Event())
        self._add("read_platforms", self._follow_registry, asyncio.Event())

    def _add(
        self,
        name: str,
        run_once: Pass,
        waker: asyncio.Event,
        *,
        timeout_seconds: float | None = 300.0,
        pause: float = 0.0,
    ) -> None:
        self._supervisor.add(
            Loop(name, run_once, waker, timeout_seconds, least_pause_seconds=pause)
        )

    async def _follow_registry(self) -> float:
        """Start and stop loops as `platforms.yaml` changes."""
        platforms = {platform.name: platform for platform in self._services.registry.all()}
        for name, running in list(self._passes.items()):
            if platforms.get(name) is not running.platform:
                await self._supervisor.remove(_loop_name(name))
                del self._passes[name]
        await self._services.registry.close_retired()
        for platform in platforms.values():
            if platform.name not in self._passes:
                self._start_platform(platform)
        return REGISTRY_PAUSE_SECONDS

    def _start_platform(self, platform: Platform) -> None:
        work = PlatformPass(self._services, platform)
        self._passes[platform.name] = work
        waker = self._services.wakers.of_platform(platform.name)
        self._supervisor.add(
            Loop(
                _loop_name(platform.name),
                work.run_once,
                waker,
                PLATFORM_SECONDS,
                wait=work.wait_for_change,
                hold=work.held,
                announce=work.rests,
            )
        )

    async def stop(self) -> None:
        """Stop every loop; jobs go on."""
        await self._supervisor.stop()

    def health(self) -> Mapping[str, LoopHealth]:
        """How each loop is doing, by name."""
        return self._supervisor.health()

    def platform_states(self) -> Mapping[str, PlatformState]:
        """How the polling of each platform is doing, by name."""
        return {name: work.state for name, work in self._passes.items()}


def _loop_name(platform: str) -> str:
    return f"platform:{platform}"
