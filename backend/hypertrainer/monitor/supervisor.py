"""Runs the loops: each pass again and again, limited, backed off after a failure, delaying nobody.

This is the one place that catches every exception: a pass that fails is logged and tried again.
"""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from hypertrainer.clock import utc_now
from hypertrainer.errors import HyperTrainerError

log = structlog.get_logger(__name__)
MAX_BACK_OFF_SECONDS = 60.0
GRACE_SECONDS = 2.0  # for rounds under way when a loop is ended

# A pass gets through one round of work and says in how many seconds it wants to be called again.
Pass = Callable[[], Awaitable[float]]


@dataclass(slots=True)
class LoopHealth:
    """How a loop is doing, as `/health` shows it."""

    last_success_at: datetime | None = None
    last_error: str | None = None
    consecutive_failures: int = 0

    @property
    def is_failing(self) -> bool:
        return self.consecutive_failures > 0


@dataclass(slots=True)
class Loop:
    """One pass, repeated: at once when woken, else when the pass itself asked to be called.

    `wait` may return early when something happened that the pass should look at. `hold` says for
    how many seconds yet no round may begin, whoever asks for one; `announce` is told when the next
    is due. A pass without a time-out is endless: it only watches, and may be cut at any time.
    """

    name: str
    run_once: Pass
    waker: asyncio.Event
    timeout_seconds: float | None = 300.0
    wait: Callable[[], Awaitable[None]] | None = None
    least_pause_seconds: float = 0.0  # many wake-ups in a row make one round
    hold: Callable[[], float] | None = None
    announce: Callable[[float], None] | None = None
    health: LoopHealth = field(default_factory=LoopHealth)
    ending: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        while not self.ending.is_set():
            self.waker.clear()
            pause = await self._attempt()
            if self.announce is not None:
                self.announce(max(pause, self._held()))
            await self._rest(pause)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(
                    self.ending.wait(), max(self.least_pause_seconds, self._held())
                )

    def _held(self) -> float:
        return self.hold() if self.hold is not None else 0.0

    async def _attempt(self) -> float:
        limit = asyncio.timeout(self.timeout_seconds)
        try:
            async with limit:
                pause = await self.run_once()
        except Exception as error:  # noqa: BLE001 - the supervisor outlives any pass
            return self._failed(self._overrun() if limit.expired() else error)
        self.health = LoopHealth(last_success_at=utc_now())
        return pause

    def _overrun(self) -> Exception:
        return TimeoutError(f"it took longer than {self.timeout_seconds} seconds")

    def _failed(self, error: Exception) -> float:
        failures = self.health.consecutive_failures + 1
        told, said = f"{type(error).__name__}: {error}", self.health.last_error
        self.health.consecutive_failures, self.health.last_error = failures, told
        if not isinstance(error, HyperTrainerError):
            log.warning("pass_failed", loop=self.name, failures=failures, exc_info=error)
        elif told != said:  # known trouble, in words: told once
            log.warning("pass_failed", loop=self.name, failures=failures, reason=str(error))
        return float(min(MAX_BACK_OFF_SECONDS, 2 ** min(failures, 6)) * random.uniform(0.8, 1.2))

    async def _rest(self, seconds: float) -> None:
        waits: list[asyncio.Task[object]] = [
            asyncio.create_task(self.waker.wait(), name=f"{self.name}:woken"),
            asyncio.create_task(self.ending.wait(), name=f"{self.name}:ending"),
        ]
        if self.wait is not None and not self.health.is_failing:
            waits.append(asyncio.create_task(_quietly(self.wait), name=f"{self.name}:changed"))
        try:
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for waiting in waits:
                waiting.cancel()
            await asyncio.gather(*waits, return_exceptions=True)


async def _quietly(wait: Callable[[], Awaitable[None]]) -> None:
    try:
        await wait()
    except Exception:  # a broken hint must not become a busy loop
        log.warning("wait_failed", exc_info=True)
        await asyncio.Event().wait()


class Supervisor:
    """Owns every background loop of one application."""

    def __init__(self) -> None:
        self._loops: dict[str, Loop] = {}
        self._running: dict[str, asyncio.Task[None]] = {}

    def add(self, loop: Loop) -> None:
        """Start a loop; a name that runs already is left alone."""
        if loop.name in self._running:
            return
        self._loops[loop.name] = loop
        self._running[loop.name] = asyncio.create_task(loop.run(), name=f"loop:{loop.name}")

    async def remove(self, name: str) -> None:
        """End one loop."""
        await self._end([name])

    async def stop(self) -> None:
        """End every loop. Jobs go on; nothing that matters is only in memory."""
        await self._end(list(self._running))

    async def _end(self, names: Sequence[str]) -> None:
        """Let rounds under way come to their end, for a while; endless ones are cut at once."""
        ending = [self._let_end(name) for name in names if name in self._running]
        if ending:
            await asyncio.wait(ending, timeout=GRACE_SECONDS)
        for running in ending:
            running.cancel()
        await asyncio.gather(*ending, return_exceptions=True)

    def _let_end(self, name: str) -> asyncio.Task[None]:
        loop, running = self._loops.pop(name), self._running.pop(name)
        loop.ending.set()
        if loop.timeout_seconds is None:
            running.cancel()
        return running

    def health(self) -> dict[str, LoopHealth]:
        return {name: loop.health for name, loop in self._loops.items()}
