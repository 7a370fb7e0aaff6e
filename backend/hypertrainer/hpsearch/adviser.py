"""Asks samplers in a process of their own, so that no request ever waits for one.

The process keeps the histories of searches warm and is sent only what is new. It holds nothing that
is not in the database: one that dies is replaced, and told everything again.
"""

import asyncio
import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import get_context
from typing import ParamSpec, TypeVar

from hypertrainer.errors import AdviserFailed
from hypertrainer.hpsearch.adviser_worker import Behind, advise, prepare
from hypertrainer.hpsearch.facts import Fact
from hypertrainer.hpsearch.samplers.base import Suggestion

CALL_SECONDS = 300.0
ResultT = TypeVar("ResultT")
Params = ParamSpec("Params")


class Adviser:
    """The samplers' process; started when it is first asked.

    Args:
        call_seconds: a call that takes longer fails.
        idle_seconds: the process ends when nobody has asked for so long; by default it stays.
    """

    def __init__(
        self, call_seconds: float = CALL_SECONDS, idle_seconds: float | None = None
    ) -> None:
        self._call_seconds = call_seconds
        self._idle_seconds = idle_seconds
        self._ending: asyncio.TimerHandle | None = None
        self._num_calls = 0  # that are being answered
        self._pool: ProcessPoolExecutor | None = None
        self._pid: int | None = None
        self._told: dict[str, int] = {}  # so many facts of a search it was sent

    async def ask(self, uuid: str, seed: int, facts: Sequence[Fact]) -> Suggestion:
        """The next point of a search of which these are all facts.

        Raises:
            NoPointLeft: there is none.
            InvalidInput: the algorithm cannot search this space.
            AdviserFailed: the process died twice, or took too long.
        """
        return (await self.ask_many(uuid, seed, facts, 1))[0]

    async def ask_many(
        self, uuid: str, seed: int, facts: Sequence[Fact], count: int
    ) -> list[Suggestion]:
        """The next points of a search, none of which depends on the results of another.

        Raises as `ask` does. There are fewer where no more points are left.
        """
        after = self._told.get(uuid, 0)
        if after > len(facts):  # it knows of facts that there are no more: a restored database
            after = 0
        found = await self.run(advise, uuid, seed, after, list(facts[after:]), count)
        if isinstance(found, Behind):
            found = await self.run(advise, uuid, seed, 0, list(facts), count)
        if isinstance(found, Behind):
            raise AdviserFailed(f"The facts of search {uuid} do not follow on each other.")
        self._told[uuid] = len(facts)
        return found

    async def run(
        self,
        function: Callable[Params, ResultT],
        *args: Params.args,
        **kwargs: Params.kwargs,
    ) -> ResultT:
        """Call a function of a module in the samplers' process.

        Raises:
            AdviserFailed: the process died twice, or took too long.
            Exception: whatever the function raises.
        """
        self._num_calls += 1
        try:
            return await self._called(function, *args, **kwargs)
        finally:
            self._num_calls -= 1
            self._end_when_idle()

    async def _called(
        self,
        function: Callable[Params, ResultT],
        *args: Params.args,
        **kwargs: Params.kwargs,
    ) -> ResultT:
        for _ in range(2):
            pool = self._running()
            try:
                async with asyncio.timeout(self._call_seconds):
                    await self._know(pool)
                    return await asyncio.wrap_future(pool.submit(function, *args, **kwargs))
            except BrokenProcessPool:
                self._forget(pool)
            except TimeoutError:
                self._kill(pool)
                raise AdviserFailed(
                    f"The samplers took longer than {self._call_seconds:g} s; they were stopped. "
                    "A simpler `algorithm`, such as tpe, is quicker."
                ) from None
        raise AdviserFailed("The samplers' process died twice; is the machine out of memory?")

    def _end_when_idle(self) -> None:
        if self._idle_seconds is None:
            return
        if self._ending is not None:
            self._ending.cancel()
        loop = asyncio.get_running_loop()
        self._ending = loop.call_later(self._idle_seconds, self._end_if_idle)

    def _end_if_idle(self) -> None:
        if self._pool is not None and self._num_calls == 0:
            self._kill(self._pool)

    def _running(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(1, get_context("spawn"), prepare)
        return self._pool

    async def _know(self, pool: ProcessPoolExecutor) -> None:
        """Learn whom to kill, before there may be a reason to."""
        if self._pid is None:
            pid = await asyncio.wrap_future(pool.submit(os.getpid))
            self._pid = pid if self._pool is pool else None

    def _kill(self, pool: ProcessPoolExecutor) -> None:
        if self._pool is pool and self._pid is not None:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
        self._forget(pool)

    def _forget(self, pool: ProcessPoolExecutor) -> None:
        if self._pool is pool:
            self._pool, self._pid = None, None
            self._told.clear()
        pool.shutdown(wait=False)  # what waits there breaks too, and is asked again

    async def aclose(self) -> None:
        """End the process."""
        if self._ending is not None:
            self._ending.cancel()
        pool = self._pool
        if pool is not None:
            self._kill(pool)
            await asyncio.to_thread(pool.shutdown, wait=True)
